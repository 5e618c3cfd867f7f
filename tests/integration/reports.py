"""Reports of run and compare: JSON after the schemas, parts that add up, text and CSV that say the same, and a price
that is changed changes what it should."""
import csv
import io
import json
import re
import unittest

import harness

try:
    import jsonschema
except ImportError:
    jsonschema = None

APPEND = "rows=hypercall,io-user,virtual-ipi,stage2-fault n=4"
COMPARE = ["compare", "--append", APPEND]


def compare_json(*options):
    return json.loads(harness.run_json(*COMPARE, "--quiet", *options))


def by_class(row, key):
    sums = {}
    for part in row["breakdown"]:
        sums[part["class"]] = sums.get(part["class"], 0) + part[key]
    return sums


class Comparison(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        path, table = harness.temporary("compare.json"), harness.temporary("compare.csv")
        cls.text = harness.el2sim(*COMPARE, "--json", path, "--csv", table)
        cls.report = json.loads(harness.read(path))
        cls.table = harness.read(table)

    @unittest.skipIf(jsonschema is None, "python3-jsonschema is not installed")
    def test_json_is_as_the_schema_says(self):
        schema = json.loads(harness.read(harness.source("tests/support/schema-compare.json")))
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(self.report, schema)

    def test_each_design_has_each_row(self):
        for design in self.report["designs"]:
            names = [row["name"] for row in design["rows"]]
            self.assertEqual(names, ["hypercall", "io-user", "virtual-ipi", "stage2-fault"], design["name"])

    def test_parts_add_up_to_their_row(self):
        for design in self.report["designs"]:
            for row in design["rows"]:
                where = f"{design['name']}, {row['name']}"
                for key in ("cycles", "millicycles"):
                    self.assertEqual(sum(p[key] for p in row["breakdown"]), row[key], f"{where}: {key}")
                self.assertAlmostEqual(row["cycles_per_operation"], row["millicycles"] / row["operations"] / 1000,
                                       delta=0.001, msg=where)
                self.assertGreater(row["traps"], 0, where)

    def test_causes_add_up_to_their_row(self):
        for design in self.report["designs"]:
            for row in design["rows"]:
                where = f"{design['name']}, {row['name']}"
                for key in ("cycles", "millicycles"):
                    self.assertEqual(sum(c[key] for c in row["causes"]), row[key], f"{where}: {key}")
                for key, total in (("count", row["exceptions"]), ("instructions", row["instructions"])):
                    self.assertEqual(sum(c[key] for c in row["causes"]), total, f"{where}: {key}")
                to_el2 = sum(c["count"] for c in row["causes"] if re.match(r"\w+ EL[01] to EL2 ", c["exception"]))
                self.assertEqual(to_el2, row["traps"], where)

    def test_instructions_of_a_row_are_those_of_its_classes(self):
        kinds = dict(re.findall(r'^COST\(\w+, "([^"]+)", (\w),', harness.read(harness.source("sim/base/cost.def")), re.M))
        for design in self.report["designs"]:
            for row in design["rows"]:
                counted = sum(p["count"] for p in row["breakdown"] if kinds[p["class"]] == "I")
                # FP loads and stores are priced per register: no fewer units than instructions.
                self.assertGreaterEqual(counted, row["instructions"], f"{design['name']}, {row['name']}")

    def test_dearest_functions_are_sums_of_parts(self):
        for design in self.report["designs"]:
            for row in design["rows"]:
                sums = {}
                for part in row["breakdown"]:
                    key = (part["el"], part["where"], part["function"])
                    sums[key] = sums.get(key, 0) + part["millicycles"]
                listed = [((f["el"], f["where"], f["function"]), f["millicycles"]) for f in row["functions"]]
                dearest = sorted(sums.values(), reverse=True)[:10]
                where = f"{design['name']}, {row['name']}"
                self.assertEqual([cycles for _, cycles in listed], dearest, where)
                self.assertTrue(all(sums[key] == cycles for key, cycles in listed), where)
                self.assertNotEqual(listed[0][0][2], "?", where)

    def test_functions_are_listed_on_request(self):
        text = harness.el2sim(*COMPARE, "--functions", 3).stdout
        for design in self.report["designs"]:
            for row in design["rows"]:
                block = text.split(f"  {row['name']} on {design['name']}: dearest functions")[1].splitlines()[1:4]
                for line, function in zip(block, row["functions"]):
                    self.assertTrue(line.endswith(f" {function['function']}"), f"{line}: {function}")
                    self.assertAlmostEqual(float(line.split()[0]), function["millicycles"] / row["operations"] / 1000,
                                           delta=0.051)
        self.assertNotIn("dearest functions", self.text.stdout)

    def test_csv_has_the_same_parts(self):
        lines = list(csv.DictReader(io.StringIO(self.table)))
        expected = [{"design": design["name"], "profile": self.report["profile"]["name"], "row": row["name"],
                     "operations": str(row["operations"]), **{k: str(v) for k, v in part.items()}}
                    for design in self.report["designs"] for row in design["rows"] for part in row["breakdown"]]
        self.assertEqual(len(lines), len(expected))
        for line, part in zip(lines, expected):
            self.assertEqual(line, part)

    def test_text_has_the_same_table(self):
        self.assertEqual(self.text.returncode, 0, harness.said(self.text))
        designs = self.report["designs"]
        for i, row in enumerate(designs[0]["rows"]):
            line = next(line for line in self.text.stdout.splitlines() if line.startswith(row["name"]))
            fields = line.split()
            other = designs[1]["rows"][i]
            for place, r in ((1, row), (3, other)):
                self.assertAlmostEqual(float(fields[place]), r["cycles_per_operation"], delta=0.051, msg=line)
                self.assertAlmostEqual(float(fields[place + 1]), r["traps"] / r["operations"], delta=0.0051, msg=line)
            self.assertAlmostEqual(float(fields[5].rstrip("x")),
                                   row["cycles_per_operation"] / other["cycles_per_operation"], delta=0.0051, msg=line)

    def test_text_explains_the_whole_difference(self):
        a, b = (design["rows"] for design in self.report["designs"])
        explained = self.text.stdout.split("comes from")[1].splitlines()[1:]
        for x, y in zip(a, b):
            line = next(line for line in explained if line.split()[0] == x["name"])
            total, *parts = [float(n) for n in re.findall(r"[+-]?\d+\.\d+", line)]
            self.assertAlmostEqual(total, x["cycles_per_operation"] - y["cycles_per_operation"], delta=0.1, msg=line)
            self.assertAlmostEqual(total, sum(parts), delta=0.05 * (len(parts) + 2), msg=line)


class Why(unittest.TestCase):
    ROW = "io-user"

    @classmethod
    def setUpClass(cls):
        path, table = harness.temporary("why.json"), harness.temporary("why.csv")
        cls.text = harness.el2sim("compare", "kvm-split", "kvm-vhe", "--why", cls.ROW, "--ops", 3, "--json", path, "--csv", table)
        cls.report, cls.table = json.loads(harness.read(path)), harness.read(table)
        cls.why = cls.report["why"][0]

    @unittest.skipIf(jsonschema is None, "python3-jsonschema is not installed")
    def test_json_is_as_the_schema_says(self):
        jsonschema.validate(self.report, json.loads(harness.read(harness.source("tests/support/schema-compare.json"))))

    def test_three_partitions_are_exact(self):
        rows = [design["rows"][0] for design in self.report["designs"]]
        self.assertEqual(self.why["designs"], ["kvm-split", "kvm-vhe"])
        self.assertEqual(self.why["millicycles"], [row["millicycles"] for row in rows])
        factors = [self.why["denominator"] // n for n in self.why["operations"]]
        self.assertEqual(self.why["difference"], rows[0]["millicycles"] * factors[0] - rows[1]["millicycles"] * factors[1])
        for by in ("by_class", "by_function", "by_exception"):
            parts = self.why[by]
            self.assertEqual(sum(p["difference"] for p in parts), self.why["difference"], by)
            for side in (0, 1):
                for key in ("millicycles", "instructions"):
                    self.assertEqual(sum(p[key][side] for p in parts), self.why[key][side], f"{by}: {key}")
            sizes = [abs(p["difference"]) for p in parts]
            self.assertEqual(sizes, sorted(sizes, reverse=True), "dearest first")
            self.assertEqual(len({p["part"] for p in parts}), len(parts))

    def test_parts_are_those_of_the_rows(self):
        for side, design in enumerate(self.report["designs"]):
            row = design["rows"][0]
            sums = by_class(row, "millicycles")
            for part in self.why["by_class"]:
                self.assertEqual(part["millicycles"][side], sums.get(part["part"], 0), part["part"])
            for part in self.why["by_exception"]:
                counts = {c["exception"]: c["count"] for c in row["causes"]}
                self.assertEqual(part["count"][side], counts.get(part["part"], 0), part["part"])

    def test_text_adds_up_as_printed(self):
        tables = self.text.stdout.split("\nby ")[1:]
        self.assertEqual(len(tables), 3)
        for table in tables:
            lines = [line for line in table.splitlines()[1:] if line.startswith("  ")]
            numbers = [[round(float(n) * 10) for n in re.findall(r"[+-]?\d+\.\d", line[46:])[:3]] for line in lines]
            for column in range(3):
                self.assertEqual(sum(n[column] for n in numbers[:-1]), numbers[-1][column], table)
            self.assertTrue(lines[-1].startswith("  all "), table)

    def test_csv_has_the_same_parts(self):
        lines = list(csv.DictReader(io.StringIO(self.table)))
        for by in ("class", "function", "exception"):
            parts = [line for line in lines if line["by"] == by]
            self.assertEqual([(p["part"], int(p["difference"])) for p in parts],
                             [(p["part"], p["difference"]) for p in self.why["by_" + by]])

    def test_each_design_is_compared_with_the_first(self):
        report = json.loads(harness.run_json("compare", "--quiet", "--designs", "kvm-vhe,kvm-split,kvm-vhe", "--why", "hypercall",
                                             "--ops", 2))
        self.assertEqual([w["designs"] for w in report["why"]], [["kvm-vhe", "kvm-split"], ["kvm-vhe", "kvm-vhe"]])
        self.assertEqual(report["why"][1]["difference"], 0)


class Skipped(unittest.TestCase):
    def test_row_that_a_design_leaves_out_is_said_with_its_reason(self):
        path = harness.temporary("skipped.json")
        result = harness.el2sim("compare", "--designs", "kvm-split", "--rows", "hypercall,virtual-ipi", "--ops", 2, "--smp", 1,
                                "--json", path)
        self.assertEqual(result.returncode, 0, harness.said(result))
        self.assertRegex(result.stdout, r"(?m)^virtual-ipi +- +-$")
        self.assertIn("virtual-ipi on kvm-split: needs 2 cpus", result.stdout)
        design = json.loads(harness.read(path))["designs"][0]
        self.assertEqual(design["skipped"], [{"row": "virtual-ipi", "reason": "needs 2 cpus"}])
        self.assertEqual([row["name"] for row in design["rows"]], ["hypercall"])


class EditedProfile(unittest.TestCase):
    def test_a_price_changes_its_class_by_count_times_delta(self):
        text = harness.read(harness.source("sim/profiles/xgene1.yaml"))
        line = re.search(r"\{class: gic\.gich\.read, cycles: ([0-9.]+),", text)
        price = float(line.group(1))
        edited = harness.write("dear.yaml", text.replace(line.group(0), line.group(0).replace(
            f"cycles: {line.group(1)}", f"cycles: {price * 2:g}")))
        one_row = ["--designs", "kvm-split", "--append", "rows=hypercall n=4"]
        before = compare_json(*one_row, "--costs", "xgene1")["designs"][0]["rows"][0]
        after = compare_json(*one_row, "--costs", edited)["designs"][0]["rows"][0]
        counts, more = by_class(before, "count"), by_class(after, "count")
        self.assertGreater(counts["gic.gich.read"], 0)
        self.assertEqual(counts, more, "the same work is done")
        self.assertEqual(after["millicycles"] - before["millicycles"], round(counts["gic.gich.read"] * price * 1000))
        costs, dear = by_class(before, "millicycles"), by_class(after, "millicycles")
        changed = sorted(k for k in costs if costs[k] != dear[k])
        self.assertEqual(changed, ["gic.gich.read"])


class Run(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.report = json.loads(harness.run_json("run", "--quiet", "--gic", 2, "--smp", 2, "--kernel",
                                                 harness.guest("kvm-split"), "--append", "rows=hypercall n=4"))

    @unittest.skipIf(jsonschema is None, "python3-jsonschema is not installed")
    def test_json_is_as_the_schema_says(self):
        schema = json.loads(harness.read(harness.source("tests/support/schema-run.json")))
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(self.report, schema)
        jsonschema.validate(json.loads(harness.run_json("run", "--kernel", harness.guest("access_matrix"))), schema)

    def test_parts_add_up(self):
        self.assertEqual(sum(p["cycles"] for p in self.report["breakdown"]), self.report["cycles"])
        for row in self.report["rows"]:
            self.assertEqual(sum(p["cycles"] for p in row["breakdown"]), row["cycles"], row["name"])

    def test_traps_are_the_exceptions_from_el0_and_el1_to_el2(self):
        traps = sum(x["count"] for x in self.report["exceptions"] if x["from_el"] < 2 and x["to_el"] == 2)
        self.assertEqual(traps, self.report["traps"])

    def test_exits_are_exceptions_out_of_vms(self):
        taken = {}
        for x in self.report["exceptions"]:
            if x["from_el"] < 2 and x["to_el"] == 2:
                taken[x["ec"]] = taken.get(x["ec"], 0) + x["count"]
        exits = {x["ec"]: x for x in self.report["exits"]}
        for ec, x in exits.items():
            self.assertLessEqual(x["count"], taken[ec])
        row = self.report["rows"][0]
        hvc = exits[0x16]
        self.assertGreaterEqual(hvc["count"], row["operations"] + 16)  # the row and its warm-up
        # The split-mode host calls its lowvisor by HVC, too: that is no exit.
        self.assertLess(hvc["count"], taken[0x16])
        per_exit, per_operation = hvc["millicycles"] / hvc["count"], row["millicycles"] / row["operations"]
        self.assertTrue(0.5 * per_operation < per_exit < 1.5 * per_operation, f"{per_exit} {per_operation}")

    def test_marks_that_fit_no_span_are_counted(self):
        self.assertEqual(self.report["wrong_marks"], 0)
        report = json.loads(harness.run_json("run", "--kernel", harness.guest("tiny_bad_marks")))
        self.assertEqual(report["wrong_marks"], 3)
        self.assertEqual([(row["name"], row["instructions"]) for row in report["rows"]], [("good", 2)])
        result = harness.el2sim("run", "--kernel", harness.guest("tiny_bad_marks"), "--stats")
        self.assertIn("WRONG marks of rows: 3", result.stderr)

    def test_devices_that_a_driver_broke_are_counted(self):
        self.assertEqual(self.report["broken_devices"], 0)
        devices, _ = harness.devices("check_virtio")
        report = json.loads(harness.run_json("run", "--quiet", "--kernel", harness.guest("check_virtio"), *devices))
        self.assertGreater(report["broken_devices"], 10)

    def test_json_on_stdout_follows_the_console(self):
        result = harness.el2sim("run", "--quiet", "--kernel", harness.guest("check_pmu"), "--gic", 2, "--json", "-")
        console, brace, report = result.stdout.partition("\n{\n")
        self.assertTrue(console.splitlines()[-1].startswith("CHECKS"), console[-300:])
        self.assertEqual(json.loads(brace + report)["end"], "power-off")


unittest.main()
