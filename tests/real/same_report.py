"""Linux with KVM on four CPUs, plain and with engine shortcuts off: the same report, byte for byte; so that two plain runs
are the same, too.

Without the table of blocks a run takes several times as long, and code that is executed between the moment when it is
changed and its IC may be booked under its new class instead of its old one: tests/integration/determinism.py has that shortcut."""
import json
import sys

import harness
import real

options = ["run", "--cpu", "cortex-a76", "--smp", "4", "--mem", "512M", "--kernel", real.KERNEL, "--initrd", real.ROWS, "--quiet",
           "--append", real.APPEND + " quiet n=4 rows=hypercall,io-user,virtual-ipi"]
first = json.loads(harness.run_json(*options))
second = json.loads(harness.run_json(*options, "--engine-off", "views,range-flush,trap-in-hook,dc-zva,lend,state,counts,tlbs,resolved"))
problems = [f"the reports differ in {key}" for key in first if first[key] != second.get(key)]
if first["end"] != "power-off" or first["unmodelled"]:
    problems.append(f"ended by {first['end_text']}, unmodelled: {first['unmodelled']}")
print("\n".join(problems) or "reports are the same")
sys.exit(1 if problems else 0)
