"""--lint: one mistake per rule is found, its twin is clean, our own designs are clean, and watching changes nothing.
usage: lint.py full|brief"""
import json
import sys
import unittest

import harness

try:
    import jsonschema
except ImportError:
    jsonschema = None

AMOUNT = sys.argv.pop() if len(sys.argv) > 1 else "full"

# tests/guest/lint.c, in its order: the rule, and the function that the finding is in.
MISTAKES = [
    ("isb-control", "isb_control"),
    ("isb-control", "isb_control_tlbi"),
    ("isb-at", "isb_at_el1"),
    ("break-before-make", "break_before_make_el1"),
    ("tlbi-missing", "tlbi_missing_el1"),
    ("tlbi-scope", "tlbi_scope_el1"),
    ("tlbi-scope", "tlbi_scope_stage2"),
    ("dsb-before-tlbi", "dsb_before_tlbi_el1"),
    ("dsb-after-tlbi", "dsb_after_tlbi_el1"),
    ("vmid-reuse", "run_down"),  # what is about the entry of a VM is found at the library's ERET
    ("asid-reuse", "asid_reuse_el1"),
    ("switch-order", "switch_order"),
    ("walker-dsb", "walker_dsb"),
    ("el1-state", "run_down"),
    ("illegal-return", "run_down"),
    ("lr-twice", "run_down"),
    ("lr-hw-state", "run_down"),
    ("maintenance", "run_down"),
    ("eoi-order", "gic_eoi"),
]

# Designs whose images are built here; those of Debian's are judged by tests/real/lint.py.
DESIGNS = [design for design, text in harness.designs().items() if "image: real/" not in text]


def run(image, cpu, gic, append, *more, lint="--lint"):
    """The run's report, and what the program said."""
    elf, out = harness.guest(image), harness.temporary("run.json")
    options = [lint] if lint else []
    result = harness.el2sim("run", "--kernel", elf, "--symbols", elf, "--cpu", cpu, "--gic", gic, "--smp",
                            1 if image.startswith("check") else 2, "--append", append, "--json", out, *options, *more)
    return json.loads(harness.read(out)), result


def mistakes(which, gic=3, lint="--lint=all", *more):
    return run("check_lint", "cortex-a57", gic, f"only={which}", *more, lint=lint)


