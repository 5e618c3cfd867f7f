"""Snapshots as a user meets them: marks, console text, other prices, options that contradict, damaged files, and saves
that fail. Bad usage is one line and status 2; a file that was there stays as it was."""
import json
import os
import resource
import signal
import struct
import subprocess
import unittest

import harness

GUEST = ["--cpu", "cortex-a57", "--gic", "2", "--mem", "32M", "--kernel", harness.guest("kvm-split"), "--append",
         "rows=hypercall n=2"]
CHECKS = ["--cpu", "cortex-a76", "--mem", "32M", "--kernel", harness.guest("check_pstate")]


def save(path, where, machine=GUEST, *options):
    return harness.el2sim("run", "--quiet", *machine, "--snapshot-save", path, "--snapshot-at", where, *options)


class Runs(unittest.TestCase):
    def test_a_mark_that_begins_a_span_is_a_place(self):
        path = harness.temporary("mark.snapshot")
        result = save(path, "mark:hypercall", GUEST, "--snapshot-exit")
        self.assertEqual(result.returncode, 0, harness.said(result))
        self.assertIn("taken at cycle", result.stderr)
        cold = json.loads(harness.run_json("run", "--quiet", *GUEST))
        report = json.loads(harness.run_json("run", "--quiet", "--snapshot", path))
        self.assertEqual(report, cold)
        self.assertNotIn("mixed", report)
        # Other prices: the span ran under them alone, the report as a whole did not.
        other = json.loads(harness.run_json("run", "--quiet", "--snapshot", path, "--costs", "neoverse-n1"))
        alone = json.loads(harness.run_json("run", "--quiet", *GUEST, "--costs", "neoverse-n1"))
        self.assertEqual(len(other["mixed"]), 1)
        self.assertIn("profile xgene1, level block", other["mixed"][0])
        self.assertEqual(other["rows"][0]["instructions"], cold["rows"][0]["instructions"])
        self.assertAlmostEqual(other["rows"][0]["cycles"] / alone["rows"][0]["cycles"], 1, delta=0.1)

    def test_console_text_is_a_place(self):
        path = harness.temporary("console.snapshot")
        result = save(path, "console:CHECKS ", CHECKS)
        rest = harness.el2sim("run", "--quiet", "--snapshot", path)
        self.assertEqual(rest.stdout, result.stdout.split("CHECKS ")[1], harness.said(rest))

    def test_a_place_that_never_comes_is_said(self):
        path = harness.temporary("never.snapshot")
        for where in ("console:nobody says this", "mark:no-such-row", "mark", "cycles:99999999999"):
            result = save(path, where, CHECKS)
            self.assertEqual(result.returncode, 1, harness.said(result))
            self.assertIn("none was taken", result.stderr)
            self.assertFalse(os.path.exists(path))

    def test_another_level_is_noted(self):
        path = harness.temporary("level.snapshot")
        save(path, "cycles:20000", [*CHECKS, "--level", "functional"], "--snapshot-exit")
        report = json.loads(harness.run_json("run", "--quiet", "--snapshot", path, "--level", "block"))
        self.assertEqual(report["mixed"], ["up to cycle 20000: profile xgene1, level functional"])
        self.assertEqual(report["end"], "power-off")
        told = harness.el2sim("run", "--quiet", "--stats", "--snapshot", path, "--level", "block").stderr
        self.assertIn("NOT of one price list: up to cycle 20000", told)

    def test_snapshots_of_runs_from_snapshots_keep_the_notes(self):
        first, second = harness.temporary("first.snapshot"), harness.temporary("second.snapshot")
        save(first, "cycles:20000", CHECKS, "--snapshot-exit")
        harness.el2sim("run", "--snapshot", first, "--costs", "seattle", "--snapshot-save", second, "--snapshot-at",
                       "cycles:40000", "--snapshot-exit")
        report = json.loads(harness.run_json("run", "--quiet", "--snapshot", second, "--costs", "icount"))
        self.assertEqual([note.split(":")[1].split(",")[0] for note in report["mixed"]],
                         [" profile xgene1", " profile seattle"])


