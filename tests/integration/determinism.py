"""One guest several times: two runs, and a run with each engine shortcut off, give byte-identical reports (so the same
digest of the final state too), at both levels. usage: determinism.py full|brief IMAGE CPU GIC SMP [APPEND]
brief: level block, all shortcuts off at once, for builds that are slow."""
import json
import sys

import harness

SHORTCUTS = ["block-table", "views", "range-flush", "trap-in-hook", "dc-zva", "lend", "state", "counts", "tlbs", "resolved", "all"]

amount, image, cpu, gic, smp = sys.argv[1:6]
append = sys.argv[6:7]
problems = []


def report(level, *options):
    return harness.run_json("run", "--quiet", "--level", level, *harness.cpu_options(cpu), "--gic", gic, "--smp", smp,
                            *harness.level(image), "--kernel", harness.guest(image), *(["--append", append[0]] if append else []), *options)


def difference(a, b):
    """The first parts of two reports that differ."""
    x, y = json.loads(a), json.loads(b)
    keys = [k for k in x if x[k] != y.get(k)]
    text = f"they differ in {', '.join(keys) or 'layout only'}"
    for key in keys[:3]:
        if isinstance(x[key], list):
            parts = [(p, q) for p, q in zip(x[key], y[key]) if p != q][:3]
            text += f"\n  {key}: {len(x[key])} and {len(y[key])} parts" + "".join(f"\n    {p}\n    {q}" for p, q in parts)
        else:
            text += f"\n  {key}: {x[key]} and {y[key]}"
    return text


def compare(level, what, first, *options):
    second = report(level, *options)
    if first != second:
        problems.append(f"level {level}, {what}: {difference(first, second)}")


FULL = (("block", SHORTCUTS), ("functional", ["all"]))
BRIEF = (("block", ["all"]),)
for level, shortcuts in FULL if amount == "full" else BRIEF:
    once = report(level)
    if json.loads(once)["end"] != "power-off":
        problems.append(f"level {level}: the run ended by {json.loads(once)['end_text']}, not power-off")
    if amount == "full":
        compare(level, "the same run again", once)
    for shortcut in shortcuts:
        compare(level, f"--engine-off {shortcut}", once, "--engine-off", shortcut)

print("\n".join(problems) or f"{image}: reports are byte-identical")
sys.exit(1 if problems else 0)
