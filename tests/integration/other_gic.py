"""Images on a machine with the other GIC: each says which it is built for, and el2sim run ends with status 1."""
import json
import unittest

import harness

BUILT_FOR = {
    2: ["kvm-split", "kvm-split-lazy", "kvm-split-novgic", "kvm-split-novgic-kernel", "xen", "xen-on-kvm-split", "kvm-vhe-gic2",
        "kvm-vhe-opt-gic2", "el2host", "deprivileged", "deprivileged-trap", "kernel-el1", "kernel-el2"],
    3: ["kvm-split-gic3", "vmcb", "kvm-vhe", "kvm-vhe-opt", "xen-on-kvm-vhe", "kernel-e2h", "kernel-el2-gic3"],
}


class OtherGic(unittest.TestCase):
    def fails(self, image, gic, smp):
        path = harness.temporary("run.json")
        result = harness.run_guest(image, "max", gic, smp, "", "--json", path)
        self.assertEqual(result.returncode, 1, harness.said(result))
        self.assertEqual((json.loads(harness.read(path))["end"], json.loads(harness.read(path))["status"]), ("power-off", 1))
        return result.stdout.splitlines()

    def test_a_host_says_which_it_is_built_for(self):
        for built_for, images in BUILT_FOR.items():
            for image in images:
                with self.subTest(image=image):
                    lines = self.fails(image, 5 - built_for, 2)
                    self.assertRegex(lines[0], f"^host: built for a gicv{built_for}, the machine has none .*el2sim run --gic")
                    self.assertEqual(lines[1:], ["host: panic: another GIC", "RESULT FAIL another GIC"])

    def test_a_program_without_a_host_fails_with_a_result(self):
        for image, gic in (("native", 3), ("native-gic3", 2)):
            with self.subTest(image=image):
                self.assertEqual(self.fails(image, gic, 1)[-1], "RESULT FAIL status 3")


unittest.main()
