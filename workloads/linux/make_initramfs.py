"""Writes an initramfs: a cpio archive of the "newc" kind (Linux: Documentation/driver-api/early-userspace/
buffer-format.rst), gzip'd where OUT ends in .gz. The same files give the same bytes: no times, no users, files in the
order given.

usage: make_initramfs.py OUT /path/in/archive=FILE...   (FILE keeps its execute bit; devices are added)
"""
import gzip
import os
import stat
import sys

DIRECTORIES = ["dev"]
CHARACTER_DEVICES = [("dev/console", 5, 1), ("dev/urandom", 1, 9), ("dev/kvm", 10, 232)]


class Archive:
    def __init__(self):
        self.data = bytearray()
        self.entries = 0

    def add(self, name, mode, content=b"", major=0, minor=0, links=1):
        encoded = name.encode() + b"\0"
        fields = [self.entries + 1, mode, 0, 0, links, 0, len(content), 0, 0, major, minor, len(encoded), 0]
        self.data += b"070701" + b"".join(b"%08X" % field for field in fields) + encoded
        self.pad()
        self.data += content
        self.pad()
        self.entries += 1

    def pad(self):
        self.data += bytes(-len(self.data) % 4)


def main(out, *files):
    archive = Archive()
    for name in DIRECTORIES:
        archive.add(name, stat.S_IFDIR | 0o755, links=2)
    for name, major, minor in CHARACTER_DEVICES:
        archive.add(name, stat.S_IFCHR | 0o600, major=major, minor=minor)
    for file in files:
        name, path = file.split("=", 1)
        with open(path, "rb") as source:
            executable = os.fstat(source.fileno()).st_mode & stat.S_IXUSR
            archive.add(name.lstrip("/"), stat.S_IFREG | (0o755 if executable else 0o644), source.read())
    archive.add("TRAILER!!!", 0)
    temporary = out + ".new"
    with open(temporary, "wb") as file:
        file.write(gzip.compress(archive.data, 9, mtime=0) if out.endswith(".gz") else archive.data)
    os.replace(temporary, out)


main(*sys.argv[1:])
