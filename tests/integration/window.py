"""`el2sim run --window` under Xvfb: what is drawn, what is typed, and that the window closes by its event.

UPDATE_SCREENSHOT=1 writes docs/window.png anew.
"""
import ctypes
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

import harness

EL2, VM1, TEXT, IDLE = 0xd83030, 0x3aa648, 0xd8dee4, 0x3a424a
WIDTH = 656
CLIENT_MESSAGE, KEY_PRESS, KEY_RELEASE = 33, 2, 3
CONTROL, CONTROL_MASK = 0xffe3, 4  # X11/keysymdef.h, X.h


class Screen:
    """The first screen of an Xvfb, whose memory is a file in XWD format."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(dir=harness.scratch.name)
        read_end, write_end = os.pipe()
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(write_end), "-screen", "0", "800x640x24",
                                        "-fbdir", self.directory, "-nolisten", "tcp"],
                                       pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as name:  # the whole line: it comes in parts, and Xvfb ends when it cannot write one
            self.name = ":" + name.readline().strip()

    def pixels(self):
        """Rows of 0xRRGGBB."""
        data = harness.read_bytes(os.path.join(self.directory, "Xvfb_screen0"))
        header = struct.unpack(">25I", data[:100])  # X11/XWDFile.h
        size, width, height, stride, colours = header[0], header[4], header[5], header[12], header[19]
        start = size + colours * 12
        rows = []
        for y in range(height):
            row = data[start + y * stride:start + y * stride + width * 4]
            rows.append([p & 0xffffff for p in struct.unpack(f"<{width}I", row)])
        return rows

    def stop(self):
        self.server.terminate()
        self.server.wait()


class XEvent(ctypes.Union):
    class Message(ctypes.Structure):
        _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                    ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
                    ("format", ctypes.c_int), ("data", ctypes.c_long * 5)]

    class Key(ctypes.Structure):
        _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                    ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("root", ctypes.c_ulong),
                    ("subwindow", ctypes.c_ulong), ("time", ctypes.c_ulong), ("x", ctypes.c_int), ("y", ctypes.c_int),
                    ("x_root", ctypes.c_int), ("y_root", ctypes.c_int), ("state", ctypes.c_uint),
                    ("keycode", ctypes.c_uint), ("same_screen", ctypes.c_int)]

    _fields_ = [("message", Message), ("key", Key), ("pad", ctypes.c_long * 24)]


class Display:
    """An X client that finds the window and asks it to close, as a window manager does."""

    def __init__(self, name):
        self.x = ctypes.CDLL("libX11.so.6")
        self.x.XOpenDisplay.restype = ctypes.c_void_p
        self.x.XDefaultRootWindow.restype = self.x.XInternAtom.restype = ctypes.c_ulong
        self.display = ctypes.c_void_p(self.x.XOpenDisplay(name.encode()))

    def windows(self):
        root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
        children = ctypes.POINTER(ctypes.c_ulong)()
        top = ctypes.c_ulong(self.x.XDefaultRootWindow(self.display))
        self.x.XQueryTree(self.display, top, ctypes.byref(root), ctypes.byref(parent), ctypes.byref(children),
                          ctypes.byref(count))
        return [children[i] for i in range(count.value)]

    def atom(self, name):
        return self.x.XInternAtom(self.display, name.encode(), 0)

    def key(self, kind, symbol, state):
        for window in self.windows():
            event = XEvent()
            event.key.type = kind
            event.key.window = window
            event.key.root = self.x.XDefaultRootWindow(self.display)
            event.key.same_screen = 1
            event.key.state = state
            event.key.keycode = self.x.XKeysymToKeycode(self.display, ctypes.c_ulong(symbol))
            mask = ctypes.c_long(1 if kind == KEY_PRESS else 2)
            self.x.XSendEvent(self.display, ctypes.c_ulong(window), 0, mask, ctypes.byref(event))
        self.x.XFlush(self.display)

    def type(self, character, control=False):
        state = CONTROL_MASK if control else 0
        if control:
            self.key(KEY_PRESS, CONTROL, 0)
        self.key(KEY_PRESS, ord(character), state)
        self.key(KEY_RELEASE, ord(character), state)
        if control:
            self.key(KEY_RELEASE, CONTROL, CONTROL_MASK)

    def ask_to_close(self):
        for window in self.windows():
            event = XEvent()
            event.message.type = CLIENT_MESSAGE
            event.message.window = window
            event.message.message_type = self.atom("WM_PROTOCOLS")
            event.message.format = 32
            event.message.data[0] = self.atom("WM_DELETE_WINDOW")
            self.x.XSendEvent(self.display, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(event))
        self.x.XFlush(self.display)


def png(rows):
    """An RGB image, in as few bytes as zlib makes of it."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    raw = b"".join(b"\0" + b"".join(p.to_bytes(3, "big") for p in row) for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def wait_for(condition, what):
    until = time.monotonic() + harness.TIMEOUT_SECONDS
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"never came: {what}")
        time.sleep(0.02)


