#!/usr/bin/env python3
"""What each optimisation of a design is worth: docs/ablation.md's tables and docs/ablation.svg.

usage: scripts/ablation.py [--el2sim PROGRAM] [--designs A,B] [--profiles A,B] [--rows A,B] [--out DIRECTORY]

Runs every combination named below (boot argument opt=) under each price list and writes DIRECTORY/ablation.md (the tables
replace those between the two markers of an existing file) and DIRECTORY/ablation.svg. The same input gives the same bytes."""
import argparse
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FULL = ["sysregs", "traps", "timer", "debug", "vgic", "fp"]
OPTIONS = {"kvm-split-lazy": ["fp", "vgic"], "kvm-vhe-opt": FULL, "el2host": FULL}  # the words of opt= that a design knows
ROWS = ["hypercall", "gic-trap", "io-kernel", "io-user", "virtual-ipi"]
CHOICES = ["eoi=split", "tick=idle", "tick=full", "pin=off"]  # what a host does otherwise: hyp/README.md
CHOICE_DESIGNS = ["kvm-split", "kvm-vhe-opt", "el2host", "xen"]
CHOICE_ROWS = ["hypercall", "virtual-ipi", "virtual-timer", "io-latency-in", "vm-switch", "kernbench"]
BEGIN, END = "<!-- tables: scripts/ablation.py -->", "<!-- end of tables -->"


def combinations(options):
    """(label, words of opt=): nothing, each alone, all but each, all."""
    yield "none", []
    for o in options:
        yield f"{o} alone", [o]
    for o in options if len(options) > 2 else []:
        yield f"all but {o}", [x for x in options if x != o]
    yield "all", options


def measure(program, design, profile, rows, append, *more):
    """Cycles of one operation of each row."""
    command = [program, "compare", "--designs", design, "--costs", profile, "--rows", ",".join(rows), "--quiet", "--json", "-",
               "--append", append, *more]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"ablation: {' '.join(command)}: {run.stderr.strip()}")
    measured = json.loads(run.stdout)["designs"][0]["rows"]
    return {row["name"]: row["cycles_per_operation"] for row in measured}


def table(design, profile, rows, results):
    """Saved: against none, and for `all but`, what is lost against all."""
    none, full = results["none"], results["all"]
    lines = [f"### {design}, profile {profile}", "", "| stays | " + " | ".join(f"{r} | saved" for r in rows) + " |",
             "| --- |" + " ---: | ---: |" * len(rows)]
    for label, cycles in results.items():
        cells = []
        for r in rows:
            if label.startswith("all but"):
                change = f"{full[r] - cycles[r]:+,.0f}"
            else:
                change = f"{none[r] - cycles[r]:,.0f}" if label != "none" else ""
            cells.append(f"{cycles[r]:,.0f} | {change}")
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return lines + [""]


def choices(program, profile, designs):
    """The table of what a host does otherwise: cycles as it is, and the difference that each choice makes."""
    lines = [f"### Choices of the host, profile {profile}, 4 CPUs", "",
             "| design | choice | " + " | ".join(CHOICE_ROWS) + " |", "| --- | --- |" + " ---: |" * len(CHOICE_ROWS)]
    for design in designs:
        plain = None
        for choice in ["", *CHOICES]:
            cycles = measure(program, design, profile, CHOICE_ROWS, f"rows={','.join(CHOICE_ROWS)} {choice}", "--smp", "4")
            plain = plain or cycles
            cells = [f"{cycles[r] - plain[r]:+,.0f}" if choice else f"{cycles[r]:,.0f}" for r in CHOICE_ROWS]
            lines.append(f"| {design} | {choice or 'as it is'} | " + " | ".join(cells) + " |")
    return lines + [""]


def figure(row, profile, results):
    """Horizontal bars: one panel for each design."""
    bar, left, width, top = 16, 150, 520, 46
    longest = max(c[row] for combos in results.values() for c in combos.values())
    height = top + sum(bar * len(combos) + 40 for combos in results.values())
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 90}" height="{height}" font-family="sans-serif" '
           'font-size="11">', '<rect width="100%" height="100%" fill="#fff"/>',
           f'<text x="10" y="20" font-size="14">Cycles of one {row}, profile {profile}, by what stays in registers</text>']
    y = top
    for design, combos in results.items():
        out.append(f'<text x="10" y="{y + 2}" font-weight="bold">{design}</text>')
        y += 12
        for label, cycles in combos.items():
            length = round(width * cycles[row] / longest, 1)
            colour = "#b0563c" if label == "none" else "#3c7a4e" if label == "all" else "#5b7fa6" if "alone" in label else "#a9b8c9"
            out.append(f'<text x="{left - 6}" y="{y + 11}" text-anchor="end">{label}</text>'
                       f'<rect x="{left}" y="{y + 2}" width="{length}" height="{bar - 4}" fill="{colour}"/>'
                       f'<text x="{left + length + 4}" y="{y + 11}">{cycles[row]:,.0f}</text>')
            y += bar
        y += 28
    return "\n".join(out + ["</svg>", ""])


def write_tables(path, lines):
    text = f"{BEGIN}\n{END}\n"
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            text = f.read()
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit(f"ablation: {path}: needs the lines `{BEGIN}` and `{END}`, once each: the tables go between them")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    with open(path, "w", encoding="utf-8") as f:
        f.write(before + BEGIN + "\n" + "\n".join(lines) + END + after)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--el2sim", default=os.path.join(ROOT, "build", "el2sim"))
    parser.add_argument("--designs", default=",".join(OPTIONS))
    parser.add_argument("--profiles", default="seattle,xgene1")
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--choices", default=",".join(CHOICE_DESIGNS), help="designs of the table of choices; empty: no such table")
    parser.add_argument("--out", default=os.path.join(ROOT, "docs"))
    args = parser.parse_args()
    rows, profiles = args.rows.split(","), args.profiles.split(",")
    unknown = [d for d in args.designs.split(",") if d not in OPTIONS]
    if unknown:
        sys.exit(f"ablation: {unknown[0]} has no optimisations to switch; these have: {', '.join(OPTIONS)}")
    lines, first = [""], None
    for profile in profiles:
        results = {design: {label: measure(args.el2sim, design, profile, rows, "opt=" + (",".join(words) or "none"))
                            for label, words in combinations(OPTIONS[design])} for design in args.designs.split(",")}
        first = first or results
        for design, combos in results.items():
            lines += table(design, profile, rows, combos)
    if args.choices:
        lines += choices(args.el2sim, profiles[-1], args.choices.split(","))
    write_tables(os.path.join(args.out, "ablation.md"), lines)
    with open(os.path.join(args.out, "ablation.svg"), "w", encoding="utf-8") as f:
        f.write(figure(rows[0], profiles[0], first))


main()
