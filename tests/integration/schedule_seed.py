"""--schedule-seed: another seed is another order of what CPUs do, the same seed the same one, whichever engine shortcuts
are off and from a snapshot on; the guest's own checks hold in all. Without it nothing changes."""
import json
import unittest

import harness

MACHINE = ["--quiet", "--cpu", "max", "--gic", "3", "--smp", "4", "--kernel", harness.guest("check_smp")]


def report(*options):
    return json.loads(harness.run_json("run", *MACHINE, *options))


class ScheduleSeed(unittest.TestCase):
    def test_seeds_differ_and_repeat(self):
        digests = {seed: report("--schedule-seed", seed)["digest"] for seed in (1, 2, 3)}
        self.assertEqual(len(set(digests.values()) | {report()["digest"]}), 4, digests)
        self.assertEqual(report("--schedule-seed", 2, "--engine-off", "all")["digest"], digests[2])

    def test_guest_passes_and_report_says_so(self):
        result = harness.el2sim("run", *MACHINE, "--schedule-seed", 7, "--stats")
        self.assertEqual(result.returncode, 0, harness.said(result))
        self.assertIn("CHECKS 30 ok, 0 failed", result.stdout)
        self.assertIn("cycles (two quanta: --schedule-seed 7)", result.stderr)

    def test_snapshot_keeps_the_order(self):
        whole = report("--schedule-seed", 5)
        path = harness.temporary("seed.snap")
        report("--schedule-seed", 5, "--snapshot-save", path, "--snapshot-at", f"cycles:{whole['cycles'] // 8}")
        rest = harness.run_json("run", "--quiet", "--snapshot", path, "--schedule-seed", 5)
        self.assertEqual(json.loads(rest)["digest"], whole["digest"])

    def test_bad_seeds(self):
        for text in ("0", "x", "-1", ""):
            result = harness.el2sim("run", *MACHINE, "--schedule-seed", text)
            self.assertEqual(result.returncode, 2, harness.said(result))
            self.assertIn("--schedule-seed", result.stderr)


if __name__ == "__main__":
    unittest.main()
