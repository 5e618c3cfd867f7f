"""Debian's kernel with a snapshot in its midst ends as without, and so soon after its start has its first result.
usage: snapshot.py el1-gicN|nvhe-gicN|vhe-gicN SMP"""
import subprocess
import sys
import time

import harness
import real
import snapshot_checks

mode, gic = sys.argv[1].split("-gic")
smp = sys.argv[2]
cpu, costs = {"el1": ("cortex-a57", "icount"), "nvhe": ("cortex-a57", "seattle"), "vhe": ("neoverse-n1", "neoverse-n1")}[mode]
machine = ["--cpu", cpu, "--gic", gic, "--smp", smp, "--mem", "512M", "--costs", costs, "--kernel", real.KERNEL]
if mode == "el1":
    where = "console:Run /init"
    machine += ["--el", "1", "--initrd", real.USERLAND, "--append", real.APPEND]
else:
    where = "mark:vmm-ready"
    machine += ["--initrd", real.ROWS, "--append", f"{real.APPEND} gic={gic} n=8"]
cold = harness.run_json("run", "--quiet", *machine)
problems = snapshot_checks.check(sys.argv[1], cold, where, *machine)

# The first line after the start is the host's time to load and go on; said, not judged: machines differ.
start = time.monotonic()
with subprocess.Popen([harness.PROGRAM, "run", "--quiet", "--snapshot", snapshot_checks.SNAPSHOT], stdin=subprocess.DEVNULL,
                      stdout=subprocess.PIPE) as run:
    line = b""
    while not (line.startswith(b"row ") or (mode == "el1" and line)):
        line = run.stdout.readline()
        if not line:
            problems.append("the run from the snapshot says nothing")
            break
    seconds = time.monotonic() - start
    run.kill()

print("\n".join(problems) or f"{sys.argv[1]}, {smp} CPUs: the same with and without a snapshot; first result "
      f"{seconds:.2f} s after the start")
sys.exit(1 if problems else 0)
