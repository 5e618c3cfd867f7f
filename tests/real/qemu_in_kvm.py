"""Debian's qemu-system-aarch64 with KVM, inside Debian's Linux, inside the program, boots a second Linux to its userland.
usage: qemu_in_kvm.py CPU GIC"""
import os
import re
import subprocess
import sys

import harness
import real

TREE = os.path.join(real.DIR, "qemu")


def library(name):
    for folder in ("lib", "usr/lib"):
        for under in ("aarch64-linux-gnu", ""):
            path = os.path.join(TREE, folder, under, name)
            if os.path.exists(path):
                return path
    raise AssertionError(f"{name} is not in {TREE}")


def with_libraries(program):
    """Name -> file: the program, and all that it loads."""
    files, todo = {os.path.basename(program): program}, [program]
    while todo:
        said = subprocess.run(["aarch64-linux-gnu-readelf", "-d", todo.pop()], check=True, capture_output=True, text=True).stdout
        for name in re.findall(r"\(NEEDED\).*\[(.*)\]", said):
            if name not in files:
                files[name] = library(name)
                todo.append(files[name])
    return files


cpu, gic = sys.argv[1:3]
files = with_libraries(os.path.join(TREE, "usr/bin/qemu-system-aarch64"))
files.update({"init": real.INIT, "Image": real.KERNEL, "userland.cpio.gz": real.USERLAND})
initramfs = harness.temporary("qemu.cpio")
subprocess.run([sys.executable, "-B", harness.source("workloads/linux/make_initramfs.py"), initramfs,
                *(f"/{name}={path}" for name, path in files.items())], check=True)
run = real.Run("--cpu", cpu, "--gic", gic, "--mem", "1G", "--level", "functional", "--kernel", real.KERNEL, "--initrd", initramfs,
               "--append", f"{real.APPEND} quiet qemu={gic}")
run.expect(*real.checks(1), "init: qemu: ok", "init: RESULT PASS")
sys.exit(run.end())
