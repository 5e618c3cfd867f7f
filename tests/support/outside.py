"""Projects outside of the tree that use the installed library: installed once to a place of its own, built, run."""
import os
import subprocess
import sys

import harness

PREFIX = harness.temporary("prefix")


def do(*command, env=None):
    done = subprocess.run(command, capture_output=True, text=True, timeout=harness.TIMEOUT_SECONDS,
                          env=dict(os.environ, **(env or {})))
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-6000:]}{done.stderr[-3000:]}")
    return done.stdout


def install():
    """The folder that the library is in."""
    do("cmake", "--install", harness.BUILD, "--prefix", PREFIX)
    for folder, _, names in os.walk(PREFIX):
        if "libel2sim.so" in names:
            return folder
    return sys.exit("libel2sim.so is not installed")


def build(source, library, *options):
    """The project's build folder."""
    folder = harness.temporary("build-" + os.path.basename(source))
    do("cmake", "-G", "Ninja", "-S", source, "-B", folder, f"-DCMAKE_PREFIX_PATH={PREFIX}", *options,
       env={"PKG_CONFIG_PATH": f"{library}/pkgconfig"})
    do("cmake", "--build", folder, "-j2")
    return folder
