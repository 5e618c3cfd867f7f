#!/usr/bin/env python3
"""Instructions of the papers' operations in real software: Debian's Linux/KVM and Xen, run as designs.

usage: scripts/paper-counts.py [--check] [--el2sim PROGRAM]

Runs the designs that a paper's systems name as `real:` at the paper's prices, and writes what an operation of each row takes into the list
`counts:` of sim/papers/NAME.yaml, and the table of docs/papers.md beside the counts of our own designs. With --check it writes nothing and says
which count is off by more than TOLERANCE; status 1 then. The software comes from scripts/real-software.sh."""
import argparse
import functools
import glob
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REAL = os.environ.get("EL2SIM_REAL", os.path.join(ROOT, "build", "real"))
TOLERANCE = 0.15  # a tick of the host's that falls into a row is up to a tenth of it
CROSSING = {"virtual-ipi": 0.4}  # whether the other CPU sleeps by then hangs on timing: a VMM of another compiler moves it by a quarter
HEAD = "counts: # instructions of an operation in real software: scripts/paper-counts.py\n"
PROFILE, OURS = "xgene1", ["kvm-split", "xen", "el2host"]  # of the table
TITLES = {"linux-nvhe-gic2": "Linux: nvhe-gic2", "linux-vhe": "Linux: vhe", "debian-xen": "Xen"}
LINUX_OPS = "1024"  # so many that a tick of the host, some fifty thousand instructions, is 3 % of the shortest row
BEGIN, END = "<!-- table: scripts/paper-counts.py -->", "<!-- end of table -->"


def version(image, pattern):
    path = os.path.join(REAL, image)
    if not os.path.exists(path):
        sys.exit(f"paper-counts: {path}: not there: scripts/real-software.sh fetches it, or set EL2SIM_REAL")
    with open(path, "rb") as f:
        return re.search(pattern, f.read()).group(1).decode()


def software(design):
    if design == "debian-xen":
        return "Xen " + version("xen", rb"(4\.\d+\.\d+)[+-]")
    return "Linux " + version("Image", rb"#1 SMP[ A-Z_]* Debian ([\d.]+-\d+)")


@functools.cache
def said(*command):
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"paper-counts: {' '.join(command)}: {run.stderr.strip()}")
    return run.stdout


@functools.cache
def executed():
    """The cost classes whose units are instructions that completed."""
    with open(os.path.join(ROOT, "sim", "base", "cost.def"), encoding="utf-8") as f:
        return set(re.findall(r'^COST\(\w+, "([^"]+)", I,', f.read(), re.M)) - {"insn.trapped"}


def instructions(program, design, profile):
    """Of one operation of each row: all, and those outside of VMs."""
    command = [program, "compare", "--designs", design, "--costs", profile, "--quiet", "--json", "-"]
    report = said(*command, *(["--ops", LINUX_OPS] if design.startswith("linux") else []))
    counts = {}
    for r in json.loads(report)["designs"][0]["rows"]:
        outside = sum(b["count"] for b in r["breakdown"] if b["where"] != "vm" and b["class"] in executed())
        counts[r["name"]] = (round(r["instructions"] / r["operations"]), round(outside / r["operations"]))
    return counts


def papers():
    """(path, text, profile, real designs, rows) of each paper that has some."""
    for path in sorted(glob.glob(os.path.join(ROOT, "sim", "papers", "*.yaml"))):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        designs = list(dict.fromkeys(re.findall(r"\breal: ([\w-]+)", text)))
        if designs:
            yield path, text, re.search(r"^profile: (\S+)", text, re.M).group(1), designs, set(re.findall(r"^ +row: (\S+)", text, re.M))


def count_lines(program, profile, designs, rows):
    return [f"  - {{design: {d}, software: {software(d)}, row: {row}, instructions: {count}, outside-vms: {outside}}}\n"
            for d in designs for row, (count, outside) in instructions(program, d, profile).items() if row in rows]


def difference(text, lines):
    """The lines of text's counts that are off: outside of VMs, where nobody waits for another CPU."""
    pattern = re.compile(r"design: (\S+), .*row: (\S+), .*outside-vms: (\d+)")
    written = {m.group(1, 2): int(m.group(3)) for m in pattern.finditer(text)}
    for line in lines:
        m = pattern.search(line)
        tolerance = CROSSING.get(m.group(2), TOLERANCE)
        if abs(written.get(m.group(1, 2), 0) - int(m.group(3))) > tolerance * int(m.group(3)):
            yield f"{line.strip()} was counted, {written.get(m.group(1, 2))} is written: run scripts/paper-counts.py"


def table(program):
    columns = OURS + list(TITLES)
    counts = {d: instructions(program, d, PROFILE) for d in columns}
    lines = ["| row | " + " | ".join(OURS) + " | " + " | ".join(f"{t} ({software(d)})" for d, t in TITLES.items()) + " |",
             "| --- |" + " ---: |" * len(columns)]
    for row in counts["linux-nvhe-gic2"] | {"vm-switch": 0}:
        lines.append(f"| {row} | " + " | ".join("{:,} ({:,})".format(*counts[d][row]) if row in counts[d] else "" for d in columns) + " |")
    return "\n".join(["", *lines, ""])


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--el2sim", default=os.path.join(ROOT, "build", "el2sim"))
    parser.add_argument("--check", action="store_true", help="write nothing")
    args = parser.parse_args()
    problems = []
    for path, text, profile, designs, rows in papers():
        lines = count_lines(args.el2sim, profile, designs, rows)
        problems += [f"{path}: {line}" for line in difference(text, lines)]
        if not args.check:
            write(path, text.split(HEAD)[0] + HEAD + "".join(lines))
    if args.check:
        print("\n".join(problems))
        sys.exit(bool(problems))
    docs = os.path.join(ROOT, "docs", "papers.md")
    with open(docs, encoding="utf-8") as f:
        before, rest = f.read().split(BEGIN)
    write(docs, before + BEGIN + table(args.el2sim) + END + rest.split(END)[1])


main()
