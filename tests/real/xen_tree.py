"""The device tree of a Xen machine: the board's own, and under /chosen what Xen is to start (Xen's
docs/misc/arm/device-tree/booting.txt): dom0's kernel and initrd, and dom0less guests, as modules that --load places."""
import os
import re
import subprocess

import harness

KERNEL_AT, INITRD_AT = 0x4a000000, 0x4e000000


def module(kind, path, at, bootargs=None):
    text = f'module@{at:x} {{ compatible = "multiboot,{kind}", "multiboot,module"; ' \
           f"reg = <0 {at:#x} 0 {os.path.getsize(path):#x}>;"
    return text + (f' bootargs = "{bootargs}"; }};' if bootargs is not None else " };")


def modules(kernel, initrd, bootargs=None):
    return module("kernel", kernel, KERNEL_AT, bootargs) + module("ramdisk", initrd, INITRD_AT)


def make(machine, kernel, initrd, xen_bootargs, dom0_bootargs, guests=()):
    """machine: options of el2sim run. guests: their kernels' command lines. Returns the file, and the options that
    go with it."""
    own = harness.temporary("board.dtb")
    result = harness.el2sim("run", *machine, "--dump-dtb", own)
    assert result.returncode == 0, harness.said(result)
    text = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", own], check=True, capture_output=True, text=True).stdout
    domus = "".join(f'domU{i} {{ compatible = "xen,domain"; #address-cells = <2>; #size-cells = <2>; memory = <0 0x30000>;'
                    f" cpus = <1>; vpl011; {modules(kernel, initrd, bootargs)} }};"
                    for i, bootargs in enumerate(guests, 1))
    text += f"""/ {{ chosen {{ #address-cells = <2>; #size-cells = <2>; xen,xen-bootargs = "{xen_bootargs}";
        xen,dom0-bootargs = "{dom0_bootargs}"; {modules(kernel, initrd)} {domus} }}; }};"""
    path = harness.temporary("xen.dtb")
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", path, harness.write("xen.dts", text)], check=True)
    return ["--dtb", path, "--load", f"{kernel}@{KERNEL_AT:#x}", "--load", f"{initrd}@{INITRD_AT:#x}"]


def modules_of(tree):
    """Where the modules of a tree are."""
    text = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", tree], check=True, capture_output=True, text=True).stdout
    return sorted(int(at, 16) for at in re.findall(r"module@([0-9a-f]+) {", text))
