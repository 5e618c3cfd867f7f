#!/usr/bin/env python3
"""Times el2sim beside QEMU and bare Unicorn: the same image, the same rows, in turns.

Whole processes are timed. A row's time per operation is the slope between a run of n operations and
one of a few, so that what a program does at its start drops out; the median of several alternating
rounds is what counts.

    run.py --build build                  the table, rows that miss their goal are marked
    run.py --build build --rows svc,hvc   some rows
    run.py --build build --compare        `el2sim compare` as well: wall time and memory
"""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections import namedtuple

# instructions: of one operation where the row is plain computing (then M instructions/s are printed); goal_*: least
# speed, QEMU's = 1; for `block` and `functional`.
Row = namedtuple("Row", "name what instructions gic goal_block goal_functional raw")


def compute(name, what, instructions, goal=True):
    return Row(name, what, instructions, 2, 0.6 if goal else None, 0.8 if goal else None, True)


def event(name, what, gic=2, goal=2.0):
    return Row(name, what, 0, gic, goal, goal, False)


ROWS = [
    compute("compute", "ALU mix", 16),
    compute("loadstore", "loads and stores", 12, goal=False),
    compute("memcpy", "copy of 32 KiB by LDP and STP", 12),
    compute("call", "calls and returns", 12),
    compute("fp", "floating point", 10, goal=False),
    event("svc", "SVC from EL0 to EL1, ERET"),
    event("hvc", "HVC from EL1 to EL2, ERET"),
    event("trap", "MRS of an ID register trapped to EL2, ERET"),
    event("sysreg", "MSR and MRS TPIDR_EL1, no trap", goal=None),
    event("dc", "DC CIVAC, no trap", goal=None),
    event("mmio", "PL011 FR read at EL1"),
    event("fault", "data abort at EL1, skipped, ERET"),
    event("tlbi", "TLBI VAE1, DSB, ISB, refill"),
    event("wfi2", "timer armed, WFI, interrupt (GICv2)"),
    event("wfi3", "timer armed, WFI, interrupt (GICv3)", 3),
    event("gic2", "SGI sent, acknowledged, ended (GICv2)", goal=None),
    event("gic3", "SGI sent, acknowledged, ended (GICv3)", 3, goal=None),
    event("exit", "load from an IPA that stage 2 lacks, emulated at EL2"),
]

BASE_OPERATIONS = 10
PROBE_OPERATIONS = 2000


class Engine:
    def __init__(self, name, command):
        self.name = name
        self.command = command


def el2sim(options, level):
    def command(row, n):
        return [options.el2sim, "run", "--kernel", options.image, "--cpu", "cortex-a57", "--gic", str(row.gic),
                "--level", level, "--append", f"row={row.name} n={n}"]
    return Engine(level, command)


def qemu(options):
    def command(row, n):
        return [options.qemu, "-M", f"virt,virtualization=on,gic-version={row.gic}", "-cpu", "cortex-a57", "-accel",
                "tcg,thread=single", "-m", "256", "-nodefaults", "-display", "none", "-kernel", options.image,
                "-append", f"row={row.name} n={n}"]
    return Engine("qemu", command)


def raw(options):
    def command(row, n):
        return [options.raw, options.image, row.name, str(n)] if row.raw else None
    return Engine("raw", command)


