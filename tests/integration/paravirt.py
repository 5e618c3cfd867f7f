"""Guests without the virtualization extension: what the rewriter replaces, what it refuses, that nothing sensitive is left in
the image, and that the design's report knows the guest's code from the host's."""
import json
import re
import subprocess
import sys
import unittest

import harness

REWRITE = harness.source("workloads/paravirt/rewrite.py")
CALLS = harness.source("hyp/include/abi/pv.def")
IMAGE = harness.guest("micro-guest-pv")

# Bits that decide, their value, what it is: all that is not for EL0 (Arm ARM C4.1 "Branches, Exception generating and System
# instructions"). Of MRS, MSR and SYS those with op1 = 3 are EL0's, and some of them trap by a control of EL1.
SENSITIVE = [
    (0xffe0001f, 0xd4000002, "HVC"), (0xffe0001f, 0xd4000003, "SMC"), (0xffffffff, 0xd69f03e0, "ERET"),
    (0xfff8f01f, 0xd500401f, "MSR (immediate)"), (0x3fe00c00, 0x38400800, "LDTR"), (0x3fe00c00, 0x38000800, "STTR"),
]


def sensitive(word):
    for mask, value, name in SENSITIVE:
        if word & mask == value:
            return name
    if word & 0xffd00000 == 0xd5100000 and (word >> 16 & 7) != 3:
        return "MRS or MSR of a register that is not EL0's"
    if word & 0xfff80000 == 0xd5080000 and (word >> 16 & 7) != 3:
        return "SYS that is not EL0's"
    return None


def code_words(path):
    """(address, word) of the instructions in an ELF file: mapping symbols tell them from literals."""
    text = subprocess.run(["aarch64-linux-gnu-objdump", "-d", "-z", path], capture_output=True, text=True, check=True).stdout
    for match in re.finditer(r"^\s*([0-9a-f]+):\t([0-9a-f]{8}) \t(\S+)", text, re.M):
        if match[3] != ".word":
            yield int(match[1], 16), int(match[2], 16)


def assemble(text):
    source, out = harness.write("probe.s", text), harness.temporary("probe.o")
    subprocess.run(["aarch64-linux-gnu-as", source, "-o", out], check=True)
    return [word for _, word in code_words(out)]


def rewrite(text):
    source, out = harness.write("in.s", text), harness.temporary("out.s")
    return subprocess.run([sys.executable, "-B", REWRITE, CALLS, source, out], capture_output=True, text=True), out


class Rewriter(unittest.TestCase):
    # imm16 as hyp/include/abi/pv.h has it: class, index, register
    REPLACED = {
        "mrs x7, sctlr_el1": 1 << 13 | 0x10 << 5 | 7, "msr VBAR_EL1, xzr": 2 << 13 | 0x23 << 5 | 31,
        "mrs x30, S3_0_C4_C0_1": 1 << 13 | 0x17 << 5 | 30, "msr dbgbcr3_el1, x2": 2 << 13 | 0x93 << 5 | 2,
        "msr daifset, #0xf": 3 << 13 | 1 << 5 | 15, "msr spsel, #1": 3 << 13 | 1, "msr spsel, x4": 2 << 13 | 0x19 << 5 | 4,
        "eret": 4 << 13, "smc #0": 4 << 13 | 1 << 5, "tlbi vmalle1": 5 << 13 | 8 << 5 | 31,
        "tlbi vae1is, x9": 5 << 13 | 1 << 5 | 9, "at s1e0w, x1": 5 << 13 | 0x13 << 5 | 1, "hvc #3": 6 << 13 | 3,
        "svc #0x12": 7 << 13 | 0x12, "msr tpidrro_el0, x5": 2 << 13 | 0x27 << 5 | 5, "ic iallu": 5 << 13 | 0x1d << 5 | 31,
    }
    KEPT = ["mrs x0, tpidrro_el0", "msr tpidr_el0, x1", "mrs x2, cntvct_el0", "dc cvac, x3", "ic ivau, x4", "wfi", "dsb sy",
            "msr nzcv, x5", "isb", "ldr x0, [x1]"]
    REFUSED = {"mrs x0, cntv_ctl_el0": "cntv_ctl_el0", "mrs x0, esr_el2": "esr_el2", "ldtr x0, [x1]": "ldtr",
               "tlbi alle1": "tlbi alle1", "hvc #0x2000": "13 bits", "msr cntpct_el0, x1": "cntpct_el0"}

    def test_each_becomes_the_call_that_the_header_says(self):
        for text, imm in self.REPLACED.items():
            result, out = rewrite(f"\t{text}\n")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(assemble(harness.read(out)), [0xd4000001 | imm << 5], text)

    def test_what_el0_may_do_stays(self):
        lines = "".join(f"\t{text}\n" for text in self.KEPT)
        result, out = rewrite(lines)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(assemble(harness.read(out)), assemble(lines))

    def test_what_has_no_call_is_refused_with_its_place(self):
        for text, word in self.REFUSED.items():
            result, _ = rewrite(f"\tnop\n1:\t{text} // here\n")
            self.assertEqual(result.returncode, 2, text)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
            self.assertRegex(result.stderr, r"in\.s:2: ")
            self.assertIn(word, result.stderr)

    def test_labels_macros_strings_and_comments(self):
        text = ('\t.macro get reg\n\tmrs \\reg, far_el1\n\t.endm\nfirst: second: get x6; hvc #0 // eret\n'
                '\t.data\n\t.ascii "eret; hvc #0 // mrs x0, esr_el1"\n')
        result, out = rewrite(text)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(assemble(harness.read(out)), [0xd4000001 | n << 5 for n in (1 << 13 | 0x1f << 5 | 6, 6 << 13)])
        self.assertIn('.ascii "eret; hvc #0 // mrs x0, esr_el1"', harness.read(out))

    def test_bad_usage(self):
        result = subprocess.run([sys.executable, "-B", REWRITE], capture_output=True, text=True)
        self.assertEqual((result.returncode, len(result.stderr.splitlines())), (2, 1))


