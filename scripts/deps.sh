#!/usr/bin/env bash
# Installs the Debian packages that el2sim needs.   usage: scripts/deps.sh run|test
#
# "run" is what the program and its guest images need to build, "test" adds the oracles and the second compiler.
# Says what it does, asks for nothing, and does nothing at all when everything is already there. Debian 12 has Unicorn
# 2.0.1, which cannot serve (docs/engine.md), and Capstone 4.0.2, which lacks LSE; there, these two are taken from
# Debian 13, pinned so that nothing else is.
set -euo pipefail

run_packages=(cmake ninja-build gcc libc6-dev pkg-config libfdt-dev libelf-dev libdw-dev zlib1g-dev
              libcyaml-dev libyaml-dev libjansson-dev libxxhash-dev libzstd-dev libslirp-dev nettle-dev libnlopt-dev
              gcc-aarch64-linux-gnu libc6-dev-arm64-cross libunicorn-dev libcapstone-dev libncurses-dev python3)
test_packages=("${run_packages[@]}" check clang clang-format libclang-rt-dev llvm qemu-system-arm
               libsdl2-dev psf-unifont xvfb xauth gdb-multiarch python3-pyte python3-jsonschema python3-selenium
               chromium chromium-driver device-tree-compiler e2fsprogs git groff-base zsh fish)
declare -A least=([libunicorn-dev]=2.1.1 [libcapstone-dev]=5.0) # where Debian 12's does not serve

die() { printf 'deps.sh: %s\n' "$*" >&2; exit 1; }

case "${1:-}" in
run) packages=("${run_packages[@]}") ;;
test) packages=("${test_packages[@]}") ;;
*) die "usage: scripts/deps.sh run|test" ;;
esac

installed() { dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
serves() { installed "$1" && dpkg --compare-versions "$(version "$1")" ge "${least[$1]:-0}"; }

missing=()
for p in "${packages[@]}"; do serves "$p" || missing+=("$p"); done
[ ${#missing[@]} -eq 0 ] && exit 0

wanted=""
for p in "${!least[@]}"; do wanted+=" $p >= ${least[$p]}"; done
command -v apt-get >/dev/null || die "this is no Debian; install yourself: ${missing[*]} (${wanted# })"
if [ "$(id -u)" -eq 0 ]; then
    as_root=(env DEBIAN_FRONTEND=noninteractive)
elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
else
    die "not root and no usable sudo; have these packages installed: ${missing[*]} (${wanted# })"
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { "$@" >"$log" 2>&1 || { tail -n 20 "$log" >&2; die "failed: $*"; }; }
install() { quietly "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"; }
candidate_serves() {
    local c
    c=$(apt-cache policy "$1" | awk '/Candidate:/ {print $2}')
    [ -n "$c" ] && [ "$c" != "(none)" ] && dpkg --compare-versions "$c" ge "${least[$1]}"
}

# Adds Debian 13 as a source for these libraries only, from the archive that this machine already uses.
use_trixie() {
    local uri keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    uri=$(apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' | awk '$2 == "Debian" {print $1; exit}')
    [ -n "$uri" ] || die "apt knows no Debian archive here; install yourself: ${wanted# }"
    echo "deps.sh: taking libunicorn and libcapstone from Debian 13 (pinned: nothing else comes from there)"
    "${as_root[@]}" rm -f /etc/apt/sources.list.d/el2sim-unicorn.list /etc/apt/preferences.d/el2sim-unicorn
    printf 'deb [signed-by=%s] %s trixie main\n' "$keyring" "$uri" |
        "${as_root[@]}" tee /etc/apt/sources.list.d/el2sim.list >/dev/null
    printf '%s\n' 'Package: *' 'Pin: release n=trixie' 'Pin-Priority: -10' '' \
        'Package: libunicorn* libcapstone*' 'Pin: release n=trixie' 'Pin-Priority: 600' |
        "${as_root[@]}" tee /etc/apt/preferences.d/el2sim >/dev/null
    quietly "${as_root[@]}" apt-get update
}

echo "deps.sh: installing ${missing[*]}"
quietly "${as_root[@]}" apt-get update
for p in "${missing[@]}"; do
    if [ -n "${least[$p]:-}" ] && ! candidate_serves "$p"; then
        use_trixie
        break
    fi
done
install "${missing[@]}"
for p in "${missing[@]}"; do
    serves "$p" || die "$p $(version "$p") is installed, >= ${least[$p]:-any} is needed"
done
