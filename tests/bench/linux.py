#!/usr/bin/env python3
"""Times Debian's Linux, and Xen with it as dom0, on el2sim beside QEMU: the same images and device tree, in turns.

CPU time of whole processes (user and system) or wall time, the least of some alternating rounds; then where el2sim's engine spent it.

    boot        reset to power-off, the userland's checks between
    cold        the same kernel, a VM with 1,000 of each operation between
    kvm         ten batches of 1,000
    inside KVM  the difference of kvm and boot
    xen         Xen, dom0 with the userland's checks, power-off
    snapshot    el2sim alone: wall time from the program's start to the first benchmark result, from a snapshot

    linux.py --build build            after scripts/real-software.sh; vhe and nvhe with GICv3, Xen
    linux.py --build build --modes nvhe --cases cold --rounds 5 --clock wall
"""
import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TESTS, "support"), os.path.join(TESTS, "real")]
import xen_tree  # noqa: E402 (found by the path above)

CPUS = {"vhe": "cortex-a76", "nvhe": "cortex-a57", "xen": "cortex-a57"}
APPEND = "console=ttyAMA0 nokaslr cryptomgr.notests quiet"
CASES = {"boot": "", "cold": " counts=3 batches=1", "kvm": " counts=3"}
XEN_APPEND = "console=dtuart dom0_mem=256M bootscrub=0 dom0_max_vcpus=1"
DOM0_APPEND = "console=hvc0 nokaslr cryptomgr.notests quiet"
QEMU = ["-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot", "-accel", "tcg,thread=single",
        "-M", "virt,virtualization=on,gic-version=3"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--real", default=os.environ.get("EL2SIM_REAL", "build/real"))
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--modes", default="vhe,nvhe,xen")
    parser.add_argument("--cases", default="boot,cold,kvm,snapshot")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clock", choices=("cpu", "wall"), default="cpu", help="wall: on a machine that does nothing else")
    options = parser.parse_args()
    for option, given, known in (("--modes", options.modes, CPUS), ("--cases", options.cases, [*CASES, "snapshot"])):
        unknown = set(given.split(",")) - set(known)
        if unknown:
            parser.error(f"{option} {given}: no {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    options.program = os.path.join(options.build, "el2sim")
    options.kernel = os.path.join(options.real, "Image")
    options.userland = os.path.join(options.build, "guest", "real-userland.cpio.gz")
    return options


def seconds(command, clock):
    """Time of a process, and what it wrote."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - start
    text = result.stdout.decode("utf-8", "replace")
    if "RESULT PASS" not in text:
        sys.exit(f"linux.py: no RESULT PASS from {' '.join(command)}\n{text[-2000:]}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return (wall if clock == "wall" else cpu), text


def machine(options, mode, costs):
    return [options.program, "run", "--quiet", "--costs", costs, "--cpu", CPUS[mode], "--gic", "3"]


def commands(options, mode, append, dtb):
    """Name of the engine -> its command."""
    ours = machine(options, mode, "neoverse-n1") + ["--stats"]
    qemu = [options.qemu, *QEMU, "-cpu", CPUS[mode]]
    if mode == "xen":
        xen = os.path.join(options.real, "xen")
        ours += ["--mem", "1G", "--kernel", xen, "--append", XEN_APPEND, "--module", f"dom0:kernel:{options.kernel},{append}",
                 "--module", f"dom0:ramdisk:{options.userland}"]
        qemu += ["-m", "1024", "-kernel", xen, "-dtb", dtb]
    else:
        ours += ["--mem", "512M", "--kernel", options.kernel, "--initrd", options.userland, "--append", append]
        qemu += ["-m", "512", "-kernel", options.kernel, "-initrd", options.userland, "-append", append, "-dtb", dtb]
    if not os.path.exists(dtb):
        subprocess.run(ours + ["--dump-dtb", dtb], check=True, stdin=subprocess.DEVNULL)
    if mode == "xen":
        for file, at in zip((options.kernel, options.userland), xen_tree.modules_of(dtb)):
            qemu += ["-device", f"loader,file={file},addr={at:#x},force-raw=on"]
    return {"qemu": qemu, "block": ours, "functional": ours + ["--level", "functional"]}


def measure(options, mode, append, directory):
    """Engine -> least seconds; and el2sim's own line about its engine, at level block."""
    best, told = {}, ""
    dtb = os.path.join(directory, f"{mode}-{len(append)}.dtb")
    for _ in range(options.rounds):
        for name, command in commands(options, mode, append, dtb).items():
            taken, text = seconds(command, options.clock)
            best[name] = min(taken, best.get(name, taken))
            if name == "block":
                told = re.search(r"^engine .*$", text, re.M).group(0)
    return best, told


def line(label, times):
    qemu = times["qemu"]
    print(f"{label:18} QEMU {qemu:6.2f} s   block {times['block']:6.2f} s ({times['block'] / qemu:.2f})   "
          f"functional {times['functional']:6.2f} s ({times['functional'] / qemu:.2f})", flush=True)


def first_result(options, mode, directory):
    """Wall seconds from the start of a run from a snapshot to its first benchmark row, the least of the rounds."""
    snapshot = os.path.join(directory, f"{mode}.snapshot")
    rows = os.path.join(options.build, "guest", "linux-rows.cpio.gz")
    cold = machine(options, mode, "neoverse-n1") + ["--mem", "512M", "--kernel", options.kernel, "--initrd", rows, "--append",
                                                    f"{APPEND} gic=3 n=8", "--snapshot-save", snapshot,
                                                    "--snapshot-at", "mark:vmm-ready", "--snapshot-exit"]
    subprocess.run(cold, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    best = float("inf")
    for _ in range(options.rounds):
        start = time.monotonic()
        with subprocess.Popen([options.program, "run", "--quiet", "--snapshot", snapshot], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE) as run:
            if not any(text.startswith(b"row ") for text in run.stdout):
                sys.exit("linux.py: no row from the snapshot")
            best = min(best, time.monotonic() - start)
            run.kill()
    return best


def linux(options, mode, cases, directory):
    times = {}
    for case in (case for case in CASES if case in cases):
        times[case], told = measure(options, mode, APPEND + CASES[case], directory)
        line(f"{mode} {case}", times[case])
        print(f"  {told}", flush=True)
    if "boot" in times and "kvm" in times:
        line(f"{mode} inside KVM", {name: times["kvm"][name] - times["boot"][name] for name in times["kvm"]})
    if "snapshot" in cases:
        print(f"{mode} snapshot: first result {first_result(options, mode, directory):.2f} s after the start (wall)", flush=True)


def main():
    options = arguments()
    print(f"seconds by the {options.clock} clock, the least of {options.rounds}; in brackets: QEMU = 1")
    with tempfile.TemporaryDirectory() as directory:
        for mode in options.modes.split(","):
            if mode == "xen":
                times, told = measure(options, mode, DOM0_APPEND, directory)
                line(mode, times)
                print(f"  {told}", flush=True)
            else:
                linux(options, mode, options.cases.split(","), directory)


main()
