"""A cold run, a run that saves a snapshot on its way, and a run from the snapshot end with the same report, byte for
byte (so the same digest), whatever the point; and a run from a snapshot saves the same snapshot again.
usage: snapshots.py guest IMAGE CPU GIC SMP [APPEND]        points along a guest's run
       snapshots.py linux KERNEL INITRD CONSOLE-TEXT [OPTION...]    one point of a Linux, given its files"""
import json
import re
import sys

import harness

mode = sys.argv[1]
problems = []


def first_difference(a, b):
    """Where two reports differ."""
    x, y = json.loads(a), json.loads(b)
    return ", ".join(f"{k}: {str(x[k])[:80]} / {str(y.get(k))[:80]}" for k in x if x[k] != y.get(k)) or "layout only"


def check(what, cold, where, *machine):
    """One snapshot: of the run `machine`, at `where`. False: the run ended before."""
    snapshot, again = harness.temporary("a.snapshot"), harness.temporary("b.snapshot")
    saved = harness.run_json("run", "--quiet", *machine, "--snapshot-save", snapshot, "--snapshot-at", where)
    if saved != cold:
        problems.append(f"{what}: the run that saves: {first_difference(cold, saved)}")
    loaded = harness.run_json("run", "--quiet", "--snapshot", snapshot)
    if loaded != cold:
        problems.append(f"{what}: the run from the snapshot: {first_difference(cold, loaded)}")
    # At once: nothing has been run in between.
    twice = harness.el2sim("run", "--quiet", "--snapshot", snapshot, "--snapshot-save", again, "--snapshot-at",
                           "cycles:1", "--snapshot-exit")
    if twice.returncode != 0 or open(snapshot, "rb").read() != open(again, "rb").read():
        problems.append(f"{what}: loaded and saved at once, the file differs{harness.said(twice)}")
    return len(loaded)


def check_shortcuts(cold, snapshot):
    """What is derived after loading depends on no shortcut."""
    for shortcut in ("all", "views", "block-table"):
        loaded = harness.run_json("run", "--quiet", "--engine-off", shortcut, "--snapshot", snapshot)
        if loaded != cold:
            problems.append(f"from the snapshot, --engine-off {shortcut}: {first_difference(cold, loaded)}")


def furthest_cycles(*machine):
    """How far the run goes: the longest clock, out of the report for people."""
    result = harness.el2sim("run", "--quiet", "--stats", *machine)
    return max(int(n) for n in re.findall(r"cpu \d+: (\d+) cycles", result.stderr))


def check_guest(image, cpu, gic, smp, append=""):
    machine = ["--cpu", cpu, "--gic", gic, "--smp", smp, "--kernel", harness.guest(image), "--mem", "128M"]
    machine += ["--append", append] if append else []
    cold = harness.run_json("run", "--quiet", *machine)
    cycles = furthest_cycles(*machine)
    # Odd fractions: points of no meaning, inside handlers, critical sections and loops.
    for part in (97, 251, 503, 751, 911):
        at = cycles * part // 1000
        check(f"{image} {cpu} gic {gic} smp {smp}, cycle {at}", cold, f"cycles:{at}", *machine)
    check_shortcuts(cold, harness.temporary("a.snapshot"))


def check_linux(kernel, initrd, text, *options):
    machine = ["--kernel", kernel, "--initrd", initrd, *options]
    cold = harness.run_json("run", "--quiet", *machine)
    check(f"{kernel} at \"{text}\"", cold, f"console:{text}", *machine)


{"guest": check_guest, "linux": check_linux}[mode](*sys.argv[2:])
print("\n".join(problems) or f"{' '.join(sys.argv[2:])}: the same with and without snapshots")
sys.exit(1 if problems else 0)
