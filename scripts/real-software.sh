#!/usr/bin/env bash
# Fetches Debian 12's arm64 packages, unmodified, as software for the simulated machine to run.
#
#   usage: scripts/real-software.sh [--to DIR] [--tree NAME] [--depends] [--update] [PACKAGE...]
#
# Without packages: the cloud kernel, Xen 4.17 and busybox. Into DIR (build/real):
#   deb/          the packages, as downloaded; apt checks their signatures and checksums
#   NAME/         what is in them, unpacked (NAME is "root" unless said otherwise)
#   Image, xen, busybox, ...   links to the files of NAME that boot (Image-generic for linux-image-arm64)
#   NAME.txt      which packages these are
# --depends takes everything the packages depend on as well (for a root file system); --update looks for newer ones where
# there is something already. What is there already is not fetched again, so a second run needs no network.
#
# Needs no root: apt runs with a configuration of its own, kept in DIR/apt. The system's packages, lists and cache stay
# as they are; the archive's address and the proxy are those of the system's own configuration. EL2SIM_ARCHIVE=URI
# names another archive (a mirror, file:///srv/debian).
set -euo pipefail

default_packages=(linux-image-cloud-arm64 xen-hypervisor-4.17-arm64 busybox-static)
suite=bookworm
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
tree=root depends=no update=no
dir=${EL2SIM_REAL:-$(cd "$(dirname "$0")/.." && pwd)/build/real}

say() { printf 'real-software.sh: %s\n' "$*"; }
die() { printf 'real-software.sh: %s\n' "$*" >&2; exit 1; }
usage() { sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; }

packages=()
while [ $# -gt 0 ]; do
    case "$1" in
    --to) dir=${2:?--to needs a directory}; shift ;;
    --tree) tree=${2:?--tree needs a name}; shift ;;
    --depends) depends=yes ;;
    --update) update=yes ;;
    -h | --help) usage; exit 0 ;;
    -*) die "unknown option $1 (--help says what there is)" ;;
    *) packages+=("$1") ;;
    esac
    shift
