"""KVM as Debian ships it runs the guest of workloads/micro to its end. usage: kvm.py MODE-gicN"""
import sys

import real

mode, gic = sys.argv[1].split("-gic")
cpu, said, append = {
    "nvhe": ("cortex-a57", r"kvm \[1\]: Hyp mode initialized successfully", ""),
    "vhe": ("cortex-a76", r"kvm \[1\]: VHE mode initialized successfully", ""),
    "protected": ("cortex-a76", r"kvm \[1\]: Protected nVHE mode initialized successfully", " kvm-arm.mode=protected"),
}[mode]
ROWS = ["hypercall", "gic-trap", "io-user", "virtual-ipi", "virtual-eoi", "io-latency-out", "io-latency-in", "virtual-timer",
        "stage2-fault"]
run = real.Run("--cpu", cpu, "--gic", gic, "--smp", "2", "--mem", "512M", "--kernel", real.KERNEL, "--initrd", real.ROWS,
               "--append", f"{real.APPEND} gic={gic} n=8{append}")
run.expect(r"CPU: All CPU\(s\) started at EL2", said, rf"^vmm: 2 cpus, vgic v{gic}, 2 vcpus",
           *(f"^row {row}: 8 ops ok" for row in ROWS), "^vmm: RESULT PASS", "reboot: Power down")
sys.exit(run.end())
