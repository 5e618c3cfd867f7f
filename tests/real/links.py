"""Two of Debian's kernels, each in a machine of its own, ping each other over a link; other engine shortcuts on both sides change no digest;
one side replays alone."""
import concurrent.futures
import sys

import cpio
import harness
import real

MODULES = ["virtio_ring", "virtio", "virtio_mmio", "failover", "net_failover", "virtio_net"]
APPEND = f"{real.APPEND} quiet loglevel=1"


def initrd(number, does):
    init = f"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs dev /dev; mount -t proc proc /proc
for m in {' '.join(MODULES)}; do insmod /lib/$m.ko; done
ip link set eth0 up; ip addr add 10.0.3.{number}/24 dev eth0
{does}
poweroff -f
"""
    return cpio.with_modules(init, MODULES, f"link{number}.cpio.gz")


SIDES = {"one": ["--initrd", initrd(1, "ping -A -c 20 10.0.3.2 | tail -2; echo hello to two | nc -w 1 10.0.3.2 7000")],
         "two": ["--initrd", initrd(2, "nc -l -p 7000"), "--smp", "2"]}
CARDS = {"one": "52:54:00:12:34:56", "two": "52:54:00:12:34:57"}


def machine(side, *options):
    net = f"link:{harness.temporary('wire')},latency=20us,mac={CARDS[side]}"
    return real.Run("--quiet", "--mem", "256M", "--kernel", real.KERNEL, "--append", APPEND, "--net", net, *SIDES[side], *options)


def both(options):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        started = {side: pool.submit(machine, side, *options[side]) for side in SIDES}
        return {side: run.result() for side, run in started.items()}


record = harness.temporary("two.rec")
first = both({"one": [], "two": ["--record", record]})
first["one"].expect("^20 packets transmitted, 20 packets received")
first["two"].expect("^hello to two")
again = both({"one": ["--engine-off", "counts"], "two": ["--engine-off", "lend"]})
again["replayed"] = machine("two", "--replay", record)
for side, run in again.items():
    told, expected = run.report["digest"], first["one" if side == "one" else "two"].report["digest"]
    if told != expected:
        run.problems.append(f"{side}: digest {told}, at first {expected}")
sys.exit(max(run.end() for run in [*first.values(), *again.values()]))
