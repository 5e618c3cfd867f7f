"""el2sim paper: published beside predicted, the same each time, and what a mistake in a paper's file says."""
import csv
import io
import re
import unittest
import xml.etree.ElementTree as ElementTree

import harness

SMALL = """
name: small
title: Two designs
cite: "nobody, 2026"
about: A file of the tests.
profile: xgene1
systems:
  - {id: split, title: split mode, design: kvm-split}
  - {id: vhe, title: VHE, design: kvm-vhe, append: "pin=on", real: linux-vhe}
tables:
  - id: cycles
    title: Cycles
    unit: cycles
    rows:
      - title: Hypercall
        row: hypercall
        values:
          - {system: split, published: 6500, status: read, calibration: true}
          - {system: vhe, published: 9000, status: read, why: the test wants a wrong order}
      - title: VGIC save
        row: hypercall
        functions: [vgic_hw_save]
        values:
          - {system: split, published: 3250, status: recalled}
  - id: relative
    title: Ratios
    unit: ratio
    over: split
    rows:
      - title: GIC trap
        row: gic-trap
        values:
          - {system: vhe, published: 0.5, status: recalled}
  - id: overheads
    title: Overheads
    unit: overhead-percent
    over: vhe
    rows:
      - title: Hypercall
        row: hypercall
        values:
          - {system: split, published: 100, status: derived}
counts:
  - {design: linux-vhe, software: Linux 1.0, row: hypercall, instructions: 1234, outside-vms: 1200}
"""


def run(*options):
    return harness.el2sim("paper", harness.write("small.yaml", SMALL), *options)


