"""el2sim explain: samples against text written by hand from the manual (explain.txt), and mistakes."""
import os
import re
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

    def test_operand_of_an_immediate_move_is_in_the_syndrome(self):
        # MSR DAIFSet, #5 and its word: ISS Op0 0, Op2 6, Op1 3, CRn 4, Rt 31, CRm 5 (Arm ARM, ESR_EL1, EC 0x18).
        for text in ("msr daifset, #5", "0xd50345df"):
            result = harness.el2sim("explain", text, "--el", 0, "--set", "sctlr_el1.uma=0")
            self.assertIn("ESR 0x620cd3ea", result.stdout, harness.said(result))

    def test_mistakes(self):
        for arguments, message in (
            ([], "explain what"),
            (["msr", "ttbr0_el1,", "x0"], "quote it"),
            (["msr ttbr9_el1, x0"], 'no register "ttbr9_el1"'), (["tlbi vae9, x0"], 'no "tlbi vae9"'),
            (["msr ttbr0_el1"], "as the assembler writes it"),
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
            (["pc"], "--at WHERE"), (["walk", "0x1000"], "--at WHERE"), (["walk"], "walk VA"),
            (["walk", "here"], "no address"), (["walk", "0", "execute"], "read, write or fetch"),
            (["pc", "--snapshot", "/nowhere/s"], "/nowhere/s"), (["pc", "--snapshot", SAMPLES], "explain.txt"),
        ):
            with self.subTest(arguments=arguments):
                result = harness.el2sim("explain", *arguments)
                self.assertEqual(result.returncode, 2, harness.said(result))
                self.assertIn(message, result.stderr)
                self.assertEqual(len(result.stderr.strip().splitlines()), 1)


class InASnapshot(unittest.TestCase):
    """kvm-split when its guest has marked the first row: CPU 0 runs the guest, behind a stage 2."""

    @classmethod
    def setUpClass(cls):
        cls.file = harness.temporary("vm.snap")
        result = harness.el2sim("run", "--quiet", "--gic", 2, "--kernel", harness.guest("kvm-split"), "--append", "rows=hypercall n=2",
                                "--snapshot-save", cls.file, "--snapshot-at", "mark:hypercall", "--snapshot-exit")
        assert result.returncode == 0, harness.said(result)

    def explain(self, *arguments):
        result = harness.el2sim("explain", *arguments, "--snapshot", self.file)
        self.assertEqual((result.returncode, result.stderr), (0, ""), harness.said(result))
        return result.stdout

    def pc(self):
        place = re.match(r"CPU 0 of \S+: EL1, pc (0x[0-9a-f]+), cycle \d+\n", self.explain("pc"))
        return int(place[1], 16)

    def test_instruction_at_pc(self):
        text = self.explain("pc")
        self.assertRegex(text.splitlines()[1], r"^0x[0-9a-f]{8}  [a-z]")

    def test_state_is_the_snapshots(self):
        self.assertIn("reads SCTLR_EL1", self.explain("mrs x0, sctlr_el1"))
        self.assertIn("HCR_EL2.TWI = 0x1: traps to EL2", self.explain("wfi"))
        self.assertIn("executes", self.explain("wfi", "--set", "hcr_el2.twi=0"))
        self.assertIn("HCR_EL2.TSC = 0x1: traps to EL2", self.explain("smc #0"))

    def test_walk_of_the_guests_code(self):
        pc = self.pc()
        text = self.explain("walk", hex(pc), "fetch")
        self.assertIn(f"instruction fetch of VA {pc:#x} at EL1: regime EL1&0 with stage 2, VMID 1", text)
        self.assertIn("the descriptor's IPA ", text)
        last = re.findall(r"\n  level 3: descriptor (0x[0-9a-f]+) at PA (0x[0-9a-f]+): page of 4 KiB, to PA (0x[0-9a-f]+)\n", text)[-1]
        self.assertEqual(int(last[0], 16) & 0xfffffffff000, int(last[2], 16))
        self.assertIn(f"\nPA {int(last[2], 16) | pc & 0xfff:#x}: EL1 may read, write, execute there; Normal", text)
        self.assertIn("the TLB holds a translation of it", text)

    def test_walk_of_what_the_host_emulates(self):
        text = self.explain("walk", "0x9000000", "write")
        self.assertIn("Translation fault, level 2, of stage 2: exception to EL2", text)
        self.assertIn("ESR 0x92000046", text)
        self.assertIn("HPFAR_EL2 = 0x90000: the page of IPA 0x9000000", text)

    def test_walk_in_the_hypervisors_regime(self):
        text = self.explain("walk", "0x40080000", "--el", 2)
        self.assertIn("regime EL2,", text)
        self.assertNotIn("stage 2", text)

    def test_mistakes(self):
        for arguments, word in ((["pc", "--cpu", "1"], "--cpu 1"), (["pc", "--feature", "vhe=on"], "--feature"),
                                (["pc", "--cpu", "max"], "--cpu max")):
            result = harness.el2sim("explain", *arguments, "--snapshot", self.file)
            self.assertEqual((result.returncode, len(result.stderr.splitlines())), (2, 1), harness.said(result))
            self.assertIn(word, result.stderr)


