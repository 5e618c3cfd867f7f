"""Boot arguments of the hypervisors that change what a host does, not only how long it takes: eoi=, tick=, pin=, net=."""
import json
import sys
import unittest

import harness

IRQ = 257  # in the report's lists of exceptions
SPLIT = ("kvm-split", "x-gene1", 2)
LAZY = ("kvm-split-lazy", "x-gene1", 2)
LOADED = ("kvm-vhe-opt", "neoverse-n1", 3)
XEN = ("xen", "x-gene1", 2)
OPT = "opt= takes a list of none,sysregs,traps,timer,debug,vgic,fp"


def run(design, append, smp=4, *options):
    image, cpu, gic = design
    path = harness.temporary("report.json")
    result = harness.el2sim("run", "--quiet", "--cpu", cpu, "--gic", gic, "--smp", smp, "--costs", "xgene1", "--json", path,
                            "--max-cycles", 2000000000, "--kernel", harness.guest(image), "--append", append, *options)
    return result, json.loads(harness.read(path))


def interrupts(report):
    return sum(e["count"] for e in report["exceptions"] if e["ec"] == IRQ)


def busy_cycles(report, first_cpu):
    """Of CPUs from first_cpu up."""
    return sum(cell["cycles"] for cell in report["breakdown"] if cell["class"] != "idle" and cell["cpu"] >= first_cpu)


class Switches(unittest.TestCase):
    def passes(self, design, append, smp=4, *options):
        result, report = run(design, append, smp, *options)
        self.assertIn("RESULT PASS", result.stdout, harness.said(result))
        return result.stdout, report

    def test_the_timer_is_a_level_where_the_guest_deactivates_it(self):
        for design in (SPLIT, LOADED):
            for eoi, says in (("together", "once"), ("split", "until it is off")):
                with self.subTest(design=design[0], eoi=eoi):
                    lines, _ = self.passes(design, f"rows=check eoi={eoi}", 2)
                    self.assertIn(f"vm0: an expired timer interrupts {says}\n", lines)

    def test_a_tickless_host_is_interrupted_less(self):
        for design in (SPLIT, XEN):
            with self.subTest(design=design[0]):
                on, idle, full = (interrupts(self.passes(design, f"rows=kernbench n=24 tick={tick}")[1]) for tick in ("on", "idle", "full"))
                self.assertLess(idle, on)
                self.assertLess(full, idle)

    def test_vcpus_leave_their_cpus_if_they_may(self):
        """Both VMs of vm-switch are pinned to CPU 0. If not, the one that wakes does so where nothing runs."""
        for design in (SPLIT, LOADED):
            with self.subTest(design=design[0]):
                pinned, free = (busy_cycles(self.passes(design, f"rows=vm-switch n=512 pin={pin}")[1], 1)
                                for pin in ("on", "off"))
                self.assertLess(2 * pinned, free)

    def test_all_at_once(self):
        for design in (SPLIT, LOADED, XEN):
            with self.subTest(design=design[0]):
                self.passes(design, "rows=check,vm-switch,virtual-ipi,io-latency-in n=8 eoi=split tick=full pin=off")

    WRONG = (("eoi=no", "eoi= takes one of together,split"), ("tick=0", "tick= takes one of on,idle,full"),
             ("pin=", "pin= takes one of on,off"), ("pin=on,off", "pin= takes one of on,off"), ("net=tap", "net= takes one of kernel,user"),
             ("spread=yes", "spread= takes one of off,on"), ("n=abc", "n= takes a number from 1 to 1024"),
             ("n=8x", "n= takes a number from 1 to 1024"), ("n=0", "n= takes a number from 1 to 1024"),
             ("n=99999999999999999999", "n= takes a number from 1 to 1024"), ("n=", "n= takes a number from 1 to 1024"),
             ("opt=fpu", OPT), ("opt=fp,fpu", OPT), ("opt=vgic,,fp", OPT), ("opt=", OPT), ("opt=none,", OPT),
             ("vmids=-1", "vmids= takes a number from 1 to 65536"), ("rows=" + "a," * 128, "rows= takes 255 characters at most"),
             ("row=hypercall", "known are rows= n= work= "), ("quiet", "known are rows= n= work= "), ("=1", "known are rows= n= work= "))

    def test_other_words_are_refused(self):
        for design in (SPLIT, XEN, ("native", "x-gene1", 2)):
            for word, says in self.WRONG:
                with self.subTest(design=design[0], word=word):
                    result, _ = run(design, f"rows=hypercall {word}" if "rows" not in word else word, 1)
                    self.assertEqual(result.returncode, 1)
                    first, last = result.stdout.splitlines()
                    who = "native" if design[0] == "native" else "host"
                    self.assertTrue(first.startswith(f"{who}: boot argument {word[:63]}: {says}"), first)
                    self.assertTrue(last.startswith("RESULT FAIL"), last)

    def test_words_of_other_designs_are_let_be(self):
        for design in (SPLIT, LAZY, LOADED, XEN):
            with self.subTest(design=design[0]):
                self.passes(design, "  rows=hypercall  n=1 opt=sysregs,fp vmids=9 net=user work=2 receive=0 spread=on vcpus=1 mem=64 ", 1)

    def test_options_of_other_designs_change_nothing(self):
        """kvm-split has none; of kvm-split-lazy's, the list has none."""
        for design, words, same in ((SPLIT, "opt=fp", ""), (LAZY, "opt=sysregs,timer", "opt=none")):
            with self.subTest(design=design[0]):
                cycles = [self.passes(design, f"rows=hypercall n=8 {opt}", 1)[1]["rows"][0]["cycles"] for opt in (words, same)]
                self.assertEqual(cycles[0], cycles[1])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
