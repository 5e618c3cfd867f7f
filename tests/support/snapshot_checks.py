"""What the tests of snapshots share: a cold run, a run that saves, and a run from the snapshot are the same."""
import json
import re

import harness

SNAPSHOT, AGAIN = harness.temporary("a.snapshot"), harness.temporary("b.snapshot")


def first_difference(a, b):
    """Where two reports differ."""
    x, y = json.loads(a), json.loads(b)
    return ", ".join(f"{k}: {str(x[k])[:80]} / {str(y.get(k))[:80]}" for k in x if x[k] != y.get(k)) or "layout only"


def contents(path):
    with open(path, "rb") as f:
        return f.read()


def check(what, cold, where, *machine):
    """Problems of one snapshot: of the run `machine`, whose report is `cold`, at `where`."""
    problems = []
    saved = harness.run_json("run", "--quiet", *machine, "--snapshot-save", SNAPSHOT, "--snapshot-at", where)
    if saved != cold:
        problems.append(f"{what}: the run that saves: {first_difference(cold, saved)}")
    loaded = harness.run_json("run", "--quiet", "--snapshot", SNAPSHOT)
    if loaded != cold:
        problems.append(f"{what}: the run from the snapshot: {first_difference(cold, loaded)}")
    # Saved again before anything runs: state that is forgotten on either way shows.
    twice = harness.el2sim("run", "--quiet", "--snapshot", SNAPSHOT, "--snapshot-save", AGAIN, "--snapshot-at",
                           "cycles:1", "--snapshot-exit")
    if twice.returncode != 0 or contents(SNAPSHOT) != contents(AGAIN):
        problems.append(f"{what}: loaded and saved at once, the file differs{harness.said(twice)}")
    return problems


def check_shortcuts(cold):
    """Problems of what is derived after loading the last snapshot: it depends on no shortcut."""
    problems = []
    for shortcut in ("all", "views", "block-table"):
        loaded = harness.run_json("run", "--quiet", "--engine-off", shortcut, "--snapshot", SNAPSHOT)
        if loaded != cold:
            problems.append(f"from the snapshot, --engine-off {shortcut}: {first_difference(cold, loaded)}")
    return problems


def furthest_cycles(*machine):
    """How far the run goes: the longest clock, out of the report for people."""
    result = harness.el2sim("run", "--quiet", "--stats", *machine)
    return max(int(n) for n in re.findall(r"cpu \d+: (\d+) cycles", result.stderr))