class Papers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.table, cls.figure = harness.temporary("small.csv"), harness.temporary("small.svg")
        cls.text = run("--csv", cls.table, "--svg", cls.figure)
        cls.rows = list(csv.DictReader(io.StringIO(harness.read(cls.table))))

    def row(self, table, benchmark, system):
        found = [r for r in self.rows if (r["table"], r["benchmark"], r["system"]) == (table, benchmark, system)]
        self.assertEqual(len(found), 1, f"{table} {benchmark} {system}")
        return {key: float(found[0][key]) for key in ("published", "predicted", "error_percent", "instructions")}

    def test_it_ends_well(self):
        self.assertEqual(self.text.returncode, 0, harness.said(self.text))
        self.assertEqual(len(self.rows), 5)

    def test_errors_are_of_the_published_number(self):
        for row in self.rows:
            expected = (float(row["predicted"]) / float(row["published"]) - 1) * 100
            self.assertAlmostEqual(float(row["error_percent"]), expected, delta=0.06, msg=str(row))

    def test_units_are_made_from_the_same_cycles(self):
        split, vhe = (self.row("cycles", "Hypercall", s)["predicted"] for s in ("split", "vhe"))
        self.assertAlmostEqual(self.row("overheads", "Hypercall", "split")["predicted"], (split / vhe - 1) * 100, delta=0.01)
        self.assertLess(self.row("relative", "GIC trap", "vhe")["predicted"], 1)

    def test_a_part_of_a_row_is_what_its_functions_cost(self):
        part = self.row("cycles", "VGIC save", "split")
        self.assertTrue(0 < part["predicted"] < self.row("cycles", "Hypercall", "split")["predicted"])

    def test_a_comparison_says_the_same(self):
        result = harness.el2sim("compare", "--designs", "kvm-split", "--rows", "hypercall,gic-trap")
        cycles = float(re.search(r"^hypercall\s+([\d.]+)", result.stdout, re.M).group(1))
        # Another row beside it moves where the tick falls.
        self.assertAlmostEqual(self.row("cycles", "Hypercall", "split")["predicted"], cycles, delta=0.01 * cycles)

    def test_the_text_marks_calibration_order_and_causes(self):
        self.assertIn("6500*", self.text.stdout)
        self.assertIn("wrong order", self.text.stdout)
        self.assertIn("right in 0 of 1 rows", self.text.stdout)
        self.assertIn("the test wants a wrong order", self.text.stdout)
        self.assertIn("held out, recalled: 2 numbers", self.text.stdout)

    def test_real_counts_stand_beside_ours(self):
        none, fields = ("",) * 4, ("real_design", "real_software", "real_instructions", "real_instructions_outside_vms")
        counts = [tuple(r[field] for field in fields) for r in self.rows]
        self.assertEqual(counts, [none, ("linux-vhe", "Linux 1.0", "1234", "1200"), none, none, none])
        self.assertRegex(self.text.stdout, r"Hypercall, VHE: -\d+ %, \d+ instructions here \(\d+ outside VMs\), 1234 \(1200\) in Linux 1.0 = linux-vhe\n")
        ours = [(float(r["instructions"]), float(r["instructions_outside_vms"])) for r in self.rows if r["row"] == "hypercall" and r["benchmark"] == "Hypercall"]
        for all_of_them, outside in ours:
            self.assertTrue(10 < all_of_them - outside < 30, "the guest has a call, its loop and the HVC")

    def test_the_figure_is_xml_with_a_bar_for_each_number(self):
        root = ElementTree.fromstring(harness.read(self.figure))
        bars = [e for e in root.iter() if e.tag.endswith("rect")]
        self.assertEqual(len(bars), 2 * len(self.rows))

    def test_the_same_each_time(self):
        table, figure = harness.temporary("again.csv"), harness.temporary("again.svg")
        again = run("--csv", table, "--svg", figure)
        self.assertEqual(again.stdout, self.text.stdout)
        self.assertEqual(harness.read(table), harness.read(self.table))
        self.assertEqual(harness.read(figure), harness.read(self.figure))

    def test_mistakes_are_named(self):
        for change, message in (
            (("system: vhe, published: 9000", "system: xen, published: 9000"), 'no system "xen"'),
            (("system: vhe, published: 9000", "system: split, published: 9000"), 'two values of system "split"'),
            (("    over: split\n", ""), "which system"),
            (("unit: ratio", "unit: cycles"), "only a ratio"),
            (("over: vhe", "over: nobody"), 'no system "nobody"'),
            (("id: vhe, title", "id: split, title"), "there twice"),
            (("status: derived", "status: sure"), "sure"),
            (("published: 0.5", "published: 0"), "published of vhe: a number above 0"),
            (("design: kvm-split", "design: kvm-none"), "kvm-none"),
            ((", real: linux-vhe", ""), 'counts[0]: no system has "real: linux-vhe"'),
        ):
            with self.subTest(message=message):
                path = harness.write("bad.yaml", SMALL.replace(*change))
                result = harness.el2sim("paper", path)
                self.assertEqual(result.returncode, 2, harness.said(result))
                self.assertIn(message, result.stderr)
                self.assertEqual(len(result.stderr.strip().splitlines()), 1)

    def test_each_paper_is_listed_and_complete(self):
        listed = [line.split()[0] for line in harness.el2sim("paper").stdout.splitlines()]
        self.assertEqual(listed, ["asplos14", "atc17", "isca16"])
        for name in listed:
            with self.subTest(paper=name):
                path = harness.temporary("paper.csv")
                result = harness.el2sim("paper", name, "--quiet", "--csv", path)
                self.assertEqual(result.returncode, 0, harness.said(result))
                text = harness.el2sim("paper", name).stdout
                titles = dict(re.findall(r"\{id: (\w+), title: ([^,]+)", harness.read(harness.source("sim", "papers", f"{name}.yaml"))))
                for row in csv.DictReader(io.StringIO(harness.read(path))):
                    self.assertNotEqual(row["predicted"], "", f"{name}: {row}")
                    if row["use"] == "held-out" and abs(float(row["error_percent"])) > 25:
                        self.assertIn(f"\n  {row['benchmark']}, {titles[row['system']]}: ", text, "a miss has its cause")


unittest.main()