class Lint(unittest.TestCase):
    def test_each_mistake_is_found(self):
        for gic in (2, 3):
            report, result = mistakes("bugs", gic)
            found = [(f["id"], f["place"]["function"]) for f in report["lint"]["findings"]]
            self.assertEqual(found, MISTAKES, harness.said(result))
            self.assertEqual([f["id"] for f in report["lint"]["findings"] if not f["next"]], [])
            self.assertEqual(result.returncode, 0)
            self.assertTrue(result.stderr.endswith(f"lint: {len(MISTAKES)} found\n"), harness.said(result))

    def test_each_twin_is_clean(self):
        for gic in (2, 3):
            report, result = mistakes("twins", gic)
            self.assertEqual(report["lint"]["findings"], [], harness.said(result))

    def test_every_rule_has_its_mistake(self):
        rules = harness.read(harness.source("sim/lint/rules.c"))
        for rule, _ in MISTAKES:
            self.assertIn(f'"{rule}"', rules)
        self.assertEqual(rules.count(".id = "), len({rule for rule, _ in MISTAKES}))
        documented = harness.read(harness.source("docs/lint.md"))
        for rule, _ in MISTAKES:
            self.assertIn(f"`{rule}`", documented)

    def test_a_finding_says_where_why_and_what_then(self):
        report, result = mistakes("bugs")
        found = next(f for f in report["lint"]["findings"] if f["id"] == "tlbi-missing")
        self.assertEqual((found["place"]["el"], found["place"]["cpu"], found["count"]), (1, 0, 1))
        self.assertGreater(found["place"]["offset"], 0)
        self.assertIn("D8.17", found["section"])
        self.assertRegex(found["next"], "^CPU 0 used the old entry [0-9]+ cycles later$")
        self.assertIn(f"lint: tlbi-missing: tlbi_missing_el1+0x{found['place']['offset']:x} ", result.stderr)

    @unittest.skipIf(jsonschema is None, "python3-jsonschema is not installed")
    def test_json_is_as_the_schema_says(self):
        schema = json.loads(harness.read(harness.source("tests/support/schema-run.json")))
        jsonschema.validate(mistakes("bugs")[0], schema)

    def test_pedantic_rules_must_be_asked_for(self):
        found = {f["id"] for f in mistakes("bugs", 3, "--lint")[0]["lint"]["findings"]}
        self.assertEqual(found, {rule for rule, _ in MISTAKES} - {"walker-dsb"})

    def test_the_exit_status_on_request(self):
        self.assertEqual(mistakes("bugs", 3, "--lint=error")[1].returncode, 1)
        self.assertEqual(mistakes("twins", 3, "--lint=error,all")[1].returncode, 0)

    def test_a_bad_option(self):
        result = harness.el2sim("run", "--kernel", "x", "--lint=often")
        self.assertEqual((result.returncode, len(result.stderr.splitlines())), (2, 1), harness.said(result))

    def test_a_missing_isb_bites_when_strict(self):
        for which in ("strict-bug", "strict-twin"):
            _, result = mistakes(which, 3, None, "--strict")
            self.assertIn("CHECKS 1 ok, 0 failed", result.stdout, harness.said(result))
        _, result = mistakes("strict-bug", 3, None)
        self.assertIn("skip strict-bug: the write acts at once", result.stdout, harness.said(result))
        self.assertIn("CHECKS 0 ok, 0 failed, 1 skipped", result.stdout)

    def test_watching_changes_nothing(self):
        for which in ("bugs", "twins"):
            self.assertEqual(mistakes(which)[0]["digest"], mistakes(which, 3, None)[0]["digest"])

    def test_a_finding_names_its_source_line(self):
        report, result = mistakes("bugs")
        place = next(f["place"] for f in report["lint"]["findings"] if f["id"] == "isb-at")
        self.assertEqual(place["file"], "tests/guest/lint.c")
        text = harness.read(harness.source(place["file"])).split("\n")[place["line"] - 1].strip()
        self.assertIn("par_el1", text)
        self.assertIn(f"    tests/guest/lint.c:{place['line']}: {text}\n", result.stderr)

    def compared(self, *options):
        out = harness.temporary("compare.json")
        designs = DESIGNS if AMOUNT == "full" else ["kvm-split"]
        result = harness.el2sim("compare", *designs, "--ops", 2, "--quiet", "--json", out, *options)
        self.assertEqual(result.returncode, 0, harness.said(result))
        report = json.loads(harness.read(out))
        self.assertEqual([d["name"] for d in report["designs"]], designs)
        return report, result

    def test_our_own_designs_are_clean(self):
        report, result = self.compared("--lint=error")
        for design in report["designs"]:
            self.assertEqual(design["lint"], {"findings": [], "lost": 0}, harness.said(result))
            self.assertIn(f"lint: {design['name']}: 0 found\n", result.stderr)
        without, _ = self.compared()
        for watched, alone in zip(report["designs"], without["designs"]):
            self.assertEqual(watched.pop("lint")["lost"], 0)
            self.assertEqual(watched, alone)

    def test_a_comparison_fails_on_request(self):
        result = harness.el2sim("compare", "kvm-split", "--rows", "hypercall", "--ops", 1, "--lint=error,all")
        self.assertEqual(result.returncode, 1, harness.said(result))
        self.assertIn("hyp/kvm/lowvisor", result.stderr)
        self.assertIn("hypercall", result.stdout) # the table is there all the same


if __name__ == "__main__":
    unittest.main()
