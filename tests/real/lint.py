"""Lint finds nothing wrong in what Debian ships, KVM and Xen, from boot to power-off, by the rules that are judged by
default; in protected KVM one thing, which is (docs/lint.md). usage: lint.py nvhe-gic2|vhe-gic3|protected-gic3|xen"""
import re
import sys

import harness
import real

# TLBI ALLE2, MMU on, ISB, and no DSB between: Linux has one there since.
FOUND = {"protected-gic3": [("dsb-after-tlbi", "__kvm_nvhe___pkvm_init_switch_pgd")]}
case = sys.argv[1]
if case == "xen":
    machine = ["--cpu", "cortex-a57", "--gic", "2", "--mem", "1G", "--costs", "seattle", "--kernel", real.XEN,
               "--append", "console=dtuart dom0_mem=64M bootscrub=0 dom0_max_vcpus=1"]
    for domain, image in (("dom0", "xen-dom0.bin"), ("dom1", "xen-domu.bin")):
        machine += ["--module", f"{domain}:kernel:{harness.BUILD}/guest/{image}"]
    said = "dom0: RESULT PASS"
else:
    gic = case[-1]
    mode = " kvm-arm.mode=protected" if case.startswith("protected") else ""
    machine = ["--cpu", {"2": "cortex-a57", "3": "cortex-a76"}[gic], "--gic", gic, "--smp", "2", "--mem", "512M",
               "--kernel", real.KERNEL, "--initrd", real.ROWS, "--append", f"{real.APPEND} nokaslr{mode} gic={gic} n=2"]
    said = "vmm: RESULT PASS"

symbols = real.XEN if case == "xen" else real.KERNEL
result = harness.el2sim("run", *machine, "--symbols", symbols, "--lint=error")
found = re.findall(r"^lint: ([a-z0-9-]+): (\w+)\+", result.stderr, re.M)
expected = FOUND.get(case, [])
if result.returncode != (1 if expected else 0) or said not in result.stdout or found != expected:
    print(harness.said(result))
    sys.exit(1)
