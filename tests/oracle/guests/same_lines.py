"""One guest on QEMU and on el2sim: the same lines on both. usage: same_lines.py IMAGE CPU GIC SMP [APPEND]

A check named in tests/guest/qemu-differences.txt is judged by the manual, so by what the check itself says on el2sim:
it must be ok there. A hypervisor image must end with RESULT PASS on both."""
import re
import sys

import harness

image, cpu, gic, smp = sys.argv[1:5]
append = sys.argv[5] if len(sys.argv) > 5 else ""
judged_by_manual = {row[0] for row in harness.table(harness.source("tests/guest/qemu-differences.txt"))}
CHECK = re.compile(r"(ok|skip|FAIL) ([a-z0-9_]+)")


def name_of(line):
    match = CHECK.match(line)
    return match.group(2) if match else None


def drop_judged(lines):
    return [line for line in lines if name_of(line) not in judged_by_manual and not line.startswith("CHECKS ")]


def find_problems(qemu, ours):
    found = [f"el2sim: {line}" for line in ours if line.startswith("FAIL ")]
    for a, b in zip(drop_judged(qemu), drop_judged(ours)):
        if a != b:
            return found + [f"first difference:\n  QEMU   {a}\n  el2sim {b}"]
    if len(drop_judged(qemu)) != len(drop_judged(ours)):
        found.append(f"QEMU printed {len(qemu)} lines and ends `{qemu[-1:]}`, el2sim {len(ours)} and `{ours[-1:]}`")
    done = {name_of(line) for line in ours}
    found += [f"el2sim did not come to {name_of(line)}" for line in qemu if name_of(line) not in done]
    if harness.is_hypervisor(image) and not qemu[-1:] == ours[-1:] == ["RESULT PASS"]:
        found.append("the last line is not RESULT PASS")
    return found


on_qemu = harness.run_qemu(image, cpu, gic, smp, append)
if on_qemu is None:
    print(f"{harness.QEMU} is not installed: nothing to compare with")
    sys.exit(harness.SKIPPED)
if cpu == "max" and harness.qemu_major() != 7: # what `max` has differs from one QEMU to the next
    print("`max` is compared with the reference, QEMU 7.2, only")
    sys.exit(harness.SKIPPED)
on_el2sim = harness.run_guest(image, cpu, gic, smp, append, "--strict")
problems = find_problems(on_qemu.stdout.splitlines(), on_el2sim.stdout.splitlines())
for result in (on_qemu, on_el2sim):
    if result.returncode != 0:
        problems.append("a run did not end well" + harness.said(result))
if problems:
    print("\n".join(problems))
    print(harness.said(on_el2sim))
    sys.exit(1)
print(f"{len(on_el2sim.stdout.splitlines())} lines, the same on both")
