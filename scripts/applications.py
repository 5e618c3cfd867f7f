#!/usr/bin/env python3
"""The tables of docs/applications.md, from runs: what applications' shapes cost natively and in VMs.

usage: scripts/applications.py [--el2sim PROGRAM] [--only NAME] [--docs FILE]

Writes each table between its two markers (`<!-- NAME: scripts/applications.py -->` and `<!-- end of NAME -->`). Some minutes; the same
input gives the same bytes."""
import argparse
import concurrent.futures
import json
import os
import re
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MACHINE = ["--costs", "xgene1", "--smp", "4", "--json", "-"]
NATIVE, NATIVE_GIC3 = "native", "native-gic3"
GIC3 = ["kvm-vhe", "kvm-vhe-opt"]
NET_ROWS = ["tcp-rr", "tcp-stream", "memcached", "apache"]
ROWS = [*NET_ROWS, "hackbench", "kernbench"]
PUBLISHED = {
    "tcp-rr": "TCP_RR: KVM +106 %, Xen +133 % (recalled)",
    "tcp-stream": "TCP_STREAM: KVM +1 %, Xen +250 % (recalled, low)",
    "memcached": "Memcached: KVM +26 % (read), Xen +32 % (recalled)",
    "apache": "Apache: KVM +35 % (read), Xen +84 % (recalled)",
    "hackbench": "Hackbench: KVM +15 %, Xen +10 % (recalled, low)",
    "kernbench": "Kernbench: KVM +5 %, Xen +5 % (recalled, low)",
}
PUBLISHED_SPREAD = {"apache": "+35 % | +14 % (read)", "memcached": "+26 % | +8 % (read)"}
MAIN = ["kvm-split", "kvm-vhe", "kvm-vhe-opt", "el2host", "xen"]
SEEDS = range(1, 17)  # of hackbench, which moves with the order of the CPUs' turns
HACKBENCH = "rows=hackbench"


def seeded(program, design, seed):
    """A run of the design's machine with another order of turns, which compare does not have."""
    with open(os.path.join(ROOT, "sim", "designs", design + ".yaml"), encoding="utf-8") as f:
        text = f.read()
    cpu, gic, memory, cards, image = (re.search(rf"^{key}: (\S+)", text, re.M).group(1) for key in ("cpu", "gic", "memory", "networks", "image"))
    return ["run", "--cpu", cpu, "--gic", gic, "--mem", memory, *["--net", "peer"] * int(cards), "--schedule-seed", str(seed),
            "--kernel", os.path.join(os.path.dirname(program), "guest", image)]


class Runs:
    """Cycles and exits of an operation by (design, words of the command line, seed); each run once."""

    def __init__(self, program):
        self.program, self.known = program, {}

    def run(self, key):
        design, words, seed = key
        command = [self.program, *(seeded(self.program, design, seed) if seed else ["compare", "--quiet", "--designs", design]), "--append", words, *MACHINE]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"applications: {' '.join(command)}: {result.stderr.strip()}")
        report = json.loads(result.stdout[result.stdout.index("{"):])  # behind a run's console
        rows = (report if seed else report["designs"][0])["rows"]
        return {r["name"]: (r["cycles_per_operation"], r["traps"] / r["operations"]) for r in rows if r["operations"]}

    def prepare(self, keys):
        keys = [k for k in dict.fromkeys(keys) if k not in self.known]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            self.known.update(zip(keys, pool.map(self.run, keys)))

    def cycles(self, design, words, row, seed=0):
        """Of an operation; hackbench's are the mean of its schedules, unless one is named."""
        if row == "hackbench" and not seed:
            return statistics.mean(self.cycles(design, HACKBENCH, row, s) for s in SEEDS)
        return self.known[design, words, seed][row][0]


def native_of(design):
    return NATIVE_GIC3 if design in GIC3 else NATIVE


def percent(cycles, native, row=""):
    return f"{(cycles / native - 1) * 100:+.{1 if row == 'kernbench' else 0}f} %"


def line(cells):
    return "| " + " | ".join(cells) + " |"


def overheads(runs, designs, words, row):
    for d in designs:
        cycles = runs.cycles(d, words, row)
        yield f"{cycles:,.0f} | {percent(cycles, runs.cycles(native_of(d), 'rows=app', row), row)}"


def main_table(runs):
    designs, words, others = MAIN, "rows=app", [NATIVE, NATIVE_GIC3, "xen-on-kvm-split"]
    runs.prepare([(d, words, 0) for d in [*others, *designs]])
    runs.prepare([(d, HACKBENCH, seed) for d in [*others, *designs] for seed in SEEDS])
    yield line(["row", "native", *(f"{d} | " for d in designs), "published (ISCA 2016, native = 1)"])
    yield "| --- | ---: |" + " ---: | ---: |" * len(designs) + " --- |"
    for row in ROWS:
        yield line([row, f"{runs.cycles(NATIVE, words, row):,.0f}", *overheads(runs, designs, words, row), PUBLISHED[row]])
    gic3, interface = (", ".join(f"{runs.cycles(d, words, row):,.0f}" for row in ROWS) for d in (NATIVE_GIC3, "xen-on-kvm-split"))
    yield ""
    yield f"Native, GICv3 (for kvm-vhe and kvm-vhe-opt): {gic3}. A guest of Xen's interface on kvm-split (xen-on-kvm-split): {interface}."


