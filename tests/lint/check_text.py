#!/usr/bin/env python3
"""Rules of style that text alone can tell: guards, conditional compilation, lengths, leftovers, hosts."""
import re

import tree

FILE_LINES_MAX = 620  # "about 600": a test table may stand together
FUNCTION_LINES_HINT = 60  # said, not judged
FUNCTION_LINES_MAX = 90

# Conditional compilation is for include guards and for headers that assembly shares; variants are files.
CONDITIONAL = re.compile(r"^\s*#\s*(if|ifdef|ifndef|elif|else)\b\s*(.*)")
CONDITIONAL_ALLOWED = {("ifndef", "__ASSEMBLER__"), ("ifdef", "__ASSEMBLER__"), ("ifdef", "__cplusplus")}
CONDITIONAL_EXCEPTIONS = {  # path: why
    f"examples/library/guest/{name}.c": "a planted bug is one define away" for name in ("lock", "stage2", "vgic")
}

GUARD = re.compile(r"EL2SIM_[A-Z0-9_]+_H$")

LEFTOVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")

# Sites that documents may point to. Whatever is installed comes from the archive that a machine already uses, so no
# other host has a place in this tree.
HOSTS_ALLOWED = {
    "www.gnu.org", "developer.arm.com", "www.kernel.org", "docs.kernel.org", "doi.org", "json-schema.org",
    "www.devicetree.org", "www.unicorn-engine.org", "www.qemu.org", "www.w3.org",
    "tracing",  # a page of Chrome
}
HOST = re.compile(r"\b[a-z][a-z+]*://([A-Za-z0-9.-]+)")

TEXT_SUFFIXES = (".c", ".h", ".S", ".def", ".ld", ".py", ".sh", ".cmake", ".txt", ".md", ".yaml", ".json", "/run")
CODE_SUFFIXES = (".c", ".h", ".S", ".py", ".sh")


def check_conditionals(path, text):
    guard_seen = not path.endswith(".h")
    for number, line in enumerate(text, 1):
        match = CONDITIONAL.match(line)
        if not match:
            continue
        word, argument = match[1], match[2].strip()
        if not guard_seen and word == "ifndef":
            guard_seen = True
            if GUARD.match(argument) and argument.endswith("_" + guard_end(path)):
                continue
            yield f"{path}:{number}: guard {argument} should be EL2SIM_..._{guard_end(path)}"
        elif (word, argument) not in CONDITIONAL_ALLOWED and path not in CONDITIONAL_EXCEPTIONS:
            yield f"{path}:{number}: #{word}: make the variants separate files"
    if not guard_seen:
        yield f"{path}: no include guard"


def guard_end(path):
    return path.split("/")[-1].replace("-", "_").replace(".", "_").upper()


def check_guards_are_unique(headers):
    seen = {}
    for path in headers:
        guard = next((line.split()[1] for line in tree.lines(path) if line.startswith("#ifndef ")), None)
        if guard in seen:
            yield f"{path}: has the guard of {seen[guard]}"
        seen[guard] = path


def function_lengths(path, text):
    """(line, length) of each function body, by the braces in column 0 that the format gives them."""
    start = None
    for number, line in enumerate(text, 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            yield start, number - start - 1
            start = None


def check_lengths(path, text):
    if len(text) - 1 > FILE_LINES_MAX:
        yield f"{path}: {len(text) - 1} lines, at most {FILE_LINES_MAX}: split it"
    if not path.endswith(".c"):
        return
    for number, length in function_lengths(path, text):
        if length > FUNCTION_LINES_MAX:
            yield f"{path}:{number}: a function of {length} lines, at most {FUNCTION_LINES_MAX}"
        elif length > FUNCTION_LINES_HINT:
            print(f"hint: {path}:{number}: a function of {length} lines, {FUNCTION_LINES_HINT} is the aim")


def check_words(path, text):
    for number, line in enumerate(text, 1):
        if path != "tests/lint/check_text.py" and LEFTOVER.search(line):
            yield f"{path}:{number}: {LEFTOVER.search(line)[1]}: finish it or put it into docs/limits.md"
        for host in HOST.findall(line):
            if host.lower().rstrip(".") not in HOSTS_ALLOWED:
                yield f"{path}:{number}: host {host} is not one that this tree may name"


def main():
    findings = []
    for path in tree.files(*TEXT_SUFFIXES):
        text = tree.lines(path)
        findings += check_words(path, text)
        if path.endswith((".c", ".h")):
            findings += check_conditionals(path, text)
        if path.endswith(CODE_SUFFIXES):
            findings += check_lengths(path, text)
    findings += check_guards_are_unique(tree.files(".h"))
    tree.finish(findings, "text")


main()
