#!/bin/sh
# The packages of these tests: the cloud kernel, Xen, the generic kernel, and QEMU with all its libraries.
set -e
fetch=$(dirname "$0")/../../scripts/real-software.sh
"$fetch"
"$fetch" --tree generic linux-image-arm64
"$fetch" --tree qemu --depends qemu-system-arm
