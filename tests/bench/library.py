"""How long unit tests on libel2sim take: a machine, a test of the worked examples (examples/library; goal: under 50 ms), the search.
usage: library.py CC"""
import os
import re
import subprocess
import sys
import time

import harness
import outside

library = outside.install()
folder = outside.build(harness.source("examples", "library"), library, f"-DCMAKE_C_COMPILER={sys.argv[1]}",
                       "-DCMAKE_BUILD_TYPE=Release")
print(f"{'':<34}{'whole program, ms':>18}{'a test, ms':>12}")
for name, image in (("vgic", "vgic"), ("stage2", "stage2"), ("lock", "lock"), ("lock", "lock_LOCK_BUG_OWNER")):
    start = time.monotonic()
    done = subprocess.run([os.path.join(folder, f"{name}_test"), os.path.join(folder, f"{image}.elf")],
                          capture_output=True, text=True)
    whole = 1000 * (time.monotonic() - start)
    each = re.search(r"([\d.]+) ms each", done.stdout)
    print(f"{image:<34}{whole:>18.0f}{each[1] if each else '':>12}")
    print("".join(f"  {line}\n" for line in done.stdout.split("\n") if "interleavings" in line), end="")
