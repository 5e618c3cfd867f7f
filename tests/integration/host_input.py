"""Host input: a record replays to the same run, scripts are deterministic, a terminal is put back however the run ends."""
import json
import os
import pty
import select
import signal
import subprocess
import termios
import time
import unittest

import harness

ECHO = harness.guest("tiny_echo")
TEXT = b"the quick brown fox jumps over the lazy dog".replace(b"q", b"k") * 3 + b"q"
LIMIT = ["--max-cycles", "20000000000"]


def piped(text, *options, pauses=0.0):
    """Runs with text coming through a pipe, in three parts."""
    command = [harness.PROGRAM, "run", "--quiet", "--kernel", ECHO, "--gic", "2", *LIMIT, *options]
    run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    third = len(text) // 3
    for part in (text[:third], text[third:2 * third], text[2 * third:]):
        time.sleep(pauses)
        run.stdin.write(part)
        run.stdin.flush()
    out, err = run.communicate(timeout=harness.TIMEOUT_SECONDS)
    return run.returncode, out, err.decode()


def report(path):
    with open(path, "rb") as f:
        parsed = json.load(f)
    return parsed.pop("host_input"), parsed


class Records(unittest.TestCase):
    def replayed(self, smp, pauses):
        record, first, second = (harness.temporary(n) for n in ("input.rec", "first.json", "second.json"))
        smp = ["--smp", smp]
        status, out, err = piped(TEXT, *smp, "--record", record, "--json", first, pauses=pauses)
        self.assertEqual(status, 0, err)
        again = harness.el2sim("run", "--quiet", "--kernel", ECHO, "--gic", "2", *LIMIT, *smp, "--replay", record, "--json",
                               second)
        self.assertEqual(again.returncode, 0, harness.said(again))
        self.assertEqual(again.stdout, out.decode())
        (live, live_run), (replay, replay_run) = report(first), report(second)
        self.assertEqual(live_run, replay_run)
        self.assertEqual(live, {"console_bytes": len(TEXT), "packets": 0, "debugger_changes": 0, "recorded": True, "replayed": False})
        self.assertEqual(replay, {"console_bytes": len(TEXT), "packets": 0, "debugger_changes": 0, "recorded": False, "replayed": True})

    def test_cpu_that_waits(self):
        self.replayed("1", 0.05)

    def test_cpus_that_run(self):
        self.replayed("2", 0.05)

    def test_all_at_once(self):
        self.replayed("2", 0.0)

    def test_unrecorded_input_is_said(self):
        path = harness.temporary("unrecorded.json")
        status, _, err = piped(b"aq", "--stats", "--json", path)
        self.assertEqual(status, 0, err)
        self.assertIn("NOT RECORDED", err)
        self.assertEqual(report(path)[0], {"console_bytes": 2, "packets": 0, "debugger_changes": 0, "recorded": False, "replayed": False})

    def test_record_of_another_machine_is_refused(self):
        record = harness.temporary("other.rec")
        self.assertEqual(piped(b"q", "--record", record)[0], 0)
        for options in (["--smp", "2"], ["--costs", "unit"], ["--mem", "128M"], ["--rng-seed", "1"]):
            with self.subTest(options=options):
                result = harness.el2sim("run", "--quiet", "--kernel", ECHO, "--gic", "2", "--replay", record, *options)
                self.assertEqual(result.returncode, 2, harness.said(result))
                self.assertIn("another machine", result.stderr)

    def test_changed_record_is_another_run(self):
        record = harness.temporary("changed.rec")
        self.assertEqual(piped(b"aaq", "--record", record)[0], 0)
        text = harness.read(record)
        changed = harness.write("changed2.rec", text.replace("6161", "6162").replace(" 61\n", " 62\n"))
        result = harness.el2sim("run", "--quiet", "--kernel", ECHO, "--gic", "2", *LIMIT, "--replay", changed)
        self.assertEqual(result.returncode, 1, harness.said(result))
        self.assertIn("not the recorded run", result.stderr)


class Scripts(unittest.TestCase):
    def run_script(self, text, *options):
        path = harness.write("script.txt", text)
        return harness.el2sim("run", "--quiet", "--kernel", ECHO, "--gic", "2", *LIMIT, "--input", path, *options)

    def test_same_every_time(self):
        outputs = set()
        for name in ("s1.json", "s2.json"):
            path = harness.temporary(name)
            result = self.run_script("expect > \nsend hello\nwait 3ms\nsend q\n", "--smp", "2", "--json", path)
            self.assertEqual(result.returncode, 0, harness.said(result))
            self.assertTrue(result.stdout.startswith("> h"), result.stdout)
            outputs.add(result.stdout + harness.read(path))
        self.assertEqual(len(outputs), 1)

    def test_what_never_comes_is_said(self):
        result = self.run_script("expect > \nsend xq\nexpect never\n")
        self.assertEqual(result.returncode, 1, harness.said(result))
        self.assertIn("line 3", result.stderr)


class Terminal(unittest.TestCase):
    def start(self, *options):
        self.master, slave = pty.openpty()
        before = termios.tcgetattr(slave)
        command = [harness.PROGRAM, "run", "--quiet", "--kernel", ECHO, "--gic", "2", *options]
        run = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=subprocess.PIPE, start_new_session=True,
                               preexec_fn=lambda: __import__("fcntl").ioctl(0, termios.TIOCSCTTY, 0))
        self.wait_for(b"> ")
        self.assertFalse(termios.tcgetattr(slave)[3] & (termios.ECHO | termios.ICANON | termios.ISIG), "not raw")
        return run, slave, before

    def wait_for(self, text):
        seen, end = b"", time.time() + harness.TIMEOUT_SECONDS
        while text not in seen and time.time() < end:
            if select.select([self.master], [], [], 0.2)[0]:
                seen += os.read(self.master, 1000)
        self.assertIn(text, seen)

    def ended(self, run, slave, before, status):
        self.assertEqual(run.wait(timeout=60), status, run.stderr.read())
        self.assertEqual(termios.tcgetattr(slave), before, "the terminal is not as it was")
        run.stderr.close()
        os.close(self.master)
        os.close(slave)

    def test_control_a_x_ends_the_run(self):
        run, slave, before = self.start()
        os.write(self.master, b"a\x01\x01\x03")  # Ctrl-A twice is one; Ctrl-C is the guest's
        self.wait_for(b"\x03")
        os.write(self.master, b"\x01x")
        self.ended(run, slave, before, 1)

    def test_power_off_puts_the_terminal_back(self):
        run, slave, before = self.start()
        os.write(self.master, b"q")
        self.ended(run, slave, before, 0)

    def test_signal_puts_the_terminal_back(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number):
                run, slave, before = self.start()
                run.send_signal(number)
                self.ended(run, slave, before, -number)

    def test_sleeper_without_input_ends(self):
        result = harness.el2sim("run", "--quiet", "--kernel", ECHO, "--gic", "2")
        self.assertEqual(result.returncode, 1, harness.said(result))
        self.assertIn("every CPU waits", result.stderr)


unittest.main()
