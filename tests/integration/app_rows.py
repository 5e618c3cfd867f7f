"""The application-shaped rows with network, natively and in VMs: each checks what it sends and gets; two runs are the same; spreading
interrupts changes their number at VCPU 0; a peer that is further away takes longer by as much."""
import json
import re
import sys
import unittest

import harness

ROWS = ["tcp-rr", "tcp-stream", "memcached", "apache", "hackbench", "kernbench"]
DESIGNS = [("native", "x-gene1", 2), ("native-gic3", "neoverse-n1", 3), ("kvm-split", "x-gene1", 2), ("kvm-vhe", "neoverse-n1", 3),
           ("xen", "x-gene1", 2), ("xen-on-kvm-split", "x-gene1", 2)]
if sys.argv[1:] == ["brief"]:  # the sanitizers: Xen's interface is another guest and another host, not another simulator
    DESIGNS = DESIGNS[:4]
OPS = 48


def run(image, cpu, gic, append="", smp=4, cards=2, costs="xgene1"):
    """What it printed, and cycles for an operation by row."""
    path = harness.temporary("report.json")
    options = ["--net", "peer"] * cards
    result = harness.el2sim("run", "--quiet", "--cpu", cpu, "--gic", gic, "--smp", smp, "--costs", costs, "--json", path, "--max-cycles",
                            2000000000, "--kernel", harness.guest(image), "--append", f"rows=app n={OPS} {append}", *options)
    report = json.loads(harness.read(path))
    return result, {row["name"]: row["cycles"] / row["operations"] for row in report["rows"]}


class AppRows(unittest.TestCase):
    def test_all_rows_are_ok(self):
        for design in DESIGNS:
            for append in ("spread=off", "spread=on"):
                with self.subTest(design=design[0], append=append):
                    result, cycles = run(*design, append)
                    lines = [f"row {row}: {OPS} ops ok" for row in ROWS]
                    self.assertEqual([l for l in result.stdout.split("\n") if l.startswith("row ")], lines, harness.said(result))
                    self.assertIn("RESULT PASS", result.stdout)
                    self.assertEqual(sorted(cycles), sorted(ROWS))

    def test_two_runs_are_the_same(self):
        self.assertEqual(run(*DESIGNS[2])[1], run(*DESIGNS[2])[1])

    def test_virtual_is_not_faster_than_native(self):
        for native, virtual in ((0, 2), (1, 3), (0, 4))[:len(DESIGNS) - 3]:
            fast, slow = run(*DESIGNS[native])[1], run(*DESIGNS[virtual])[1]
            for row in ROWS:
                with self.subTest(design=DESIGNS[virtual][0], row=row):
                    self.assertLess(fast[row], slow[row] * 1.001)

    def test_two_cpus_are_enough(self):
        for design in DESIGNS[:5]:
            with self.subTest(design=design[0]):
                self.assertIn("RESULT PASS", run(*design, smp=2)[0].stdout)

    def test_cards_in_the_vmm(self):
        for design in (DESIGNS[2], ("kvm-split-novgic", "x-gene1", 2)):
            with self.subTest(design=design[0]):
                result, there = run(*design, "net=user")
                self.assertIn("RESULT PASS", result.stdout, harness.said(result))
                self.assertNotIn("skipped", result.stdout)
                here = run(*design)[1]
                self.assertLess(here["tcp-rr"], there["tcp-rr"])

    def test_rows_say_what_they_need(self):
        for design, cards in [(DESIGNS[2], 0), (DESIGNS[2], 1)] + [(design, 1) for design in DESIGNS[4:]]:
            result, cycles = run(*design, cards=cards)
            self.assertEqual(result.stdout.count("skipped, needs two network cards"), 4, harness.said(result))
            self.assertEqual(sorted(cycles), ["hackbench", "kernbench"])
        self.assertEqual(run(*DESIGNS[2], smp=1)[0].stdout.count("skipped, needs 2 cpus"), 4)

    def test_times_of_the_peer_are_the_profiles(self):
        profile = harness.read(harness.source("sim/profiles/xgene1.yaml"))
        path = harness.write("far.yaml", re.sub("wire-delay-ns: {value: 5000", "wire-delay-ns: {value: 55000", profile))
        near, far = run(*DESIGNS[0])[1]["tcp-rr"], run(*DESIGNS[0], costs=path)[1]["tcp-rr"]
        self.assertAlmostEqual(far - near, 2 * 50000 * 2.4, delta=100)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
