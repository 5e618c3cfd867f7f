"""el2sim sweep: all combinations, each as compare has it; killed in the middle it goes on and ends in the same bytes;
points as jobs of their own; what moves a row, and what no other point beats.   usage: sweep.py full|brief"""
import csv
import ctypes
import io
import json
import os
import re
import signal
import struct
import subprocess
import sys
import unittest

import harness

try:
    import jsonschema
except ImportError:
    jsonschema = None

AMOUNT = sys.argv.pop(1)  # unittest reads the rest
SMALL = """name: small
designs: [kvm-split, kvm-vhe]
profile: xgene1
rows: [hypercall, virtual-ipi]
ops: 2
axes:
  - {name: lrs, feature: lrs, values: [2, 4]}
  - {name: gich, classes: [gic.gich.*], cycles: [100, 250.5]}
  - {name: alu, classes: [insn.alu], factor: [1, 2]}
pareto: [lrs, hypercall]
"""


def large():
    """200 points: 2 designs, 5 numbers of list registers, 20 prices."""
    lrs = [1, 2, 3, 4, 16][:5 if AMOUNT == "full" else 1]
    prices = list(range(20, 420, 20))[:20 if AMOUNT == "full" else 5]
    return f"""name: large
designs: [kvm-split, kvm-vhe]
profile: xgene1
rows: [hypercall]
ops: 1
axes:
  - {{name: lrs, feature: lrs, values: {lrs}}}
  - {{name: gich, classes: [gic.gich.read], cycles: {prices}}}
""", 2 * len(lrs) * len(prices)


def sweep(text, out, *options, status=0):
    result = harness.el2sim("sweep", harness.write(out + ".yaml", text), "--out", harness.temporary(out), *options)
    assert result.returncode == status, harness.said(result)
    return result


def results(out):
    return {name: harness.read_bytes(os.path.join(harness.temporary(out), name))
            for name in ("results.json", "results.csv", "report.txt")}


def kept(out):
    return sorted(name for name in os.listdir(harness.temporary(out) + "/points") if re.fullmatch(r"\d+\.json", name))


