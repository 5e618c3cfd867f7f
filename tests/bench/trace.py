#!/usr/bin/env python3
"""What watching a run costs: host time of the same run without, and with each way of writing it down.

    trace.py --build build                      the table; ratios are to the first column
    trace.py --build build --before old/el2sim  and what a program from before costs: with everything off, nothing
                                                measurable may have been added

Processor time (user and system) of whole processes, the median of alternating rounds: the machine may have other work.
"""
import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections import namedtuple

Run = namedtuple("Run", "name image machine append")

SPLIT = ["--cpu", "x-gene1", "--gic", "2", "--smp", "2"]
VHE = ["--cpu", "neoverse-n1", "--gic", "3", "--smp", "2"]
RUNS = [
    Run("kvm-split, all rows", "kvm-split", SPLIT, "n=1024"),
    Run("kvm-vhe, all rows", "kvm-vhe", VHE, "n=1024"),
    Run("kvm-split, 1024 hypercalls", "kvm-split", SPLIT, "rows=hypercall n=1024"),
    Run("kvm-split, 1024 virtual IPIs", "kvm-split", SPLIT, "rows=virtual-ipi n=1024"),
]


def ways(scratch):
    trace = ["--trace", os.path.join(scratch, "t")]
    return {
        "off": [],
        "trace": trace,
        "no functions": [*trace, "--trace-filter", "event=el|idle|vm|exception|irq|switch|span|mmio|firmware"],
        "last 100000": [*trace, "--trace-last", "100000"],
    }


def command(options, run, way, program=None):
    image = os.path.join(options.build, "guest", run.image + ".elf")
    return [program or os.path.join(options.build, "el2sim"), "run", "--kernel", image, "--symbols", image, *run.machine,
            "--append", run.append, *way]


def seconds_of(line):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"trace.py: {' '.join(line)}\n  ended with status {done.returncode}: {done.stderr.decode()[-400:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(options, run, scratch):
    """{way: median seconds}, and how big the whole trace is."""
    lines = {name: command(options, run, way) for name, way in ways(scratch).items()}
    if options.before:
        lines["before"] = command(options, run, [], options.before)
    spent = {name: [] for name in lines}
    size = 0
    for _ in range(options.rounds):
        for name, line in lines.items():
            spent[name].append(seconds_of(line))
            if name == "trace":
                size = os.path.getsize(os.path.join(scratch, "t"))
    return {name: statistics.median(times) for name, times in spent.items()}, size


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build", help="build directory")
    p.add_argument("--before", help="an el2sim to compare with, everything off")
    p.add_argument("--rounds", type=int, default=5)
    options = p.parse_args()
    names = ["trace", "no functions", "last 100000"] + (["before"] if options.before else [])
    print("| run | off, s | " + " | ".join(names) + " | MB |")
    print("| --- " * (len(names) + 3) + "|")
    worst = 0
    with tempfile.TemporaryDirectory() as scratch:
        for run in RUNS:
            times, size = measure(options, run, scratch)
            ratios = {name: times[name] / times["off"] for name in names}
            worst = max(worst, ratios["trace"])
            print(f"| {run.name} | {times['off']:.2f} | " + " | ".join(f"{ratios[n]:.2f}" for n in names) +
                  f" | {size / 1e6:.0f} |", flush=True)
    print(f"\nthe whole timeline costs at most {worst:.2f} times the run without (goal < 2: "
          f"{'met' if worst < 2 else 'MISSED'})")


if __name__ == "__main__":
    main()
