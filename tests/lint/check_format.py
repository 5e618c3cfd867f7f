#!/usr/bin/env python3
"""clang-format has nothing to change. Its versions differ: only the one of Debian 12 judges; else the check is skipped.

usage: check_format.py CLANG_FORMAT      (a path, or anything that cannot be run)
"""
import re
import subprocess
import sys

import tree

JUDGE = 14
SKIPPED = 77


def version(tool):
    try:
        said = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout
    except OSError:
        return None
    match = re.search(r"version (\d+)", said)
    return int(match[1]) if match else None


def main():
    tool = sys.argv[1]
    found = version(tool)
    if found != JUDGE:
        print(f"skipped: needs clang-format {JUDGE}, " + (f"found {found}" if found else "found none"))
        sys.exit(SKIPPED)
    run = subprocess.run([tool, "--dry-run", "--Werror", *tree.files(".c", ".h")],
                         cwd=tree.ROOT, capture_output=True, text=True)
    wrong = sorted({line.split(":")[0] for line in run.stderr.split("\n") if "error:" in line})
    tree.finish([f"{path}: run clang-format -i" for path in wrong], "format")


main()
