"""--help of the program and of each command, and the lists: exit status 0, every option named, golden text."""
import re
import unittest

import harness

PAGES = {
    "help": ["--help"],
    "help-run": ["run", "--help"],
    "help-compare": ["compare", "--help"],
    "help-step": ["step", "--help"],
    "help-explain": ["explain", "--help"],
    "help-designs": ["designs", "--help"],
    "help-fit": ["fit", "--help"],
    "help-sweep": ["sweep", "--help"],
    "help-lab": ["lab", "--help"],
    "help-paper": ["paper", "--help"],
    "help-report": ["report", "--help"],
    "help-profiles": ["profiles", "--help"],
    "designs": ["designs"],
    "design-kvm-split": ["designs", "kvm-split"],
    "design-linux-protected": ["designs", "linux-protected"],
    "profiles": ["profiles"],
    "profile-unit": ["profiles", "unit"],
    "profile-classes": ["profiles", "--classes"],
}


class Help(unittest.TestCase):
    def test_pages(self):
        # argp wraps lines by ARGP_HELP_FMT and translates by the locale.
        plain = {"LC_ALL": "C", "ARGP_HELP_FMT": ""}
        for name, arguments in PAGES.items():
            with self.subTest(page=name):
                result = harness.el2sim(*arguments, env=plain)
                self.assertEqual(result.returncode, 0, harness.said(result))
                self.assertEqual(result.stderr, "")
                said = re.sub(r" +$", "", result.stdout, flags=re.M)  # argp leaves blanks
                difference = harness.golden(f"cli-{name}.txt", said)
                self.assertIsNone(difference, f"\n{difference}")

    def test_every_option_of_the_source_is_said(self):
        for command in ("run", "step", "compare", "explain", "fit", "paper", "report", "sweep", "profiles"):
            code = harness.read(harness.source(f"sim/cli/cmd_{command}.c"))
            said = harness.el2sim(command, "--help").stdout
            for option in re.findall(r'^    \{"([a-z-]+)", ', code, re.M):
                self.assertIn(f"--{option}", said, command)

    def test_every_list_names_what_is_there(self):
        for command in ("designs", "profiles"):
            said = harness.el2sim(command).stdout
            names = [line.split()[0] for line in said.splitlines()]
            self.assertEqual(names, sorted(names))
            for name in names:
                one = harness.el2sim(command, name)
                self.assertEqual(one.returncode, 0, harness.said(one))

    def test_version(self):
        result = harness.el2sim("--version")
        self.assertRegex(result.stdout, r"^el2sim \d+\.\d+\.\d+\n$")
        self.assertEqual(result.returncode, 0)


unittest.main()
