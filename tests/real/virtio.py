"""Debian's kernel with virtio disk, network, random numbers and console says the same lines as in QEMU on the same files;
one CPU and four say the same; the disk's file is changed with write-through only."""
import os
import shutil
import subprocess
import sys

import cpio
import harness
import real

MODULES = ["virtio_ring", "virtio", "virtio_mmio", "virtio_blk", "failover", "net_failover", "virtio_net", "virtio-rng",
           "virtio_console"]
APPEND = f"{real.APPEND} quiet loglevel=1"
MARKER = b"written by the guest, and nobody else"

INIT = f"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs dev /dev; mount -t proc proc /proc; mount -t sysfs sys /sys
for m in {' '.join(MODULES)}; do insmod /lib/$m.ko; done
for d in /sys/bus/virtio/devices/*; do echo device $(cat $d/device $d/status); done
echo disk $(cat /sys/block/vda/size /sys/block/vda/ro)
mount -t ext4 /dev/vda /mnt; cat /mnt/hello; md5sum /mnt/noise
echo {MARKER.decode()} >/mnt/new; dd if=/dev/zero of=/mnt/zeroes bs=64k count=32 2>/dev/null; umount /mnt
echo 3 >/proc/sys/vm/drop_caches; mount -t ext4 /dev/vda /mnt; md5sum /mnt/new /mnt/zeroes /mnt/noise; umount /mnt
ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0
ping -c 5 -i 0.1 -s 1000 10.0.2.2 | grep received
dd if=/dev/hwrng bs=64 count=16 2>/dev/null | wc -c; cat /sys/class/misc/hw_random/rng_current
echo through the console >/dev/hvc0; sleep 0.1
echo RESULT $(awk '/virtio/ {{n += $2 + $3 + $4 + $5 > 0}} END {{print n}}' /proc/interrupts) devices interrupted
poweroff -f
"""


def harness_bytes(path):
    with open(path, "rb") as f:
        return f.read()


def disk_image():
    folder, path = harness.temporary("files"), harness.temporary("disk.ext4")
    os.mkdir(folder)
    harness.write("files/hello", "hello from ext4\n")
    harness.write("files/noise", bytes(i * i // 7 % 251 for i in range(200000)))
    mke2fs = shutil.which("mke2fs", path=os.environ["PATH"] + ":/sbin:/usr/sbin")
    subprocess.run([mke2fs, "-q", "-t", "ext4", "-d", folder, path, "8M"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return path


def qemu(initrd, disk):
    command = [harness.QEMU, "-nodefaults", "-display", "none", "-chardev", "stdio,id=c,mux=on", "-serial", "chardev:c",
               "-no-reboot", "-M", "virt,virtualization=on,gic-version=3", "-global", "virtio-mmio.force-legacy=false", "-cpu",
               "cortex-a57", "-m", "512", "-kernel", real.KERNEL, "-initrd", initrd, "-append", APPEND, "-drive",
               f"file={disk},format=raw,if=none,id=d,snapshot=on", "-device", "virtio-blk-device,drive=d", "-netdev", "user,id=n",
               "-device", "virtio-net-device,netdev=n", "-device", "virtio-rng-device", "-device", "virtio-serial-device",
               "-device", "virtconsole,chardev=c"]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=harness.TIMEOUT_SECONDS)
    return result.stdout.decode("utf-8", "replace").replace("\r", "")


def run(initrd, drive, *options):
    return real.Run("--costs", "icount", "--mem", "512M", "--kernel", real.KERNEL, "--initrd", initrd, "--append", APPEND,
                    "--drive", drive, "--net", "peer", "--rng-seed", "1", "--console", "virtio", *options)


def said(console):
    """Its lines, but for the kernel's, which have times; a line of one console may overtake one of the other."""
    return sorted(line for line in console.split("\n") if not line.startswith("["))


ramfs, disk = cpio.with_modules(INIT, MODULES, "virtio.cpio.gz"), disk_image()
before = harness_bytes(disk)
one = run(ramfs, disk)
one.expect("^hello from ext4", "^5 packets transmitted, 5 packets received", "^1024", "^through the console",
           "^RESULT 4 devices interrupted")
lines = qemu(ramfs, disk)
if said(lines) != said(one.console):
    one.problems.append(f"in QEMU:\n{lines}")
if harness_bytes(disk) != before or MARKER in before:
    one.problems.append("copy on write changed the file")
four = run(ramfs, disk + ",write-through", "--smp", "4")
if said(four.console) != said(one.console) or four.problems or MARKER not in harness_bytes(disk):
    one.problems.append(f"on four CPUs, with write-through: {four.problems}\n{four.console}")
sys.exit(one.end())
