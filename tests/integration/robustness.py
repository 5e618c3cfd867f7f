"""Guests that never end: the run ends by --max-cycles, or by itself where nothing can happen any more, with status 1, a
line on stderr and a report; at both levels, with several profiles."""
import itertools
import json
import unittest

import harness

LIMIT = 200000
QUANTUM = 500  # CPUs run behind each other by less than this
VARIANTS = list(itertools.product(("functional", "block"), ("xgene1", "icount", "unit")))


def run(image, *options):
    path = harness.temporary("run.json")
    result = harness.el2sim("run", "--kernel", harness.guest("tiny_" + image), "--json", path, *options)
    return result, json.loads(harness.read(path))


class Endless(unittest.TestCase):
    def ends_by_limit(self, image, *options):
        for level, profile in VARIANTS:
            with self.subTest(image=image, level=level, profile=profile):
                result, report = run(image, "--level", level, "--costs", profile, "--max-cycles", LIMIT, "--stats",
                                     *options)
                self.check(result, report)
                yield report

    def check(self, result, report):
        told = harness.said(result)
        self.assertEqual(result.returncode, 1, told)
        self.assertIn("el2sim: ", result.stderr, told)
        self.assertIn("exceptions", result.stderr, "no report" + told)
        self.assertEqual((report["end"], report["status"]), ("max-cycles", 1))
        self.assertEqual(sum(p["cycles"] for p in report["breakdown"]), report["cycles"])
        # Each CPU comes to the limit, but for the rest of a turn, and not far over it.
        for cpu in range(report["machine"]["smp"]):
            cycles = sum(p["millicycles"] for p in report["breakdown"] if p["cpu"] == cpu) / 1000
            self.assertGreater(cycles, LIMIT - QUANTUM, f"CPU {cpu}")
            self.assertLess(cycles, LIMIT + QUANTUM, f"CPU {cpu}")

    def test_undefined_instructions_as_vectors(self):
        for report in self.ends_by_limit("vector_loop"):
            [only] = report["exceptions"]
            self.assertEqual((only["from_el"], only["to_el"], only["ec"]), (2, 2, 0))
            self.assertGreater(only["count"], 100)

    def test_vectors_where_no_memory_is(self):
        for report in self.ends_by_limit("jump_nowhere"):
            [only] = report["exceptions"]
            self.assertEqual((only["from_el"], only["to_el"], only["ec"]), (2, 2, 0x21))
            self.assertGreater(only["count"], 100)

    def test_four_cpus_spin(self):
        for report in self.ends_by_limit("spin", "--smp", 4):
            self.assertEqual(report["machine"]["smp"], 4)

    def test_later_instructions_of_an_old_cpu(self):
        """The engine's v8.0 model has them not, whatever the CPU has."""
        for level in ("functional", "block"):
            _, report = run("limited_order", "--cpu", "cortex-a57", "--feature", "lor=on", "--level", level, "--max-cycles", LIMIT)
            self.assertEqual((report["end"], report["status"]), ("power-off", 0))
            _, report = run("limited_order", "--cpu", "cortex-a57", "--level", level, "--max-cycles", LIMIT)
            self.assertEqual(report["end"], "max-cycles")

    def test_control_blocks_that_cannot_be(self):
        for level in ("functional", "block"):
            result, report = run("vmcb", "--feature", "vmcb=on", "--level", level, "--max-cycles", LIMIT)
            self.assertEqual((result.returncode, report["end"]), (0, "power-off"), harness.said(result))
            taken = {(e["from_el"], e["to_el"], e["ec"]): e["count"] for e in report["exceptions"]}
            self.assertEqual(taken, {(2, 2, 0x25): 4, (2, 2, 0x0e): 3, (1, 2, 0x16): 1})

    def test_control_blocks_need_their_feature(self):
        result, report = run("vmcb", "--max-cycles", LIMIT)
        self.assertEqual(result.returncode, 1, harness.said(result))
        self.assertEqual([(e["from_el"], e["ec"]) for e in report["exceptions"]], [(2, 0)])

    def test_more_code_in_one_run_than_the_engine_has_room_for(self):
        result, report = run("heavy_code", "--level", "functional")
        self.assertEqual((result.returncode, report["end"]), (0, "power-off"), harness.said(result))
        self.assertEqual(report["instructions"], 4 + 2 * (45000 + 2) + 3)

    def test_entry_at_el1(self):
        for _ in self.ends_by_limit("spin", "--el", 1):
            pass

    def test_nothing_can_wake_the_cpu(self):
        for (level, profile), smp in itertools.product(VARIANTS, (1, 4)):
            with self.subTest(level=level, profile=profile, smp=smp):
                result, report = run("sleep_forever", "--level", level, "--costs", profile, "--smp", smp)
                told = harness.said(result)
                self.assertEqual(result.returncode, 1, told)
                self.assertEqual(len(result.stderr.splitlines()), 1, told)
                self.assertEqual((report["end"], report["status"]), ("deadlock", 1), told)

    def test_limit_while_it_sleeps(self):
        result, report = run("sleep_forever", "--max-cycles", 1000)
        self.assertEqual(result.returncode, 1, harness.said(result))
        self.assertIn(report["end"], ("deadlock", "max-cycles"))


unittest.main()
