"""el2sim fit: recovers known prices from rows that were run with them, the same each time; refuses what the rows do not
determine; reads measurements of a real machine; the profile that it writes is one, with its rows in it."""
import json
import re
import unittest

import harness

try:
    import jsonschema
except ImportError:
    jsonschema = None

ROWS = {"kvm-split": ["hypercall", "gic-trap", "io-user"], "kvm-vhe": ["hypercall", "io-user", "stage2-fault"]}
VARY = ["--vary", "gic.gich.*=10..900", "--vary", "sysreg.el1.read,sysreg.el1.write=x0.1..x9",
        "--vary", "insn.alu,insn.branch,insn.load,insn.store=x0.2..x6", "--vary", "sysreg.ich.*=1..300"]
TRUTH = {"gic.gich.read": 123.456, "gic.gich.write": 123.456, "sysreg.el1.read": 4.7 * 1.7, "sysreg.el1.write": 11.1 * 1.7,
         "insn.alu": 0.5 * 1.24, "insn.branch": 1.24, "insn.load": 1.24, "insn.store": 1.24, "sysreg.ich.read": 33.3,
         "sysreg.ich.write": 33.3}
OPS = ["--ops", "8"]


def prices(path):
    return {name: float(cycles) for name, cycles in re.findall(r"\{class: ([a-z0-9.-]+), cycles: ([0-9.]+)", harness.read(path))}


def known_profile():
    text = harness.read(harness.source("tests/integration/profiles/fit-start.yaml"))
    for name, price in TRUTH.items():
        text, n = re.subn(r"(\{class: %s, cycles: )[0-9.]+" % re.escape(name), r"\g<1>%.3f" % price, text)
        assert n == 1, name
    return harness.write("known.yaml", text)


def synthetic_rows():
    rows = []
    for design, names in ROWS.items():
        report = json.loads(harness.run_json("compare", "--quiet", "--designs", design, "--costs", known_profile(),
                                             "--rows", ",".join(names), *OPS))
        for row in report["designs"][0]["rows"]:
            rows.append(f"{design}/{row['name']}={row['millicycles'] / row['operations'] / 1000:.3f}")
    return rows


def row_options(rows):
    return [word for row in rows for word in ("--row", row)]


