"""The bare-metal checks of one image on el2sim, in all its cases: nothing fails, and each check does in each case what
the golden table says (ok or skip). usage: check_images.py IMAGE"""
import sys

import harness

image = sys.argv[1]
cases = [c for c in harness.table(harness.source("tests/guest/cases.txt")) if c[1] == image]
results = {}  # check: {case: ok, skip}
problems = []


def take_checks(case, result):
    lines = result.stdout.splitlines()
    for line in lines:
        word, _, rest = line.partition(" ")
        if word in ("ok", "skip"):
            results.setdefault(rest.split(":")[0], {})[case] = word
        elif word == "FAIL":
            problems.append(f"{case}: {line}")
    last = lines[-1].split() if lines else []
    if len(last) != 7 or last[0] != "CHECKS" or last[3] != "0":
        problems.append(f"{case}: the last line is not `CHECKS n ok, 0 failed, n skipped`{harness.said(result)}")


for name, _, cpu, gic, smp, append in cases:
    outcome = harness.run_guest(image, cpu, gic, smp, append, "--strict")
    if outcome.returncode != 0:
        problems.append(f"{name}: ended with status {outcome.returncode}{harness.said(outcome)}")
    if image.startswith("check_"):
        take_checks(name, outcome)
    elif difference := harness.golden(f"checks-{name}.txt", outcome.stdout):
        problems.append(difference)

if image.startswith("check_"):
    names = [c[0] for c in cases]
    text = "# check | " + " | ".join(names) + "\n"
    for check in sorted(results):
        text += check + " | " + " | ".join(results[check].get(name, "-") for name in names) + "\n"
    difference = harness.golden(f"checks-{image.removeprefix('check_')}.txt", text)
    problems += [difference] if difference else []

for problem in problems:
    print(problem)
print(f"{image}: {len(cases)} cases, {len(problems)} problems")
sys.exit(1 if problems else 0)
