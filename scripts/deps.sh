#!/usr/bin/env bash
# Installs the Debian packages that el2sim needs.   usage: scripts/deps.sh run|test
#
# "run" is what the program and its guest images need to build, "test" adds the oracles and the second compiler.
# Says what it does, asks for nothing, and does nothing at all when everything is already there. Debian 12 has Unicorn
# 2.0.1, which cannot serve (docs/engine.md); there, Unicorn alone is taken from Debian 13, pinned so that nothing else is.
set -euo pipefail

run_packages=(cmake ninja-build gcc libc6-dev pkg-config libfdt-dev libelf-dev libdw-dev zlib1g-dev
              libcyaml-dev libyaml-dev libjansson-dev libxxhash-dev libzstd-dev libslirp-dev nettle-dev libnlopt-dev
              gcc-aarch64-linux-gnu libc6-dev-arm64-cross libunicorn-dev python3)
test_packages=("${run_packages[@]}" check clang clang-format libclang-rt-dev qemu-system-arm
               python3-jsonschema device-tree-compiler e2fsprogs git)
unicorn_least=2.1.1

die() { printf 'deps.sh: %s\n' "$*" >&2; exit 1; }

case "${1:-}" in
run) packages=("${run_packages[@]}") ;;
test) packages=("${test_packages[@]}") ;;
*) die "usage: scripts/deps.sh run|test" ;;
esac

installed() { dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'; }
unicorn_version() { dpkg-query -W -f '${Version}' libunicorn-dev 2>/dev/null || true; }
unicorn_serves() { local v; v=$(unicorn_version); [ -n "$v" ] && dpkg --compare-versions "$v" ge "$unicorn_least"; }

missing=()
for p in "${packages[@]}"; do
    if [ "$p" = libunicorn-dev ]; then unicorn_serves || missing+=("$p"); else installed "$p" || missing+=("$p"); fi
done
[ ${#missing[@]} -eq 0 ] && exit 0

command -v apt-get >/dev/null || die "this is no Debian; install yourself: ${missing[*]} (Unicorn >= $unicorn_least)"
if [ "$(id -u)" -eq 0 ]; then
    as_root=(env DEBIAN_FRONTEND=noninteractive)
elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
else
    die "not root and no usable sudo; have these packages installed: ${missing[*]} (Unicorn >= $unicorn_least)"
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { "$@" >"$log" 2>&1 || { tail -n 20 "$log" >&2; die "failed: $*"; }; }
install() { quietly "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"; }
candidate() { apt-cache policy libunicorn-dev | awk '/Candidate:/ {print $2}'; }

# Adds Debian 13 as a source for libunicorn* only, from the archive that this machine already uses.
use_trixie_unicorn() {
    local uri keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    uri=$(apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' | awk '$2 == "Debian" {print $1; exit}')
    [ -n "$uri" ] || die "apt knows no Debian archive here; install libunicorn-dev >= $unicorn_least yourself"
    echo "deps.sh: this Debian has Unicorn $(candidate); taking libunicorn from Debian 13 (pinned: nothing else comes from there)"
    printf 'deb [signed-by=%s] %s trixie main\n' "$keyring" "$uri" |
        "${as_root[@]}" tee /etc/apt/sources.list.d/el2sim-unicorn.list >/dev/null
    printf '%s\n' 'Package: *' 'Pin: release n=trixie' 'Pin-Priority: -10' '' \
        'Package: libunicorn*' 'Pin: release n=trixie' 'Pin-Priority: 600' |
        "${as_root[@]}" tee /etc/apt/preferences.d/el2sim-unicorn >/dev/null
    quietly "${as_root[@]}" apt-get update
}

echo "deps.sh: installing ${missing[*]}"
quietly "${as_root[@]}" apt-get update
if [[ " ${missing[*]} " == *" libunicorn-dev "* ]]; then
    c=$(candidate)
    { [ -n "$c" ] && [ "$c" != "(none)" ] && dpkg --compare-versions "$c" ge "$unicorn_least"; } || use_trixie_unicorn
fi
install "${missing[@]}"
unicorn_serves || die "Unicorn $(unicorn_version) is installed, >= $unicorn_least is needed"
