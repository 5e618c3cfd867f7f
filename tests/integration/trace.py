"""Timelines: after the schema, balanced, in order; slices that add up to the ledger; nothing of the run changes; filters,
the last events alone, and interrupts from their source to the guest's handler."""
import collections
import json
import re
import unittest
from decimal import Decimal

import jsonschema

import harness

SPAN = "span=hypercall"
MACHINE = ["--kernel", harness.guest("kvm-split"), "--cpu", "x-gene1", "--gic", "2", "--smp", "2",
           "--symbols", harness.guest("kvm-split")]
IPI = [*MACHINE, "--append", "rows=virtual-ipi n=2"]


def load(path):
    """Its events, with exact times."""
    return json.loads(harness.read(path), parse_float=Decimal)["traceEvents"]


def run(name, *options):
    """Traces a run: (events, report, the file's text)."""
    trace, report = harness.temporary(f"{name}.trace"), harness.temporary(f"{name}.json")
    done = harness.el2sim("run", *options, "--trace", trace, "--json", report)
    assert done.returncode == 0, harness.said(done)
    return load(trace), json.loads(harness.read(report)), harness.read(trace)


def validate(path):
    schema = json.loads(harness.read(harness.source("tests/support/schema-trace.json")))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(harness.read(path)), schema)


def slices(events):
    """Every slice as (begin, end, depth), after checking order and balance of each track."""
    stacks, last, found = collections.defaultdict(list), {}, []
    for e in events:
        track = e["pid"], e["tid"]
        if e["ph"] == "M":
            continue
        assert e["ts"] >= last.get(track, 0), f"time runs backwards: {e}"
        last[track] = e["ts"]
        if e["ph"] == "B":
            stacks[track].append(e)
        elif e["ph"] == "E":
            found.append((stacks[track].pop(), e, len(stacks[track])))
    assert not any(stacks.values()), f"slices stay open: {stacks}"
    return found


def cpu_of(e):
    return (e["tid"] - 1) // 2


def cycles_by_el(events):
    sums = collections.Counter()
    for begin, end, _ in slices(events):
        if begin["cat"] == "el":
            sums[cpu_of(begin), begin["args"]["el"]] += int(end["args"]["cycles"] * 1000)
    return sums


def ledger_by_el(report):
    sums = collections.Counter()
    for part in report["breakdown"]:
        sums[part["cpu"], part["el"]] += part["millicycles"]
    return sums


class OneHypercall(unittest.TestCase):
    """kvm-split against kvm-vhe, one file."""

    @classmethod
    def setUpClass(cls):
        cls.path = harness.temporary("hypercall.trace")
        cls.done = harness.el2sim("compare", "--designs", "kvm-split,kvm-vhe", "--rows", "hypercall", "--ops", "1",
                                  "--trace", cls.path, "--trace-filter", SPAN)
        cls.events = load(cls.path)

    def of(self, pid, **what):
        return [e for e in self.events if e["pid"] == pid and all(e.get(k) == v for k, v in what.items())]

    def test_is_after_the_schema(self):
        self.assertEqual(self.done.returncode, 0, harness.said(self.done))
        validate(self.path)

    def test_each_design_is_a_process(self):
        names = [e["args"]["name"] for e in self.events if e.get("name") == "process_name"]
        self.assertEqual(names, ["kvm-split", "kvm-vhe"])

    def test_slices_nest(self):
        for begin, end, depth in slices(self.events):
            self.assertEqual(depth, {"el": 0, "function": 1, "vm": 0}[begin["cat"]], begin)
            whole = end["args"]["cycles"] / Decimal("2.4e3")
            self.assertAlmostEqual(end["ts"] - begin["ts"], whole, delta=Decimal("0.000002"), msg=begin)

    def test_split_mode_enters_el2_twice_and_vhe_once(self):
        for pid, count in ((1, 2), (2, 1)):
            traps = [e for e in self.of(pid, ph="i", cat="exception") if e["args"]["to_el"] == 2]
            self.assertEqual(len(traps), count, traps)
            self.assertTrue(all(e["name"] == "HVC" and e["args"]["class"] == "HVC" for e in traps), traps)
            self.assertEqual(traps[0]["args"]["from"], "VM 1")

    def test_reads_of_gich_are_those_of_the_report(self):
        self.assertEqual(len(self.of(1, name="GICH read")), 11)
        self.assertEqual(len(self.of(2, cat="mmio")), 0)

    def test_els_and_functions_are_those_of_the_design(self):
        split = [b["name"] for b, _, _ in slices(self.of(1)) if b["cat"] == "el"]
        vhe = [b["name"] for b, _, _ in slices(self.of(2)) if b["cat"] == "el"]
        self.assertEqual(split, ["EL1 VM 1", "EL2 host", "EL1 host", "EL2 host", "EL1 VM 1"])
        self.assertEqual(vhe, ["EL1 VM 1", "EL2 host", "EL1 VM 1"])
        for pid in (1, 2):
            functions = {b["name"] for b, _, _ in slices(self.of(pid)) if b["cat"] == "function"}
            self.assertLessEqual({"fpsimd_save", "fpsimd_restore", "vgic_hw_save"}, functions)

    def test_the_exit_and_the_switches_are_there(self):
        for pid in (1, 2):
            tracks = [b["name"] for b, _, _ in slices(self.of(pid)) if b["cat"] == "vm"]
            self.assertEqual(tracks, ["VM 1 vCPU 0", "exit: HVC", "VM 1 vCPU 0"])
            switches = [e["name"] for e in self.of(pid, cat="switch")]
            self.assertEqual(switches, ["world switch to host", "world switch to VM 1"])


class WholeRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.events, cls.report, cls.text = run("whole", *IPI)

    def test_slices_add_up_to_the_ledger(self):
        found = cycles_by_el(self.events)
        self.assertEqual(found, ledger_by_el(self.report))
        self.assertEqual({cpu for cpu, _ in found}, {0, 1})

    def test_nothing_of_the_run_changes(self):
        alone = json.loads(harness.run_json("run", *IPI))
        self.assertEqual(alone, self.report)

    def test_bytes_do_not_depend_on_the_engine(self):
        _, report, text = run("slow", *IPI, "--engine-off", "all")
        self.assertEqual(report, self.report)
        self.assertTrue(text == self.text, "another trace with --engine-off all")

    def test_functions_of_vms_leave_the_run_alone(self):
        events, report, _ = run("vm", *IPI, "--trace-filter", "event=el|function|vm-function")
        self.assertEqual(report, self.report)
        self.assertEqual(cycles_by_el(events), ledger_by_el(report))
        covered = sum(int(e["args"]["cycles"] * 1000) for b, e, _ in slices(events) if b["cat"] == "function")
        self.assertEqual(covered, sum(ledger_by_el(report).values()))

    def test_folded_stacks_add_up_to_the_report(self):
        path = harness.temporary("folded")
        done = harness.el2sim("run", *IPI, "--folded", path)
        self.assertEqual(done.returncode, 0, harness.said(done))
        sums = collections.Counter()
        for line in harness.read(path).splitlines():
            stack, _, cycles = line.rpartition(" ")
            cpu, el, place, function, name = stack.split(";")
            self.assertRegex(place, r"^(host|VM\d+)$")
            sums[int(cpu[3:]), int(el[2:]), place != "host", function, name] += int(cycles)
        parts = collections.Counter()
        for p in self.report["breakdown"]:
            parts[p["cpu"], p["el"], p["where"] == "vm", p["function"], p["class"]] += p["cycles"]
        self.assertEqual(sums, +parts)
        self.assertEqual(sum(sums.values()), self.report["cycles"])

    def test_exits_are_those_of_the_report(self):
        said = harness.el2sim("run", *IPI, "--exits").stderr
        rows = {}
        for line in said.splitlines():
            words = line.replace("us", "").replace("%", "").split()
            if len(words) == 7 and words[1].isdigit():
                rows[words[0]] = [float(w) for w in words[1:]]
        names = {0x01: "WFx", 0x16: "HVC64", 0x18: "SYS64", 0x20: "IABT_LOW", 0x24: "DABT_LOW", 0x101: "IRQ"}
        self.assertEqual({names[e["ec"]] for e in self.report["exits"]}, set(rows), said)
        self.assertEqual(list(rows), sorted(rows, key=lambda name: -rows[name][0]))
        for e in self.report["exits"]:
            count, _, _, least, most, average = rows[names[e["ec"]]]
            self.assertEqual(count, e["count"])
            for found, exact in ((least, e["least"]), (most, e["most"]), (average, e["millicycles"] / e["count"])):
                self.assertAlmostEqual(found, exact / 2.4e6, delta=0.006)
            self.assertTrue(e["least"] * e["count"] <= e["millicycles"] <= e["most"] * e["count"], e)
        self.assertAlmostEqual(sum(r[1] for r in rows.values()), 100, delta=0.05)
        self.assertAlmostEqual(sum(r[2] for r in rows.values()), 100, delta=0.05)

    def test_a_guests_ipi_goes_from_the_sender_to_the_handler(self):
        flows = collections.defaultdict(list)
        for before, e in zip(self.events, self.events[1:]):
            if e["ph"] in "stf":
                flows[e["id"]].append((e["ph"], cpu_of(e), before["name"]))
        whole = [f for f in flows.values() if f[-1][2] == "SGI 1 ended by the guest" and len(f) == 6]
        self.assertGreater(len(whole), 0, list(flows.values())[-5:])
        for flow in whole:
            self.assertEqual([p for p, _, _ in flow], ["s", "t", "t", "t", "t", "f"], flow)
            self.assertEqual([c for _, c, _ in flow], [0, 1, 1, 1, 1, 1], flow)
            self.assertEqual([n for _, _, n in flow],
                             ["SGI 0 pending on CPU 1", "SGI 0 acknowledged", "SGI 0 deactivated",
                              "SGI 1 into list register 0", "SGI 1 taken by the guest", "SGI 1 ended by the guest"])

    def test_the_last_events_are_the_end_of_the_whole(self):
        events, report, text = run("last", *IPI, "--trace-last", "400")
        self.assertEqual(report, self.report)
        slices(events)
        validate(harness.temporary("last.trace"))
        self.assertLess(len(events), 1500)
        # Where they begin, slices are open already: their cycles count from there, and flows have other numbers.
        marks = [line for line in text.splitlines() if '"ph":"i"' in line]
        self.assertGreater(len(marks), 20)
        self.assertEqual(marks, [line for line in self.text.splitlines() if '"ph":"i"' in line][-len(marks):])


