"""Replaces each sensitive instruction of an assembler file by SVC #imm16 that says what it was (hyp/include/abi/pv.h).
usage: rewrite.py PV.DEF IN.s OUT.s

IN.s is what the compiler or the preprocessor wrote. One instruction becomes one instruction, so vectors and branches
stay as they are. What EL0 may do itself stays; what has no call is an error, with its file and line.
"""
import re
import sys

MRS, MSR, MSR_FIELD, EVENT, SYS, HVC, SVC = range(1, 8)
ERET, SMC = range(2)
REGISTERS = {f"x{n}": n for n in range(31)} | {"xzr": 31, "lr": 30, "fp": 29}
NO_CALL = re.compile(r"ldtr|sttr|hlt$|dcps[123]$|drps$|sysl$|eretaa$|eretab$")
LABEL = re.compile(r"\s*(?:[\w.$\\@()]+:(?!:)\s*)*")
IMPLEMENTED = re.compile(r"s([0-3])_([0-7])_c(\d+)_c(\d+)_([0-7])$")


class Refused(Exception):
    """An instruction that cannot be replaced: the text says why, and what to do."""


class Calls:
    """The tables of pv.def, by lower-case names."""

    def __init__(self, path):
        self.registers, self.fields, self.operations = {}, {}, {}
        self.native, self.native_operations, self.names = {}, set(), {}
        for line in open(path, encoding="ascii"):
            match = re.match(r"(PV_\w+)\((.*)\)$", line)
            if match:
                self.add(match[1], [word.strip().lower() for word in match[2].split(",")])

    def add(self, kind, words):
        if kind == "PV_REG":
            self.add_register(words[1], int(words[0], 0), [int(word) for word in words[2:]])
        elif kind == "PV_REG16":
            op0, op1, op2 = (int(word) for word in words[2:])
            for n in range(16):
                self.add_register(f"{words[1]}{n}_el1", int(words[0], 0) + n, [op0, op1, 0, n, op2])
        elif kind == "PV_FIELD":
            self.fields[words[1]] = int(words[0], 0)
        elif kind == "PV_OP":
            self.operations[words[1], words[2]] = int(words[0], 0)
        elif kind == "PV_NATIVE":
            self.native[words[0]] = words[1]
        elif kind == "PV_NATIVE_OP":
            self.native_operations.add((words[0], words[1]))

    def add_register(self, name, index, encoding):
        self.registers[name] = index
        self.names[tuple(encoding)] = name

    def register_name(self, text):
        match = IMPLEMENTED.match(text)
        return self.names.get(tuple(int(n) for n in match.groups()), text) if match else text


def call(kind, index, low="0"):
    return f"svc #{(kind << 13) + (index << 5):#x} + {low}"


def general(text):
    """The number of a general register; an argument of a macro is looked up by the assembler."""
    if text.startswith("\\"):
        return f"pv_{text}"
    if text not in REGISTERS:
        raise Refused(f"{text} is no general register")
    return str(REGISTERS[text])


def register_access(calls, mnemonic, operands):
    name, rt = (operands[1], operands[0]) if mnemonic == "mrs" else (operands[0], operands[1])
    name = calls.register_name(name)
    if mnemonic == "msr" and name in calls.fields and not rt.startswith(("x", "\\", "lr", "fp")):
        return call(MSR_FIELD, calls.fields[name], f"({rt.lstrip('#')})")
    if calls.native.get(name) in ("rw", "r" if mnemonic == "mrs" else "rw"):
        return None
    if name not in calls.registers:
        raise Refused(f"register {name} is not in abi/pv.def: add it there and to the hypervisor")
    return call(MRS if mnemonic == "mrs" else MSR, calls.registers[name], general(rt))


def operation(calls, mnemonic, operands):
    key = (mnemonic, operands[0])
    if key in calls.native_operations:
        return None
    if key not in calls.operations:
        raise Refused(f"{mnemonic} {operands[0]} is not in abi/pv.def: add it there and to the hypervisor")
    return call(SYS, calls.operations[key], general(operands[1]) if len(operands) > 1 else "31")


def immediate(kind, operands):
    try:
        value = int(operands[0].lstrip("#"), 0)
    except (IndexError, ValueError):
        raise Refused("its immediate is not a number") from None
    if value >= 1 << 13:
        raise Refused("its immediate does not fit in 13 bits")
    return f"svc #{(kind << 13) + value:#x}"


def replacement(calls, mnemonic, operands):
    """The instruction to put in its place; None: it stays."""
    if mnemonic in ("mrs", "msr"):
        return register_access(calls, mnemonic, operands)
    if mnemonic in ("tlbi", "at", "dc", "ic"):
        return operation(calls, mnemonic, operands)
    if mnemonic == "sys":
        raise Refused("SYS is not known by number: write TLBI, AT, DC or IC")
    if mnemonic == "eret":
        return call(EVENT, ERET)
    if mnemonic == "smc":
        return call(EVENT, SMC)
    if mnemonic == "hvc":
        return immediate(HVC, operands)
    if mnemonic == "svc":
        return immediate(SVC, operands)
    if NO_CALL.match(mnemonic):
        raise Refused(f"{mnemonic} has no call: a guest kernel at EL0 cannot use it")
    return None


def rewrite_statement(calls, statement):
    label = LABEL.match(statement)[0]
    words = statement[len(label):].split(None, 1)
    if not words or words[0].startswith("."):
        return statement
    operands = [word.strip().lower() for word in words[1].split(",")] if len(words) > 1 else []
    new = replacement(calls, words[0].lower(), operands)
    return statement if new is None else f"{label}\t{new}"


def split_statements(line):
    """Statements and comment of a line: ; and // count outside of strings only."""
    parts, start, in_string, i = [], 0, False, 0
    while i < len(line):
        if line[i] == '"' and (i == 0 or line[i - 1] != "\\"):
            in_string = not in_string
        elif not in_string and line.startswith("//", i):
            return parts + [line[start:i]], line[i:]
        elif not in_string and line[i] == ";":
            parts.append(line[start:i])
            start = i + 1
        i += 1
    return parts + [line[start:]], ""


def rewrite_line(calls, line):
    if line.lstrip().startswith("#"):
        return line
    statements, comment = split_statements(line)
    return ";".join(rewrite_statement(calls, statement) for statement in statements) + comment


def main(def_path, in_path, out_path):
    calls = Calls(def_path)
    out = [f"\t.set pv_{name}, {number}" for name, number in REGISTERS.items()]
    for number, line in enumerate(open(in_path, encoding="utf-8"), 1):
        try:
            out.append(rewrite_line(calls, line.rstrip("\n")))
        except Refused as why:
            print(f"{in_path}:{number}: {line.strip()}: {why}", file=sys.stderr)
            return 2
    with open(out_path, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        print("usage: rewrite.py PV.DEF IN.s OUT.s", file=sys.stderr)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
