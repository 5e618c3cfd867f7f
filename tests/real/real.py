"""What the real-software tests share: where the packages are, and how a run is judged."""
import itertools
import json
import os
import re

import harness

DIR = os.environ.get("EL2SIM_REAL", harness.source("build", "real"))
KERNEL = os.path.join(DIR, "Image")
GENERIC = os.path.join(DIR, "Image-generic")
XEN = os.path.join(DIR, "xen")
USERLAND = os.path.join(harness.BUILD, "guest", "real-userland.cpio.gz")
INIT = os.path.join(harness.BUILD, "guest", "real-init")
ROWS = os.path.join(harness.BUILD, "guest", "linux-rows.cpio.gz")

# nokaslr: the same addresses as in QEMU; notests: no half second of crypto self-tests.
APPEND = "console=ttyAMA0 nokaslr cryptomgr.notests"

# What a kernel or Xen says when something is wrong with the machine. "WARNING:" is how WARN() begins.
TROUBLE = re.compile(r"WARNING:|BUG:|Call trace|Oops|rcu_sched.*stall|soft lockup|Unhandled (fault|exception)|"
                     r"\(XEN\) (Panic|Assertion|BUG)", re.I)

CHECKS = ["processes", "pipes", "signals", "faults", "threads", "exec"]


class Run:
    """A finished run: its console, its report, and what was wrong with it."""

    count = itertools.count()

    def __init__(self, *options):
        path = harness.temporary(f"report{next(Run.count)}.json")
        self.result = harness.el2sim("run", *options, "--json", path)
        self.console = self.result.stdout
        self.problems = []
        # Marks are judged by the designs' tests; every other line on stderr is something that the program did not expect.
        told = [line for line in self.result.stderr.split("\n") if line and "benchmark mark" not in line]
        if self.result.returncode != 0 or told:
            self.problems.append(f"status 0 and nothing on stderr are expected: {told}")
        if os.path.exists(path):
            self.report = json.loads(harness.read(path))
            if self.report["unmodelled"]:
                self.problems.append(f"unmodelled: {self.report['unmodelled']}")
        else:
            self.problems.append("no report")
        self.problems += [f"the console says: {line}" for line in self.console.split("\n") if TROUBLE.search(line)]

    def expect(self, *patterns):
        """Each is there, the later ones behind the earlier."""
        at = 0
        for pattern in patterns:
            found = re.compile(pattern, re.M).search(self.console, at)
            if not found:
                self.problems.append(f"not there, or not in order: {pattern}")
                return
            at = found.end()

    def end(self):
        """The test's exit status."""
        if self.problems:
            print("\n".join(self.problems), harness.said(self.result))
            return 1
        return 0


def checks(cpus, prefix="init"):
    """The lines of userland/checks.c."""
    return [rf"{prefix}: Linux aarch64, {cpus} CPUs$"] + [f"{prefix}: {name}: ok" for name in CHECKS] + [
        f"{prefix}: RESULT PASS"]