class Tarmac(unittest.TestCase):
    """Two CPUs up to where both wait for work: that is short."""
    SHORT = [*MACHINE, "--append", "rows=hypercall n=1", "--max-cycles", "275000", "--quiet"]
    LINE = re.compile(r"(\d+) clk cpu([01]) (?:"
                      r"(?P<run>I[TS]) \((?P<count>\d+)\) [0-9a-f]{16} [0-9a-f]{8} O EL[012][ht]_n : \S.*"
                      r"|R (?P<name>\S+) (?P<value>[0-9a-f]{16}|[0-9a-f]{32})"
                      r"|E [0-9a-f]{16} [0-9a-f]{8} EL[012] to EL[12], .+, return [0-9a-f]{16}"
                      r"(?:, FAR [0-9a-f]{16})?(?:, HPFAR [0-9a-f]{16})?)$")

    @classmethod
    def setUpClass(cls):
        path, cls.json = harness.temporary("tarmac"), harness.temporary("tarmac.json")
        harness.el2sim("run", *cls.SHORT, "--tarmac", path, "--trace-filter", "cpu=1", "--json", cls.json)
        cls.lines = harness.read(path).splitlines()
        cls.found = [cls.LINE.match(line) for line in cls.lines]

    def test_nothing_of_the_run_changes(self):
        alone = harness.temporary("alone.json")
        harness.el2sim("run", *self.SHORT, "--json", alone)
        self.assertEqual(harness.read(alone), harness.read(self.json))

    def test_each_line_is_as_said(self):
        wrong = [line for line, found in zip(self.lines, self.found) if not found]
        self.assertEqual(wrong, [])
        self.assertEqual({f[2] for f in self.found}, {"1"})
        times = [int(f[1]) for f in self.found]
        self.assertEqual(times, sorted(times))

    def test_instructions_are_counted_and_registers_follow(self):
        counts = [int(f["count"]) for f in self.found if f["run"] == "IT"]
        self.assertEqual(counts, list(range(1, len(counts) + 1)))
        self.assertGreater(len(counts), 200)
        text = "\n".join(self.lines)
        for pattern in (r"mrs x0, MIDR_EL1\n\d+ clk cpu1 R X0 00000000500f0000\n",
                        r"msr VBAR_EL2, x0\n\d+ clk cpu1 R VBAR_EL2 [0-9a-f]{16}\n",
                        r"O EL1h_n : hvc #0\n\d+ clk cpu1 E 000000005a000000 00000016 EL1 to EL2, HVC, "):
            self.assertTrue(re.search(pattern, text), pattern)
        self.assertTrue(self.lines[-1].endswith("O EL1h_n : wfi"), self.lines[-3:])


