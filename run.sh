#!/usr/bin/env bash
# Builds el2sim, installing what is missing, and compares two designs.   usage: ./run.sh [arguments of el2sim]
set -euo pipefail
cd "$(dirname "$0")"

scripts/deps.sh run
echo "run.sh: building in build/"
cmake --preset release >/dev/null
cmake --build --preset release
[ $# -gt 0 ] || set -- compare --designs kvm-split,kvm-vhe
exec build/el2sim "$@"
