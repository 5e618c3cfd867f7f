"""A kernel that the boot loader left is the guest: its device tree, its calls, how it ends, and what a host refuses. usage: guest_kernel.py
DESIGN GIC CPU"""
import shutil
import subprocess
import sys

import harness

design, gic, cpu = sys.argv[1:4]
CHECKS = ["PSCI version", "PSCI features", "PSCI has not all", "SMCCC version", "migration", "unknown call", "CPU_ON", "second CPU",
          "UART interrupt"]
END_CALL_AT = 48  # kernel.S: end_call
SYSTEM_RESET = 0x84000009
RESET_STATUS = 1 if design == "xen" else 3  # SHUTDOWN_REBOOT of Xen, or the VMM's

problems = []
with open(harness.guest("tiny_kernel")[:-len("elf")] + "bin", "rb") as f:
    IMAGE = f.read()


def run(image, *options, ramdisk=b"not read by this kernel\n", append="mem=16"):
    modules = ["--module", f"dom0:kernel:{harness.write('kernel', image)},of the guest"]
    if ramdisk:
        modules += ["--module", f"dom0:ramdisk:{harness.write('ramdisk', ramdisk)}"]
    result = harness.el2sim("run", "--quiet", "--level", "functional", "--gic", gic, "--cpu", cpu, "--smp", 2, "--mem", "256M",
                            "--kernel", harness.guest(design), "--append", append, *modules, *options)
    return result.stdout.split("\n")[1:], result


def expect(name, said, *lines):
    console, result = said
    if console != [*lines, ""] or result.returncode != 0 or result.stderr:
        problems.append(f"{name}: expected {lines}{harness.said(result)}")


def tree(line):
    """As dtc shows it."""
    path = harness.write("guest.dtb", bytes.fromhex(line.removeprefix("kernel: tree ")))
    dtc = subprocess.run(["dtc", "-I", "dtb", "-O", "dts", "-s", path], capture_output=True, text=True)
    if dtc.returncode != 0 or dtc.stderr:
        problems.append(f"dtc says\n{dtc.stderr}")
    return dtc.stdout.replace("\\0", '", "')


def card(n):
    """As QEMU's device tree has one, and an edge."""
    return f"""
\tvirtio_mmio@a03{n}000 {{
\t\tcompatible = "virtio,mmio";
\t\tdma-coherent;
\t\tinterrupts = <0x00 0x{17 + n:x} 0x01>;
\t\treg = <0x00 0xa03{n}000 0x00 0x200>;
\t}};
"""


def check_trees(plain):
    """Golden; where the VMM has cards for the host's, they are the last nodes. Xen's are dom0's, which does not run then."""
    name = f"guest-tree-gic{gic}{'-ptimer' if 'novgic' in design else ''}.dts"
    if difference := harness.golden(name, plain):
        problems.append(difference)
    networked = tree(run(IMAGE, "--net", "peer", "--net", "peer")[0][0])
    cards = "" if design == "xen" else card(0) + card(1)
    if networked != plain.removesuffix("};\n") + cards + "};\n":
        problems.append(f"with two cards, these are expected at the end:{cards}{networked}")


ENDS = ["host: vm0 off, status 0", "RESULT PASS"]
checks = [f"kernel: {name}: ok" for name in CHECKS]
console, result = run(IMAGE)
if shutil.which("dtc"):
    check_trees(tree(console[0]))
expect("boots", (console[1:], result), *checks, *ENDS)
console, result = run(IMAGE, ramdisk=None)
expect("boots without RAM disk", (console[1:], result), *checks, *ENDS)
reset = IMAGE[:END_CALL_AT] + SYSTEM_RESET.to_bytes(8, "little") + IMAGE[END_CALL_AT + 8:]
console, result = run(reset)
if "PASS" in result.stdout or console[:-1][-2:] != [f"host: vm0 off, status {RESET_STATUS}", f"RESULT FAIL status {RESET_STATUS}"]:
    problems.append(f"a reset is a status{harness.said(result)}")

# Who says it differs: a VMM (its process then ends), or a hypervisor that has none.
for image, why in (b"no Image" * 100, "is no arm64 Image (one that is packed must be unpacked)"), (
        IMAGE[:24] + b"\x0b" + IMAGE[25:], "is big-endian"), (
        IMAGE[:16] + (1 << 30).to_bytes(8, "little") + IMAGE[24:], "does not fit into its memory (mem=MIB)"):
    console, result = run(image)
    if not console[0].endswith(f"the guest's kernel {why}") or "RESULT FAIL" not in console[-2]:
        problems.append(f"{why}{harness.said(result)}")
console, result = run(IMAGE, ramdisk=bytes(14 << 20))
if "and its RAM disk do not fit" not in console[0]:
    problems.append(f"a RAM disk that does not fit{harness.said(result)}")
console, result = run(IMAGE, append="mem=252")
if "host: mem=252: " not in console[0] or "give the machine more" not in console[0]:
    problems.append(f"more memory than there is{harness.said(result)}")
console, result = run(IMAGE, append="vcpus=9 mem=16")
if "host: vcpus=9: 1 to 8" not in console[0]:
    problems.append(f"too many VCPUs{harness.said(result)}")
print("\n".join(problems) or "as expected")
sys.exit(bool(problems))
