"""Hardware that QEMU has not got: a hypervisor on it prints what another design prints without, but for its name.
usage: same_design.py IMAGE CPU FEATURES GIC SMP REFERENCE [APPEND]"""
import sys

import harness

image, cpu, features, gic, smp, reference = sys.argv[1:7]
append = sys.argv[7] if len(sys.argv) > 7 else ""
with_features = f"{cpu}+{features}"
there = harness.run_guest(image, with_features, gic, smp, append, "--strict")
here = harness.run_guest(reference, cpu, gic, smp, append, "--strict")
lines, expected = there.stdout.splitlines(), here.stdout.splitlines()
problems = []
if lines[1:] != expected[1:] or lines[-1:] != ["RESULT PASS"]:
    problems.append(f"{image} and {reference} print different lines")
if lines[:1] == expected[:1]:
    problems.append(f"{image} has the name of {reference}")
if there.returncode or here.returncode:
    problems.append("a run did not end well")
without = harness.run_guest(image, cpu, gic, smp, append)
if without.stdout.count("\n") != 2 or "RESULT FAIL this CPU has no" not in without.stdout:
    problems.append(f"without {features} it should say what is missing{harness.said(without)}")
if problems:
    print("\n".join(problems) + harness.said(there) + harness.said(here))
    sys.exit(1)
print(f"{len(lines)} lines, the same on both")
