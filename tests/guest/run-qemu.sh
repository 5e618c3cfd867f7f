#!/bin/bash
# Runs cases.txt on QEMU and judges the lines: a FAIL must stand in qemu-differences.txt, and a check that stands there
# must have failed in some case, or the entry is stale.
# usage: run-qemu.sh <directory of the images> [pattern of case names]
set -u
here=$(cd "$(dirname "$0")" && pwd)
images=${1:?usage: run-qemu.sh <directory of the images> [pattern]}
pattern=${2:-.}
qemu=${QEMU:-qemu-system-aarch64}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
status=0

differences=$(sed -n 's/^\([a-z0-9_]*\) |.*/\1/p' "$here/qemu-differences.txt")

# What check_virtio drives (tests/support/harness.py has the same, and says what is on the disk).
virtio=(-global virtio-mmio.force-legacy=false -drive "file=$out/disk,format=raw,if=none,id=d,snapshot=on"
        -device virtio-blk-device,drive=d -device virtio-rng-device -device virtio-serial-device -chardev null,id=c
        -device virtconsole,chardev=c)
python3 -c 'import sys; sys.stdout.buffer.write(bytes((7 * n + i) % 251 for n in range(128) for i in range(512)))' >"$out/disk"

run_case() {
    local name=$1 image=$2 cpu=$3 gic=$4 smp=$5 append=$6 devices=()
    [[ $image != check_virtio ]] || devices=("${virtio[@]}")
    timeout 120 "$qemu" -M "virt,virtualization=on,gic-version=$gic" -cpu "$cpu" -smp "$smp" -m 256 \
        -nodefaults -display none -serial stdio -kernel "$images/$image.elf" \
        "${devices[@]}" ${append:+-append "$append"} </dev/null >"$out/$name" 2>&1 || echo "QEMU ended with status $?" >>"$out/$name"
}

while IFS='|' read -r name image cpu gic smp append; do
    [[ $name == \#* || ! $name =~ $pattern ]] && continue
    run_case "$name" "$image" "$cpu" "$gic" "$smp" "$append"
    bad=$(sed -n 's/^FAIL \([a-z0-9_]*\):.*/\1/p' "$out/$name" | grep -vxF "$differences")
    last=$(tail -n 1 "$out/$name")
    verdict=pass
    if [[ -n $bad || ! $last =~ ^(CHECKS|MATRIX)\ [0-9] ]]; then
        verdict=FAILED
        status=1
    fi
    if [[ $name == matrix-a57-gic2 ]] && ! diff "$here/matrix/sample/expected.txt" "$out/$name"; then
        verdict=FAILED
        status=1
    fi
    printf '%-28s %-6s %s\n' "$name" "$verdict" "$last"
    [[ -n $bad ]] && grep -F "$bad" "$out/$name"
done <"$here/cases.txt"

if [[ $pattern == . ]]; then
    for name in $differences; do
        grep -q "^FAIL $name:" "$out"/* || { echo "stale difference: $name never failed"; status=1; }
    done
fi
exit $status
