#!/usr/bin/env python3
"""Instructions of the papers' operations in real software: Debian's Linux/KVM and Xen, run as designs.

usage: scripts/paper-counts.py [--check] [--el2sim PROGRAM]

Runs the designs that a paper's systems name as `real:` at the paper's prices, and writes what an operation of each row takes into the list
`counts:` of sim/papers/NAME.yaml, and the table of docs/papers.md beside the counts of our own designs. With --check it writes nothing and says
which count is off by more than 5 %; status 1 then. The software comes from scripts/real-software.sh."""
import argparse
import glob
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REAL = os.environ.get("EL2SIM_REAL", os.path.join(ROOT, "build", "real"))
TOLERANCE = 0.05
HEAD = "counts: # instructions of an operation in real software: scripts/paper-counts.py\n"
PROFILE, OURS = "xgene1", ["kvm-split", "xen", "el2host"]  # of the table
TITLES = {"linux-nvhe-gic2": "Linux: nvhe-gic2", "linux-vhe": "Linux: vhe", "debian-xen": "Xen"}
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


def instructions(program, design, profile, known={}):
    """Of one operation of each row."""
    if (design, profile) not in known:
        command = [program, "compare", "--designs", design, "--costs", profile, "--quiet", "--json", "-"]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"paper-counts: {' '.join(command)}: {run.stderr.strip()}")
        rows = json.loads(run.stdout)["designs"][0]["rows"]
        known[design, profile] = {r["name"]: round(r["instructions"] / r["operations"]) for r in rows if r["operations"]}
    return known[design, profile]


def papers():
    """(path, text, profile, real designs, rows) of each paper that has some."""
    for path in sorted(glob.glob(os.path.join(ROOT, "sim", "papers", "*.yaml"))):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        designs = list(dict.fromkeys(re.findall(r"\breal: ([\w-]+)", text)))
        if designs:
            yield path, text, re.search(r"^profile: (\S+)", text, re.M).group(1), designs, set(re.findall(r"^ +row: (\S+)", text, re.M))


def count_lines(program, profile, designs, rows):
    return [f"  - {{design: {d}, software: {software(d)}, row: {row}, instructions: {count}}}\n"
            for d in designs for row, count in instructions(program, d, profile).items() if row in rows]


def difference(text, lines):
    """The lines of text's counts that are off."""
    pattern = re.compile(r"design: (\S+), .*row: (\S+), instructions: (\d+)")
    said = {m.group(1, 2): int(m.group(3)) for m in pattern.finditer(text)}
    for line in lines:
        m = pattern.search(line)
        if abs(said.get(m.group(1, 2), 0) - int(m.group(3))) > TOLERANCE * int(m.group(3)):
            yield f"{line.strip()} was counted, {said.get(m.group(1, 2))} is written"


def table(program):
    columns = OURS + list(TITLES)
    counts = {d: instructions(program, d, PROFILE) for d in columns}
    lines = ["| row | " + " | ".join(OURS) + " | " + " | ".join(f"{t} ({software(d)})" for d, t in TITLES.items()) + " |",
             "| --- |" + " ---: |" * len(columns)]
    for row in counts["linux-nvhe-gic2"] | {"vm-switch": 0}:
        lines.append(f"| {row} | " + " | ".join(f"{counts[d][row]:,}" if row in counts[d] else "" for d in columns) + " |")
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
