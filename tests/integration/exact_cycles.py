"""Three tiny guests whose instructions and events are counted by hand, class by class. With profile `unit` each costs one
cycle, so the counts are the cycles."""
import json
import unittest

import harness

# power_off_mmu_off.S, in the order of its lines.
MMU_OFF = {
    "insn.alu": 16,  # 2 ADR, 2 MOV, MOV and MOVK of the call, 10 SUBS
    "insn.branch": 10,  # B.NE; the last B is not reached
    "insn.store": 1,
    "insn.load": 2,  # LDR, LDP
    "insn.mul": 1,
    "insn.div": 1,
    "insn.exclusive": 2,  # LDXR, CLREX
    "insn.hint": 1,
    "barrier.isb": 1,
    "barrier.dmb": 1,
    "sysreg.id.read": 1,  # MIDR_EL1
    "sysreg.pstate.read": 1,  # CurrentEL
    "sysreg.thread.read": 1,  # TPIDR_EL0
    "sysreg.thread.write": 1,  # TPIDR_EL1
    "sysreg.el1.read": 1,  # SCTLR_EL1
    "sysreg.el2.read": 1,  # HCR_EL2
    "sysreg.el2.write": 1,  # VBAR_EL2
    "sysreg.counter.read": 1,  # CNTVCT_EL0
    "insn.exception": 3,  # SVC, ERET, SMC
    "exception.el2-el2": 1,
    "eret.el2-el2": 1,
    "firmware.call": 1,
}
MMU_OFF_INSTRUCTIONS = 47  # all but the last three

# power_off_mmu_on.S. Misses of the TLB and the descriptors that each reads:
#   the fetch with the MMU on: levels 1, 2                                      2
#   page 0: levels 1, 2, 3                                                      3
#   page 1: level 3 alone, the walk cache has the table of level 3              1
#   after TLBI ALLE2, which empties both: the fetch 2, page 1 again 3           5
MMU_ON = {
    "insn.alu": 6,  # ADR, ORR, MOV, ADD, MOV, MOVK
    "insn.load": 6,  # 2 literals, 4 loads of data
    "sysreg.el2.write": 4,  # MAIR, TCR, TTBR0, SCTLR
    "sysreg.el2.read": 1,
    "tlbi.local": 2,
    "barrier.dsb": 2,
    "barrier.isb": 3,
    "insn.exception": 1,
    "firmware.call": 1,
    "mmu.tlb-miss": 5,
    "mmu.walk-s1": 11,
}
MMU_ON_INSTRUCTIONS = 25  # all but the last three

# store_to_own_page.S. Misses: the fetch 2, the other mapping of its page 3, the page of data behind that 1.
OWN_PAGE = {
    "insn.alu": 6,  # ADR, ORR, MOV, ADD, MOV, MOVK
    "insn.load": 2,  # literals
    "insn.store": 2,
    "sysreg.el2.write": 4,
    "sysreg.el2.read": 1,
    "tlbi.local": 1,
    "barrier.dsb": 3,
    "barrier.isb": 2,
    "insn.exception": 1,
    "barrier.dsb-stores": 2,
    "firmware.call": 1,
    "mmu.tlb-miss": 3,
    "mmu.walk-s1": 6,
}
OWN_PAGE_INSTRUCTIONS = 22  # all but the last four


class ExactCycles(unittest.TestCase):
    maxDiff = None

    def report(self, image, *options):
        return json.loads(harness.run_json("run", "--costs", "unit", "--kernel", harness.guest("tiny_" + image), *options))

    def check(self, image, classes, instructions):
        report = self.report(image)
        self.assertEqual({p["class"]: p["count"] for p in report["breakdown"]}, classes)
        self.assertEqual({p["class"]: p["cycles"] for p in report["breakdown"]}, classes)
        self.assertEqual({(p["cpu"], p["el"], p["where"]) for p in report["breakdown"]}, {(0, 2, "host")})
        self.assertEqual(report["instructions"], instructions)
        self.assertEqual(report["cycles"], sum(classes.values()))
        functional = self.report(image, "--level", "functional")
        self.assertEqual((functional["instructions"], functional["cycles"]), (instructions, instructions))

    def test_mmu_off(self):
        self.check("power_off_mmu_off", MMU_OFF, MMU_OFF_INSTRUCTIONS)

    def test_mmu_on(self):
        self.check("power_off_mmu_on", MMU_ON, MMU_ON_INSTRUCTIONS)

    def test_dsb_waits_for_a_store_to_the_page_of_its_code(self):
        self.check("store_to_own_page", OWN_PAGE, OWN_PAGE_INSTRUCTIONS)

    def test_without_walk_cache_each_miss_reads_all_levels(self):
        text = harness.read(harness.source("sim/profiles/unit.yaml"))
        path = harness.write("no-walk-cache.yaml", text.replace("walk-cache: 16", "walk-cache: 0"))
        report = json.loads(harness.run_json("run", "--costs", path, "--kernel", harness.guest("tiny_power_off_mmu_on")))
        counts = {p["class"]: p["count"] for p in report["breakdown"]}
        self.assertEqual(counts, {**MMU_ON, "mmu.walk-s1": 13})

    def test_prices_multiply_counts(self):
        text = harness.read(harness.source("sim/profiles/unit.yaml"))
        line = '  - {class: sysreg.el2.write, cycles: 2.125, kind: defined, source: "a test"}\n'
        path = harness.write("dear.yaml", text.rstrip("\n") + "\n" + line)
        report = json.loads(harness.run_json("run", "--costs", path, "--kernel", harness.guest("tiny_power_off_mmu_on")))
        costs = {p["class"]: p["millicycles"] for p in report["breakdown"]}
        self.assertEqual(costs, {**{k: n * 1000 for k, n in MMU_ON.items()}, "sysreg.el2.write": 4 * 2125})


unittest.main()
