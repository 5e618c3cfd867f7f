"""Lint finds nothing wrong in what Debian ships: KVM and Xen, from boot to power-off, by the rules that are judged by
default (docs/lint.md). usage: lint.py nvhe-gic2|vhe-gic3|xen"""
import sys

import harness
import real

SYMBOLS = {"nvhe-gic2": real.KERNEL, "vhe-gic3": real.KERNEL, "xen": real.XEN}
case = sys.argv[1]
if case == "xen":
    machine = ["--cpu", "cortex-a57", "--gic", "2", "--mem", "1G", "--costs", "seattle", "--kernel", real.XEN,
               "--append", "console=dtuart dom0_mem=64M bootscrub=0 dom0_max_vcpus=1"]
    for domain, image in (("dom0", "xen-dom0.bin"), ("dom1", "xen-domu.bin")):
        machine += ["--module", f"{domain}:kernel:{harness.BUILD}/guest/{image}"]
    said = "dom0: RESULT PASS"
else:
    gic = case[-1]
    machine = ["--cpu", {"2": "cortex-a57", "3": "cortex-a76"}[gic], "--gic", gic, "--smp", "2", "--mem", "512M",
               "--kernel", real.KERNEL, "--initrd", real.ROWS, "--append", f"{real.APPEND} nokaslr gic={gic} n=2"]
    said = "vmm: RESULT PASS"

result = harness.el2sim("run", *machine, "--symbols", SYMBOLS[case], "--lint=error")
if result.returncode != 0 or said not in result.stdout or "lint: 0 found" not in result.stderr:
    print(harness.said(result))
    sys.exit(1)
