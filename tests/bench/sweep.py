#!/usr/bin/env python3
"""How much faster a sweep is with more processes. Host time: only worth something on a machine that does nothing else.

usage: sweep.py [--build DIR] [--points N]
"""
import argparse
import os
import subprocess
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--build", default="build")
parser.add_argument("--points", type=int, default=200)
options = parser.parse_args()

prices = [20 + 2 * i for i in range(min(options.points // 4, 64))]
text = f"""name: speed
designs: [kvm-split, kvm-vhe]
profile: xgene1
rows: [hypercall, io-user, virtual-ipi]
ops: 64
axes:
  - {{name: lrs, feature: lrs, values: [2, 4]}}
  - {{name: gich, classes: [gic.gich.read], cycles: {prices}}}
"""


def seconds(processes, folder):
    path = os.path.join(folder, "speed.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    start = time.monotonic()
    subprocess.run([os.path.join(options.build, "el2sim"), "sweep", path, "--out", os.path.join(folder, f"j{processes}"), "-j",
                    str(processes), "--quiet"], check=True)
    return time.monotonic() - start


with tempfile.TemporaryDirectory() as scratch:
    one = seconds(1, scratch)
    print(f"{4 * len(prices)} points, load before {os.getloadavg()[0]:.1f}")
    print(f"  -j 1  {one:6.1f} s  {1000 * one / (4 * len(prices)):.0f} ms a point")
    for n in sorted({2, os.cpu_count() or 2}):
        many = seconds(n, scratch)
        print(f"  -j {n}  {many:6.1f} s  {one / many:.2f}x")