def time_of(command, clock, limit_s=120):
    """Seconds that a process took: wall, or user + system where the machine is shared."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          timeout=limit_s, check=False)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"run.py: {' '.join(command)}\n  ended with status {done.returncode}: {done.stderr.decode()[-400:]}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu if clock == "cpu" else wall


def calibrate(engine, row, options):
    """How many operations take about options.seconds."""
    base = time_of(engine.command(row, BASE_OPERATIONS), options.clock)
    n = PROBE_OPERATIONS
    while True:
        spent = time_of(engine.command(row, n), options.clock) - base
        if spent > options.seconds / 4:
            return max(n, int(n * options.seconds / spent))
        n *= 8


def measure(row, engines, options):
    """Nanoseconds per operation: {engine: median}."""
    engines = [e for e in engines if e.command(row, 1)]
    counts = {e.name: calibrate(e, row, options) for e in engines}
    slopes = {e.name: [] for e in engines}
    for _ in range(options.rounds):
        for e in engines:
            few = time_of(e.command(row, BASE_OPERATIONS), options.clock)
            many = time_of(e.command(row, counts[e.name]), options.clock)
            slopes[e.name].append((many - few) / (counts[e.name] - BASE_OPERATIONS) * 1e9)
    return {name: statistics.median(values) for name, values in slopes.items()}


def figure(row, ns):
    if ns is None:
        return "-"
    return f"{row.instructions / ns * 1e3:.0f} M/s" if row.instructions else f"{ns:.0f} ns"


def ratio_text(times, name, goal):
    if name not in times or "qemu" not in times:
        return "-", None
    ratio = times["qemu"] / times[name]
    verdict = None if goal is None else ratio >= goal
    mark = "" if goal is None else f" (>= {goal} {'met' if verdict else 'MISSED'})"
    return f"{ratio:.2f}{mark}", verdict


def table(results, options):
    head = ["row", "functional", "block", "QEMU", "raw", "functional / QEMU", "block / QEMU", "block / raw"]
    lines = [head]
    missed = 0
    for row, t in results:
        functional, good_functional = ratio_text(t, "functional", row.goal_functional)
        block, good_block = ratio_text(t, "block", row.goal_block)
        of_raw = f"{t['raw'] / t['block']:.2f}" if "raw" in t and "block" in t else "-"
        missed += (good_functional is False) + (good_block is False)
        lines.append([row.name] + [figure(row, t.get(k)) for k in ("functional", "block", "qemu", "raw")] +
                     [functional, block, of_raw])
    if options.markdown:
        lines.insert(1, ["---"] * len(head))
        for cells in lines:
            print("| " + " | ".join(cells) + " |")
    else:
        widths = [max(len(cells[i]) for cells in lines) for i in range(len(head))]
        for cells in lines:
            print("  ".join(c.ljust(w) for c, w in zip(cells, widths)).rstrip())
    return missed


def compare(options):
    """Wall time and peak memory of a full comparison. Guest RAM counts as far as it was touched, so the peak is an
    upper bound of what the simulator itself takes."""
    designs = "kvm-split,kvm-vhe"
    command = [options.el2sim, "compare", "--designs", designs]
    walls, peak_kib = [], 0
    for _ in range(options.rounds):
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        walls.append(time.perf_counter() - start)
        if child.returncode != 0:
            print(f"compare: ended with status {child.returncode}")
            return 1
        peak_kib = max(peak_kib, usage.ru_maxrss)
    wall = statistics.median(walls)
    peak_mib = peak_kib / 1024
    print(f"compare {designs}: {wall:.2f} s (goal < 5 s: {'met' if wall < 5 else 'MISSED'}), "
          f"peak {peak_mib:.0f} MiB, touched guest RAM included (goal < 200 MiB beside guest RAM: "
          f"{'met' if peak_mib < 200 else 'not shown'})")
    return (wall >= 5) + (peak_mib >= 200)


def parse_arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build", help="build directory")
    p.add_argument("--qemu", default="qemu-system-aarch64")
    p.add_argument("--rows", help="comma-separated; default all")
    p.add_argument("--engines", default="functional,block,qemu,raw", help="comma-separated")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=float, default=0.4, help="of one measured run")
    p.add_argument("--clock", choices=["wall", "cpu"], default="wall", help="cpu: on a machine that others use too")
    p.add_argument("--markdown", action="store_true")
    p.add_argument("--json", help="write the nanoseconds per operation to this file")
    p.add_argument("--compare", action="store_true", help="time `el2sim compare` as well")
    p.add_argument("--strict", action="store_true", help="status 1 if a goal is missed")
    options = p.parse_args()
    options.el2sim = os.path.join(options.build, "el2sim")
    options.image = os.path.join(options.build, "guest", "bench.elf")
    options.raw = os.path.join(options.build, "tests", "bench", "raw_rows")
    return options


def main():
    options = parse_arguments()
    makers = {"functional": lambda: el2sim(options, "functional"), "block": lambda: el2sim(options, "block"),
              "qemu": lambda: qemu(options), "raw": lambda: raw(options)}
    wanted = options.engines.split(",")
    if not shutil.which(options.qemu) and "qemu" in wanted:
        print(f"{options.qemu} is not here: no comparison with it", file=sys.stderr)
        wanted.remove("qemu")
    engines = [makers[name]() for name in wanted]
    names = options.rows.split(",") if options.rows else [row.name for row in ROWS]
    results = []
    for row in ROWS:
        if row.name in names:
            results.append((row, measure(row, engines, options)))
            print(f"\r{row.name:<12}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    missed = table(results, options)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as f:
            json.dump({row.name: times for row, times in results}, f, indent=1)
    if options.compare:
        missed += compare(options)
    return 1 if missed and options.strict else 0


if __name__ == "__main__":
    sys.exit(main())