class Recovery(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.start = harness.source("tests/integration/profiles/fit-start.yaml")
        cls.rows = synthetic_rows()
        cls.command = ["fit", "--costs", cls.start, *OPS, *row_options(cls.rows), *VARY, "--name", "again"]
        cls.out, cls.json = harness.temporary("again.yaml"), harness.temporary("fit.json")
        cls.result = harness.el2sim(*cls.command, "--out", cls.out, "--json", cls.json)

    def test_known_prices_come_back(self):
        self.assertEqual(self.result.returncode, 0, harness.said(self.result))
        found, start = prices(self.out), prices(self.start)
        for name, price in found.items():
            self.assertAlmostEqual(price, TRUTH.get(name, start.get(name, price)), delta=0.0021, msg=name)

    def test_rows_are_met_and_predict_each_other(self):
        report = json.loads(harness.read(self.json))
        self.assertTrue(report["settled"])
        for row in report["rows"]:
            self.assertAlmostEqual(row["after"], row["measured"], delta=row["measured"] * 1e-4, msg=row)
            if row["left_out"] is not None:
                self.assertAlmostEqual(row["left_out"], row["measured"], delta=row["measured"] * 1e-3, msg=row)
        self.assertGreaterEqual(sum(row["left_out"] is not None for row in report["rows"]), 3)

    @unittest.skipIf(jsonschema is None, "python3-jsonschema is not installed")
    def test_json_is_as_the_schema_says(self):
        schema = json.loads(harness.read(harness.source("tests/support/schema-fit.json")))
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(json.loads(harness.read(self.json)), schema)

    def test_same_bytes_each_time(self):
        out, report = harness.temporary("other.yaml"), harness.temporary("other.json")
        again = harness.el2sim(*self.command, "--out", out, "--json", report)
        self.assertEqual(again.stdout, self.result.stdout)
        self.assertEqual(harness.read(out), harness.read(self.out))
        self.assertEqual(harness.read(report), harness.read(self.json))

    def test_profile_says_what_was_fitted(self):
        shown = harness.el2sim("profiles", self.out)
        self.assertEqual(shown.returncode, 0, harness.said(shown))
        self.assertRegex(shown.stdout, r"gic\.gich\.read +123\.45\d +fitted +el2sim fit, constant gic\.gich\.\*")
        self.assertIn("fitted by el2sim fit, from fit-start", shown.stdout)
        for row in self.rows:
            self.assertIn(row.split("=")[0], shown.stdout)
        used = harness.run_json("compare", "--quiet", "--designs", "kvm-split", "--rows", "hypercall", "--costs", self.out, *OPS)
        row = json.loads(used)["designs"][0]["rows"][0]
        measured = float(self.rows[0].split("=")[1])
        self.assertAlmostEqual(row["millicycles"] / row["operations"] / 1000, measured, delta=measured * 1e-4)


class Refusal(unittest.TestCase):
    def refused(self, words, *args):
        out = harness.temporary("refused.yaml")
        result = harness.el2sim("fit", "--costs", "xgene1", *args, "--ops", "2", "--out", out)
        self.assertEqual((result.returncode, result.stdout), (2, ""), harness.said(result))
        self.assertEqual(len(result.stderr.strip().splitlines()), 1, harness.said(result))
        for word in words:
            self.assertIn(word, result.stderr)
        with self.assertRaises(FileNotFoundError):
            harness.read(out)

    HYPERCALL = ["--row", "kvm-split/hypercall=6500"]
    THREE = [*HYPERCALL, "--row", "kvm-split/gic-trap=7000", "--row", "kvm-split/io-user=8000"]

    def test_as_many_constants_as_rows(self):
        self.refused(["under-determined", "1 constants need more than 1"], *self.HYPERCALL, "--vary", "gic.gich.read=1..900")

    def test_constant_that_no_row_depends_on(self):
        self.refused(["under-determined", "no calibration row depends on constant sysreg.ich.read"], *self.THREE,
                     "--vary", "sysreg.ich.read=1..90")

    def test_constants_that_rows_cannot_tell_apart(self):
        self.refused(["under-determined", "cannot tell constant"], *self.THREE, "--vary", "insn.fp-load=1..90",
                     "--vary", "insn.fp-store=1..90")

    def test_rows_that_say_nothing_do_not_count(self):
        self.refused(["under-determined", "of 2 rows, 1 do"], *self.HYPERCALL, "--row", "kvm-split/virtual-eoi=70",
                     "--vary", "gic.gich.read=1..900")


class Calibrated(unittest.TestCase):
    """The profiles that are written by the tool are what it writes today, but for what the hypervisor has changed since."""

    def test_profiles_are_what_the_fit_says(self):
        for name in ("xgene1", "seattle"):
            out = harness.temporary("refit.yaml")
            again = f"el2sim fit sim/fits/{name}.yaml --out sim/profiles/{name}.yaml"
            result = harness.el2sim("fit", f"sim/fits/{name}.yaml", "--out", out, cwd=harness.SOURCE)
            self.assertEqual(result.returncode, 0, harness.said(result))
            found, kept = prices(out), prices(harness.source("sim", "profiles", name + ".yaml"))
            self.assertEqual(list(found), list(kept))
            for price in kept:
                self.assertAlmostEqual(found[price], kept[price], delta=kept[price] / 10, msg=f"{name}: {price}; {again}")


class Measurements(unittest.TestCase):
    """What kvm-unit-tests prints, and our own lines."""
    MICRO_BENCH = """Timer Frequency 25000000 Hz (Output in microseconds)

name                                    total ns                         avg ns             
--------------------------------------------------------------------------------------------
hvc                                  20058240.0                            306.0             
mmio_read_user                      110297088.5                           1683.2              
mmio_read_vgic                       29556736.0                            451.0             
eoi                                    917504.0                             14.0             
ipi_hw test skipped
lpi                                 142802944.0                           2179.0             
"""

    def fit(self, text, *options):
        path = harness.temporary("measured.json")
        result = harness.el2sim("fit", "--costs", "neoverse-n1", "--measured", harness.write("measured.txt", text), "--ops", "2",
                                *options, "--vary", "insn.*=x0.1..x9", "--quiet", "--json", path)
        self.assertEqual(result.returncode, 0, harness.said(result))
        return result, {row["label"]: row for row in json.loads(harness.read(path))["rows"]}

    def test_kvm_unit_tests(self):
        result, rows = self.fit(self.MICRO_BENCH, "--design", "kvm-vhe")
        self.assertEqual(list(rows), ["kvm-vhe/hypercall", "kvm-vhe/io-user", "kvm-vhe/gic-trap", "kvm-vhe/virtual-eoi"])
        self.assertAlmostEqual(rows["kvm-vhe/hypercall"]["measured"], 918.0)
        self.assertAlmostEqual(rows["kvm-vhe/io-user"]["measured"], 5049.6)
        self.assertEqual(rows["kvm-vhe/hypercall"]["source"], "measured.txt, line 5")
        self.assertIn("line 10: lpi: no row is like it", result.stderr)

    def test_our_lines(self):
        _, rows = self.fit("# mine\nkvm-vhe/hypercall 1000\nhypercall = 2000 ns\ngic-trap 2500 cycles # once\n", "--design", "kvm-split")
        self.assertEqual([(label, row["measured"]) for label, row in rows.items()],
                         [("kvm-vhe/hypercall", 1000), ("kvm-split/hypercall", 6000), ("kvm-split/gic-trap", 2500)])


unittest.main()
