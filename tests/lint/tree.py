"""What the lint checks share: which files there are, and how findings are said."""
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GUEST_ROOTS = ("hyp", "workloads", "tests/guest", "labs")


def files(*suffixes, under=("",)):
    """Paths from the root, sorted, of the sources below the given folders; no build trees, nothing hidden but .ci."""
    found = []
    for top in under:
        for folder, folders, names in os.walk(os.path.join(ROOT, top)):
            folders[:] = [f for f in folders if f == ".ci" or not f.startswith((".", "build", "__"))]
            for name in names:
                if name.endswith(suffixes):
                    found.append(os.path.relpath(os.path.join(folder, name), ROOT))
    return sorted(found)


def lines(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read().split("\n")


def is_guest(path):
    """Freestanding A64 code, built by the cross compiler."""
    return path.startswith(tuple(root + "/" for root in GUEST_ROOTS))


def finish(findings, what):
    """Prints the findings, one line each, and ends the program: 0 when there are none."""
    for finding in findings:
        print(finding)
    if findings:
        print(f"{what}: {len(findings)} finding(s)")
    sys.exit(1 if findings else 0)
