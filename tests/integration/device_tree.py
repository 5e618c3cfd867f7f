"""--dump-dtb: dtc reads it without a warning, and the tree is the golden one, for both GICs, 1 and 4 CPUs, entry at EL1
and EL2."""
import itertools
import shutil
import subprocess
import sys

import harness

if shutil.which("dtc") is None:
    print("dtc is not installed")
    sys.exit(harness.SKIPPED)

problems = []
for gic, smp, el in itertools.product((2, 3), (1, 4), (1, 2)):
    name = f"gic{gic}-smp{smp}-el{el}"
    blob = harness.temporary(name + ".dtb")
    result = harness.el2sim("run", "--gic", gic, "--smp", smp, "--el", el, "--append", "console=ttyAMA0", "--kernel",
                            harness.guest("check_pmu"), "--dump-dtb", blob)
    if result.returncode != 0 or result.stdout or result.stderr:
        problems.append(f"{name}: {harness.said(result)}")
        continue
    dtc = subprocess.run(["dtc", "-I", "dtb", "-O", "dts", "-s", blob], capture_output=True, text=True)
    if dtc.returncode != 0 or dtc.stderr:
        problems.append(f"{name}: dtc says\n{dtc.stderr}")
    if difference := harness.golden(f"board-{name}.dts", dtc.stdout.replace("\\0", '", "')):
        problems.append(difference)
print("\n".join(problems) or "8 trees as expected")
sys.exit(1 if problems else 0)
