#!/usr/bin/env python3
"""Each header compiles alone: the host's with the host compiler, the guests' with the cross compiler.

usage: check_headers.py HOST_CC GUEST_CC
"""
import concurrent.futures
import os
import subprocess
import sys

import tree

# -I folders of guest code, by the folder that a header is in (longest first wins).
GUEST_INCLUDES = {
    "hyp": ["hyp", "hyp/include", "hyp/arch/el1"],
    "workloads": ["workloads", "hyp/include", "workloads/lib", "workloads/micro"],
    "labs": ["labs/lib"],
    "tests/guest": ["tests/guest/lib", "tests/guest/matrix", "hyp/include"],
}


def command(path, host_cc, guest_cc):
    common = ["-std=c11", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I.", "-Iinclude", "-x", "c"]
    if not tree.is_guest(path):
        return [host_cc, *common, "-"]
    root = next(r for r in tree.GUEST_ROOTS if path.startswith(r + "/"))
    includes = ["-I" + folder for folder in GUEST_INCLUDES[root]]
    return [guest_cc, *common, "-ffreestanding", "-mgeneral-regs-only", *includes, "-"]


def check(path, host_cc, guest_cc):
    run = subprocess.run(command(path, host_cc, guest_cc), input=f'#include "{path}"\n', cwd=tree.ROOT,
                         capture_output=True, text=True)
    return f"{path}: does not compile alone:\n{run.stderr}" if run.returncode else None


def main():
    host_cc, guest_cc = sys.argv[1:]
    headers = tree.files(".h")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda path: check(path, host_cc, guest_cc), headers)
    tree.finish([r for r in results if r], "headers that compile alone")


main()
