"""What a debugger costs that is there and does nothing: processor time of a run with gdb's stub attached and told to
continue, beside that of the run alone. Goal: at most 5 % more. usage: gdb_idle.py [ROUNDS]"""
import os
import resource
import socket
import subprocess
import sys
import time

import harness

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 7
# All rows of a hypervisor: traps, switches of worlds, devices, interrupts.
RUNS = {
    "kvm-split, 1 CPU": ["--kernel", harness.guest("kvm-split"), "--cpu", "x-gene1", "--gic", "2", "--append",
                         "n=1024"],
    "kvm-split, 4 CPUs": ["--kernel", harness.guest("kvm-split"), "--cpu", "x-gene1", "--gic", "2", "--smp", "4",
                          "--append", "n=1024"],
}


def spent(process):
    """Processor time of a child, waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def start(machine, *options):
    return subprocess.Popen([harness.PROGRAM, "run", "--quiet", *machine, *options], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def attached(machine):
    """The debugger connects, says continue, and hears of the end."""
    path = harness.temporary("gdb.socket")
    process = start(machine, "--gdb", "unix:" + path)
    client = socket.socket(socket.AF_UNIX)
    while client.connect_ex(path) != 0:
        time.sleep(0.01)
    client.sendall(b"+$c#63")
    heard = b""
    while b"$W00#" not in heard:
        part = client.recv(4096)
        assert part, heard
        heard += part
    client.close()
    return spent(process)


def main():
    for name, machine in RUNS.items():
        alone, idle = [], []
        for _ in range(ROUNDS):
            alone.append(spent(start(machine)))
            idle.append(attached(machine))
            if os.path.exists(harness.temporary("gdb.socket")):
                os.unlink(harness.temporary("gdb.socket"))
        a, i = min(alone), min(idle)  # what others do on the machine only adds
        print(f"{name:20} alone {a:.2f} s, attached {i:.2f} s: {100 * (i / a - 1):+.1f} % "
              f"(least of {ROUNDS} rounds each; goal +5 % at most)")


main()
