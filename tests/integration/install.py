"""What `cmake --install` puts elsewhere works there: the program finds its profiles, designs and images beside itself."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import harness

prefix = tempfile.mkdtemp(prefix="el2sim-install-")


def install():
    done = subprocess.run(["cmake", "--install", harness.BUILD, "--prefix", prefix], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def installed(*arguments, cwd="/"):
    """The installed program, by PATH, from a place where nothing of the tree is."""
    environment = {"PATH": os.path.join(prefix, "bin") + ":" + os.environ["PATH"]}
    return harness.el2sim(*arguments, program="el2sim", env=environment, cwd=cwd)


class Install(unittest.TestCase):
    def test_data_is_the_installed(self):
        share = os.path.join(prefix, "share", "el2sim")
        os.rename(os.path.join(share, "designs", "native.yaml"), os.path.join(share, "designs", "renamed.yaml"))
        listed = installed("designs")
        self.assertEqual(listed.returncode, 0, harness.said(listed))
        self.assertNotEqual(listed.stdout, harness.el2sim("designs").stdout)
        os.rename(os.path.join(share, "designs", "renamed.yaml"), os.path.join(share, "designs", "native.yaml"))
        for command in ("designs", "profiles"):
            self.assertEqual(installed(command).stdout, harness.el2sim(command).stdout)

    def test_a_design_runs(self):
        arguments = ["compare", "--designs", "kvm-vhe", "--rows", "hypercall"]
        there, here = installed(*arguments), harness.el2sim(*arguments)
        self.assertEqual(there.returncode, 0, harness.said(there))
        self.assertEqual(there.stdout, here.stdout)

    def test_every_design_has_its_images(self):
        images = set(os.listdir(os.path.join(prefix, "share", "el2sim", "guest")))
        for name in os.listdir(harness.source("sim", "designs")):
            for line in harness.read(harness.source("sim", "designs", name)).split("\n"):
                for word in re.sub("[,{}]", " ", line).split("image:")[1:] + line.split("initrd:")[1:]:
                    image = word.split()[0].removeprefix("guest/")
                    if not image.startswith("real/"):
                        self.assertIn(image, images, name)
        self.assertFalse([i for i in images if i.startswith(("check_", "tiny_", "matrix_"))])

    def test_documents(self):
        documents = os.listdir(os.path.join(prefix, "share", "doc", "el2sim"))
        for name in ("README.md", "LICENSE", "limits.md"):
            self.assertIn(name, documents)

    def test_manual_pages_and_completion(self):
        share = os.path.join(prefix, "share")
        commands = [word for word in installed("--complete", "").stdout.split() if word[0] != "-"]
        self.assertEqual(set(os.listdir(os.path.join(share, "man", "man1"))),
                         {"el2sim.1", *[f"el2sim-{command}.1" for command in commands]})
        self.assertIn("complete -F _el2sim el2sim",
                      harness.read(os.path.join(share, "bash-completion", "completions", "el2sim")))
        self.assertIn("#compdef el2sim", harness.read(os.path.join(share, "zsh", "site-functions", "_el2sim")))
        self.assertIn("complete -c el2sim",
                      harness.read(os.path.join(share, "fish", "vendor_completions.d", "el2sim.fish")))

    def test_a_lab(self):
        path = harness.temporary("lab")
        for words in (["start", path], ["solution", path], ["check", path]):
            result = installed("lab", "4", *words)
            self.assertEqual(result.returncode, 0, harness.said(result))


if __name__ == "__main__":
    install()
    try:
        unittest.main()
    finally:
        shutil.rmtree(prefix)