def counts(rows):
    found = {}
    for row in rows:
        for p in row:
            found[p] = found.get(p, 0) + 1
    return found


class Window(unittest.TestCase):
    KVM = ["--kernel", harness.guest("kvm-split"), "--gic", "2", "--smp", "2", "--append", "rows=hypercall n=300"]
    # A Linux Image: mov x1, #0x9000000; 0: ldr w2, [x1, #24]; tbnz w2, #4, 0b; ldr w2, [x1]; str w2, [x1]; mov w3, #10;
    # str w3, [x1]; b 0b: each byte that comes, in a line of its own
    ECHO = struct.pack("<IIQQQQQQ4sI8I", 0x14000010, 0, 0, 4096, 0, 0, 0, 0, b"ARM\x64", 0, 0xd2a12001, 0xb9401822,
                       0x3727ffe2, 0xb9400022, 0xb9000022, 0x52800143, 0xb9000023, 0x17fffffa)

    def run_guest(self, screen, *options):
        env = dict(os.environ, DISPLAY=screen.name, SDL_VIDEODRIVER="x11")
        return subprocess.Popen([harness.PROGRAM, "run", "--window", *options],
                                env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def test_console_and_strip_are_drawn_and_the_window_closes(self):
        screen = Screen()
        self.addCleanup(screen.stop)
        run = self.run_guest(screen, *self.KVM)
        self.addCleanup(run.kill)
        out = b""  # the text console has it all, too
        while b"RESULT PASS" not in out:
            line = run.stdout.readline()
            if line == b"":
                self.fail(f"the program ended before its window was closed: {run.stderr.read()}")
            out += line
        # EL2 and the VM have had their time.
        wait_for(lambda: run.poll() is not None or counts(screen.pixels()).get(VM1, 0) > 100, "the VM's colour")
        self.assertIsNone(run.poll(), "the program ended before its window was closed")
        display = Display(screen.name)
        rows = screen.pixels()
        found = counts(rows)
        for colour in (EL2, VM1, TEXT):
            self.assertGreater(found.get(colour, 0), 20, hex(colour))
        if os.environ.get("UPDATE_SCREENSHOT") == "1":
            self.write_screenshot(rows)
        display.ask_to_close()
        errors = run.communicate(timeout=harness.TIMEOUT_SECONDS)[1]
        self.assertEqual(run.returncode, 0, errors)

    def test_what_is_typed_is_input(self):
        screen = Screen()
        self.addCleanup(screen.stop)
        run = self.run_guest(screen, "--kernel", harness.write("echo", self.ECHO.ljust(4096, b"\0")))
        self.addCleanup(run.kill)
        display = Display(screen.name)
        wait_for(lambda: run.poll() is not None or TEXT in counts(screen.pixels()), "the window")
        display.type("a", control=True)
        display.type("x")
        self.assertEqual(run.stdout.readline() + run.stdout.readline(), b"\x01\nx\n")
        display.ask_to_close()  # ends the run
        run.communicate(timeout=harness.TIMEOUT_SECONDS)
        self.assertEqual(run.returncode, 1)

    def write_screenshot(self, rows):
        used = [y for y, row in enumerate(rows) if any(row)]
        columns = [x for x in range(len(rows[0])) if any(rows[y][x] for y in used)]
        picture = png([row[columns[0]:columns[-1] + 1] for row in rows[used[0]:used[-1] + 1]])
        self.assertLess(len(picture), 200000)
        with open(harness.source("docs", "window.png"), "wb") as f:
            f.write(picture)

    def test_without_a_display_it_says_so(self):
        result = harness.el2sim("run", "--window", "--kernel", harness.guest("kvm-split"), "--gic", "2", env=NO_DISPLAY)
        self.assertEqual(result.returncode, 2, harness.said(result))
        self.assertIn("el2sim: --window: no display", result.stderr)  # SDL and its libraries may say more


if shutil.which("Xvfb") is None:
    print("skipped: Xvfb is not installed")
    sys.exit(harness.SKIPPED)
NO_DISPLAY = {"DISPLAY": ":none", "WAYLAND_DISPLAY": "none"}
if "built without SDL2" in harness.el2sim("run", "--window", "--kernel", harness.guest("kvm-split"), env=NO_DISPLAY).stderr:
    print("skipped: built without SDL2")
    sys.exit(harness.SKIPPED)
unittest.main()
