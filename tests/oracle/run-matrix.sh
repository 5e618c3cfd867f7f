#!/bin/bash
# Runs an access-matrix image and compares its lines with those of resolve(). On QEMU the lines that match a pattern of
# qemu-matrix-differences.txt may differ.
# usage: run-matrix.sh qemu|PATH-OF-EL2SIM MODEL GIC IMAGE EXPECTED
set -u
machine=$1 model=$2 gic=$3 image=$4 expected=$5
here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

if [[ $machine == qemu ]]; then
    timeout 300 "${QEMU:-qemu-system-aarch64}" -M "virt,virtualization=on,gic-version=$gic" -cpu "$model" -m 256 \
        -nodefaults -display none -serial "file:$out/lines" -kernel "$image" </dev/null
    sed -n 's/ | .*//; /^[^#]/p' "$here/qemu-matrix-differences.txt" >"$out/patterns"
else
    timeout 300 "$machine" run --cpu "$model" --gic "$gic" --mem 256M --kernel "$image" </dev/null >"$out/lines" 2>"$out/log" ||
        tail -n 3 "$out/log"
    : >"$out/patterns"
fi
tr -d '\r' <"$out/lines" >"$out/actual"
diff "$expected" "$out/actual" >"$out/diff" && echo "all $(wc -l <"$expected") lines as expected" && exit 0
grep -E '^< ' "$out/diff" | cut -c3- >"$out/differing"
if [[ $(grep -c '' <"$expected") != $(grep -c '' <"$out/actual") ]]; then
    echo "the run ended early: $(tail -n 1 "$out/actual")"
    exit 1
fi
grep -vEf "$out/patterns" "$out/differing" >"$out/unexplained"
if (($? != 1)); then # 0: some line matches no pattern; 2: a bad pattern
    echo "$(wc -l <"$out/unexplained") lines differ without a reason:"
    while IFS= read -r line; do
        echo "expected $line"
        echo "  actual $(grep -F "${line%: *}: " "$out/actual" | head -n 1)"
    done < <(head -n 10 "$out/unexplained")
    exit 1
fi
echo "$(wc -l <"$expected") lines, $(wc -l <"$out/differing") differ for reasons given"
