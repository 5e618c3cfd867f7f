"""The same guests on this build and on that of the other compiler: byte-identical reports.
usage: compilers.py PATH-OF-THE-OTHER-EL2SIM; skipped where that does not exist (test.sh builds both)."""
import os
import sys

import harness

other = sys.argv[1]
if not os.path.exists(other):
    print(f"{other} is not there: nothing to compare with")
    sys.exit(harness.SKIPPED)

# Both take designs, profiles and images from here, whatever tree they were built in.
data = harness.temporary("data")
os.mkdir(data)
for kind, path in (("guest", os.path.join(harness.BUILD, "guest")), ("designs", harness.source("sim/designs")),
                   ("profiles", harness.source("sim/profiles"))):
    os.symlink(os.path.abspath(path), os.path.join(data, kind))

RUNS = {
    "comparison": ["compare", "--quiet", "--append", "rows=hypercall,io-user,virtual-ipi n=2"],
    "functional": ["compare", "--quiet", "--level", "functional", "--append", "rows=hypercall n=1", "--costs",
                   "unit"],
    "1 CPU": ["run", "--quiet", "--gic", 2, "--kernel", harness.guest("kvm-split"), "--append", "rows=hypercall n=4"],
    "4 CPUs": ["run", "--quiet", "--gic", 3, "--cpu", "cortex-a76", "--smp", 4, "--kernel", harness.guest("kvm-vhe"),
               "--append", "rows=hypercall,virtual-ipi n=4"],
    "SMP checks": ["run", "--quiet", "--gic", 3, "--cpu", "max", "--smp", 4, "--kernel", harness.guest("check_smp")],
}

problems = []
for what, arguments in RUNS.items():
    ours = harness.run_json(*arguments, env={"EL2SIM_DATA": data})
    theirs = harness.run_json(*arguments, env={"EL2SIM_DATA": data}, program=other)
    if ours != theirs:
        a, b = ours.decode().splitlines(), theirs.decode().splitlines()
        first = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
        problems.append(f"{what}: reports differ from line {first + 1} on:\n  " + "\n  ".join(
            ["this build: " + " / ".join(a[first:first + 3]), "the other: " + " / ".join(b[first:first + 3])]))
print("\n".join(problems) or f"{len(RUNS)} reports, byte-identical")
sys.exit(1 if problems else 0)