class Killed(unittest.TestCase):
    def watch(self, folder):
        """Blocks until so many points have been finished in that folder (inotify: IN_MOVED_TO)."""
        libc = ctypes.CDLL(None, use_errno=True)
        fd = libc.inotify_init()
        self.assertGreaterEqual(libc.inotify_add_watch(fd, folder.encode(), 0x80), 0)
        return fd

    def wait_for(self, fd, count):
        while count > 0:
            data, at = os.read(fd, 65536), 0
            while at < len(data):
                at += 16 + struct.unpack_from("<iIII", data, at)[3]
                count -= 1
        os.close(fd)

    def test_killed_in_the_middle_ends_in_the_same_bytes(self):
        text, points = large()
        sweep(text, "through", "-j", 2)
        os.makedirs(harness.temporary("killed/points"))
        fd = self.watch(harness.temporary("killed/points"))
        process = subprocess.Popen([harness.PROGRAM, "sweep", harness.write("killed.yaml", text), "--out",
                                    harness.temporary("killed"), "-j", "2"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait_for(fd, points // 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
        before = len(kept("killed"))
        self.assertGreaterEqual(before, points // 2)
        self.assertLess(before, points)
        self.assertFalse(os.path.exists(harness.temporary("killed/results.json")))
        again = sweep(text, "killed", "-j", 2)
        ran, were = [int(n) for n in re.search(r"(\d+) points run, (\d+) were there, 0 failed", again.stderr).groups()]
        self.assertEqual(ran + were, points)
        self.assertGreaterEqual(were, before)
        self.assertEqual(results("killed"), results("through"))
        self.assertEqual(len(kept("killed")), points)


class Small(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.result = sweep(SMALL, "small")
        cls.report = json.loads(results("small")["results.json"])

    @unittest.skipIf(jsonschema is None, "python3-jsonschema is not installed")
    def test_json_is_as_the_schema_says(self):
        schema = json.loads(harness.read(harness.source("tests/support/schema-sweep.json")))
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(self.report, schema)

    def test_points_are_all_combinations(self):
        found = [(p["design"], p["axes"]["lrs"], p["axes"]["gich"], p["axes"]["alu"]) for p in self.report["points"]]
        self.assertEqual(found, [(d, a, b, c) for d in ("kvm-split", "kvm-vhe") for a in ("2", "4") for b in ("100", "250.5")
                                 for c in ("1", "2")])
        listed = harness.el2sim("sweep", harness.write("list.yaml", SMALL), "--list").stdout
        self.assertEqual(len(listed.splitlines()), 16)
        self.assertIn("    11  kvm-vhe lrs=2 gich=250.5 alu=2\n", listed)

    def test_a_point_is_what_compare_has(self):
        text = harness.read(harness.source("sim/profiles/xgene1.yaml"))
        alu = float(re.search(r"class: insn\.alu, cycles: ([0-9.]+)", text)[1])
        for name, price in (("gic.gich.read", 250.5), ("gic.gich.write", 250.5), ("insn.alu", alu * 2)):
            text = re.sub(r"(class: %s, cycles: )[0-9.]+" % re.escape(name), r"\g<1>%.3f" % price, text)
        design = re.sub(r"^cpu: .*", r"\g<0>\nfeatures: lrs=2", harness.read(harness.source("sim/designs/kvm-split.yaml")), flags=re.M)
        compared = json.loads(harness.run_json(
            "compare", "--quiet", "--designs", harness.write("two-lrs.yaml", design), "--costs", harness.write("dear.yaml", text),
            "--rows", "hypercall,virtual-ipi", "--ops", 2))["designs"][0]
        point = self.report["points"][3]
        self.assertEqual((point["axes"]["lrs"], point["axes"]["gich"], point["axes"]["alu"]), ("2", "250.5", "2"))
        self.assertEqual(point["digest"], compared["digest"])
        for ours, theirs in zip(point["rows"], compared["rows"]):
            self.assertEqual((ours["row"], ours["millicycles"], ours["traps"]), (theirs["name"], theirs["millicycles"], theirs["traps"]))

    def test_csv_has_the_same_rows(self):
        lines = list(csv.DictReader(io.StringIO(results("small")["results.csv"].decode())))
        rows = [(p, r) for p in self.report["points"] for r in p["rows"]]
        self.assertEqual(len(lines), len(rows))
        for line, (point, row) in zip(lines, rows):
            self.assertEqual((line["design"], line["lrs"], line["row"], int(line["millicycles"])),
                             (point["design"], point["axes"]["lrs"], row["row"], row["millicycles"]))
            self.assertEqual(line["priced_sha256"], point["profile"]["priced_sha256"])
            self.assertEqual(line["image_sha256"], point["images"][0]["sha256"])

    def cycles(self, point, name="hypercall"):
        row = next(r for r in self.report["points"][point]["rows"] if r["row"] == name)
        return row["millicycles"] / row["operations"] / 1000

    def test_effect_of_an_axis(self):
        effect = next(e for e in self.report["sensitivity"] if (e["axis"], e["design"], e["row"]) == ("gich", "kvm-split", "hypercall"))
        changes = [self.cycles(high) / self.cycles(low) - 1 for low, high in ((0, 2), (1, 3), (4, 6), (5, 7))]
        self.assertEqual(effect["groups"], 4)
        self.assertAlmostEqual(effect["change"], sum(changes) / 4, places=9)
        self.assertTrue(0 < effect["elasticity"] < 1)
        none = next(e for e in self.report["sensitivity"] if (e["axis"], e["design"], e["row"]) == ("gich", "kvm-vhe", "hypercall"))
        self.assertEqual((none["change"], none["elasticity"]), (0, 0))

    def test_pareto_is_what_nobody_beats(self):
        points = self.report["points"]
        values = [(float(p["axes"]["lrs"]), self.cycles(i)) for i, p in enumerate(points)]
        front = [i for i, v in enumerate(values)
                 if not any(all(a <= b for a, b in zip(w, v)) and w != v for w in values)]
        self.assertEqual(self.report["pareto"], front)

    def test_report_names_what_moves_a_row(self):
        text = results("small")["report.txt"].decode()
        self.assertEqual(self.result.stdout, text)
        self.assertRegex(text, r"kvm-split +hypercall +gic\.gich\.")
        self.assertIn("sweep small: 16 of 16 points", text)

    @unittest.skipIf(AMOUNT != "full", "seconds a point with the sanitizers")
    def test_points_as_jobs_give_the_same(self):
        for k in range(0, 16, 5):
            one = harness.el2sim("sweep", harness.write("job.yaml", SMALL), "--point", k)
            self.assertEqual(one.stdout.encode(), harness.read_bytes(harness.temporary(f"small/points/{k:06}.json")))
            sweep(SMALL, "jobs", "--point", k)
        self.assertEqual(kept("jobs"), ["000000.json", "000005.json", "000010.json", "000015.json"])
        merged = sweep(SMALL, "jobs", "-j", 1)
        self.assertIn("12 points run, 4 were there", merged.stderr)
        self.assertEqual(results("jobs"), results("small"))

    @unittest.skipIf(AMOUNT != "full", "seconds a point with the sanitizers")
    def test_points_of_something_else_are_run_again(self):
        sweep(SMALL, "changed")
        path = harness.temporary("changed/points/000002.json")
        harness.write("changed/points/000002.json", harness.read(path)[:200])
        harness.write("changed/points/000004.json", harness.read(harness.temporary("changed/points/000005.json")))
        again = sweep(SMALL, "changed")
        self.assertIn("2 points run, 14 were there", again.stderr)
        self.assertEqual(results("changed"), results("small"))
        other = sweep(SMALL.replace("250.5", "300"), "changed")
        self.assertIn("8 points run, 8 were there", other.stderr)


class Failures(unittest.TestCase):
    def test_point_that_cannot_be_is_said_and_the_others_stay(self):
        text = SMALL.replace("values: [2, 4]", "values: [2, 900]")
        result = sweep(text, "failing", status=1)
        said = [line for line in result.stderr.splitlines() if line.startswith("el2sim: point ")]
        self.assertEqual(len(said), 8)
        self.assertTrue(all("lrs=900" in line and "lrs" in line.split("): ")[1] for line in said), said)
        self.assertEqual(len(json.loads(results("failing")["results.json"])["points"]), 8)

    def test_rows_that_a_design_leaves_out(self):
        text = SMALL.replace("  - {name: lrs, feature: lrs, values: [2, 4]}", "  - {name: cpus, machine: smp, values: [1, 2]}")
        report = sweep(text.replace("pareto: [lrs,", "pareto: [cpus,"), "left-out") and json.loads(results("left-out")["results.json"])
        for point in report["points"]:
            names = [row["row"] for row in point["rows"]]
            self.assertEqual("virtual-ipi" in names, point["axes"]["cpus"] == "2")
            self.assertEqual(list(point["skipped"]), [] if point["axes"]["cpus"] == "2" else ["virtual-ipi"])


@unittest.skipIf(AMOUNT != "full", "Linux takes a minute with the sanitizers")
class BootOnce(unittest.TestCase):
    TEXT = """name: boot-once
designs: [linux-vhe]
profile: neoverse-n1
rows: [hypercall]
ops: 4
boot-once: true
axes:
  - {name: isb, classes: [barrier.isb], cycles: [10, 60, PRICE]}
"""

    def test_points_start_from_one_snapshot(self):
        os.environ.setdefault("EL2SIM_REAL", os.path.dirname(harness.real("Image")))
        price = re.search(r"class: barrier\.isb, cycles: ([0-9.]+)", harness.read(harness.source("sim/profiles/neoverse-n1.yaml")))[1]
        sweep(self.TEXT.replace("PRICE", price), "boot-once", "-j", 2)
        out = harness.temporary("boot-once")
        self.assertEqual(len([name for name in os.listdir(out) if name.endswith(".snap")]), 1)
        points = json.loads(results("boot-once")["results.json"])["points"]
        self.assertTrue(all(p["boot_once"] for p in points))
        rows = [p["rows"][0] for p in points]
        # Same work, other prices: the row differs by what its ISBs cost.
        isbs = [row["classes"]["barrier.isb"] for row in rows]
        self.assertEqual(isbs[1], 6 * isbs[0])
        self.assertEqual({row["millicycles"] - isb for row, isb in zip(rows, isbs)}, {rows[0]["millicycles"] - isbs[0]})
        same = json.loads(harness.run_json("compare", "--quiet", "--designs", "linux-vhe", "--rows", "hypercall", "--ops", 4,
                                           "--snapshots", out))["designs"][0]
        self.assertEqual((same["digest"], same["rows"][0]["millicycles"]), (points[2]["digest"], rows[2]["millicycles"]))


class Examples(unittest.TestCase):
    def test_examples_are_sweeps(self):
        for name in sorted(os.listdir(harness.source("sim/sweeps"))):
            path = harness.source("sim/sweeps", name)
            listed = harness.el2sim("sweep", path, "--list")
            self.assertEqual(listed.returncode, 0, harness.said(listed))
            last = len(listed.stdout.splitlines()) - 1
            one = harness.el2sim("sweep", path, "--point", last)
            self.assertEqual(one.returncode, 0, harness.said(one))


unittest.main()
