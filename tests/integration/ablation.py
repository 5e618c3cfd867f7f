"""scripts/ablation.py: its tables and figure, in brief, and that docs/ablation.md has what it makes."""
import os
import re
import subprocess
import sys
import unittest
import xml.dom.minidom

import harness

SCRIPT = harness.source("scripts", "ablation.py")
DESIGNS = ["kvm-split-lazy", "kvm-vhe-opt", "el2host"]


def run(out, *more):
    return subprocess.run([sys.executable, "-B", SCRIPT, "--el2sim", harness.PROGRAM, "--profiles", "seattle", "--rows", "hypercall", "--choices", "",
                           "--out", out, *more], capture_output=True, text=True)


def cycles(text):
    """{what stays: cycles of the first row}"""
    return {label: int(value.replace(",", "")) for label, value in re.findall(r"^\| ([a-z ]+) \| ([0-9,]+) \|", text, re.M)}


class Ablation(unittest.TestCase):
    def test_tables_and_figure(self):
        out = harness.temporary("ablation")
        os.mkdir(out)
        result = run(out, "--designs", "kvm-split-lazy")
        self.assertEqual(result.returncode, 0, harness.said(result))
        table = cycles(harness.read(os.path.join(out, "ablation.md")))
        self.assertEqual(list(table), ["none", "fp alone", "vgic alone", "all"])
        self.assertLess(table["all"], min(table["fp alone"], table["vgic alone"]))
        self.assertGreater(table["none"], max(table["fp alone"], table["vgic alone"]))
        figure = xml.dom.minidom.parse(os.path.join(out, "ablation.svg"))
        self.assertEqual(len(figure.getElementsByTagName("rect")), 1 + len(table))

    def test_a_page_without_its_markers_is_refused(self):
        out = harness.temporary("unmarked")
        os.mkdir(out)
        harness.write("unmarked/ablation.md", "text\n")
        result = run(out, "--designs", "kvm-split-lazy")
        self.assertEqual(result.returncode, 1)
        self.assertIn("the tables go between them", result.stderr)

    def test_a_design_without_options_is_refused(self):
        result = run(harness.temporary("nothing"), "--designs", "kvm-vhe")
        self.assertEqual(result.returncode, 1)
        self.assertIn("kvm-vhe has no optimisations to switch", result.stderr)

    def test_the_page_has_all_tables(self):
        page = harness.read(harness.source("docs", "ablation.md"))
        for profile in ("seattle", "xgene1"):
            for design in DESIGNS:
                self.assertIn(f"### {design}, profile {profile}\n", page)
        for choice in ("eoi=split", "tick=idle", "tick=full", "pin=off"):
            self.assertEqual(page.count(f"| {choice} |"), 4, choice)


unittest.main()
