"""Bad usage and bad files: one line on stderr that names the file and the place, exit status 2, nothing on stdout."""
import gzip
import os
import re
import struct
import subprocess
import unittest

import harness

GOOD = harness.guest("check_pmu")
IMAGE = open(GOOD, "rb").read()
UNIT = harness.read(harness.source("sim/profiles/unit.yaml"))
DESIGN = harness.read(harness.source("sim/designs/kvm-split.yaml"))
PHDR = struct.unpack_from("<Q", IMAGE, 32)[0]


def patched(offset, form, value):
    data = bytearray(IMAGE)
    struct.pack_into(form, data, offset, value)
    return bytes(data)


class Bad(unittest.TestCase):
    def refused(self, words, *arguments, lines=(1,)):
        """The run fails as it must, and the line on stderr has each of the words."""
        result = harness.el2sim(*arguments)
        told = harness.said(result)
        self.assertEqual(result.returncode, 2, told)
        self.assertEqual(result.stdout, "", told)
        self.assertIn(len(result.stderr.splitlines()), lines, "lines on stderr" + told)
        for word in words:
            self.assertIn(word, result.stderr, told)

    def each(self, table, run):
        for name, (words, *rest) in table.items():
            with self.subTest(case=name):
                run(name, words, *rest)


class Kernels(Bad):
    FILES = {
        "empty.elf": (["empty"], b""),
        "header-cut.elf": (["truncated"], IMAGE[:40]),
        "program-headers-cut.elf": (["program headers", "truncated"], IMAGE[:PHDR + 8]),
        "half.elf": (["truncated"], IMAGE[:len(IMAGE) // 2]),
        "without-its-end.elf": (["section headers", "truncated"], IMAGE[:-1]),
        "x86.elf": (["machine 62", "AArch64"], patched(18, "<H", 62)),
        "arm32.elf": (["machine 40"], patched(18, "<H", 40)),
        "class32.elf": (["class 1", "64-bit"], patched(4, "B", 1)),
        "big-endian.elf": (["little endian"], patched(5, "B", 2)),
        "object.elf": (["type 1"], patched(16, "<H", 1)),
        "below-ram.elf": (["segment 0", "not in RAM"], patched(PHDR + 24, "<Q", 0x1000)),
        "beyond-ram.elf": (["segment 0", "not in RAM"], patched(PHDR + 24, "<Q", 0x50000000)),
        "wraps.elf": (["segment 0", "not in RAM"], patched(PHDR + 24, "<Q", 0xffffffffffffff00)),
        "larger-than-ram.elf": (["segment 0", "not in RAM"], patched(PHDR + 40, "<Q", 1 << 40)),
        "file-over-memory.elf": (["segment 0"], patched(PHDR + 40, "<Q", 1)),
        "entry-nowhere.elf": (["entry point"], patched(24, "<Q", 0x7)),
        "no-segment.elf": (["PT_LOAD"], patched(56, "<H", 0)),
        "text": (["neither ELF nor"], b"#!/bin/sh\n"),
        "zeros": (["neither ELF nor"], bytes(5000)),
        "cut.gz": (["gzip"], b"\x1f\x8b\x08\x00"),
    }

    def test_files(self):
        def run(name, words, data):
            self.refused([name] + words, "run", "--kernel", harness.write(name, data))
        self.each(self.FILES, run)

    def test_directory(self):
        self.refused([harness.scratch.name, "directory"], "run", "--kernel", harness.scratch.name)

    def test_not_there(self):
        self.refused(["/nowhere/kernel", "No such file"], "run", "--kernel", "/nowhere/kernel")

    def test_images(self):
        """A Linux Image: a header of 64 bytes, then code."""
        header = struct.pack("<II6QII", 0x14000000, 0, 0x80000, 0x100000, 0, 0, 0, 0, 0x644d5241, 0)
        initrd = harness.write("initrd", bytes(1 << 20))
        image = harness.write("Image", header + bytes(4096))
        self.refused(["initrd", initrd, "past the end of RAM"], "run", "--kernel", image, "--mem", "2M", "--initrd", initrd)
        self.refused(["device tree", "past the end of RAM"], "run", "--kernel", image, "--mem", "2M")
        self.refused([image, "0x10000000"], "run", "--kernel",
                     harness.write("Image", header[:16] + struct.pack("<Q", 1 << 40) + header[24:]))
        self.refused(["big-endian"], "run", "--kernel", harness.write("Image", header[:24] + b"\1" + header[25:]))
        packed = gzip.compress(header + bytes(range(256)) * 16)
        for name, data in (("cut", packed[:len(packed) // 2]), ("trailer", packed[:-4]), ("sum", packed[:-8] + bytes(4) + packed[-4:])):
            with self.subTest(gzip=name):
                self.refused(["gzip"], "run", "--kernel", harness.write("Image.gz", data))

    def test_none(self):
        self.refused(["--kernel"], "run")

    def test_initrd(self):
        self.refused(["/nowhere/initrd"], "run", "--kernel", GOOD, "--initrd", "/nowhere/initrd")
        self.refused(["initrd", "ELF"], "run", "--kernel", GOOD, "--initrd", GOOD)

    def test_symbols(self):
        self.refused(["/nowhere/symbols"], "run", "--kernel", GOOD, "--symbols", "/nowhere/symbols")
        self.refused(["notes.txt", "line 1"], "run", "--kernel", GOOD, "--symbols", harness.write("notes.txt", "none\n"))


def changed(line, by):
    assert line in UNIT, line
    return UNIT.replace(line, by)


LAST = UNIT.rstrip("\n").splitlines()[-1]


class Profiles(Bad):
    FILES = {
        "empty": ([], ""),
        "not-yaml": (["line"], UNIT.replace("costs:", "costs: [}")),
        "wrong-shape": ([], "- a\n- b\n"),
        "unknown-key": (["near line ", "colour"], UNIT + "colour: red\n"),
        "list-for-text": ([f"near line {len(UNIT.splitlines())}: ", "'cycles'", "'costs'"], changed(LAST, LAST.replace("cycles: 1", "cycles: [1]"))),
        "no-clock": (["clock-hz"], changed("clock-hz: 1000000000\n", "")),
        "unknown-class": (["costs[2]", "insn.nothing"], UNIT + LAST.replace("every-event", "insn.nothing") + "\n"),
        "negative": (["costs[1]", "-1"], changed(LAST, LAST.replace("cycles: 1", "cycles: -1"))),
        "4-decimals": (["costs[1]", "1.0005"], changed(LAST, LAST.replace("cycles: 1", "cycles: 1.0005"))),
        "no-number": (["costs[1]", "many"], changed(LAST, LAST.replace("cycles: 1", "cycles: many"))),
        "huge": (["costs[1]", "1e30"], changed(LAST, LAST.replace("cycles: 1", "cycles: 1e30"))),
        "no-source": (["source"], changed(LAST, LAST.split(", source")[0] + "}")),
        "empty-source": (["source"], changed(LAST, LAST.split(", source")[0] + ', source: ""}')),
        "blank-source": (["costs[1]", "source"], changed(LAST, LAST.split(", source")[0] + ', source: "  "}')),
        "unknown-kind": (["kind"], changed(LAST, LAST.replace("defined", "invented"))),
        "missing-class": (["fp-load.more"], changed(LAST + "\n", "")),
        "duplicate": (["costs[2]", "costs[1]", "every-event"], UNIT + LAST + "\n"),
        "waiting-priced": (["costs[2]", "idle"], UNIT + LAST.replace("every-event", "idle") + "\n"),
        "free-instruction": (["costs[2]", "insn.alu"],
                             UNIT + LAST.replace("every-event", "insn.alu").replace("cycles: 1", "cycles: 0") + "\n"),
        "zero-clock": (["clock-hz"], changed("clock-hz: 1000000000", "clock-hz: 0")),
        "negative-clock": (["clock-hz"], changed("clock-hz: 1000000000", "clock-hz: -5")),
        "zero-quantum": (["quantum-cycles"], changed("quantum-cycles: 500", "quantum-cycles: 0")),
        "odd-tlb": (["tlb"], changed("entries: 1024", "entries: 1023")),
        "zero-tlb": (["tlb"], changed("entries: 1024", "entries: 0")),
        "slow-link": (["link-mbit", "0"], changed("link-mbit: {value: 10000", "link-mbit: {value: 0")),
        "far-peer": (["wire-delay-ns"], changed("wire-delay-ns: {value: 10000", "wire-delay-ns: {value: 2000000000")),
        "peer-cut": (["service", "peer"], UNIT.replace("  service-ns: {value: 0", "  service: {value: 0")),
        "peer-blank-source": (["peer", "service-ns", "source"], re.sub('(service-ns: .*source: )"[^"]*"', r'\1"  "', UNIT)),
        "huge-tlb": (["tlb"], changed("entries: 1024", "entries: 4000000000")),
    }

    def test_files(self):
        def run(name, words, text):
            path = harness.write(name + ".yaml", text)
            self.refused([path] + words, "run", "--kernel", GOOD, "--costs", path)
            self.refused([path] + words, "profiles", path)
        self.each(self.FILES, run)

    def test_not_there(self):
        self.refused(["nothing", "unit", "xgene1"], "run", "--kernel", GOOD, "--costs", "nothing")
        self.refused(["/nowhere/p.yaml"], "run", "--kernel", GOOD, "--costs", "/nowhere/p.yaml")
        self.refused(["nothing"], "compare", "--costs", "nothing")
        self.refused(["nothing"], "profiles", "nothing")
        self.refused([harness.scratch.name], "profiles", harness.scratch.name + "/")


def design(pattern, by):
    text, n = re.subn(pattern, by, DESIGN, count=1, flags=re.M)
    assert n == 1, pattern
    return text


class Designs(Bad):
    FILES = {
        "no-image": (["nothing.elf"], design("^image: .*", "image: nothing.elf")),
        "text-image": (["bad_input.py", "neither ELF nor"], design("^image: .*", "image: " + os.path.abspath(__file__))),
        "no-cpu": (["cortex-x"], design("^cpu: .*", "cpu: cortex-x")),
        "bad-feature": (["warp"], design("^cpu: (.*)", r"cpu: \1\nfeatures: warp=on")),
        "bad-feature-value": (["lrs"], design("^cpu: (.*)", r"cpu: \1\nfeatures: lrs=900")),
        "gic4": (["GICv4"], design("^gic: .*", "gic: 4")),
        "no-cpus": (["0 CPUs"], design("^smp: .*", "smp: 0")),
        "many-cpus": (["9 CPUs"], design("^smp: .*", "smp: 9")),
        "bad-memory": (["256X"], design("^memory: .*", "memory: 256X")),
        "no-profile": (["nothing"], design("^profile: .*", "profile: nothing")),
        "no-symbols": (["nothing.elf"], design("image: vmm.elf", "image: nothing.elf")),
        "text-symbols": (["bad_input.py"], design("image: vmm.elf", "image: " + os.path.abspath(__file__))),
        "el3": (["EL3"], design(r"els: \[0\]", "els: [3]")),
        "no-el": (["el: 3"], design("^gic:", "el: 3\ngic:")),
        "guests-by-asid-with-el2": (["guest_asids", "el: 1"], design("^gic:", "guest_asids: [64, 127]\ngic:")),
        "asids-backwards": (["guest_asids: [9, 8]"], design("^gic:", "el: 1\nguest_asids: [9, 8]\ngic:")),
        "one-asid": (["guest_asids"], design("^gic:", "el: 1\nguest_asids: [9]\ngic:")),
        "bad-where": (["where"], design("where: host", "where: elsewhere")),
        "not-yaml": (["line"], design("^gic: .*", "gic: [2")),
        "many-networks": (["networks", "16"], design("^networks: .*", "networks: 17")),
        "unknown-key": (["colour"], DESIGN + "colour: red\n"),
    }

    def test_files(self):
        def run(name, words, text):
            path = harness.write(name + "-design.yaml", text)
            self.refused([path] + words, "compare", "--quiet", "--designs", path)
        self.each(self.FILES, run)

    def test_not_there(self):
        self.refused(["nothing", "kvm-split"], "compare", "--designs", "nothing")
        self.refused(["nothing", "kvm-split"], "designs", "nothing")
        self.refused(["list"], "compare", "--designs", "")
        self.refused(["list"], "compare", "--designs", ",")
        self.refused(["--ops 1025", "1 to 1024"], "compare", "--designs", "kvm-split", "--ops", "1025")

    def test_rows_of_no_design(self):
        result = harness.el2sim("compare", "--designs", "kvm-split", "--rows", "nothing")
        self.assertEqual(result.returncode, 2, harness.said(result))
        self.assertIn("RESULT", result.stderr)


FIT = """profile: xgene1
rows:
  - {design: kvm-split, row: hypercall, cycles: 6500, source: "a paper"}
  - {design: kvm-split, row: gic-trap, ns: 3000, source: "a paper"}
constants:
  - {name: one, classes: [gic.gich.read], cycles: [1, 900]}
ops: 2
"""


def fit(old, new):
    assert old in FIT, old
    return FIT.replace(old, new)


class Fits(Bad):
    FILES = {
        "fit-empty": (["empty"], ""), "fit-not-yaml": (["line"], "rows: [2"), "fit-unknown-key": (["colour"], FIT + "colour: red\n"),
        "fit-no-design": (["nothing"], fit("design: kvm-split, row: hypercall", "design: nothing, row: hypercall")),
        "fit-no-number": (["hypercall", "much"], fit("cycles: 6500", "cycles: much")),
        "fit-zero": (["hypercall", '"0"'], fit("cycles: 6500", "cycles: 0")),
        "fit-both": (["either cycles or ns"], fit("cycles: 6500", "cycles: 6500, ns: 3")),
        "fit-neither": (["either cycles or ns"], fit("cycles: 6500, ", "")),
        "fit-no-source": (["source"], fit(', source: "a paper"}\nconstants', "}\nconstants")),
        "fit-twice": (["kvm-split/hypercall", "twice"], fit("row: gic-trap", "row: hypercall")),
        "fit-no-function": (["no part of it is of fly"], fit("row: hypercall", "row: hypercall, functions: [fly]")),
        "fit-no-class": (["one", "insn.fly"], fit("[gic.gich.read]", "[insn.fly]")),
        "fit-idle": (["one", "idle"], fit("[gic.gich.read]", "[idle]")),
        "fit-class-twice": (["one and two both have gic.gich.read"],
                            fit("ops", "  - {name: two, classes: [gic.*], cycles: [1, 9]}\nops")),
        "fit-bounds": (["one", "900..1"], fit("[1, 900]", "[900, 1]")), "fit-negative": (["one"], fit("[1, 900]", "[-1, 900]")),
        "fit-one-bound": (["line"], fit("[1, 900]", "[900]")), "fit-nan": (["one", "bounds"], fit("[1, 900]", "[nan, 900]")),
        "fit-free-instruction": (["insn.alu", "free"], fit("[gic.gich.read], cycles: [1,", "[insn.alu], cycles: [0,")),
        "fit-no-constants": (["--vary"], FIT[:FIT.index("constants")]),
        "fit-many-ops": (["ops 1025", "at most 1024"], fit("ops: 2", "ops: 1025")),
        "fit-no-profile": (["--costs"], fit("profile: xgene1\n", "")),
    }

    def test_files(self):
        def run(name, words, text):
            path = harness.write(name + ".yaml", text)
            self.refused(words if name == "fit-no-profile" else [path] + words, "fit", path)
        self.each(self.FILES, run)

    def test_rows_of_no_design(self):
        result = harness.el2sim("fit", harness.write("no-row.yaml", fit("row: hypercall", "row: nothing")))
        self.assertEqual((result.returncode, result.stdout), (2, ""), harness.said(result))
        self.assertIn("RESULT", result.stderr)

    OPTIONS = {
        "row without value": (["--row", "DESIGN/ROW"], "--row", "kvm-split/hypercall"),
        "row without design": (["--row"], "--row", "hypercall=3"), "row without name": (["--row"], "--row", "kvm-split/=3"),
        "vary without bounds": (["--vary", "LOW..HIGH"], "--vary", "insn.alu"),
        "vary with one bound": (["--vary"], "--vary", "insn.alu=3"), "vary mixed": (["--vary"], "--vary", "insn.alu=x1..2"),
        "vary negative": (["--vary"], "--vary", "insn.alu=-1..2"), "no text": (["/nowhere/m"], "--measured", "/nowhere/m"),
        "text of nothing": (["no measurement"], "--measured", harness.write("m0.txt", "# nothing\n")),
        "text of words": (["line 2", "neither"], "--measured", harness.write("m1.txt", "\nhello world again\n")),
        "no test of theirs": (["line 1", "warp"], "--measured", harness.write("m2.txt", "warp 10.0 1.0\n")),
        "no design": (["--design"], "--measured", harness.write("m3.txt", "hvc 10.0 1.0\n")),
        "unit": (["line 1", "parsecs"], "--measured", harness.write("m4.txt", "kvm-split/hypercall 10 parsecs\n")),
        "binary": (["line 1"], "--measured", harness.write("m5.txt", bytes(range(1, 256)))),
        "ops": (["--ops 0"], "--ops", "0"), "many ops": (["--ops 1025", "1 to 1024"], "--ops", "1025"), "two files": (["unexpected"], "a.yaml", "b.yaml"),
        "no file": (["/nowhere/f.yaml"], "/nowhere/f.yaml"),
    }

    def test_options(self):
        def run(_, words, *options):
            self.refused(words, "fit", "--costs", "xgene1", *options)
        self.each(self.OPTIONS, run)
        good = harness.write("good-fit.yaml", FIT)
        self.refused(["/nowhere/o.yaml"], "fit", good, "--quiet", "--out", "/nowhere/o.yaml")


SWEEP = """name: bad
designs: [kvm-split]
profile: xgene1
rows: [hypercall]
axes:
  - {name: lrs, feature: lrs, values: [2, 4]}
  - {name: gich, classes: [gic.gich.read], cycles: [20, 100]}
"""


def sweep(old, new):
    assert old in SWEEP, old
    return SWEEP.replace(old, new)


class Sweeps(Bad):
    FILES = {
        "sweep-empty": (["empty"], ""), "sweep-not-yaml": (["line"], "axes: [2"),
        "sweep-unknown-key": (["colour"], SWEEP + "colour: red\n"), "sweep-no-name": (["name"], sweep("name: bad\n", "")),
        "sweep-no-design": (["nothing", "kvm-split"], sweep("[kvm-split]", "[nothing]")),
        "sweep-design-twice": (["kvm-split", "twice"], sweep("[kvm-split]", "[kvm-split, kvm-split]")),
        "sweep-no-profile": (["nothing", "xgene1"], sweep("profile: xgene1", "profile: nothing")),
        "sweep-row": (["no name of a row"], sweep("[hypercall]", '["hyper call"]')),
        "sweep-no-list": (["axis lrs", "feature"], sweep(", values: [2, 4]", "")),
        "sweep-two-lists": (["axis gich"], sweep("cycles: [20, 100]", "cycles: [20, 100], factor: [1]")),
        "sweep-two-subjects": (["axis lrs"], sweep("feature: lrs", "feature: lrs, tlb: ways")),
        "sweep-wrong-list": (["axis lrs"], sweep("values: [2, 4]", "cycles: [2, 4]")),
        "sweep-no-class": (["axis gich", "gic.fly"], sweep("[gic.gich.read]", "[gic.fly]")),
        "sweep-no-number": (["axis gich", "much"], sweep("[20, 100]", "[20, much]")),
        "sweep-negative": (["axis gich", "-20"], sweep("[20, 100]", "[-20, 100]")),
        "sweep-value-twice": (["axis gich", "20", "twice"], sweep("[20, 100]", "[20, 20]")),
        "sweep-axis-twice": (["axis lrs", "twice"], sweep("name: gich", "name: lrs")),
        "sweep-axis-name": (["axis", "a-z"], sweep("name: gich", 'name: "G,C"')),
        "sweep-class-twice": (["lrs and gich both have gic.gich.read"], sweep("feature: lrs, values", 'classes: ["gic.*"], cycles')),
        "sweep-tlb": (["axis lrs", "walk-cache"], sweep("feature: lrs", "tlb: lines")),
        "sweep-machine": (["axis lrs", "quantum-cycles"], sweep("feature: lrs", "machine: colour")),
        "sweep-half": (["axis lrs", "whole"], sweep("feature: lrs, values: [2, 4]", "tlb: ways, values: [0.5]")),
        "sweep-pareto": (["pareto", "speed"], SWEEP + "pareto: [speed]\n"),
        "sweep-many": (["100000 points"], sweep("axes:\n", "axes:\n" + "".join(
            f"  - {{name: a{i}, classes: [{c}], cycles: {list(range(1, 41))}}}\n" for i, c in enumerate(("at", "insn.alu", "insn.mul", "insn.div"))))),
        "sweep-ops": (["ops 1025", "at most 1024"], SWEEP + "ops: 1025\n"),
    }

    def test_files(self):
        def run(name, words, text):
            path = harness.write(name + ".yaml", text)
            self.refused([path] + words, "sweep", path, "--list")
        self.each(self.FILES, run)

    def test_options(self):
        good = harness.write("good-sweep.yaml", SWEEP)
        for words, options in ((["file"], []), (["--out"], [good]), (["/nowhere/s.yaml"], ["/nowhere/s.yaml", "--list"]),
                               (["--point 4", "0 to 3"], [good, "--point", "4"]), (["--point x"], [good, "--point", "x"]),
                               (["--jobs 0"], [good, "-j", "0"]), (["unexpected"], [good, good]),
                               (["/nowhere/out"], [good, "--out", "/nowhere/out"]),
                               (["point 0", "an instruction cannot be free"],
                                [harness.write("free.yaml", sweep("gic.gich.read", "insn.alu").replace("[20, 100]", "[0, 1]")), "--point", "0"])):
            with self.subTest(options=options):
                self.refused(words, "sweep", *options)


class Options(Bad):
    RUN = {
        "17 CPUs": (["--smp 17"], "--smp", "17"), "9 CPUs of GICv2": (["9 CPUs"], "--gic", "2", "--smp", "9"), "0 CPUs": (["--smp 0"], "--smp", "0"),
        "-1 CPU": (["--smp -1"], "--smp=-1"), "CPUs in words": (["--smp two"], "--smp", "two"),
        "GICv4": (["--gic 4"], "--gic", "4"), "EL3": (["--el 3"], "--el", "3"), "EL0": (["--el 0"], "--el", "0"),
        "0 memory": (["0M"], "--mem", "0M"), "memory of no unit": (["12Q"], "--mem", "12Q"),
        "huge memory": (["memory"], "--mem", "9000000G"), "memory over 64 bits": (["memory"], "--mem", "99999999999999G"),
        "more than the board has room for": (["memory"], "--mem", "1024G"), "tiny memory": (["memory", "1 MiB"], "--mem", "4K"),
        "image over memory": (["check_pmu", "not in RAM"], "--mem", "1M"),
        "level": (["--level fast"], "--level", "fast"), "CPU": (["--cpu z80", "cortex-a57"], "--cpu", "z80"),
        "feature": (["--feature", "warp"], "--feature", "warp=on"),
        "feature value": (["--feature", "vhe"], "--feature", "vhe=maybe"),
        "feature without value": (["--feature"], "--feature", "vhe"),
        "shortcut": (["--engine-off", "turbo"], "--engine-off", "turbo"),
        "0 cycles": (["--max-cycles 0"], "--max-cycles", "0"), "argument": (["unexpected", "more"], "more"),
        "JSON": (["/nowhere/out.json", "No such file"], "--json", "/nowhere/out.json"),
        "JSON to a directory": (["/tmp"], "--json", "/tmp"),
        "dump": (["/nowhere/out.dtb"], "--dump-dtb", "/nowhere/out.dtb"),
        "no device tree": (["/nowhere/in.dtb"], "--dtb", "/nowhere/in.dtb"),
        "no disk": (["/nowhere/disk", "No such file"], "--drive", "/nowhere/disk"),
        "disk of no bytes": (["no bytes"], "--drive", harness.write("empty.img", b"")),
        "disk that is none": (["/tmp", "file or a block device"], "--drive", "/tmp"),
        "disk without a name": (["--drive", "name of a file"], "--drive", ",ro"),
        "disk of another kind": (["--drive", "write-back"], "--drive", "x.img,write-back"),
        "latency": (["--drive", "20h"], "--drive", "x.img,latency=20h"),
        "network": (["--net", "tap0"], "--net", "tap0"), "network's word": (["--net", "fast"], "--net", "peer,fast"),
        "seed": (["--rng-seed", "luck"], "--rng-seed", "luck"), "console": (["--console", "vga"], "--console", "vga"),
        "17 devices": (["16 virtio devices"], *["--rng-seed", "1"] * 17),
        "no script": (["/nowhere/script"], "--input", "/nowhere/script"),
        "bad script": (["line 2", "shout"], "--input", harness.write("bad-script", "send a\nshout b\n")),
        "no record": (["/nowhere/r"], "--replay", "/nowhere/r"),
        "record that cannot be written": (["/nowhere/r"], "--record", "/nowhere/r"),
        "text for a record": (["not a record"], "--replay", harness.write("text.rec", "hello\n")),
        "cut record": (["cut off"], "--replay", harness.write("cut.rec", "el2sim-record 1\ninputs " + "0" * 64 + "\ncon")),
        "record and replay": (["--replay and --record"], "--replay", "a", "--record", "b"),
        "replay and script": (["--replay and --input"], "--replay", "a", "--input", "b"),
    }

    def test_run(self):
        def run(_, words, *options):
            self.refused(words, "run", "--quiet", "--kernel", GOOD, *options)
        self.each(self.RUN, run)

    def test_compare(self):
        for words, options in ((["9 CPUs"], ["--smp", "9"]), (["--level"], ["--level", "x"]),
                               (["/nowhere/o.csv"], ["--csv", "/nowhere/o.csv"]),
                               (["/nowhere/o.json"], ["--json", "/nowhere/o.json"]), (["no \"nothing\""], ["nothing"]),
                               (["kvm-vhe", "--designs"], ["--designs", "kvm-split", "kvm-vhe"]),
                               (["--why hypercall", "two designs"], ["--why", "hypercall", "kvm-vhe"]),
                               (["at most 16"], ["kvm-vhe"] * 17),
                               (["--why row nothing", "kvm-split"], ["--why", "nothing"])):
            with self.subTest(options=options):
                self.refused(words, "compare", "--quiet", "--append", "rows=hypercall n=1", *options)

    def test_corrupt_device_trees(self):
        blob = harness.temporary("good.dtb")
        self.assertEqual(harness.el2sim("run", "--kernel", GOOD, "--dump-dtb", blob).returncode, 0)
        with open(blob, "rb") as f:
            good = f.read()
        for name, data in (("empty.dtb", b""), ("magic.dtb", b"\0" + good[1:]), ("cut.dtb", good[:100]),
                           ("half.dtb", good[:len(good) // 2]), ("text.dtb", b"/dts-v1/;\n"),
                           ("tokens.dtb", good[:200] + b"\xff" * 100 + good[300:])):
            with self.subTest(file=name):
                self.refused([name], "run", "--kernel", GOOD, "--dtb", harness.write(name, data))

    # A tree that says what the machine has not: a change of the board's own (as text), and words of the message.
    TREES = {
        "memory": (["0x8000000", "0x10000000", "--mem"], "0x00 0x10000000>", "0x00 0x8000000>"),
        "memory-elsewhere": (["memory@40000000", "0x50000000", "--mem"], "0x40000000 0x00 0x10000000", "0x50000000 0x00 0x10000000"),
        "memory-without-reg": (["memory@40000000", "reg"], "reg = <0x00 0x40000000 0x00 0x10000000>;", ""),
        "memory-cut": (["memory@40000000", "mid-entry"], "reg = <0x00 0x40000000 0x00 0x10000000>;", "reg = <0x00 0x40000000 0x00>;"),
        "cpu": (["cpu@0", "affinity 0x7", "--smp"], "reg = <0x00>;", "reg = <0x07>;"),
        "cpu-without-reg": (["cpu@0", "reg"], "reg = <0x00>;", ""),
        "no-cpus": (["no CPU"], 'device_type = "cpu";', ""),
        "enable-method": (["cpu@0", "spin-table", "psci"], 'enable-method = "psci"', 'enable-method = "spin-table"'),
        "psci": (["/psci", "hvc", "smc", "--el"], 'method = "smc"', 'method = "hvc"'),
        "psci-unknown": (["/psci", "magic", "smc"], 'method = "smc"', 'method = "magic"'),
        "psci-without-method": (["/psci", "method"], 'method = "smc";', ""),
        "gic": (["intc@8000000", "GICv3", "--gic"], '"arm,gic-v3"', '"arm,gic-400"'),
        "gic-elsewhere": (["intc@8000000", "0x8010000"], "reg = <0x00 0x8000000 ", "reg = <0x00 0x8010000 "),
        "timer": (["/timer", "interrupts"], "interrupts = <0x01 0x0d", "was = <0x01 0x0d"),
        "uart": (["pl011@9000000", "0x9040000"], "reg = <0x00 0x9000000 ", "reg = <0x00 0x9040000 "),
    }

    def test_device_trees_of_another_machine(self):
        blob = harness.temporary("own.dtb")
        self.assertEqual(harness.el2sim("run", "--kernel", GOOD, "--dump-dtb", blob).returncode, 0)
        own = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", blob], check=True, capture_output=True, text=True).stdout

        def run(name, words, old, new):
            self.assertIn(old, own)
            path = harness.temporary(name + ".dtb")
            subprocess.run(["dtc", "-q", "-f", "-I", "dts", "-O", "dtb", "-o", path, harness.write(name + ".dts", own.replace(old, new))],
                           check=True)
            self.refused([path] + words, "run", "--kernel", GOOD, "--dtb", path)
        self.each(self.TREES, run)

    LOADS = {
        "no-place": (["--load", "FILE@ADDRESS"], "{file}"), "no-file": (["--load", "@0x48000000"], "@0x48000000"),
        "no-number": (["--load", "here"], "{file}@here"), "empty-number": (["--load"], "{file}@"),
        "negative": (["--load", "-1"], "{file}@-1"), "too-large": (["--load"], "{file}@0x10000000000000000"),
        "not-there": (["/nowhere/file", "No such file"], "/nowhere/file@0x48000000"),
        "empty": (["empty"], "{empty}@0x48000000"), "directory": (["/tmp", "directory"], "/tmp@0x48000000"),
        "over-the-end": (["{file}", "0x4ffffffe", "not in RAM"], "{file}@0x4ffffffe"),
        "below": (["{file}", "0x1000", "not in RAM"], "{file}@0x1000"),
        "wraps": (["{file}", "not in RAM"], "{file}@0xfffffffffffffffe"),
        "over-kernel": (["{file}", "over the kernel"], "{file}@0x{kernel:x}"),
    }

    def test_placed_files(self):
        names = {"file": harness.write("placed.bin", b"four"), "empty": harness.write("nothing.bin", b""),
                 "kernel": struct.unpack_from("<Q", IMAGE, 24)[0]}

        def run(_, words, load):
            self.refused([w.format(**names) for w in words], "run", "--kernel", GOOD, "--load", load.format(**names))
        self.each(self.LOADS, run)
        place = names["file"] + "@0x48000000"
        self.refused([names["file"], "over the", "0x48000000"], "run", "--kernel", GOOD, "--load", place, "--load", place)
        self.refused(["--load", "8 files"], "run", "--kernel", GOOD, *["--load", place] * 9)

    MODULES = {
        "no-domain": (["--module", "dom0:kernel:FILE"], "kernel:{file}"),
        "no-kind": (["--module", "ramdisk"], "dom0:{file}"), "kind": (["--module", "dom0:initrd:"], "dom0:initrd:{file}"),
        "no-file": (["--module", "dom0:kernel:"], "dom0:kernel:"), "domain": (["--module", "dom9"], "dom9:kernel:{file}"),
        "words": (["--module", "domain0"], "domain0:kernel:{file}"),
        "not-there": (["module", "/nowhere/Image", "No such file"], "dom0:kernel:/nowhere/Image,console=hvc0"),
        "empty": (["module", "empty"], "dom1:ramdisk:{empty}"),
    }

    def test_modules(self):
        names = {"file": harness.write("module.bin", b"four"), "empty": harness.write("nothing.bin", b"")}

        def run(_, words, module):
            self.refused(words, "run", "--kernel", GOOD, "--module", module.format(**names))
        self.each(self.MODULES, run)
        one = "dom0:kernel:" + names["file"]
        self.refused(["module", names["file"], "not in RAM"], "run", "--kernel", GOOD, "--mem", "64M", "--module", one)
        self.refused(["--module", "8 files"], "run", "--kernel", GOOD, *["--module", one] * 9)
        self.refused([names["file"], "over the"], "run", "--kernel", GOOD, "--module", one, "--load", names["file"] + "@0x4a000000")

    def test_commands_and_unknown_options(self):
        self.refused(["fly"], "fly")
        # argp adds a sentence that points to --help, wrapped as it likes.
        for command in ("run", "compare", "fit", "sweep", "designs", "profiles"):
            self.refused(["--warp", "--help"], command, "--warp", lines=(2, 3))
        self.refused(["requires an argument"], "run", "--kernel", lines=(2, 3))
        result = harness.el2sim()
        self.assertEqual((result.returncode, result.stdout), (2, ""), harness.said(result))
        self.assertIn("usage:", result.stderr)


unittest.main()
