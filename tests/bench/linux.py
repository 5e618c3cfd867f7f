#!/usr/bin/env python3
"""Times Debian's Linux on el2sim beside QEMU: the same kernel, initramfs and device tree, in turns.

CPU time of whole processes (user and system), the least of some alternating rounds. `boot` is reset to power-off with the
userland's checks between; `kvm` is the same kernel to power-off with ten batches of 1,000 of each operation of a VM between;
their difference is printed as `inside KVM`. Then where el2sim's engine spent it: traps, fills, flushes, exact stops.

    linux.py --build build            after scripts/real-software.sh; modes vhe and nvhe, GICv3
    linux.py --build build --modes nvhe --rounds 5
"""
import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile

CPUS = {"vhe": "cortex-a76", "nvhe": "cortex-a57"}
APPEND = "console=ttyAMA0 nokaslr cryptomgr.notests quiet"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--real", default=os.environ.get("EL2SIM_REAL", "build/real"))
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--modes", default="vhe,nvhe")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def cpu_seconds(command):
    """CPU time of a process, and what it wrote."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = result.stdout.decode("utf-8", "replace")
    if "RESULT PASS" not in text:
        sys.exit(f"linux.py: no RESULT PASS from {' '.join(command)}\n{text[-2000:]}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, text


def commands(options, mode, append, dtb):
    kernel, initrd = os.path.join(options.real, "Image"), os.path.join(options.build, "guest", "real-userland.cpio.gz")
    ours = [os.path.join(options.build, "el2sim"), "run", "--stats", "--quiet", "--costs", "neoverse-n1", "--cpu", CPUS[mode], "--gic", "3",
            "--mem", "512M", "--kernel", kernel, "--initrd", initrd, "--append", append]
    if not os.path.exists(dtb):
        subprocess.run(ours + ["--dump-dtb", dtb], check=True, stdin=subprocess.DEVNULL)
    qemu = [options.qemu, "-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot", "-accel", "tcg,thread=single",
            "-M", "virt,virtualization=on,gic-version=3", "-cpu", CPUS[mode], "-m", "512", "-kernel", kernel,
            "-initrd", initrd, "-append", append, "-dtb", dtb]
    return {"qemu": qemu, "block": ours, "functional": ours + ["--level", "functional"]}


def measure(options, mode, append, directory):
    """Engine -> least CPU seconds; and el2sim's own line about its engine, at level block."""
    best, told = {}, ""
    dtb = os.path.join(directory, f"{mode}-{len(append)}.dtb")
    for _ in range(options.rounds):
        for name, command in commands(options, mode, append, dtb).items():
            seconds, text = cpu_seconds(command)
            best[name] = min(seconds, best.get(name, seconds))
            if name == "block":
                told = re.search(r"^engine .*$", text, re.M).group(0)
    return best, told


def line(label, times):
    qemu = times["qemu"]
    print(f"{label:18} QEMU {qemu:6.2f} s   block {times['block']:6.2f} s ({times['block'] / qemu:.2f})   "
          f"functional {times['functional']:6.2f} s ({times['functional'] / qemu:.2f})", flush=True)


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as directory:
        for mode in options.modes.split(","):
            boot, boot_told = measure(options, mode, APPEND, directory)
            kvm, kvm_told = measure(options, mode, APPEND + " counts=3", directory)
            line(f"{mode} boot", boot)
            line(f"{mode} kvm", kvm)
            line(f"{mode} inside KVM", {name: kvm[name] - boot[name] for name in kvm})
            print(f"  boot: {boot_told}\n  kvm:  {kvm_told}", flush=True)


main()
