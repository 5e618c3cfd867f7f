#!/bin/sh
# The packages of these tests: the cloud kernel, Xen, and the generic kernel.
set -e
fetch=$(dirname "$0")/../../scripts/real-software.sh
"$fetch"
"$fetch" --tree generic linux-image-arm64
