"""docs/add-a-design.md: the example is one YAML file and one that differs, is built, boots, passes its checks, and does
what the page says."""
import json
import os
import re
import subprocess
import unittest

import harness

FOLDER = harness.source("hyp", "examples", "kvm-split-lazy-lr")
DESIGN = os.path.join(FOLDER, "kvm-split-lazy-lr.yaml")
PAGE = harness.read(harness.source("docs", "add-a-design.md"))


class Example(unittest.TestCase):
    def test_is_one_yaml_file_and_what_differs(self):
        files = sorted(os.path.relpath(os.path.join(root, name), FOLDER) for root, _, names in os.walk(FOLDER) for name in names)
        self.assertEqual(files, ["kvm-split-lazy-lr.yaml", "kvm/vgic_save_v2.c"])
        for file in files:
            self.assertIn(file, PAGE)
        self.assertNotIn("lazy-lr", harness.read(harness.source("hyp", "variants.cmake")))
        self.assertTrue(os.path.exists(harness.source("hyp", "kvm", "vgic_save_v2.c")), "it replaces a file that is there")

    def test_only_that_file_differs_in_the_image(self):
        def functions(image):
            said = subprocess.run(["aarch64-linux-gnu-nm", "-S", "--defined-only", harness.guest(image)], check=True,
                                  capture_output=True, text=True).stdout
            return {f[3]: f[1] for f in map(str.split, said.splitlines()) if len(f) == 4 and f[2] in "tT"}
        a, b = functions("kvm-split"), functions("kvm-split-lazy-lr")
        self.assertEqual(set(a), set(b), "the same symbols")
        self.assertEqual({name for name in a if a[name] != b[name]}, {"vgic_hw_save", "vgic_hw_restore"})

    def test_checks_pass(self):
        result = harness.run_guest("kvm-split-lazy-lr", "x-gene1", 2, 2, "rows=check")
        self.assertEqual(result.returncode, 0, harness.said(result))
        self.assertIn("RESULT PASS", result.stdout)

    def test_all_rows_run_and_none_is_dearer(self):
        report = json.loads(harness.run_json("compare", "kvm-split", DESIGN, "--quiet", "--ops", 4))
        eager, lazy = report["designs"]
        self.assertEqual([row["name"] for row in eager["rows"]], [row["name"] for row in lazy["rows"]])
        for a, b in zip(eager["rows"], lazy["rows"]):
            self.assertEqual(a["traps"], b["traps"], a["name"])
            self.assertLessEqual(b["millicycles"], a["millicycles"] * 1.02, a["name"])

    def test_why_is_what_the_page_says(self):
        report = json.loads(harness.run_json("compare", "kvm-split", DESIGN, "--quiet", "--why", "hypercall", "--ops", 64))
        why = report["why"][0]
        dearest = why["by_class"][0]
        self.assertEqual((dearest["part"], dearest["count"]), ("gic.gich.read", [11 * 64, 64]))
        self.assertIn("  gic.gich.read ", PAGE)
        self.assertGreater(dearest["difference"] / why["difference"], 0.8)
        self.assertTrue(why["by_function"][0]["part"].endswith("vgic_hw_save"))

    def test_design_says_what_it_is_built_from(self):
        shown = harness.el2sim("designs", DESIGN)
        self.assertEqual(shown.returncode, 0, harness.said(shown))
        self.assertIn("from     kvm-split\n", shown.stdout)

    def test_yaml_of_the_page_is_the_examples(self):
        block = re.search(r"```yaml\n(.*?)```", PAGE, re.S)[1]
        said = dict(re.findall(r"^([a-z]+): +([^#\n]*?) *(?:#.*)?$", block, re.M))
        real = dict(re.findall(r"^([a-z]+): +([^#\n]*?) *$", harness.read(DESIGN), re.M))
        said = {k: v for k, v in said.items() if v and k not in ("features", "about")}
        real.pop("about")
        self.assertEqual(said, real)


unittest.main()