class Image(unittest.TestCase):
    def test_nothing_sensitive_is_left(self):
        left = [f"{address:#x}: {sensitive(word)}" for address, word in code_words(IMAGE) if sensitive(word)]
        self.assertEqual(left, [])

    def test_the_search_finds_what_the_unmodified_guest_has(self):
        kinds = {sensitive(word) for _, word in code_words(harness.guest("micro-guest-ptimer"))}
        for kind in ("HVC", "ERET", "MSR (immediate)", "MRS or MSR of a register that is not EL0's", "SYS that is not EL0's"):
            self.assertIn(kind, kinds)


class Report(unittest.TestCase):
    ROWS = ["hypercall", "virtual-eoi", "stage2-fault"]

    @classmethod
    def setUpClass(cls):
        report = json.loads(harness.run_json("compare", "--quiet", "--designs", "deprivileged,deprivileged-trap", "--rows",
                                             ",".join(cls.ROWS), "--ops", "64"))
        cls.rows = {d["name"]: {row["name"]: row for row in d["rows"]} for d in report["designs"]}

    def test_the_guests_code_is_the_guests(self):
        for design, rows in self.rows.items():
            parts = rows["hypercall"]["breakdown"]
            self.assertIn((0, "vm", "hvc"), {(p["el"], p["where"], p["function"]) for p in parts}, design)
            self.assertEqual({p["where"] for p in parts if p["el"] == 0}, {"vm"}, design)
            self.assertEqual({p["where"] for p in parts if p["el"] == 1}, {"host"}, design)
            self.assertEqual([p for p in parts if p["function"] == "?"], [], design)

    def test_a_row_has_the_traps_of_its_guest(self):
        for design, rows in self.rows.items():
            for name in self.ROWS:
                row = rows[name]
                self.assertGreaterEqual(row["traps"], row["operations"], f"{design}, {name}")
                self.assertLess(row["traps"], row["operations"] + 8, f"{design}, {name}: the tick, no more")

    def test_replacing_saves_the_decoding_of_a_call(self):
        calls = {design: rows["hypercall"] for design, rows in self.rows.items()}
        self.assertLess(calls["deprivileged"]["cycles"], calls["deprivileged-trap"]["cycles"])
        functions = {design: {p["function"] for p in row["breakdown"]} for design, row in calls.items()}
        self.assertIn("emulate_insn", functions["deprivileged-trap"])
        self.assertNotIn("emulate_insn", functions["deprivileged"])
        self.assertEqual(self.rows["deprivileged"]["virtual-eoi"]["cycles_per_operation"] // 10,
                         self.rows["deprivileged-trap"]["virtual-eoi"]["cycles_per_operation"] // 10,
                         "a device traps alike in both")


unittest.main()