done
[ ${#packages[@]} -gt 0 ] || packages=("${default_packages[@]}")
case "$tree" in */* | .* | apt | deb | Image* | xen | busybox) die "--tree $tree: that name cannot be" ;; esac

mkdir -p "$dir" || die "cannot make $dir"
dir=$(cd "$dir" && pwd)
wanted="wanted: ${packages[*]} depends=$depends"

# A link at a time, each replaced in one step.
link() { # name, file in the tree
    ln -sfn "$2" "$dir/.$1.new" && mv -T "$dir/.$1.new" "$dir/$1"
    say "  $1 -> $2"
}

link_what_boots() {
    local file
    cd "$dir"
    for file in "$tree"/boot/vmlinuz-*; do
        case "$file" in
        *-cloud-arm64) link Image "$file" ;;
        *-arm64) link Image-generic "$file" ;;
        esac
    done
    for file in "$tree"/boot/xen-*-arm64; do
        [ ! -f "$file" ] || link xen "$file"
    done
    for file in "$tree"/bin/busybox "$tree"/usr/bin/busybox; do
        [ ! -f "$file" ] || link busybox "$file"
    done
}

# One at a time: a second one waits, and then finds everything there.
if command -v flock >/dev/null; then
    exec 9>"$dir/.lock"
    flock 9
fi
if [ "$update" = no ] && [ -d "$dir/$tree" ] && grep -qxF "$wanted" "$dir/$tree.txt" 2>/dev/null; then
    link_what_boots >/dev/null
    say "already in $dir ($(($(wc -l <"$dir/$tree.txt") - 1)) package(s) in $tree; --update looks for newer ones)"
    exit 0
fi

for tool in apt-get dpkg-deb; do
    command -v $tool >/dev/null || die "$tool is needed: this runs on Debian (or unpack the packages into $dir yourself)"
done
[ -r "$keyring" ] || die "$keyring is missing: install debian-archive-keyring"

# The first archive of that label in the system's own configuration; also before any "apt-get update".
archive_of() { # label, pattern of its path
    local uri
    uri=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        awk -v label="$1" '$1 == label {print $2; exit}')
    [ -n "$uri" ] || uri=$(apt-get update --print-uris 2>/dev/null | tr -d "'" |
        awk -v path="$2" 'index($1, "/dists/") && $1 ~ path {sub("dists/.*", "", $1); print $1; exit}')
    printf '%s' "$uri"
}

configure_apt() {
    local main security
    main=${EL2SIM_ARCHIVE:-$(archive_of Debian '/debian/dists/')}
    security=$([ -n "${EL2SIM_ARCHIVE:-}" ] || archive_of Debian-Security '-security/dists/')
    [ -n "$main" ] || die "apt knows no Debian archive here; say which: EL2SIM_ARCHIVE=URI $0"
    mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial" "$dir/deb"
    : >"$dir/apt/status"
    {
        echo "deb [arch=arm64 signed-by=$keyring] $main $suite main"
        [ -z "$security" ] || echo "deb [arch=arm64 signed-by=$keyring] $security $suite-security main"
    } >"$dir/apt/sources.list"
    {
        # Where nothing answers, an error soon; the system's own configuration may say otherwise.
        printf 'Acquire::Retries "1";\nAcquire::http::Timeout "20";\nAcquire::https::Timeout "20";\n'
        apt-config dump --format '%F "%v";%n' Acquire | grep -E '^Acquire::(https?|ForceIPv[46]|Retries)\b' || true
        cat <<END
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "$dir/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$dir/apt";
Dir::State::lists "$dir/apt/lists";
Dir::State::status "$dir/apt/status";
Dir::Cache "$dir/apt/cache";
Dir::Log "$dir/apt";
APT::Architecture "arm64";
APT::Architectures "arm64";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Languages "none";
END
    } >"$dir/apt/apt.conf"
    say "archive $main${security:+ and $security} ($suite, arm64)"
}

log=$dir/apt/log
arm() { APT_CONFIG="$dir/apt/apt.conf" "$@"; }
quietly() { "$@" >"$log" 2>&1 || { tail -n 12 "$log" >&2; die "failed: ${*:2}"; }; }

# Fills chosen with name=version. A kernel's meta package stands for the kernel it depends on.
choose() {
    local p found names=()
    for p in "${packages[@]}"; do
        found=$(arm apt-cache show --no-all-versions "$p" 2>/dev/null) || true
        [ -n "$found" ] || die "no package $p for arm64 in $suite"
        p=$(sed -n 's/^Depends: \(linux-image-[0-9][^ ,]*\).*/\1/p' <<<"$found" | head -n 1)
        names+=("${p:-$(sed -n 's/^Package: //p' <<<"$found" | head -n 1)}")
    done
    if [ "$depends" = yes ]; then
        quietly arm apt-get install --simulate -y "${names[@]}"
        mapfile -t chosen < <(sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' "$log")
        return
    fi
    mapfile -t chosen < <(arm apt-cache show --no-all-versions "${names[@]}" |
        awk '/^Package:/ {name = $2} /^Version:/ {print name "=" $2}')
}

configure_apt
say "reading the lists of packages"
arm apt-get update -o APT::Update::Error-Mode=any >"$log" 2>&1 || {
    grep '^E:' "$log" >&2
    die "cannot read the lists of packages: no network, or an archive without $suite (EL2SIM_ARCHIVE names another)"
}
chosen=()
choose
say "fetching ${#chosen[@]} package(s) into $dir/deb: ${chosen[*]}"
cd "$dir/deb"
quietly arm apt-get download "${chosen[@]}"

say "unpacking into $dir/$tree"
new=$dir/.$tree.new
rm -rf "$new" && mkdir "$new"
trap 'rm -rf "$new" "$new.txt"' EXIT
echo "$wanted" >"$new.txt"
for package in "${chosen[@]}"; do
    version=${package#*=}
    file=$(echo "${package%%=*}_${version//:/%3a}"_*.deb) # as apt names it: an epoch's colon is escaped
    [ -f "$file" ] || die "apt said it fetched $package, but it is not in $dir/deb"
    dpkg-deb --extract "$file" "$new" || die "cannot unpack $file"
    dpkg-deb --showformat='${Package} ${Version} ${Architecture}\n' --show "$file" >>"$new.txt"
done
rm -rf "${dir:?}/$tree" "$dir/$tree.txt"
mv "$new" "$dir/$tree"
mv "$new.txt" "$dir/$tree.txt"
link_what_boots
sed -n '2,12s/^/real-software.sh:   /p' "$dir/$tree.txt"
