"""Debian's kernel at EL1, to userland, which looks around on each CPU. usage: linux.py GIC SMP

Four machines, and four ways to say the same: the cloud and the generic kernel, plain and gzip'd; three CPU models;
three levels of cost."""
import gzip
import sys

import harness
import real

gic, smp = sys.argv[1:3]


def gzipped(path):
    with open(path, "rb") as f:
        return harness.write("Image.gz", gzip.compress(f.read(), compresslevel=1))


cpu, costs, kernel = {
    ("3", "1"): ("cortex-a57", ["--costs", "icount"], real.KERNEL),
    ("3", "4"): ("neoverse-n1", ["--costs", "neoverse-n1"], gzipped(real.GENERIC)),
    ("2", "1"): ("x-gene1", ["--costs", "xgene1"], gzipped(real.KERNEL)),
    ("2", "4"): ("cortex-a57", ["--level", "functional"], real.GENERIC),
}[gic, smp]
run = real.Run("--cpu", cpu, "--gic", gic, "--smp", smp, "--el", "1", "--mem", "512M", *costs, "--kernel", kernel,
               "--initrd", real.USERLAND, "--append", real.APPEND)
run.expect(rf"Booting Linux on physical CPU 0x0+ ", rf"CPU: All CPU\(s\) started at EL1", *real.checks(smp),
           "reboot: Power down")
sys.exit(run.end())
