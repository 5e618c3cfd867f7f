"""gdb on a run: one session, in a batch script, through host, hypervisor and guest of the split-mode design; it goes
back, and ends as the run without a debugger. usage: gdb.py [CPUS]"""
import functools
import json
import os
import re
import socket
import subprocess
import sys
import unittest

import harness

CPUS = sys.argv.pop(1) if len(sys.argv) > 1 else "1"
IMAGE = harness.guest("kvm-split")
GUEST = harness.guest("micro-guest")
MACHINE = ["--kernel", IMAGE, "--cpu", "x-gene1", "--gic", "2", "--smp", CPUS, "--mem", "64M", "--append",
           "rows=hypercall n=2"]


def session(script, *options):
    """What gdb says, line by line, and the report of the run."""
    report, path, console = (harness.temporary(name) for name in ("gdb.json", "script.gdb", "console"))
    command = " ".join([harness.PROGRAM, "run", "--quiet", *(f"'{a}'" for a in (*MACHINE, *options)),
                        "--json", report, "--gdb", "-", "2>", console])
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"set pagination off\nset confirm off\nset width 0\nset remotetimeout 300\nfile {IMAGE}\n"
                f"add-symbol-file {GUEST}\ntarget remote | {command}\n{script}")
    gdb = subprocess.run(["gdb-multiarch", "-nx", "-batch", "-x", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True, timeout=harness.TIMEOUT_SECONDS, check=False)
    with open(report, encoding="utf-8") as f:
        return gdb.stdout, json.load(f)


def after(text, mark):
    """The line behind `echo MARK`."""
    return re.search(rf"^{mark}\n(.*)$", text, re.M)[1]


@functools.cache
def whole():
    """The report of the run without a debugger."""
    return json.loads(harness.run_json("run", "--quiet", *MACHINE))


class Gdb(unittest.TestCase):
    def test_one_session(self):
        text, report = session("""
break hyp_vcpu_run
continue
echo TTBR0\\n
output/x $TTBR0_EL2
echo \\nVTTBR\\n
output/x $VTTBR_EL2
echo \\nLEVEL\\n
output ((int)$cpsr >> 2) & 3
echo \\nFUNCTION\\n
info symbol $pc
echo TRACE\\n
backtrace 9
echo END\\n
delete
monitor catch world
continue
monitor catch off
echo GUEST\\n
info symbol $pc
echo GUEST-LEVEL\\n
output ((int)$cpsr >> 2) & 3
echo \\nGUEST-VTTBR\\n
output/x $VTTBR_EL2
echo \\nWALK\\n
monitor walk $pc
break *guest_hvc
continue
echo HVC\\n
x/i $pc
echo BEFORE\\n
monitor digest
stepi
echo IN-HYP\\n
output ((int)$cpsr >> 2) & 3
echo \\nVECTOR\\n
output $pc == $VBAR_EL2 + 0x400
echo \\nAFTER\\n
monitor digest
reverse-stepi
echo BACK\\n
monitor digest
echo BACK-AT\\n
x/i $pc
stepi
echo AGAIN\\n
monitor digest
reverse-stepi
delete
tbreak *($pc + 4)
continue
echo OVER\\n
output ((int)$cpsr >> 2) & 3
echo \\n
delete
continue
""".replace("guest_hvc", GUEST_HVC))
        self.assertNotEqual(int(after(text, "TTBR0"), 16), 0, text)
        self.assertEqual(after(text, "LEVEL"), "2")
        self.assertIn("hyp_vcpu_run", after(text, "FUNCTION"))
        trace = text[text.index("\nTRACE\n"):text.index("\nEND\n")]
        self.assertRegex(trace, r"\n#0 .*hyp_vcpu_run.*\n#1 .*lower_sync.*$")  # an exception's handler is where it ends
        self.assertEqual(after(text, "GUEST-LEVEL"), "1")
        self.assertNotEqual(int(after(text, "GUEST-VTTBR"), 16) >> 48, 0)  # a VMID
        walk = text[text.index("\nWALK\n"):text.index("\nHVC\n")]
        self.assertRegex(walk, r"stage 2 level \d of 0x[0-9a-f]+: \[0x[0-9a-f]+\] = 0x[0-9a-f]{16}")
        self.assertRegex(after(text, "HVC"), r"hvc\s")
        self.assertEqual(after(text, "IN-HYP"), "2")
        self.assertEqual(after(text, "VECTOR"), "1")
        self.assertRegex(after(text, "BEFORE"), "^[0-9a-f]{32}$")
        self.assertNotEqual(after(text, "BEFORE"), after(text, "AFTER"))
        self.assertEqual(after(text, "BACK"), after(text, "BEFORE"))
        self.assertEqual(after(text, "BACK-AT"), after(text, "HVC"))
        self.assertEqual(after(text, "AGAIN"), after(text, "AFTER"))
        self.assertEqual(after(text, "OVER"), "1")
        self.assertIn("exited normally", text)
        self.assertEqual(report["digest"], whole()["digest"])
        self.assertEqual(report["breakdown"], whole()["breakdown"])

    def test_watch_and_go_back(self):
        text, report = session("""
break hyp_vcpu_run
continue
continue
set $first = $pc
watch cpu_in_guest[0]
continue
echo WATCHED\\n
info symbol $pc
delete
break hyp_vcpu_run
reverse-continue
echo BACK\\n
output $pc == $first
echo \\nTHREADS\\n
info threads
reverse-continue
reverse-continue
echo \\nBEGIN\\n
info symbol $pc
delete
monitor catch el 2
continue
echo CAUGHT\\n
output ((int)$cpsr >> 2) & 3
echo \\n
monitor catch off
monitor gic
monitor timers
monitor costs
monitor explain
monitor state
continue
""")
        self.assertNotIn("No symbol", after(text, "WATCHED"))
        self.assertEqual(after(text, "BACK"), "1", text)
        self.assertRegex(text, "No more reverse-execution history|Reached end of recorded history")  # since gdb 16
        self.assertIn("_start", after(text, "BEGIN"))
        self.assertEqual(after(text, "CAUGHT"), "2")
        self.assertRegex(text, r"GICv2, CPU \d")
        self.assertRegex(text, r"EL1 virtual +compares with")
        self.assertRegex(text, r"exception\.el1-el2 +\d")
        self.assertEqual(report["digest"], whole()["digest"])
        self.assertEqual(report["host_input"]["debugger_changes"], 0)

    def test_changes_are_told(self):
        text, report = session("""
break hyp_vcpu_run
continue
set $x20 = 5
set $CONTEXTIDR_EL1 = 7
echo VALUE\\n
output $CONTEXTIDR_EL1
echo \\n
monitor nonsense
kill
""")
        self.assertEqual(after(text, "VALUE"), "7")
        self.assertIn("no such command", text)
        self.assertEqual(report["host_input"]["debugger_changes"], 2)
        self.assertEqual(report["end"], "quit")


# Packets that no gdb sends, and the beginning of the answer.
BROKEN = {
    "g": "0", "G": "OK", "G12": "E", "p": "E", "pffffffffffffffffff": "E", "pfff0": "E", "P": "E", "P20=": "E", "P1": "E",
    "m": "E", "m1": "E", "m1,": "E", "m0,ffffffff": "E", "m0,4": "E", "mffffffffffffffff,8": "E", "M0,4:12": "E",
    "M0,4:00000000": "E", "X40200000,4:ab": "E", "X40200000,0:": "OK", "Z": "E", "Z0": "E", "Z0,,": "E", "Z9,0,0": "",
    "Z2,0,0": "E", "z0,1234,4": "OK", "H": "E", "Hx1": "E", "Hg99": "E", "T": "OK", "T99": "E",
    "qThreadExtraInfo,77": "E", "qThreadExtraInfo,0": "E", "Hc0": "OK", "Hc77": "E", "vCont": "", "vCont;t": "T", "vFile:open:": "", "QNonStop:1": "E", "QNonStop:0": "OK",
    "qXfer:features:read:target.xml:": "E", "qXfer:features:read:target.xml:ffffffff,fff": "l",
    "qXfer:features:read:other:0,10": "E", "qRcmd,": "OK", "qRcmd,zz": "OK", "\x01": "", "": "",
}


class Wire(unittest.TestCase):
    """The stub by its protocol, without a gdb."""

    def start(self, *options):
        self.stub = subprocess.Popen([harness.PROGRAM, "run", "--quiet", *MACHINE, *options, "--gdb", "-"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return self.stub

    def monitor(self, command):
        self.ask("qRcmd," + command.encode().hex())
        return self.console

    def ask(self, text):
        self.stub.stdin.write(f"${text}#{sum(text.encode('latin-1')) % 256:02x}".encode("latin-1"))
        self.stub.stdin.flush()
        self.console = ""
        while True:
            answer = b""
            while not re.search(rb"#..$", answer):
                byte = self.stub.stdout.read(1)
                self.assertTrue(byte, f"{text}: the stub has gone")
                answer += byte
            packet = answer[answer.index(b"$") + 1:-3].decode("latin-1")
            if not re.match("O[0-9a-f]", packet):
                return packet
            self.console += bytes.fromhex(packet[1:]).decode()

    def test_threads(self):
        """What is for the thread that the user has chosen: gdb says which only where it asks whether it lives."""
        def chosen():
            return re.search(r"^\* CPU (\d)", self.monitor("state"), re.M)[1]
        with self.start("--smp", "2"):
            self.ask("Hg2")  # `info threads` looks at each
            self.assertEqual(chosen(), "0")
            self.assertEqual(self.ask("T2"), "OK")  # `thread 2`
            self.assertEqual(chosen(), "1")
            self.assertRegex(self.ask("vCont;s:1;c"), "^T05thread:1;")
            self.assertEqual(chosen(), "0")
            before = self.monitor("digest")
            self.assertRegex(self.ask("s"), "^T05thread:1;")
            self.ask("Hg2")
            self.assertRegex(self.ask("bs"), "^T05thread:1;")
            self.assertEqual(self.monitor("digest"), before)
            self.ask("Hc2")
            self.assertRegex(self.ask("bs"), "replaylog:begin")  # CPU 1 has done nothing
            self.assertRegex(self.ask("k"), "OK")

    def test_snapshot(self):
        path, report = harness.temporary("gdb.snap"), harness.temporary("from-snap.json")
        with self.start():
            self.assertIn("usage", self.monitor("snapshot"))
            self.assertIn("/nowhere", self.monitor("snapshot /nowhere/x"))
            self.monitor("catch world")
            self.assertTrue(self.ask("c").startswith("T05"))  # in the guest
            self.assertIn(f"--snapshot {path}", self.monitor("snapshot " + path))
            self.ask("k")
        result = harness.el2sim("run", "--quiet", "--snapshot", path, "--json", report)
        self.assertEqual(result.returncode, 0, harness.said(result))
        with open(report, encoding="utf-8") as f:
            self.assertEqual(json.load(f)["digest"], whole()["digest"])

    def test_steps_over_exceptions(self):
        def pc():
            return int.from_bytes(bytes.fromhex(self.ask("p20")), "little")
        hvc = int(GUEST_HVC, 16)
        with self.start():
            self.ask(f"Z0,{hvc:x},4")
            self.ask("c")
            self.ask(f"z0,{hvc:x},4")
            self.assertIn("usage", self.monitor("step under"))
            before = self.monitor("digest")
            self.monitor("step over")
            self.assertRegex(self.ask("s"), "^T05thread:1;$")
            self.assertEqual(pc(), hvc + 4)
            self.assertIn("EL1 context 2", self.monitor("state"))
            self.ask(f"Z0,{hvc:x},4")
            self.ask("bc")
            self.assertEqual(self.monitor("digest"), before)
            self.monitor("step into")
            self.ask("s")
            self.assertIn("EL2 context 0", self.monitor("state"))
            self.ask("k")

    def test_symbols(self):
        def functions(path):
            listing = subprocess.run(["aarch64-linux-gnu-nm", path], capture_output=True, text=True, check=True)
            return dict(reversed(line.split(" T ")) for line in listing.stdout.splitlines() if " T " in line)
        path = harness.temporary("symbols.elf")
        with self.start():
            self.assertIn("--symbols FILE names them", self.monitor("symbols " + path))
            self.ask("k")
        with self.start("--symbols", IMAGE):
            self.assertIn("usage", self.monitor("symbols"))
            self.assertIn("cannot write", self.monitor("symbols /nowhere/x"))
            self.assertRegex(self.monitor("symbols " + path), r"^\d+ symbols of EL2: add-symbol-file ")
            self.ask("k")
        image, known = functions(IMAGE), functions(path)
        self.assertEqual({name: known.get(name) for name in ("_start", "hyp_vcpu_run", "vcpu_run")},
                         {name: image[name] for name in ("_start", "hyp_vcpu_run", "vcpu_run")})

    def test_places(self):
        """A TCP port and a Unix socket: it says where it waits, and goes on to its end when the debugger leaves."""
        with socket.socket() as probe:
            probe.bind(("localhost", 0))
            port = probe.getsockname()[1]
        path = harness.temporary("gdb.socket")
        for place, family, address in ((str(port), socket.AF_INET, ("localhost", port)),
                                       ("unix:" + path, socket.AF_UNIX, path)):
            with self.subTest(place=place):
                run = subprocess.Popen([harness.PROGRAM, "run", "--quiet", *MACHINE, "--gdb", place], text=True,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                with run:
                    self.assertIn("waiting for gdb", run.stderr.readline())
                    with socket.socket(family) as gdb:
                        gdb.connect(address)
                        gdb.sendall(b"$?#3f")
                        said = b""
                        while b"#" not in said:
                            said += gdb.recv(100)
                        self.assertRegex(said, rb"^\+\$T05thread:1;#")
                    self.assertIn("RESULT PASS", run.stdout.read())
                self.assertEqual(run.returncode, 0)
        self.assertFalse(os.path.exists(path))
        taken = harness.write("taken", "")
        result = harness.el2sim("run", *MACHINE, "--gdb", "unix:" + taken)
        self.assertEqual(result.returncode, 2)
        self.assertRegex(result.stderr, r"^el2sim: --gdb .*taken: cannot listen there: .*\n$")

    def test_no_way_back(self):
        disk = harness.write("disk", bytes(4096))
        with self.start("--drive", disk + ",write-through"):
            self.ask("s")
            self.assertIn("replaylog:begin", self.ask("bs"))
            self.assertIn("write-through: what went into the file stays there", self.console)
            self.ask("k")

    def test_broken_packets(self):
        report = harness.temporary("wire.json")
        with self.start("--json", report):
            for packet, answer in BROKEN.items():
                said = self.ask(packet)
                self.assertTrue(said.startswith(answer) and (answer or said == ""), f"{packet}: {said[:40]}")
            self.stub.stdin.write(b"+$zz$$#}#00\x03$g")  # neither packets nor their ends
            self.assertTrue(self.ask("?").startswith("T05"))
            self.assertRegex(self.ask("c"), "^W00")
        self.assertEqual(self.stub.returncode, 0)
        with open(report, encoding="utf-8") as f:
            self.assertEqual(json.load(f)["host_input"]["debugger_changes"], 0)


def hvc_of_guest():
    """Address of the first HVC of the guest's image."""
    listing = subprocess.run(["aarch64-linux-gnu-objdump", "-d", GUEST], capture_output=True, text=True, check=True)
    return "0x" + re.search(r"^\s*([0-9a-f]+):\s+\S+\s+hvc\s", listing.stdout, re.M)[1]


GUEST_HVC = hvc_of_guest()
os.environ.setdefault("LC_ALL", "C.UTF-8")
unittest.main()
