"""What the tests of the program share: where things are, how it is run, golden files.

ctest says in the environment: EL2SIM (the program) and EL2SIM_BUILD (its build tree, with guest/).
UPDATE_GOLDEN=1 rewrites golden files instead of comparing.
"""
import difflib
import os
import subprocess
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("EL2SIM_BUILD", os.path.join(SOURCE, "build"))
PROGRAM = os.environ.get("EL2SIM", os.path.join(BUILD, "el2sim"))
QEMU = os.environ.get("QEMU", "qemu-system-aarch64")
SKIPPED = 77  # ctest's SKIP_RETURN_CODE

# A net for a program that hangs, not a measure of speed: the sanitizers on a busy machine are slow.
TIMEOUT_SECONDS = 400

os.environ.setdefault("LSAN_OPTIONS", f"suppressions={SOURCE}/tests/support/lsan.supp:print_suppressions=0")

scratch = tempfile.TemporaryDirectory(prefix="el2sim-test-")


def guest(name):
    return os.path.join(BUILD, "guest", name + ".elf")


def source(*parts):
    return os.path.join(SOURCE, *parts)


def designs():
    """Each design that el2sim comes with: its name, and the text of its file."""
    folder = source("sim", "designs")
    return {name[:-5]: read(os.path.join(folder, name)) for name in sorted(os.listdir(folder))}


def real(name):
    """A file of Debian's arm64 software, fetched when it is not there; no test skips for want of it."""
    path = os.path.join(os.environ.get("EL2SIM_REAL", source("build", "real")), name)
    if not os.path.exists(path):
        fetched = subprocess.run([source("scripts", "real-software.sh")], capture_output=True, text=True)
        if fetched.returncode != 0:
            raise AssertionError(f"{path} is missing:\n{fetched.stdout}{fetched.stderr}")
    return path


def temporary(name):
    return os.path.join(scratch.name, name)


def write(name, content):
    """A file in the test's own directory; its path."""
    path = temporary(name)
    with open(path, "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())
    return path


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def read_bytes(path):
    with open(path, "rb") as f:
        return f.read()


def el2sim(*args, env=None, cwd=None, program=None):
    """Runs the program: status, stdout and stderr as text."""
    command = [program or PROGRAM] + [str(a) for a in args]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, cwd=cwd,
                            env=dict(os.environ, **(env or {})), timeout=TIMEOUT_SECONDS)
    result.stdout = result.stdout.decode("utf-8", "replace").replace("\r", "")
    result.stderr = result.stderr.decode("utf-8", "replace")
    return result


def said(result):
    """What a failed run said, for a message."""
    return f"\ncommand: {' '.join(result.args)}\nstatus: {result.returncode}\n" \
           f"stdout: {result.stdout[-2000:]}\nstderr: {result.stderr[-2000:]}"


def run_json(*args, **kw):
    """The report of `el2sim ... --json FILE`, as bytes: compared as such, or given to json.loads."""
    path = temporary("report.json")
    if os.path.exists(path):
        os.remove(path)
    result = el2sim(*args, "--json", path, **kw)
    if result.returncode not in (0, 1) or not os.path.exists(path):
        raise AssertionError("no report" + said(result))
    with open(path, "rb") as f:
        return f.read()


def disk():
    """The disk of check_virtio: 128 sectors, byte i of sector n is (7 n + i) mod 251."""
    path = temporary("disk.img")
    if not os.path.exists(path):
        write("disk.img", bytes((7 * n + i) % 251 for n in range(128) for i in range(512)))
    return path


def devices(image):
    """Further options for an image: here, and on QEMU."""
    if image != "check_virtio":
        return [], []
    return (["--drive", disk(), "--rng-seed", "1", "--console", "virtio"],
            ["-global", "virtio-mmio.force-legacy=false", "-drive", f"file={disk()},format=raw,if=none,id=d,snapshot=on",
             "-device", "virtio-blk-device,drive=d", "-device", "virtio-rng-device", "-device", "virtio-serial-device",
             "-chardev", "null,id=c", "-device", "virtconsole,chardev=c"])


def cpu_options(cpu):
    """A model, or MODEL+FEATURES."""
    model, plus, features = cpu.partition("+")
    return ["--cpu", model] + (["--feature", features] if plus else [])


def has_el2(image):
    """Whether the image is for a machine with EL2, by its name."""
    return not image.startswith("deprivileged")


def is_hypervisor(image):
    """Whether the image is a design with its rows, not a group of checks."""
    return not image.startswith(("check_", "access_"))


def level(image):
    """Options of `el2sim run` for that."""
    return [] if has_el2(image) else ["--el", "1"]


def run_guest(image, cpu, gic, smp, append="", *options):
    return el2sim("run", "--quiet", *options, *level(image), *devices(image)[0], *cpu_options(cpu), "--gic", gic, "--smp", smp, "--mem", "256M",
                  "--kernel", guest(image), *(["--append", append] if append else []))


def qemu_major():
    """QEMU's major version: the differences that are argued in this tree are those of 7.2, Debian 12's."""
    said = subprocess.run([QEMU, "--version"], capture_output=True, text=True).stdout
    return int(said.split("version ")[1].split(".")[0])


def run_qemu(image, cpu, gic, smp, append=""):
    """The same machine in QEMU; None where it is not installed. One host thread: the guests' spins yield by WFE. Where rows
    run, which must set timers in time, time goes by with the instructions: on a slow host, too, there is enough of it."""
    runs_rows = is_hypervisor(image) and "rows=check" not in append
    clock = ["-icount", "shift=1,sleep=off"] if runs_rows else []
    board = f"virt,virtualization={'on' if has_el2(image) else 'off'},gic-version={gic}"
    command = [QEMU, "-accel", "tcg,thread=single", *clock, "-M", board, "-cpu", cpu,
               "-smp", str(smp), "-m", "256", "-nodefaults", "-display", "none", "-serial", "stdio",
               "-kernel", guest(image)] + devices(image)[1] + (["-append", append] if append else [])
    try:
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_SECONDS)
    except FileNotFoundError:
        return None
    result.stdout = result.stdout.decode("utf-8", "replace").replace("\r", "")
    result.stderr = result.stderr.decode("utf-8", "replace")
    return result


def table(path):
    """The lines of a `a | b | c` table, as lists; comments and blank lines left out."""
    rows = (line for line in read(path).split("\n") if line and not line.startswith("#"))
    return [[field.strip() for field in row.split("|")] for row in rows]


def golden(name, text):
    """None when text is what the golden file says, else the difference."""
    path = source("tests", "golden", name)
    if os.environ.get("UPDATE_GOLDEN") == "1":
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return None
    expected = read(path) if os.path.exists(path) else ""
    if expected == text:
        return None
    lines = difflib.unified_diff(expected.splitlines(), text.splitlines(), "tests/golden/" + name, "this run",
                                 lineterm="", n=2)
    return "\n".join(lines) + "\n(UPDATE_GOLDEN=1 writes the golden file anew; then review the difference)"