class AtAPointOfARun(unittest.TestCase):
    SPLIT = ["--design", "kvm-split", "--rows", "hypercall"]

    def explain(self, *arguments):
        result = harness.el2sim("explain", *arguments)
        self.assertEqual((result.returncode, result.stderr), (0, ""), harness.said(result))
        return result.stdout

    def test_at_a_function(self):
        text = self.explain("pc", *self.SPLIT, "--at", "hyp_vcpu_run")
        at = re.match(r"CPU 0 of kvm-split: EL2, pc (0x[0-9a-f]+), cycle \d+\n0x[0-9a-f]{8}  [a-z]", text)
        self.assertTrue(at, text)
        self.assertEqual(self.explain("pc", *self.SPLIT, "--at", at[1]), text)

    def test_at_a_time(self):
        text = self.explain("pc", *self.SPLIT, "--at", "cycles:1000000")
        at = re.match(r"CPU [01] of kvm-split: EL[012], pc 0x[0-9a-f]+, cycle (\d+)\n", text)
        self.assertTrue(at and 1000000 <= int(at[1]) < 1001000, text)

    def test_what_the_run_has_set_decides(self):
        self.assertIn("HCR_EL2.TSC = 0x1: traps to EL2",
                      self.explain("smc #0", *self.SPLIT, "--at", "guest_exit", "--el", 1, "--set", "hcr_el2.tsc=1"))
        self.assertIn("regime EL2,", self.explain("walk", "0x40204000", *self.SPLIT, "--at", "hyp_vcpu_run"))

    def test_mistakes(self):
        for arguments, word in ((["--at", "hyp_vcpu_run"], "need each other"), (["--rows", "hypercall"], "--design NAME is missing"),
                                (self.SPLIT, "need each other"), ([*self.SPLIT, "--at", "nowhere"], "no such function"),
                                ([*self.SPLIT, "--at", "0x12q"], "an address"), ([*self.SPLIT, "--at", "cycles:x"], "cycles:"),
                                ([*self.SPLIT, "--at", "cycles:99999999999"], "ended before"),
                                ([*self.SPLIT, "--at", "hyp_vcpu_run", "--cpu", "2"], "0 to 1"),
                                ([*self.SPLIT, "--at", "hyp_vcpu_run", "--snapshot", SAMPLES], "one of them")):
            with self.subTest(arguments=arguments):
                result = harness.el2sim("explain", "pc", *arguments)
                self.assertEqual((result.returncode, len(result.stderr.splitlines())), (2, 1), harness.said(result))
                self.assertIn(word, result.stderr)


unittest.main()
