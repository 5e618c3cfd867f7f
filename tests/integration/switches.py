"""Boot arguments of the hypervisors that change what a host does, not only how long it takes: eoi=, tick=, pin=, net=."""
import json
import sys
import unittest

import harness

IRQ = 257  # in the report's lists of exceptions
SPLIT = ("kvm-split", "x-gene1", 2)
LOADED = ("kvm-vhe-opt", "neoverse-n1", 3)
XEN = ("xen", "x-gene1", 2)


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

    def test_other_words_are_refused(self):
        for choice, says in (("eoi=no", "eoi= takes together or split"), ("tick=0", "tick= takes on, idle or full"),
                             ("pin=yes", "pin= takes on or off"), ("net=tap", "net= takes kernel or user")):
            result, _ = run(SPLIT, f"rows=hypercall n=1 {choice}", 1)
            self.assertIn(f"RESULT FAIL {says}\n", result.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
