"""The design debian-xen: its rows, and the same two domains on QEMU, where they end the same way. usage: xen_design.py"""
import json
import subprocess
import sys

import harness
import real
import xen_tree

problems = []
path = harness.temporary("xen.json")
result = harness.el2sim("compare", "--designs", "debian-xen", "--json", path)
if result.returncode != 0:
    print(harness.said(result))
    sys.exit(1)
design = json.loads(harness.read(path))["designs"][0]
rows = {row["name"]: row for row in design["rows"]}
if sorted(rows) != ["gic-trap", "gic-trap-dom0", "hypercall", "hypercall-dom0", "vm-switch"]:
    problems.append(f"rows: {list(rows)}")
# A hypercall and a read of the distributor trap once; an event and its answer are two sends and two waits.
for name, traps in (("hypercall", 1), ("gic-trap", 1), ("hypercall-dom0", 1), ("gic-trap-dom0", 1), ("vm-switch", 4)):
    if name in rows and abs(rows[name]["traps"] / rows[name]["operations"] - traps) > 0.02:
        problems.append(f"{name}: {rows[name]['traps']} traps in {rows[name]['operations']} operations")

machine = ["--gic", "2", "--mem", "1G", "--kernel", real.XEN, "--append", "console=dtuart dom0_mem=64M bootscrub=0 dom0_max_vcpus=1"]
domains = [harness.guest(f"xen-{name}").replace(".elf", ".bin") for name in ("dom0", "domu")]
tree = harness.temporary("modules.dtb")
options = [f"--module=dom{n}:kernel:{file}" for n, file in enumerate(domains)]
run = real.Run(*machine, *options)
run.expect("^dom0: rows", "^dom0: RESULT PASS", "Hardware Dom0 halted: halting machine")
problems += run.problems
assert harness.el2sim("run", *machine, *options, "--dump-dtb", tree).returncode == 0
qemu = [harness.QEMU, "-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot", "-accel", "tcg,thread=single", "-m", "1024",
        "-M", "virt,virtualization=on,gic-version=2", "-cpu", "cortex-a57", "-kernel", real.XEN, "-dtb", tree]
for file, at in zip(domains, xen_tree.modules_of(tree)):
    qemu += ["-device", f"loader,file={file},addr={at:#x},force-raw=on"]
said = subprocess.run(qemu, stdin=subprocess.DEVNULL, capture_output=True, timeout=harness.TIMEOUT_SECONDS).stdout
if b"dom0: RESULT PASS" not in said:
    problems.append(f"QEMU: {said[-1000:]}")
print("\n".join(problems) or "rows as expected, here and in QEMU")
sys.exit(1 if problems else 0)
