"""Words: manual pages say every option that --help says, the examples of --help run, and bash completes."""
import os
import re
import shlex
import shutil
import subprocess
import sys
import unittest

import harness

PLAIN = {"LC_ALL": "C", "ARGP_HELP_FMT": ""}
COMMANDS = [word for word in harness.el2sim("--complete", "").stdout.split() if word[0] != "-"]


def help_of(command):
    return harness.el2sim(command, "--help", env=PLAIN).stdout


def options_in(text):
    """Long options that the table of --help has."""
    return set(re.findall(r"^  (?:-\w, |    )--([a-z-]+)", text, re.M)) - {"help", "usage"}


class Pages(unittest.TestCase):
    def test_each_command_has_a_page_with_every_option_of_its_help(self):
        self.assertIn("run", COMMANDS)
        for command in COMMANDS:
            with self.subTest(command=command):
                page = harness.read(os.path.join(harness.BUILD, "man", f"el2sim-{command}.1"))
                self.assertEqual(set(re.findall(r"^\.It (?:Fl \w , )?Fl -([a-z-]+)", page, re.M)) - {"help"},
                                 options_in(help_of(command)))
                for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS", "SEE ALSO"):
                    self.assertIn(f"\n.Sh {section}\n", page)

    def test_the_program_has_one_that_names_all_commands(self):
        page = harness.read(os.path.join(harness.BUILD, "man", "el2sim.1"))
        self.assertEqual(re.findall(r"^\.It Cm (\w+)$", page, re.M), COMMANDS)

    def test_pages_are_what_the_program_says_now(self):
        said = harness.el2sim("run", "--help-man").stdout
        self.assertEqual(said, harness.read(os.path.join(harness.BUILD, "man", "el2sim-run.1")))

    def test_troff_reads_them_without_complaint(self):
        pages = sorted(os.listdir(os.path.join(harness.BUILD, "man")))
        self.assertEqual(len(pages), len(COMMANDS) + 1)
        run = subprocess.run(["groff", "-mdoc", "-Tascii", "-ww", "-P-cbou",
                              *[os.path.join(harness.BUILD, "man", page) for page in pages]],
                             capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertIn("--kernel=FILE", run.stdout)


class Completion(unittest.TestCase):
    """Drives the function as bash does: words of the line, the last of them begun."""
    SHELL = ["bash", "--norc", "-c"]

    @classmethod
    def setUpClass(cls):
        cls.bin = harness.temporary("bin")
        os.makedirs(cls.bin, exist_ok=True)
        if not os.path.lexists(os.path.join(cls.bin, "el2sim")):
            os.symlink(harness.PROGRAM, os.path.join(cls.bin, "el2sim"))
        harness.write("a-file.yaml", "")

    def script(self, *words):
        return f"""source {shlex.quote(harness.source("sim/cli/el2sim.bash"))}
            COMP_WORDS=({" ".join(shlex.quote(w) for w in ("el2sim", *words))}) COMP_CWORD={len(words)}
            _el2sim
            printf '%s\\n' "${{COMPREPLY[@]}}" """

    def complete(self, *words):
        run = subprocess.run([*self.SHELL, self.script(*words)], capture_output=True, text=True, cwd=harness.scratch.name,
                             env=dict(os.environ, PATH=f"{self.bin}:{os.environ['PATH']}"))
        self.assertEqual(run.stderr, "")
        return run.stdout.split()

    def offers(self, expected, *words):
        self.assertEqual(sorted(self.complete(*words)), sorted(expected))

    def test_commands(self):
        self.offers([*COMMANDS, "--help", "--version"], "")
        self.offers(["profiles"], "pr")

    def test_options_of_a_command(self):
        self.offers({f"--{o}" for o in options_in(help_of("run"))} | {"--help"}, "run", "--")
        self.offers(["--kernel"], "run", "--gic", "2", "--ker")

    def test_values_of_options(self):
        designs = [line.split()[0] for line in harness.el2sim("designs").stdout.splitlines()]
        profiles = [line.split()[0] for line in harness.el2sim("profiles").stdout.splitlines()]
        self.offers(designs, "compare", "--designs", "")
        self.offers(["xen,kvm-vhe-opt"], "compare", "--designs", "xen,kvm-vhe-")
        self.offers(profiles, "run", "--costs", "")
        self.offers(["xgene1"], "run", "--costs", "=", "xg")
        self.offers(["cortex-a57", "x-gene1", "cortex-a76", "neoverse-n1", "max"], "run", "--cpu", "=")
        self.offers(["vhe=off,lse=on", "vhe=off,lse=off"], "run", "--feature", "vhe=off,lse=o")
        self.offers(["2", "3"], "run", "--gic", "")
        self.offers(["-"], "run", "--gdb", "")
        self.offers(["functional"], "run", "--level", "f")
        self.assertIn("views", self.complete("run", "--engine-off", ""))

    def test_rows_are_those_that_the_workloads_have(self):
        tables = "".join(harness.read(harness.source("workloads", path)) for path in ("micro/main.c", "app/rows.c"))
        self.offers(re.findall(r'\.id = "([^"]*)"', tables), "compare", "--rows", "")

    def test_arguments(self):
        self.offers(["vmcb"], "designs", "vm")
        self.offers(["debian-xen"], "compare", "--ops", "2", "xen", "debian")
        self.offers(["isca16"], "paper", "is")
        self.offers([str(n) for n in range(1, 10)], "lab", "")
        self.offers(["start", "check", "solution"], "lab", "3", "")
        self.offers(["esr"], "explain", "e")

    def test_registers(self):
        self.offers(["hcr_el2"], "explain", "reg", "hc")
        self.offers(["HCR_EL2"], "explain", "--cpu", "max", "reg", "HC")
        self.offers(["write"], "explain", "walk", "0x1000", "w")
        self.offers([], "explain", "esr", "hc")
        self.offers([], "explain", "reg", "hcr_el2", "0")

    def test_files(self):
        self.offers(["a-file.yaml"], "run", "--kernel", "a-")
        self.offers(["a-file.yaml"], "run", "--drive", "a-")
        self.offers(["a-file.yaml"], "sweep", "a-")


def joined(words):
    """--option = value is one word for other shells than bash."""
    return " ".join(words).replace(" = ", "=").replace(" =", "=").split(" ")


class CompletionFish(Completion):
    """fish completes a line by itself. What comes behind --option= it gives with that."""
    SHELL = ["fish", "--no-config", "-c"]

    def script(self, *words):
        line = shlex.quote(" ".join(joined(("el2sim", *words))))
        return f"source {shlex.quote(harness.source('sim/cli/el2sim.fish'))}; complete -C {line} | string replace -r '^--.*=' ''"


class CompletionZsh(Completion):
    """The function, with what it calls of zsh's completion; _files stands for its own."""
    SHELL = ["zsh", "-f", "-c"]

    def script(self, *words):
        words = joined(("el2sim", *words))
        return f"""compdef() {{ }}; compset() {{ }}; _files() {{ print -rl -- ${{words[CURRENT]}}*(N); }}
            compadd() {{ [[ $1 == -- ]] && shift; local w; for w; do [[ $w == ${{words[CURRENT]#--*=}}* ]] && print -r -- $w; done }}
            source {shlex.quote(harness.source("sim/cli/el2sim.zsh"))}
            words=({" ".join(shlex.quote(w) for w in words)}) CURRENT={len(words)}
            _el2sim"""


def examples_of(command):
    """A line may go on in the next, which then does not begin with blanks. Examples build on those before them."""
    text = help_of(command).partition("Examples:\n")[2]
    return re.findall(r"^  (el2sim .*(?:\n\S.*)*)", text, re.M)


# What takes long, or a terminal, runs in a test of its own (fit.py, papers.py), or is only looked at.
DEAR = {"fit": None, "paper": None, "step": None, "sweep": "--list"}


def is_dear(words):
    return words[0] in DEAR and len(words) > 2 and "--list" not in words


class Examples(unittest.TestCase):
    def test_each_command_has_examples_and_they_run(self):
        place = harness.temporary("examples")
        os.mkdir(place)
        os.symlink(harness.source("sim"), os.path.join(place, "sim"))
        os.symlink(harness.BUILD, os.path.join(place, "build"))
        for command in COMMANDS:
            examples = examples_of(command)
            with self.subTest(command=command):
                self.assertTrue(1 <= len(examples) <= 8, examples)
            for example in examples:
                with self.subTest(example=example):
                    words = shlex.split(example)[1:]
                    self.assertEqual(words[0], command)
                    if is_dear(words):
                        if DEAR[command] is None:
                            continue
                        words.append(DEAR[command])
                    result = harness.el2sim(*words, cwd=place)
                    is_lab = words[:3] == ["lab", "1", "check"]  # of the starting point: not reached yet
                    self.assertEqual(result.returncode, 1 if is_lab else 0, harness.said(result))
        shutil.rmtree(place)


unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
