"""Linux on four CPUs twice, and KVM with engine shortcuts off: the same reports, byte for byte.

Without the table of blocks a run takes several times as long, and code that is executed between the moment when it is
changed and its IC may be booked under its new class instead of its old one: tests/integration/determinism.py has that shortcut."""
import json
import sys

import harness
import real

CASES = {
    "Linux on 4 CPUs, again": (
        ["--cpu", "cortex-a57", "--gic", "3", "--smp", "4", "--el", "1", "--initrd", real.USERLAND, "--append",
         real.APPEND + " quiet"], []),
    "KVM, shortcuts off": (
        ["--cpu", "cortex-a76", "--gic", "3", "--smp", "1", "--initrd", real.ROWS, "--append",
         real.APPEND + " quiet n=4 rows=hypercall,io-user"], ["--engine-off", "views,range-flush,trap-in-hook,dc-zva"]),
}
problems = []
for name, (options, more) in CASES.items():
    options = ["run", "--mem", "512M", "--kernel", real.KERNEL, *options]
    first, second = harness.run_json(*options), harness.run_json(*options, *more)
    if json.loads(first)["end"] != "power-off":
        problems.append(f"{name}: ended by {json.loads(first)['end_text']}")
    if first != second:
        x, y = json.loads(first), json.loads(second)
        problems.append(f"{name}: reports differ in {', '.join(key for key in x if x[key] != y.get(key))}")
print("\n".join(problems) or "reports are byte-identical")
sys.exit(1 if problems else 0)
