"""A guest with a snapshot in its midst: a cold run, a run that saves, and a run from the snapshot end with the same
report, byte for byte (so the same digest), wherever it is. usage: snapshots.py IMAGE CPU GIC SMP [APPEND]"""
import sys

import harness
import snapshot_checks

image, cpu, gic, smp = sys.argv[1:5]
machine = [*harness.cpu_options(cpu), "--gic", gic, "--smp", smp, *harness.level(image), "--mem", "128M", "--kernel", harness.guest(image)]
machine += ["--append", sys.argv[5]] if len(sys.argv) > 5 else []
machine += harness.devices(image)[0]
cold = harness.run_json("run", "--quiet", *machine)
cycles = snapshot_checks.furthest_cycles(*machine)
problems = []
# Odd fractions: points of no meaning, inside handlers, critical sections and loops.
for part in (97, 251, 503, 751, 911):
    at = cycles * part // 1000
    problems += snapshot_checks.check(f"cycle {at}", cold, f"cycles:{at}", *machine)
problems += snapshot_checks.check_shortcuts(cold)

print("\n".join(problems) or f"{image}: the same with and without snapshots")
sys.exit(1 if problems else 0)
