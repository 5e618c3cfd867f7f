#!/usr/bin/env bash
# Builds twice, installing what is missing, and tests both: optimised by the default compiler, and by clang with the
# address and undefined-behaviour sanitizers.   usage: ./test.sh [options of ctest, such as -R pl011]
#
# What compares with QEMU, checks the sources or takes minutes needs one build only; "bench" (tables of speed) none.
set -euo pipefail
cd "$(dirname "$0")"

only_once='lint|oracle|long|bench'
jobs=$(nproc)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

build() { # directory, options of cmake
    local dir=$1
    shift
    echo "test.sh: building in $dir/"
    cmake -B "$dir" -DEL2SIM_TESTS=ON -DEL2SIM_WERROR=ON "$@" >/dev/null
    cmake --build "$dir" -j "$jobs"
}

failed=0
check() { # directory, options of ctest; a failure does not keep the other build from its turn
    local dir=$1
    shift
    echo "test.sh: testing $dir/"
    ctest --test-dir "$dir" -j "$jobs" --output-on-failure --no-label-summary "$@" | tee -a "$log" || failed=1
}

export LSAN_OPTIONS="suppressions=$PWD/tests/support/lsan.supp:print_suppressions=0"

scripts/deps.sh test
build build --preset release
build build-clang --preset debug -DCMAKE_C_COMPILER=clang
check build -LE '^bench$' "$@"
check build-clang -LE "^($only_once)\$" "$@"

# ctest's closing lines: "98% tests passed, 2 tests failed out of 120".
awk '/tests passed, .* tests? failed out of/ {bad += $4; all += $NF}
     END {printf "test.sh: %d passed, %d failed\n", all - bad, bad}' "$log"
exit $failed
