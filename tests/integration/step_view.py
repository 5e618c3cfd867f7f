"""`el2sim step` in a terminal: keys in, screens out. Screens are compared with golden text, at 80x24 and 160x50."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import unittest

import harness

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's python3-pyte, whatever python runs this
import pyte

SMALL, LARGE = (24, 80), (50, 160)
READY = "s step n over"  # the line of keys: nothing is running
DRAWN = 60  # seconds in which a screen whose last line is there has all of it


class Terminal:
    """The program in a terminal of that size; `screen` is what its user sees."""

    def __init__(self, size, *arguments, term="linux"):
        self.rows, self.columns = size
        self.screen = pyte.Screen(self.columns, self.rows)
        self.stream = pyte.ByteStream(self.screen)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            size = struct.pack("HHHH", self.rows, self.columns, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            env = {k: v for k, v in os.environ.items() if k not in ("LINES", "COLUMNS")}
            os.execve(harness.PROGRAM, [harness.PROGRAM, "step", *arguments], dict(env, TERM=term, LC_ALL="C"))

    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display) + "\n"

    def wait(self, condition, patience=harness.TIMEOUT_SECONDS):
        """Feeds the screen until the condition holds: a screen is drawn in pieces."""
        until = time.monotonic() + patience
        while not condition():
            if not select.select([self.fd], [], [], max(0, until - time.monotonic()))[0]:
                raise AssertionError("the screen never came to that:\n" + self.text())
            try:
                got = os.read(self.fd, 65536)
            except OSError:  # the program has ended
                got = b""
            if not got:
                raise AssertionError("the program ended:\n" + self.text())
            self.stream.feed(got)

    def wait_for(self, text):
        self.wait(lambda: text in self.text())

    def press(self, keys, until):
        """Keys, and what the screen must say then."""
        os.write(self.fd, keys.encode())
        self.wait_for(until)

    def resize(self, size):
        self.rows, self.columns = size
        self.screen.resize(*size)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    def rest(self):
        """All that it says until it ends, and its exit status."""
        said = b""
        while True:
            try:
                got = os.read(self.fd, 65536)
            except OSError:
                got = b""
            if not got:
                break
            said += got
        status = os.waitpid(self.pid, 0)[1]
        self.pid = None
        return said.decode("ascii", "replace"), os.waitstatus_to_exitcode(status)

    def leave(self):
        os.write(self.fd, b"q")
        return self.rest()[1]

    def stop(self):
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


class StepView(unittest.TestCase):
    """The smallest hypervisor (guests/hypercall.S), and kvm-split: whose screens depend on its compiler."""

    TINY = ["--kernel", harness.guest("tiny_hypercall"), "--cpu", "cortex-a57", "--gic", "2"]
    DESIGN = ["--design", "kvm-split", "--rows", "hypercall", "--ops", "1"]

    def start(self, size, *arguments):
        t = Terminal(size, *arguments)
        self.addCleanup(t.stop)
        t.wait_for(READY)
        return t

    def compare(self, name, terminal):
        """The whole screen; what is waited for before may be drawn ahead of the rest."""
        if os.environ.get("UPDATE_GOLDEN") != "1":
            expected = harness.read(harness.source("tests", "golden", f"step-{name}.txt"))
            try:
                terminal.wait(lambda: terminal.text() == expected, DRAWN)
            except AssertionError:
                pass  # the difference says it better
        difference = harness.golden(f"step-{name}.txt", terminal.text())
        self.assertIsNone(difference, f"\n{difference}")

    def test_a_hypercall_in_a_small_terminal(self):
        t = self.start(SMALL, *self.TINY, "--at", "guest")
        t.press("ss", "HVC #0: exception to EL2")
        self.compare("hvc-small", t)
        t.press("s", " CPU 0 of 1  EL2h  hypervisor  vectors+0x400")
        t.press("\t\t\t\t", "exceptions <Tab>")
        self.compare("vector-small", t)
        t.press("?", "any key goes back")
        self.compare("help-small", t)
        t.press("x", "exceptions <Tab>")
        self.assertEqual(t.leave(), 0)

    def test_the_readme_shows_these_screens(self):
        readme = harness.read(harness.source("README.md"))
        for name in ("hvc-small", "vector-small"):
            self.assertIn(harness.read(harness.source("tests", "golden", f"step-{name}.txt")), readme, name)

    def test_a_hypercall_in_a_large_terminal(self):
        t = self.start(LARGE, *self.TINY, "--at", "guest")
        t.press("ss", "HVC #0: exception to EL2")
        self.compare("hvc-large", t)
        t.press("n", "guest+0xc")  # over: back behind it, the sum in X0
        self.compare("over-large", t)
        self.assertIn("X0  28 -> 2a", t.text())
        self.assertEqual(t.leave(), 0)

    def test_a_step_back_is_the_state_before(self):
        t = self.start(SMALL, *self.TINY, "--at", "guest")
        t.press("ss", "HVC #0: exception to EL2")
        t.press("\t\t\t\t", "exceptions <Tab>")
        first = t.text()
        t.press("s", "EL2h  hypervisor  vectors+0x400")
        t.press("ss", "lower_sync+0x4")
        t.press("bb", "vectors+0x400")
        t.press("b", "HVC #0: exception to EL2")
        there = t.text()
        # The same but for what the last step changed, which is not known when one comes from behind.
        for line in (0, 1, 5, 12, 13, 16, 17):
            self.assertEqual(there.split("\n")[line][40:], first.split("\n")[line][40:])
        self.assertNotIn("HVC, back to", there)  # the exception has not been taken
        t.press("b" * 30, "this is the beginning")
        t.press("n" * 8, READY)
        self.assertEqual(t.leave(), 0)

    def test_a_terminal_may_change_its_size(self):
        t = self.start(SMALL, *self.TINY, "--at", "guest")
        t.press("ss", "HVC #0: exception to EL2")
        t.resize(LARGE)
        t.wait_for("-- console")
        self.compare("hvc-large", t)
        t.resize((10, 40))
        t.wait_for("too small")
        t.resize(SMALL)
        t.wait_for(READY)
        self.compare("hvc-small", t)
        self.assertEqual(t.leave(), 0)

    def test_commands_move_the_run(self):
        t = self.start(SMALL, *self.TINY)
        t.press("w", "world switch")
        self.assertIn("EL1h  VM 5  ", t.text())
        t.press("e", "another exception level")
        self.assertIn("EL2h  hypervisor  vectors+0x400", t.text())
        t.press("o", "guest+0xc")  # out of the handler by its ERET
        self.assertIn("EL1h  VM 5", t.text())
        t.press("Bleave\n", "breakpoint at leave")
        t.press("c", "EL1h  VM 5  leave ")
        t.press("gguest\n", "guest:")
        t.press("Bnowhere\n", "neither a function nor an address")
        t.press("c", "the run has ended")
        t.press("s", "the run has ended")
        t.press("b", READY)
        self.assertIn("SMC", t.text())  # what ended it
        self.assertEqual(t.leave(), 0)

    def test_a_hypercall_of_kvm_split(self):
        t = self.start(SMALL, *self.DESIGN, "--at", "hypercall_exec")
        self.assertIn("EL1h  VM 1  hypercall_exec", t.text())
        for _ in range(12):  # up to the HVC, however many instructions the compiler makes of the call
            if "HVC #0: exception to EL2, vector VBAR_EL2+0x400" in t.text():
                break
            before = t.text()
            os.write(t.fd, b"s")
            t.wait(lambda: t.text() != before and READY in t.text())
        self.assertEqual(t.leave(), 0)

    def test_code_of_another_level(self):
        t = self.start(SMALL, *self.DESIGN, "--at", "hyp_vcpu_run")
        t.press("gvcpu_run\n", " - ffff")  # the host's, from the hypervisor
        self.assertNotIn("no code here", t.text())
        t.press(" ", "breakpoint at")
        t.press("c", "EL1h  host  vcpu_run ")
        self.assertEqual(t.leave(), 0)

    def test_with_a_link_it_goes_forth_only(self):
        """The other machine's run is that of links.py, to the tick, and it need not wait for who looks at the end."""
        alone, other = self.linked("run")
        ping = subprocess.run([harness.PROGRAM, "run", *alone], capture_output=True, timeout=harness.TIMEOUT_SECONDS)
        told = self.ended(other)
        self.assertRegex(told, "^21 sent back; down at tick [0-9]+\n$")
        options, other = self.linked("step")
        t = self.start(LARGE, *options, "--at", "ping_once")
        t.press("ss", "ping_once+0x8")
        t.press("b", "the machine at its other end does not go back")
        t.press("c", "the run has ended: q leaves")
        t.wait_for(ping.stdout.decode().strip())
        self.assertEqual(self.ended(other), told)
        self.assertEqual(t.leave(), 0)

    def test_who_leaves_ends_its_end_of_a_link(self):
        options, other = self.linked("left")
        t = self.start(SMALL, *options, "--at", "ping_once")
        self.assertEqual(t.leave(), 0)
        self.assertRegex(self.ended(other), "^0 sent back; down at tick [0-9]+\n$")

    def test_a_link_that_breaks_leaves_the_screen_alone(self):
        options, other = self.linked("broken")
        t = self.start(SMALL, *options, "--at", "ping_once")
        other.kill()
        other.wait()
        t.press("c", "the run has ended: q leaves")  # the ping waits for ever
        self.assertNotIn("the other end is gone", t.text())
        os.write(t.fd, b"q")
        said, status = t.rest()
        self.assertIn("the other end is gone", said)
        self.assertEqual(status, 0)

    def linked(self, name):
        """Options of a machine that pings, and the process at the other end of its link."""
        path = harness.temporary(f"{name}.wire")
        kernel = ["--kernel", harness.guest("link"), "--append"]
        other = subprocess.Popen([harness.PROGRAM, "run", "--quiet", *kernel, "only=echo", "--net", f"link:{path},mac=52:00:00:00:00:01"],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(other.communicate)
        self.addCleanup(other.kill)
        return [*kernel, "only=ping", "--net", f"link:{path}"], other

    def ended(self, other):
        """What it printed; it must have nothing else to say."""
        out, err = other.communicate(timeout=harness.TIMEOUT_SECONDS)
        self.assertEqual((other.returncode, err), (0, b""))
        return out.decode().replace("\r", "")

    def test_without_a_terminal_it_says_so(self):
        result = harness.el2sim("step", *self.TINY)
        self.assertEqual(result.returncode, 2)
        self.assertRegex(result.stderr, r"^el2sim: step needs a terminal .*\n$")
        self.assertEqual(result.stdout, "")

    def test_a_dumb_terminal_is_refused(self):
        for name in ("dumb", "no-such-terminal"):
            t = Terminal(SMALL, *self.TINY, term=name)
            self.addCleanup(t.stop)
            said, status = t.rest()
            self.assertEqual(status, 2)
            self.assertRegex(said, rf'^el2sim: terminal "{name}" .*set TERM')

    def test_options_that_do_not_fit_are_refused(self):
        for options, said in ((["--design", "kvm-split", *self.TINY], "is a whole machine"),
                              ([*self.TINY, "--rows", "hypercall"], "name it with --design"),
                              ([], "nothing to boot"),
                              ([*self.TINY, "--at", "nowhere"], "no function of that name")):
            t = Terminal(SMALL, *options)
            self.addCleanup(t.stop)
            text, status = t.rest()
            self.assertEqual(status, 2)
            self.assertIn(said, text)


unittest.main()
