"""Request/response with Debian's kernel and its virtio-net driver: what one takes is what the profile says of the peer, and Linux' own path,
which does not depend on how far away the peer is."""
import re
import sys

import cpio
import harness
import real

MODULES = ["virtio_ring", "virtio", "virtio_mmio", "failover", "net_failover", "virtio_net"]
APPEND = f"{real.APPEND} quiet loglevel=1"
COUNT = 300
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


def transaction_us(initrd, net):
    run = real.Run("--costs", "xgene1", "--cpu", "x-gene1", "--gic", "2", "--mem", "512M", "--kernel", real.KERNEL, "--initrd", initrd,
                   "--append", APPEND, "--net", net)
    run.expect(f"^{COUNT} packets transmitted, {COUNT} packets received")
    found = re.search(r"min/avg/max = [0-9.]+/([0-9.]+)/", run.console)
    return run, float(found.group(1)) * 1000 if found else 0


ramfs = cpio.with_modules(INIT, MODULES, "ping.cpio.gz")
near, near_us = transaction_us(ramfs, "peer")
far, far_us = transaction_us(ramfs, "peer,latency=105us") # 100 us more each way than the profile's
print(f"a transaction: {near_us:.0f} us, with a peer 100 us further away {far_us:.0f} us")
if not 31 < near_us < 90:
    near.problems.append(f"{near_us} us: the peer alone takes 31")
if not 198 <= far_us - near_us <= 202:
    near.problems.append(f"a peer that is 100 us further away takes {far_us - near_us} us more")
far.end()
sys.exit(near.end() or bool(far.problems))
