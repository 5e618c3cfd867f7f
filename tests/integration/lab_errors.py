"""el2sim lab: what it says when something is missing or wrong, and that it never loses a student's file."""
import os
import unittest

import harness


class Errors(unittest.TestCase):
    def fails(self, arguments, status, *words, env=None):
        result = harness.el2sim("lab", *arguments, env=env)
        self.assertEqual(result.returncode, status, harness.said(result))
        for word in words:
            self.assertIn(word, result.stderr)
        return result

    def start(self, name):
        path = harness.temporary(name)
        self.assertEqual(harness.el2sim("lab", "1", "start", path).returncode, 0)
        return path

    def test_the_list_has_nine(self):
        lines = harness.el2sim("lab").stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], [str(n) for n in range(1, 10)])

    def test_what_is_not_there(self):
        self.fails(["10"], 2, 'no lab "10"', "el2sim lab")
        self.fails(["1", "begin"], 2, '"begin"', "start, check or solution")
        self.fails(["1", "check", harness.temporary("none")], 2, "none: No such file", "start DIR")
        empty = harness.temporary("empty")
        os.mkdir(empty)
        self.fails(["1", "check", empty], 2, "no .S or .c file")
        self.fails(["1", "check", empty, "more"], 2, 'unexpected "more"')
        self.fails(["1"], 2, "EL2SIM_DATA", env={"EL2SIM_DATA": empty})

    def test_who_stands_in_the_directory_need_not_name_it(self):
        path = self.start("here")
        result = harness.el2sim("lab", "1", "check", cwd=path)
        self.assertIn("  NOT  ", result.stdout, harness.said(result))
        self.assertEqual(harness.el2sim("lab", "1", "solution", cwd=path).returncode, 0)
        self.assertEqual(harness.el2sim("lab", "1", "check", cwd=path).returncode, 0)
        self.assertIn("2-vectors: No such file", harness.el2sim("lab", "2", "check", cwd=path).stderr)

    def test_start_keeps_what_is_there(self):
        path = self.start("kept")
        mine = os.path.join(path, "drop.S")
        with open(mine, "w", encoding="utf-8") as f:
            f.write("mine")
        os.remove(os.path.join(path, "README.md"))
        self.fails(["1", "start", path], 2, "drop.S is there already")
        self.assertEqual(harness.read(mine), "mine")

    def test_no_compiler(self):
        self.fails(["1", "check", self.start("no-compiler")], 2, "aarch64-linux-gnu-gcc is not installed", "apt install",
                   env={"PATH": harness.temporary("none")})

    def test_a_program_that_does_not_build_is_not_run(self):
        path = self.start("broken")
        with open(os.path.join(path, "drop.S"), "a", encoding="utf-8") as f:
            f.write("    no such instruction\n")
        result = self.fails(["1", "check", path], 1, "drop.S:", "does not build yet")
        self.assertEqual(result.stdout, "")

    def test_a_label_that_is_gone(self):
        path = self.start("renamed")
        source = os.path.join(path, "drop.S")
        with open(source, encoding="utf-8") as f:
            text = f.read().replace("el1_main", "kernel").replace("    b power_off\n", "    mov x0, #5\n    msr spsr_el2, x0\n    eret\n", 1)
        with open(source, "w", encoding="utf-8") as f:
            f.write(text)
        result = harness.el2sim("lab", "1", "check", path)
        self.assertEqual(result.returncode, 1, harness.said(result))
        self.assertIn("your program has no `el1_main`", result.stdout)

    def test_a_wrong_condition_names_the_file(self):
        data = harness.temporary("data")
        os.makedirs(os.path.join(data, "labs", "1-mine"))
        goals = harness.read(harness.source("labs", "1-drop", "lab.yaml"))
        with open(os.path.join(data, "labs", "1-mine", "lab.yaml"), "w", encoding="utf-8") as f:
            f.write(goals.replace("pc == el1_main", "pc == (el1_main"))
        self.fails(["1"], 2, "1-mine/lab.yaml: condition", '")" is missing', env={"EL2SIM_DATA": data})


unittest.main()
