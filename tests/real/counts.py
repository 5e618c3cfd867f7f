"""Instructions that KVM takes for an operation of its guest: here, with profile icount, and in QEMU -icount, on the same
kernel, initramfs and device tree. Within 1 % of each other, as medians of ten batches. usage: counts.py MODE-gicN

What is left of a difference: docs/real-software.md. Writes the table to standard output."""
import statistics
import subprocess
import sys

import harness
import real

mode, gic = sys.argv[1].split("-gic")
cpu = {"vhe": "cortex-a76", "nvhe": "cortex-a57"}[mode]
append = f"{real.APPEND} quiet counts={gic}"
COUNTER_NS = 16  # 62.5 MHz, and an instruction a nanosecond in both


def counts(console):
    """Row -> instructions per operation."""
    rows = {}
    for line in console.split("\n"):
        if line.startswith("count "):
            _, name, ops, *ticks = line.split()
            rows[name] = statistics.median(map(int, ticks)) * COUNTER_NS / int(ops)
    return rows


def qemu(dtb):
    command = [harness.QEMU, "-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot", "-accel",
               "tcg,thread=single", "-icount", "shift=0,sleep=off", "-M", f"virt,virtualization=on,gic-version={gic}", "-cpu",
               cpu, "-m", "512", "-kernel", real.KERNEL, "-initrd", real.USERLAND, "-append", append, "-dtb", dtb]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=harness.TIMEOUT_SECONDS)
    return result.stdout.decode("utf-8", "replace").replace("\r", "")


machine = ["--costs", "icount", "--cpu", cpu, "--gic", gic, "--mem", "512M", "--kernel", real.KERNEL, "--initrd", real.USERLAND,
           "--append", append]
dtb = harness.temporary("board.dtb")
assert harness.el2sim("run", *machine, "--dump-dtb", dtb).returncode == 0
run = real.Run(*machine)
run.expect("init: RESULT PASS")
ours, theirs = counts(run.console), counts(qemu(dtb))
if len(theirs) != 7 or list(ours) != list(theirs):
    run.problems.append(f"rows: {list(ours)} here, {list(theirs)} in QEMU")
for row in (row for row in ours if row in theirs):
    error = 100 * (ours[row] / theirs[row] - 1)
    print(f"{mode:5} gicv{gic} {row:13} here {ours[row]:10.1f}  QEMU {theirs[row]:10.1f}  {error:+.3f} %")
    if abs(error) > 1:
        run.problems.append(f"{row}: {error:+.2f} % is more than 1 %")
sys.exit(run.end())
