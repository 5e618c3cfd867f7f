"""scripts/ablation.py: its tables and figure, in brief, and that docs/ablation.md has what it makes; scripts/applications.py: one table."""
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


# In place of the program: natively 100 cycles, in a VM 150, 10 more each where interrupts are spread.
PROGRAM = f"""#!{sys.executable}
import json, sys
cycles = (100 if "native" in sys.argv else 150) + (10 if "rows=app spread=on" in sys.argv else 0)
print(json.dumps({{"designs": [{{"rows": [{{"name": n, "operations": 2, "traps": 4, "cycles_per_operation": cycles}} for n in ("apache", "memcached")]}}]}}))
"""


def applications(page):
    program = harness.write("program", PROGRAM)
    os.chmod(program, 0o755)
    return subprocess.run([sys.executable, "-B", harness.source("scripts", "applications.py"), "--el2sim", program, "--only", "spread",
                           "--docs", harness.write("page.md", page)], capture_output=True, text=True)


class Applications(unittest.TestCase):
    MARKERS = "before\n  <!-- spread: scripts/applications.py -->\n  old\n  <!-- end of spread -->\nbehind\n"

    def test_a_table_goes_between_its_markers(self):
        result = applications(self.MARKERS)
        self.assertEqual(result.returncode, 0, harness.said(result))
        lines = harness.read(harness.temporary("page.md")).split("\n")
        self.assertEqual(lines[4], "  | apache" + " | +50 % | +45 %" * 3 + " | +35 % | +14 % (read) |")
        self.assertEqual(lines[5], "  | memcached" + " | +50 % | +45 %" * 3 + " | +26 % | +8 % (read) |")
        self.assertEqual(lines[:2] + lines[6:], (self.MARKERS.split("\n")[:2]) + self.MARKERS.split("\n")[3:])

    def test_a_page_without_its_markers_is_refused(self):
        result = applications("no table here\n")
        self.assertEqual(result.returncode, 1, harness.said(result))
        self.assertIn("needs the lines", result.stderr)
        self.assertEqual(len(result.stderr.strip().splitlines()), 1)


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