class Bad(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = harness.temporary("good.snapshot")
        result = save(cls.path, "cycles:30000", CHECKS, "--snapshot-exit")
        assert result.returncode == 0, harness.said(result)
        with open(cls.path, "rb") as f:
            cls.good = f.read()

    def refused(self, words, *arguments):
        result = harness.el2sim("run", *arguments)
        told = harness.said(result)
        self.assertEqual(result.returncode, 2, told)
        self.assertEqual((result.stdout, len(result.stderr.splitlines())), ("", 1), told)
        for word in words:
            self.assertIn(word, result.stderr, told)

    def test_options_that_contradict(self):
        for option, value in (("--smp", "2"), ("--gic", "2"), ("--mem", "64M"), ("--el", "1"), ("--cpu", "max"),
                              ("--feature", "vhe=off")):
            self.refused([self.path, option, "leave"], "--snapshot", self.path, option, value)
        for option in ("--kernel", "--initrd", "--dtb", "--append"):
            self.refused(["--snapshot", "leave out"], "--snapshot", self.path, option, "x")

    def test_options_that_need_others(self):
        kernel = ["--kernel", harness.guest("check_pstate")]
        self.refused(["--snapshot-at"], *kernel, "--snapshot-save", "x")
        self.refused(["--snapshot-save"], *kernel, "--snapshot-at", "mark")
        self.refused(["--snapshot-save"], *kernel, "--snapshot-exit")
        for where in ("", "now", "mark:", "console:", "cycles:", "cycles:-1", "cycles:12k", "console:" + 200 * "x"):
            self.refused(["--snapshot-at"], *kernel, "--snapshot-save", "x", "--snapshot-at", where)

    def test_options_that_agree(self):
        result = harness.el2sim("run", "--snapshot", self.path, "--cpu", "cortex-a76", "--smp", "1", "--mem", "32M")
        self.assertEqual(result.returncode, 0, harness.said(result))

    def test_files(self):
        def patched(offset, form, value):
            data = bytearray(self.good)
            struct.pack_into(form, data, offset, value)
            return bytes(data)
        files = {
            "empty": (["truncated"], b""),
            "head-cut": (["truncated"], self.good[:20]),
            "head-only": (["truncated", "byte 32"], self.good[:32]),
            "section-cut": (["truncated", "byte"], self.good[:len(self.good) // 2]),
            "end-cut": (["truncated", "byte"], self.good[:-1]),
            "longer": (["follows the end"], self.good + b"x"),
            "text": (["no snapshot"], b"#!/bin/sh\nexit 0 # and so on, for more than a head\n"),
            "elf": (["no snapshot"], b"\x7fELF" + bytes(100)),
            "big-endian": (["big-endian"], patched(8, "<I", 0x0d0c0b0a)),
            "head-damaged": (["head is damaged"], patched(16, "<Q", 1)),
            "section-head-damaged": (["damaged", "byte 32"], patched(40, "<B", 0xff)),
            "data-damaged": (["checksum", "byte 32"], patched(100, "<I", 0xdeadbeef)),
        }
        for name, (words, data) in files.items():
            with self.subTest(case=name):
                path = harness.write(name + ".snapshot", data)
                self.refused([path, *words], "--snapshot", path)
        self.refused(["/nowhere/s", "No such file"], "--snapshot", "/nowhere/s")
        self.refused([harness.scratch.name, "no regular file"], "--snapshot", harness.scratch.name)

    def test_places_that_cannot_be_written_are_known_before_the_run(self):
        kernel = ["--kernel", harness.guest("check_pstate"), "--snapshot-at", "mark", "--snapshot-save"]
        self.refused(["/nowhere/s", "No such file"], *kernel, "/nowhere/s")
        self.refused(["/dev/null", "no file"], *kernel, "/dev/null")
        self.refused(["no file"], *kernel, harness.scratch.name)

    def test_a_save_that_fails_leaves_the_old_file(self):
        """A file size limit stands for a full disk: a write fails in the middle of the file."""
        path = harness.write("kept.snapshot", self.good)
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        command = [harness.PROGRAM, "run", "--quiet", *[str(a) for a in CHECKS], "--snapshot-save", path,
                   "--snapshot-at", "cycles:30000"]
        result = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit, timeout=100)
        self.assertEqual(result.returncode, 2, harness.said(result))
        self.assertIn(path, result.stderr)
        self.assertIn("File too large", result.stderr)
        self.assertIn("CHECKS", result.stdout, "the run goes on")
        with open(path, "rb") as f:
            self.assertEqual(f.read(), self.good)
        left = [name for name in os.listdir(harness.scratch.name) if name.startswith("kept.snapshot.")]
        self.assertEqual(left, [], "nothing is left behind")


if __name__ == "__main__":
    unittest.main()
