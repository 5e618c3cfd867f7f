#!/usr/bin/env python3
"""Who may include whom (docs/architecture.md), own header first, no circles."""
import os
import re

import tree

# A module is a folder; what it may include, beside itself. The arrow of the architecture is transitive:
#   cli -> study, lab, step, trace, window -> report -> lint, catalog -> board -> device -> image -> sim/base
#   board -> engine, mmu, gic, timer -> cpu-el -> sim/base
MODEL = ["cpu-el", "sim/base"]
DEVICE = ["sim/image", "sim/base"]
BOARD = ["sim/device", "sim/image", "sim/engine", "mmu", "gic", "timer", *MODEL]
MAY_INCLUDE = {
    "sim/base": [],
    "cpu-el": ["sim/base"],
    "mmu": MODEL,
    "gic": MODEL,
    "timer": MODEL,
    "sim/engine": MODEL,
    "sim/image": ["sim/base"],
    "sim/device": DEVICE,
    "sim/board": BOARD,
    "sim/catalog": ["sim/board", *BOARD],
    "sim/lint": ["sim/board", *BOARD],
    "sim/report": ["sim/lint", "sim/catalog", "sim/board", *BOARD],
    "sim/lab": ["sim/report", "sim/lint", "sim/catalog", "sim/board", *BOARD],
    "sim/gdb": ["sim/report", "sim/lint", "sim/catalog", "sim/board", *BOARD],
    "sim/trace": ["sim/report", "sim/lint", "sim/catalog", "sim/board", *BOARD],
    "sim/study": ["sim/report", "sim/lint", "sim/catalog", "sim/board", *BOARD],
    "sim/lib": ["sim/report", "sim/lint", "sim/catalog", "sim/board", *BOARD],
    "sim/step": ["sim/report", "sim/lint", "sim/catalog", "sim/board", *BOARD],
    "sim/window": ["sim/board", *BOARD],
    "sim/cli": ["sim/study", "sim/lab", "sim/gdb", "sim/step", "sim/trace", "sim/window", "sim/report", "sim/lint", "sim/catalog", "sim/board", *BOARD],
}

# Guest code: the folders whose headers it may include, found by -I as well as from the own folder.
GUEST_MAY_INCLUDE = {
    "hyp": ["hyp"],
    "workloads": ["workloads", "hyp/include", "hyp"],
    "tests/guest": ["tests/guest"],
    "labs": ["labs"],
}
OUTSIDE = "examples/"  # a project of its own, built where the tree is not
PUBLIC = "include/"  # what is installed: complete without this tree
HOSTED = "workloads/linux/"  # a program of Linux: has a C library
FREESTANDING = {"stdarg.h", "stdbool.h", "stddef.h", "stdint.h"}  # what C promises without a library: 4p6

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def includes(path):
    """(line number, quote, name) of each #include."""
    for number, line in enumerate(tree.lines(path), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1], match[2]


def module_of(path):
    return next((m for m in MAY_INCLUDE if path.startswith(m + "/")), None)


def check_host(path):
    module = module_of(path)
    for number, quote, name in includes(path):
        where = f"{path}:{number}"
        if path.startswith(PUBLIC) and name not in FREESTANDING and not name.startswith("el2sim/"):
            yield f'{where}: "{name}": an installed header may include el2sim/ and what C has without a library'
        if quote == "<":
            if name.startswith("unicorn/") and module != "sim/engine" and not path.startswith("tests/"):
                yield f"{where}: <{name}>: only sim/engine may include Unicorn"
            continue
        if path.startswith(OUTSIDE):
            continue
        if not os.path.exists(os.path.join(tree.ROOT, name)):
            yield f'{where}: "{name}": write it from the root of the tree, as "sim/base/types.h"'
            continue
        target = module_of(name)
        if module and target != module and target not in MAY_INCLUDE[module]:
            allowed = ", ".join(MAY_INCLUDE[module]) or "nothing else"
            yield f'{where}: {module} may not include "{name}"; it may include {allowed}'


def check_guest(path):
    root = next(r for r in tree.GUEST_ROOTS if path.startswith(r + "/"))
    roots = GUEST_MAY_INCLUDE[root]
    known = [h for h in tree.files(".h", ".def", under=roots)]
    for number, quote, name in includes(path):
        if quote == "<":
            if name not in FREESTANDING and not path.startswith(HOSTED):
                yield f"{path}:{number}: <{name}>: guest code has no C library"
        elif not any(h == name or h.endswith("/" + name) for h in known):
            yield f'{path}:{number}: "{name}" is in none of {", ".join(roots)}'


def check_own_header_first(path):
    own = path[:-2] + ".h"
    if not path.endswith(".c") or not os.path.exists(os.path.join(tree.ROOT, own)):
        return
    first = next(includes(path), None)
    if first is None or not ("/" + own).endswith("/" + first[2]):
        yield f'{path}: its own header "{own}" must be its first include'


def find_circles():
    """Circles of host headers, each said once."""
    edges = {h: [n for _, q, n in includes(h) if q == '"'] for h in tree.files(".h") if not tree.is_guest(h)}
    done, circles = set(), []

    def visit(header, trail):
        if header in trail:
            circles.append(" -> ".join(trail[trail.index(header):] + [header]) + ": headers include in a circle")
        elif header not in done and header in edges:
            for name in edges[header]:
                visit(name, trail + [header])
            done.add(header)

    for header in sorted(edges):
        visit(header, [])
    return circles


def main():
    findings = []
    for path in tree.files(".c", ".h", ".def", ".S"):
        findings += check_guest(path) if tree.is_guest(path) else check_host(path)
        findings += check_own_header_first(path)
    tree.finish(findings + find_circles(), "includes")


main()
