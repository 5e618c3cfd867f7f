"""Debian's Xen with the same Linux as dom0, and as a guest beside it. usage: xen.py dom0-gic2|domu-gic3"""
import sys

import real
import xen_tree

case, gic = sys.argv[1].split("-gic")
guests = ["console=ttyAMA0 nokaslr cryptomgr.notests quiet"] if case == "domu" else []
machine = ["--cpu", "cortex-a57", "--gic", gic, "--mem", "1G", "--costs", "icount", "--kernel", real.XEN]
xen_append, append = "console=dtuart dom0_mem=256M bootscrub=0 dom0_max_vcpus=1", "console=hvc0 nokaslr cryptomgr.notests"
if guests:  # by a device tree of our own; Xen ends with dom0, so that it waits for the guest
    tree = xen_tree.make(machine, real.KERNEL, real.USERLAND, xen_append + " dtuart=/pl011@9000000", append + " wait=2", guests)
else:
    tree = ["--append", xen_append, "--module", f"dom0:kernel:{real.KERNEL},{append}", "--module", f"dom0:ramdisk:{real.USERLAND}"]
run = real.Run(*machine, *tree)
run.expect(r"\(XEN\) Xen version 4\.\d+", rf"\(XEN\) GICv{gic}", r"\*\*\* LOADING DOMAIN 0 \*\*\*", *real.checks(1)[:-1],
           "init: RESULT PASS", r"reboot: Power down", r"\(XEN\) Hardware Dom0 halted: halting machine")
if guests:
    run.expect(r"\*\*\* LOADING DOMU cpus=1 memory=30000KB \*\*\*", *real.checks(1, r"\(XEN\) DOM1: init"),
               r"\(XEN\) DOM1: .*reboot: Power down")
sys.exit(run.end())