class Faults(unittest.TestCase):
    """The address of a fault is in FAR and HPFAR, not in the ESR. The guest reads a device at 0x0a000008, not mapped at stage 2."""
    RUN = [*MACHINE, "--append", "rows=io-user n=1"]
    DEVICE, PAGE = 0x0a000008, 0xa0000  # HPFAR: IPA[47:12] from bit 4

    def test_an_abort_has_its_addresses(self):
        events, _, _ = run("faults", *self.RUN, "--trace-filter", "event=exception")
        validate(harness.temporary("faults.trace"))
        aborts = [e["args"] for e in events if e["ph"] == "i" and "abort" in e["name"]]
        for args in aborts:
            self.assertEqual("far" in args, args["FnV"] == 0, args)
            self.assertEqual("hpfar" in args, args["to_el"] == 2, args)
        self.assertIn((hex(self.DEVICE), hex(self.PAGE)), [(a.get("far"), a.get("hpfar")) for a in aborts])
        for e in events:
            if e["ph"] == "i" and e["name"] in ("HVC", "SVC", "IRQ"):
                self.assertNotIn("far", e["args"])

    def test_so_it_does_in_tarmac(self):
        done = harness.el2sim("run", "--kernel", harness.guest("tiny_jump_nowhere"), "--max-cycles", 100, "--tarmac", "-", "--quiet")
        self.assertRegex(done.stdout, " E 0000000086000010 00000021 EL2 to EL2, instr abort =, return 0000007000000000, "
                                      "FAR 0000007000000000\n")


class Filters(unittest.TestCase):
    def test_els_events_and_cpus(self):
        events, _, _ = run("el", *IPI, "--trace-filter", "el=2,event=el|exception,cpu=1")
        kinds = {e["cat"] for e in events if "cat" in e}
        self.assertEqual(kinds, {"el", "exception"})
        self.assertEqual({cpu_of(e) for e in events if "cat" in e}, {1})
        self.assertEqual({b["args"]["el"] for b, _, _ in slices(events)}, {2})
        for e in events:
            if e.get("cat") == "exception":
                self.assertIn(2, (e["args"]["from_el"], e["args"]["to_el"]))

    def test_a_vm_with_its_exits(self):
        events, _, _ = run("vm1", *IPI, "--trace-filter", "vm=1,event=vm|el")
        self.assertEqual({e["args"]["vm"] for e in events if e["ph"] == "B" and e["cat"] == "vm"}, {"VM 1"})
        self.assertEqual(run("vm9", *IPI, "--trace-filter", "vm=9")[0][-1]["ph"], "M")

    def test_a_row_that_was_not_measured_is_named(self):
        path = harness.temporary("none.json")
        for span, told in (("virtual-ipi", ""), ("hypercall", "el2sim: --trace-filter span=hypercall: no row of that name was measured\n")):
            with self.subTest(span=span):
                result = harness.el2sim("run", *IPI, "--trace", path, "--trace-filter", f"span={span}")
                self.assertEqual((result.returncode, result.stderr), (0, told), harness.said(result))

    def test_bad_options_are_said_in_one_line(self):
        trace = harness.temporary("bad.trace")
        for options, words in ((["--trace", trace, "--trace-filter", "el=3"], "el=3: a number of 0 to 2"),
                               (["--trace", trace, "--trace-filter", "event=irqs"], "event=irqs"),
                               (["--trace", trace, "--trace-filter", "colour=1"], "colour=1"),
                               (["--trace", trace, "--trace-filter", "el"], "key=value"),
                               (["--trace-filter", "el=1"], "--tarmac FILE"),
                               (["--trace-last", "3"], "--trace FILE"),
                               (["--trace", trace, "--trace-last", "0"], "--trace-last 0"),
                               (["--trace", "/nowhere/x"], "/nowhere/x")):
            done = harness.el2sim("run", *MACHINE, *options)
            self.assertEqual(done.returncode, 2, harness.said(done))
            self.assertIn(words, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)


unittest.main()
