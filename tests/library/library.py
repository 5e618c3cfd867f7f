"""libel2sim installed to an empty place: projects outside of the tree find it and their tests pass. The first program is
taken out of docs/library.md. usage: library.py CC SANITIZED"""
import os
import re
import sys

import harness
import outside

compiler, sanitized = sys.argv[1], sys.argv[2] == "1"
LIBRARY = outside.install()


def check_exports():
    """Nothing but el2sim_* is seen, in either library; the shared one has its version."""
    for arguments in (["-D", "--defined-only", f"{LIBRARY}/libel2sim.so"],
                      ["-g", "--defined-only", f"{LIBRARY}/libel2sim.a"]):
        lines = [line.split() for line in outside.do("nm", *arguments).split("\n") if len(line.split()) == 3]
        others = [name for _, _, name in lines if not name.startswith("el2sim_")]
        if sanitized:  # clang 19 has a name of its own in each object
            others = [name for name in others if not name.startswith("___asan_")]
        if others or not lines:
            sys.exit(f"nm {' '.join(arguments)}: {others[:10] or 'nothing'}")
    if not os.path.exists(f"{LIBRARY}/libel2sim.so.0"):
        sys.exit("libel2sim.so.0 is missing")


def first_program():
    """The first block of C in the document, and what it is said to print."""
    text = harness.read(harness.source("docs", "library.md"))
    code = re.search(r"```c\n(.*?)```", text, re.S)[1]
    if code.count("\n") > 30:
        sys.exit(f"the first program of docs/library.md has {code.count(chr(10))} lines; 30 are promised")
    said = re.search(r"\$ \./first\n(.*?)\n", text)[1]
    return harness.write("first.c", code), re.escape(said)


def test(source, *options):
    flags = "-fsanitize=address,undefined" if sanitized else "-O1"
    folder = outside.build(source, LIBRARY, f"-DCMAKE_C_COMPILER={compiler}", f"-DCMAKE_C_FLAGS={flags}", *options)
    print(outside.do("ctest", "--test-dir", folder, "--output-on-failure"))


check_exports()
first, says = first_program()
test(harness.source("tests", "library", "outside"), f"-DFIRST={first}", f"-DFIRST_SAYS={says}")
test(harness.source("examples", "library"))
