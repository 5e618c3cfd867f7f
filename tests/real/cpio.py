"""Archives for an initial file system, written here: busybox, modules of Debian's kernel, and an init."""
import glob
import gzip
import os

import harness
import real


def entry(name, mode, data=b""):
    """One file of a cpio archive, newc."""
    fields = [0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    head = b"070701" + b"".join(b"%08X" % f for f in fields) + name.encode() + b"\0"
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def with_modules(init, modules, name):
    """The path of an archive with this script as /init, busybox, and modules as /lib/NAME.ko."""
    root = os.path.dirname(os.path.realpath(real.KERNEL)) + "/.."
    parts = [entry(d, 0o40755) for d in ("bin", "lib", "dev", "proc", "sys", "mnt")]
    files = [("init", init.encode()), ("bin/busybox", harness.read_bytes(os.path.join(real.DIR, "busybox")))]
    for module in modules:
        [path] = glob.glob(f"{root}/lib/modules/*-cloud-arm64/kernel/**/{module}.ko", recursive=True)
        files.append((f"lib/{module}.ko", harness.read_bytes(path)))
    parts += [entry(n, 0o100755, data) for n, data in files] + [entry("TRAILER!!!", 0)]
    return harness.write(name, gzip.compress(b"".join(parts), 1, mtime=0))
