#!/usr/bin/env bash
# weft's last commit is built without a warning and tested in a fresh root of each Debian, with gcc and with clang. As root, with
# debootstrap; half an hour and 6 GB a root. Exits with 77, saying why, where that cannot be had.
# usage: run.sh [SUITE].. [-- CTEST..]     default: bookworm trixie sid; options behind -- go to ctest (-R NAME)
# WEFT_SUITES_FOLDER=F   roots lie in F, stay there and are used again; default: a folder that is removed
# WEFT_SUITES_COMPILERS  default: "gcc clang"
# WEFT_SUITES_MIRROR     default: http://deb.debian.org/debian
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
suites=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    suites+=("$1")
    shift
done
[ $# -eq 0 ] || shift
[ ${#suites[@]} -gt 0 ] || suites=(bookworm trixie sid)
compilers=${WEFT_SUITES_COMPILERS:-gcc clang} mirror=${WEFT_SUITES_MIRROR:-http://deb.debian.org/debian}

skip() {
    echo "suites: SKIPPED: $1"
    exit 77
}
[ "$(id -u)" -eq 0 ] || skip "only root makes roots"
command -v debootstrap >/dev/null || skip "there is no debootstrap: apt-get install debootstrap"
[ -d "$here/.git" ] || skip "this is no clone"

folder=${WEFT_SUITES_FOLDER:-} keep=1
[ -n "$folder" ] || { folder=$(mktemp -d) && keep=; } || exit 1
mkdir -p "$folder" && folder=$(realpath "$folder") || exit 1
# Nothing of a root is removed while something is mounted in it.
clean() {
    local suite place
    for suite in "${suites[@]}"; do
        for place in proc dev/pts dev/shm; do
            ! mountpoint -q "$folder/$suite/$place" || umount "$folder/$suite/$place" || return
        done
        [ -n "$keep" ] || rm -rf "${folder:?}/$suite" "$folder/$suite.log"
    done
    [ -n "$keep" ] || rmdir "$folder"
}
trap clean EXIT
trap 'exit 130' INT TERM

in_root() { # SUITE COMMAND..
    chroot "$folder/$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        CCACHE_DIR=/ccache CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache "${@:2}"
}

# A root with all that ./dev installs, both compilers, and a clone of this one.
make_root() { # SUITE
    local root=$folder/$1
    [ -e "$root/made" ] || { debootstrap --variant=minbase "$1" "$root" "$mirror" && touch "$root/made"; } || return
    mountpoint -q "$root/proc" || mount -t proc proc "$root/proc" || return
    # Tests ask for terminals, and for files in memory.
    mkdir -p "$root/dev/pts" "$root/dev/shm"
    mountpoint -q "$root/dev/pts" || mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts" || return
    ln -sf pts/ptmx "$root/dev/ptmx"
    mountpoint -q "$root/dev/shm" || mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm" || return
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    # A clock that is not today's, or a mirror that stands still, does not matter here.
    echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/99weft"
    in_root "$1" apt-get update -qq &&
        in_root "$1" apt-get install -y -qq --no-install-recommends git ca-certificates ccache clang procps python3 || return
    rm -rf "$root/weft"
    git clone -q "$here" "$root/weft" && in_root "$1" /weft/dev setup
}

build_and_test() { # SUITE COMPILER CTEST..
    local cxx=g++ build=/weft/build-$2
    [ "$2" != clang ] || cxx=clang++
    in_root "$1" cmake -S /weft -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DWEFT_WERROR=ON \
        -DCMAKE_C_COMPILER="$2" -DCMAKE_CXX_COMPILER="$cxx" &&
        in_root "$1" cmake --build "$build" -- -k 0 &&
        in_root "$1" "$build/weft" --version &&
        in_root "$1" ctest --test-dir "$build" --output-on-failure -j "$(($(nproc) + 1))" "${@:3}"
}

bad=0
for suite in "${suites[@]}"; do
    log=$folder/$suite.log
    if ! make_root "$suite" >"$log" 2>&1; then
        tail -n 20 "$log"
        echo "suites: $suite: no root could be made"
        bad=1
        continue
    fi
    for compiler in $compilers; do
        build_and_test "$suite" "$compiler" "$@" >"$log" 2>&1
        result=$?
        [ $result -eq 0 ] || { grep -E "warning:|error:|\(Failed\)|\(Timeout\)" "$log" || tail -n 20 "$log"; bad=1; }
        echo "suites: $suite, $compiler: $(grep -E "^GDAL |  GDAL " "$log" | head -n 1 | xargs) $(grep -E "tests passed" "$log" || echo "not built")"
    done
done
exit $bad
