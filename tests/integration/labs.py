"""One lab: its starting point fails with a hint, its solution passes, each typical mistake gets the hint it should.

usage: labs.py LAB [brief]        (brief: no mistakes, for builds that are slow)
"""
import os
import re
import shlex
import shutil
import sys
import unittest

import harness
import labs_mistakes

LAB = sys.argv[1]
BRIEF = "brief" in sys.argv[2:]


def lab(*arguments):
    return harness.el2sim("lab", LAB, *arguments)


class Lab(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.solution = harness.temporary("solution")
        for verb in ("start", "solution"):
            assert lab(verb, cls.solution).returncode == 0

    def test_the_starting_point_fails_with_a_hint(self):
        """By the commands that the task shows, as it shows them."""
        task = lab()
        self.assertEqual(task.returncode, 0)
        os.chdir(harness.scratch.name)
        for command in re.findall(r"(?:^    |`)(el2sim [^`\n]+)", task.stdout, re.M):
            with self.subTest(command=command):
                result = harness.el2sim(*shlex.split(command)[1:])
                self.assertEqual(result.returncode, 1 if " check " in command else 0, harness.said(result))
                if " check " in command:
                    self.check_unreached(result)

    def check_unreached(self, result):
        self.assertIn("  NOT  ", result.stdout)
        self.assertIn("hint: ", result.stdout)
        self.assertNotIn("warning", result.stderr)

    def test_the_solution_passes(self):
        result = lab("check", self.solution)
        self.assertEqual(result.returncode, 0, harness.said(result))
        self.assertEqual(result.stderr, "")
        self.assertNotIn("  NOT  ", result.stdout)

    @unittest.skipIf(BRIEF, "the other build has them")
    def test_mistakes_get_their_hints(self):
        mistakes = labs_mistakes.of(LAB)
        self.assertGreaterEqual(len(mistakes), 3)
        for number, mistake in enumerate(mistakes):
            with self.subTest(mistake=mistake.what):
                path = harness.temporary(f"mistake-{number}")
                shutil.copytree(self.solution, path)
                source = os.path.join(path, mistake.file)
                text = harness.read(source)
                self.assertEqual(text.count(mistake.right), 1, f"\"{mistake.right}\" is to be there once")
                with open(source, "w", encoding="utf-8") as f:
                    f.write(text.replace(mistake.right, mistake.wrong))
                result = lab("check", path)
                self.assertEqual(result.returncode, 1, harness.said(result))
                hint = " ".join(result.stdout.partition("hint: ")[2].split())
                self.assertIn(mistake.hint, hint, harness.said(result))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
