"""el2sim explain: samples against text written by hand from the manual (explain.txt), and mistakes."""
import os
import shlex
import unittest

import harness

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "explain.txt")


class Explain(unittest.TestCase):
    def test_samples(self):
        samples = harness.table(SAMPLES)
        self.assertGreaterEqual(len(samples), 40)
        for arguments, expected in samples:
            with self.subTest(arguments=arguments):
                result = harness.el2sim("explain", *shlex.split(arguments))
                self.assertEqual(result.returncode, 0, harness.said(result))
                for text in expected.split(";"):
                    self.assertIn(text.strip(), result.stdout)

    def test_mistakes(self):
        for arguments, message in (
            ([], "explain what"),
            (["msr", "ttbr0_el1,", "x0"], "quote it"),
            (["msr ttbr9_el1, x0"], "as the assembler writes it"),
            (["hvc #0x10000"], "as the assembler writes it"),
            (["0x123456789"], "32 bits"),
            (["0x91000400"], "ordinary instruction"),
            (["hvc #0", "--set", "hcr_el2"], "REGISTER=VALUE"),
            (["hvc #0", "--set", "hcr_el9=1"], 'no register "hcr_el9"'),
            (["hvc #0", "--set", "hcr_el2.tvm=2"], 'no field "tvm" of that size'),
            (["hvc #0", "--set", "hcr_el2.xyz=1"], 'no field "xyz"'),
            (["hvc #0", "--cpu", "m4"], "m4"),
            (["hvc #0", "--costs", "none"], "none"),
            (["hvc #0", "--el", "3"], "--el"),
            (["hvc #0", "--el", "2", "--feature", "el2=off"], "el2"),
            (["esr", "0x1ffffffff"], "no value"),
            (["esr"], "explain esr VALUE"),
            (["reg", "hcr_el2"], "explain reg NAME VALUE"),
        ):
            with self.subTest(arguments=arguments):
                result = harness.el2sim("explain", *arguments)
                self.assertEqual(result.returncode, 2, harness.said(result))
                self.assertIn(message, result.stderr)
                self.assertEqual(len(result.stderr.strip().splitlines()), 1)


unittest.main()
