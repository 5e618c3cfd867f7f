"""Two machines with a link: what each does depends on stamps alone, not on which process is faster; each side replays alone; the other end
that is another program, of another version, gone or killed is said."""
import fcntl
import json
import os
import pty
import signal
import socket
import struct
import subprocess
import termios
import unittest

import harness

try:
    import jsonschema
except ImportError:
    jsonschema = None

GUEST = harness.guest("link")
MAC = bytes.fromhex("520000000001")
OTHER_MAC = "mac=52:00:00:00:00:01"


def greeting(magic=b"el2wire\0", version=1, latency_ns=5000, mac=MAC):
    return struct.pack("<8sIIQ6sH", magic, version, 0, latency_ns, mac, 0)


def message(kind, stamp_ps, seen=0, flags=0, content=b""):
    return struct.pack("<BBHIQQ", kind, flags, len(content), 0, stamp_ps, seen) + content


FRAME, PROMISE, END = 1, 2, 3
NEVER = 2**64 - 1


class Links(unittest.TestCase):
    def setUp(self):
        Links.number = getattr(Links, "number", 0) + 1
        self.path = harness.temporary(f"wire{Links.number}")
        self.runs = {}
        self.addCleanup(self.stop)

    def stop(self):
        for run in self.runs.values():
            if run.poll() is None:
                run.kill()
            run.communicate()

    def start(self, role, *options, words="", terminal=None):
        """A machine whose guest has that role; the default card is ping's."""
        words = words or ("" if role == "ping" else "," + OTHER_MAC)
        command = [harness.PROGRAM, "run", "--quiet", "--kernel", GUEST, "--append", f"only={role}", "--json",
                   harness.temporary(f"{role}.json"), "--net", f"link:{self.path}{words}", *options]
        own = {} if terminal is None else {"start_new_session": True, "preexec_fn": lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)}
        self.runs[role] = subprocess.Popen(command, stdin=subprocess.DEVNULL if terminal is None else terminal, stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, **own)
        return self.runs[role]

    def ended(self, role, status=0):
        """What it printed, what it said on stderr, its report."""
        out, err = self.runs[role].communicate(timeout=harness.TIMEOUT_SECONDS)
        self.assertEqual(self.runs[role].returncode, status, f"{role}: {out} {err}")
        path = harness.temporary(f"{role}.json")
        report = harness.read(path) if os.path.exists(path) and status != 2 else ""
        return out.decode().replace("\r", ""), err.decode(), report

    def both(self, ping=(), echo=(), words="", disturb=lambda runs: None):
        self.start("echo", *echo, words=f",{OTHER_MAC}{words}")
        self.start("ping", *ping, words=words)
        disturb(self.runs)
        told = [self.ended(role) for role in ("ping", "echo")]
        self.assertTrue(told[0][0].startswith("21 came back"), told)
        self.assertTrue(told[1][0].startswith("21 sent back; down at tick"), told)
        self.assertFalse(os.path.exists(self.path))
        return [told[0][0], told[1][0], told[0][2], told[1][2]]

    def connect(self, said=None):
        """This test as the other end."""
        wire = socket.socket(socket.AF_UNIX)
        self.addCleanup(wire.close)
        while True:
            try:
                wire.connect(self.path)
                break
            except FileNotFoundError:
                self.assertIsNone(self.runs["echo"].poll(), "it does not wait")
        if said is not None:
            wire.sendall(said)
        return wire


class Determinism(Links):
    def same(self, **kw):
        first = self.both(**kw)
        lines = json.loads(first[2])["link"]
        self.assertEqual(lines, {"sent": 21, "received": 21, "lost": False, "peer_took_input": False})

        def halting(runs):
            """One of both stops now and then."""
            for number in range(60):
                run = list(runs.values())[number % 2]
                if run.poll() is None:
                    run.send_signal(signal.SIGSTOP)
                    os.waitpid(run.pid, os.WUNTRACED) if run.poll() is None else None
                    run.send_signal(signal.SIGCONT)

        off = ("--engine-off", "all")
        for disturbed in ({"disturb": halting}, {"ping": off}, {"echo": off}):
            options = {key: kw.get(key, ()) + disturbed.get(key, ()) for key in ("ping", "echo")}
            words, disturb = kw.get("words", ""), disturbed.get("disturb", lambda runs: None)
            again = self.both(words=words, disturb=disturb, **options)
            self.assertEqual([json.loads(r)["digest"] for r in again[2:]], [json.loads(r)["digest"] for r in first[2:]], disturbed)
            self.assertEqual(again[:2], first[:2])
        return first

    def test_same_machines(self):
        self.same()

    def test_machines_of_other_clocks(self):
        self.same(ping=("--costs", "neoverse-n1", "--smp", "2"), echo=("--costs", "seattle", "--gic", "2"), words=",latency=7us")

    def test_short_wire(self):
        self.same(ping=("--smp", "2", "--schedule-seed", "3"), echo=("--level", "functional"), words=",latency=1us")

    def test_long_wire(self):
        near, far = self.same(words=",latency=5us"), self.same(words=",latency=1ms")
        ticks = [int(run[0].split()[-1]) for run in (near, far)]
        hertz = 50000000  # xgene1's counter
        self.assertAlmostEqual((ticks[1] - ticks[0]) / hertz, 21 * 2 * 995e-6, delta=1e-6)

    def test_each_side_replays_alone(self):
        records = {role: harness.temporary(f"{role}.rec") for role in ("ping", "echo")}
        first = self.both(**{role: ("--record", path) for role, path in records.items()})
        for role, path in records.items():
            self.assertIn("net link ", harness.read(path))
            self.start(role, "--replay", path)
            out, err, report = self.ended(role)
            self.assertEqual(err, "")
            self.assertEqual(out, first[role == "echo"])
            self.assertEqual(json.loads(report)["digest"], json.loads(first[2 + (role == "echo")])["digest"])
        self.assertIn("down link ", harness.read(records["echo"]))


    @unittest.skipIf(jsonschema is None, "python3-jsonschema is not installed")
    def test_json_is_as_the_schema_says(self):
        schema = json.loads(harness.read(harness.source("tests/support/schema-run.json")))
        jsonschema.validate(json.loads(self.both()[2]), schema)