def user_table(runs):
    designs, words = ["kvm-split", "el2host", "kvm-vhe", "kvm-vhe-opt", "kvm-split-novgic"], "rows=app net=user"
    runs.prepare([*((d, words, 0) for d in designs), *((d, "rows=app", 0) for d in (NATIVE, NATIVE_GIC3))])
    yield line(["row", *(f"{d} | " for d in designs)])
    yield "| --- |" + " ---: | ---: |" * len(designs)
    for row in NET_ROWS:
        yield line([row, *overheads(runs, designs, words, row)])


def spread_table(runs):
    designs, both = ["kvm-split", "el2host", "xen"], ["rows=app", "rows=app spread=on"]
    runs.prepare([(d, w, 0) for d in [NATIVE, *designs] for w in both])
    yield line(["row", *(f"{d}: to one | spread" for d in designs), "published: to one | spread"])
    yield "| --- |" + " ---: | ---: |" * (len(designs) + 1)
    for row in PUBLISHED_SPREAD:
        cells = [percent(runs.cycles(d, w, row), runs.cycles(NATIVE, w, row)) for d in designs for w in both]
        yield line([row, *cells, PUBLISHED_SPREAD[row]])


def receive_table(runs):
    designs, sizes = ["kvm-split", "kvm-split-novgic"], [8, 12, 16]
    words = {size: [f"rows=memcached n=512 receive={size}{more}" for more in ("", " spread=on")] for size in sizes}
    runs.prepare([(d, w, 0) for d in [NATIVE, *designs] for size in sizes for w in words[size]])
    yield line(["receive=", *(f"{d}: to one | spread" for d in [NATIVE, *designs])])
    yield "| ---: |" + " ---: | ---: |" * (1 + len(designs))
    for size in sizes:
        base = runs.cycles(NATIVE, words[size][0], "memcached")
        cells = [f"{runs.cycles(NATIVE, w, 'memcached'):,.0f}" for w in words[size]]
        for d in designs:
            cells += [f"{c:,.0f} ({percent(c, base)})" for c in (runs.cycles(d, w, "memcached") for w in words[size])]
        yield line([str(size), *cells])


def hackbench_table(runs):
    designs, words = [NATIVE, *MAIN], HACKBENCH
    runs.prepare([(d, words, seed) for d in designs for seed in SEEDS])
    cycles = {d: [runs.cycles(d, words, "hackbench", seed) for seed in SEEDS] for d in designs}
    exits = {d: [runs.known[d, words, seed]["hackbench"][1] for seed in SEEDS] for d in designs}
    yield line([f"{len(SEEDS)} schedules", *designs])
    yield "| --- |" + " ---: |" * len(designs)
    yield line(["mean", *(f"{statistics.mean(cycles[d]):,.0f}" for d in designs)])
    yield line(["standard deviation", *(f"{statistics.stdev(cycles[d]):,.0f}" for d in designs)])
    yield line(["least to most", *(f"{min(cycles[d]):,.0f} to {max(cycles[d]):,.0f}" for d in designs)])
    yield line(["exits of a message", *("0" if d == NATIVE else f"{min(exits[d]):.2f} to {max(exits[d]):.2f}" for d in designs)])
    fit = statistics.linear_regression(exits["kvm-split"], cycles["kvm-split"])
    r2 = statistics.correlation(exits["kvm-split"], cycles["kvm-split"]) ** 2
    yield ""
    yield f"kvm-split, these {len(SEEDS)} runs: {fit.intercept:,.0f} cycles and {fit.slope:,.0f} for each exit, r2 = {r2:.2f}."


TABLES = {"main": main_table, "user": user_table, "spread": spread_table, "receive": receive_table, "hackbench": hackbench_table}


def around(path, name):
    """What stands before and behind a table, the markers included."""
    begin, end = f"<!-- {name}: scripts/applications.py -->\n", f"<!-- end of {name} -->"
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if text.count(begin) != 1 or text.count(end) != 1:
        sys.exit(f"applications: {path}: needs the lines `{begin.strip()}` and `{end}`, once each: the table goes between them")
    before, rest = text.split(begin)
    indent = before[before.rfind("\n") + 1:]  # of a table in a list
    return before + begin, indent, indent + end + rest.split(end)[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--el2sim", default=os.path.join(ROOT, "build", "el2sim"))
    parser.add_argument("--only", choices=TABLES, help="one table")
    parser.add_argument("--docs", default=os.path.join(ROOT, "docs", "applications.md"))
    args = parser.parse_args()
    runs = Runs(args.el2sim)
    for name in [args.only] if args.only else TABLES:
        before, indent, behind = around(args.docs, name)
        table = "".join(f"{indent}{one}\n" if one else "\n" for one in TABLES[name](runs))
        with open(args.docs, "w", encoding="utf-8") as f:
            f.write(before + table + behind)


main()
