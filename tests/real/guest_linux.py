"""Debian's kernel as the guest of one of our own hypervisors, to userland and power off. usage: guest_linux.py DESIGN here|qemu

The machine, the boot loader's modules and the command lines are the same in QEMU; so are the lines."""
import subprocess
import sys

import harness
import real

# Host CPUs and VCPUs differ in some, so that VCPUs share a CPU; kernels do not all print their log, which costs an exit a byte.
DESIGNS = {  # GIC, CPU, host CPUs, boot arguments, VCPUs, the guest's further command line
    "kvm-split": (2, "cortex-a57", 2, "", 2, ""),
    "kvm-split-novgic": (2, "cortex-a57", 2, "", 2, "quiet"),
    "kvm-split-novgic-kernel": (2, "cortex-a57", 1, "vcpus=2 mem=128", 2, "quiet"),
    "kvm-vhe": (3, "cortex-a76", 2, "", 2, "quiet"),
    "kvm-vhe-opt": (3, "cortex-a76", 2, "", 2, "quiet"),
    "kvm-vhe-opt-gic2": (2, "cortex-a76", 2, "vcpus=3", 3, "quiet"),
    "el2host": (2, "cortex-a57", 2, "", 2, "quiet"),
    "xen": (2, "cortex-a57", 2, "", 2, "quiet"),
}
MEMORY_MIB = 512
KERNEL_AT, RAMDISK_AT = 0x4a000000, 0x4e000000


def here(image, gic, cpu, smp, append, guest_append):
    run = real.Run("--cpu", cpu, "--gic", gic, "--smp", smp, "--mem", f"{MEMORY_MIB}M", "--level", "functional", "--kernel", image,
                   "--append", append, "--module", f"dom0:kernel:{real.KERNEL},{guest_append}",
                   "--module", f"dom0:ramdisk:{real.USERLAND}")
    return run.console, run.problems


def qemu(image, gic, cpu, smp, append, guest_append):
    command = [harness.QEMU, "-accel", "tcg,thread=single", "-M", f"virt,virtualization=on,gic-version={gic}", "-cpu", cpu,
               "-smp", str(smp), "-m", str(MEMORY_MIB), "-nodefaults", "-display", "none", "-serial", "stdio", "-kernel", image,
               "-append", append, "-device", f"guest-loader,addr={KERNEL_AT:#x},kernel={real.KERNEL},bootargs={guest_append}",
               "-device", f"guest-loader,addr={RAMDISK_AT:#x},initrd={real.USERLAND}"]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=harness.TIMEOUT_SECONDS)
    console = result.stdout.decode("utf-8", "replace").replace("\r", "")
    trouble = [f"the console says: {line}" for line in console.split("\n") if real.TROUBLE.search(line)]
    return console, trouble + ([f"status {result.returncode}: {result.stderr}"] if result.returncode else [])


design, where = sys.argv[1:3]
gic, cpu, smp, append, vcpus, more = DESIGNS[design]
console, problems = {"here": here, "qemu": qemu}[where](harness.guest(design), gic, cpu, smp, append, f"{real.APPEND} {more}".strip())
LINES = [f"init: Linux aarch64, {vcpus} CPUs"] + [f"init: {name}: ok" for name in real.CHECKS] + [
    "init: RESULT PASS", "host: vm0 off, status 0", "RESULT PASS"]
lines = [line for line in console.split("\n") if line and not line.startswith("[")]
if lines[1:] != LINES:
    problems.append(f"after the host's first line, these are expected: {LINES}")
if "reboot: Power down" not in console:
    problems.append("the guest does not say that it powers off")
if more == "" and "misconfigured" in console:
    problems.append("the guest does not like its interrupt controller")
if problems:
    print("\n".join(problems), console[-4000:], sep="\n")
sys.exit(bool(problems))
