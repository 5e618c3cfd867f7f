"""Request/response with Debian's kernel and its virtio-net driver, on the machine or as a guest of a hypervisor of ours, which gives it a card.
usage: request_response.py native|native-gic3|DESIGN [word of the design's boot arguments]

What a transaction takes is what the profile says of the peer, and a path of the kernel's and the hypervisor's, which does not depend on how far
away the peer is. docs/applications.md has the figures."""
import re
import sys

import cpio
import harness
import real

GIC2, GIC3 = (2, "x-gene1"), (3, "neoverse-n1")
MACHINES = {"native": GIC2, "native-gic3": GIC3, "kvm-split": GIC2, "kvm-split-lazy": GIC2, "kvm-split-novgic": GIC2, "el2host": GIC2,
            "kvm-vhe": GIC3, "kvm-vhe-opt": GIC3}
MODULES = ["virtio_ring", "virtio", "virtio_mmio", "failover", "net_failover", "virtio_net"]
APPEND = f"{real.APPEND} quiet loglevel=1"
COUNT = 300
NEAREST_US = 31  # the peer, its wire and the card
INIT = f"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs dev /dev; mount -t proc proc /proc
for m in {' '.join(MODULES)}; do insmod /lib/$m.ko; done
ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0
ping -c 1 10.0.2.2 >/dev/null
ping -A -c {COUNT} -s 16 10.0.2.2 | tail -2
poweroff -f
"""


def transaction_us(design, words, initrd, net):
    gic, cpu = MACHINES[design]
    machine = ["--costs", "xgene1", "--cpu", cpu, "--gic", gic, "--mem", "512M", "--net", net]
    if design.startswith("native"):
        software = ["--kernel", real.KERNEL, "--initrd", initrd, "--append", APPEND]
    else:
        software = ["--smp", 2, "--kernel", harness.guest(design), "--append", f"vcpus=1 {words}",
                    "--module", f"dom0:kernel:{real.KERNEL},{APPEND}", "--module", f"dom0:ramdisk:{initrd}"]
    run = real.Run(*machine, *software)
    run.expect(f"^{COUNT} packets transmitted, {COUNT} packets received")
    found = re.search(r"min/avg/max = [0-9.]+/([0-9.]+)/", run.console)
    return run, float(found.group(1)) * 1000 if found else 0


design = sys.argv[1]
words = " ".join(sys.argv[2:])
ramfs = cpio.with_modules(INIT, MODULES, "ping.cpio.gz")
near, near_us = transaction_us(design, words, ramfs, "peer")
print(f"{design} {words}: a transaction takes {near_us:.0f} us")
if design.startswith("native"):
    most_us = 55
    far, far_us = transaction_us(design, words, ramfs, "peer,latency=105us")  # 100 us more each way than the profile's
    if not 198 <= far_us - near_us <= 202:
        near.problems.append(f"a peer that is 100 us further away takes {far_us - near_us} us more")
    near.problems += far.problems
else:
    most_us = 75
    near.expect("host: vm0 off, status 0", "RESULT PASS")
if not NEAREST_US < near_us < most_us:
    near.problems.append(f"{near_us} us: more than {NEAREST_US} and less than {most_us} are expected")
sys.exit(near.end())