class Ends(Links):
    def test_both_wait_for_ever(self):
        for _ in range(3):
            self.start("sleep", words="," + OTHER_MAC)
            self.start("echo", words=",mac=52:00:00:00:00:02")
            for role in ("sleep", "echo"):
                _, err, report = self.ended(role, 1)
                self.assertIn("every CPU waits", err)
                self.assertEqual(json.loads(report)["end"], "deadlock")

    def test_limit_of_cycles_ends_a_sleeper(self):
        """And the other one hears of it at a stamp: 24,000,000 cycles of 2.4 GHz, and the wire."""
        said = set()
        for _ in range(2):
            self.start("sleep", "--max-cycles", "24000000", words="," + OTHER_MAC)
            self.start("echo", words=",mac=52:00:00:00:00:02")
            self.ended("sleep", 1)
            said.add(self.ended("echo")[0])
        self.assertEqual(len(said), 1)
        tick = int(said.pop().split()[-1])
        self.assertTrue(500250 <= tick < 500600, tick)

    def test_other_end_is_killed(self):
        """This test is the other end: its promises hold, then it is gone."""
        record = harness.temporary("lost.rec")
        self.start("echo", "--record", record, words=",mac=52:00:00:00:00:02")
        frame = b"\xff" * 6 + MAC + b"\x88\xb5" + bytes(46)
        wire = self.connect(greeting() + message(FRAME, 10**9, content=frame) + message(PROMISE, 2 * 10**9))
        wire.recv(1 << 16)
        wire.close()
        out, err, report = self.ended("echo")
        self.assertIn("1 sent back; down", out)
        self.assertIn("the other end is gone", err)
        self.assertEqual(json.loads(report)["link"], {"sent": 1, "received": 1, "lost": True, "peer_took_input": False})
        self.start("echo", "--replay", record, words=",mac=52:00:00:00:00:02")
        self.assertEqual(self.ended("echo")[:2], (out, ""))

    def test_input_of_the_other_machine_is_said(self):
        self.start("echo", "--stats", words=",mac=52:00:00:00:00:02")
        wire = self.connect(greeting() + message(FRAME, 10**9, flags=1, content=bytes(60)) + message(PROMISE, 10**9))
        wire.sendall(message(END, 2 * 10**9, flags=1))
        _, err, report = self.ended("echo")
        self.assertIn("NOT RECORDED", err)
        self.assertTrue(json.loads(report)["link"]["peer_took_input"])


class Refusals(Links):
    def refused(self, *words):
        out, err, _ = self.ended("echo", 2)
        self.assertEqual((out, len(err.splitlines())), ("", 1), err)
        for word in (self.path, *words):
            self.assertIn(word, err)

    def test_stale_path(self):
        dead = socket.socket(socket.AF_UNIX)
        dead.bind(self.path)
        dead.close()
        self.start("echo")
        self.refused("nobody listens", "remove it")

    def test_file_that_is_no_socket(self):
        harness.write(os.path.basename(self.path), "kept")
        self.start("echo")
        self.refused("no socket")
        self.assertEqual(harness.read(self.path), "kept")

    def test_user_who_does_not_want_to_wait(self):
        master, slave = pty.openpty()
        run = self.start("echo", terminal=slave)
        while not os.path.exists(self.path):
            self.assertIsNone(run.poll(), "it does not wait")
        os.write(master, b"\x01x")
        self.refused("ended by its user")
        self.assertFalse(os.path.exists(self.path))
        os.close(master)
        os.close(slave)

    def test_other_ends(self):
        for says, words in ((greeting(version=2), ("version 2", "this one 1")), (greeting(latency_ns=20000), ("latency", "5000 ns", "20000 ns")),
                            (greeting(mac=bytes.fromhex("520000000002")), ("52:00:00:00:00:02", "mac=")),
                            (b"HTTP/1.1 400 Bad Request\r\n\r\n......", ("no machine of el2sim",)), (b"", ("gone",))):
            with self.subTest(says=says):
                self.start("echo", words=",mac=52:00:00:00:00:02")
                self.connect(says).shutdown(socket.SHUT_WR)
                self.refused(*words)

    def test_options(self):
        for options, words in (((), ("1us",)), (("--net", f"link:{self.path}"), ("one link",)),
                               (("--snapshot-save", harness.temporary("s"), "--snapshot-at", "mark"), ("snapshot",))):
            with self.subTest(options=options):
                self.start("echo", *options, words="" if options[:1] != () else ",latency=999ns")
                self.refused(*words)


unittest.main()
