#!/usr/bin/env bash
# Containerfile: an image is built and used where podman or buildah can; elsewhere its instructions are followed in a root
# of Debian for each stage, as root, with debootstrap. Exits with 77, saying why, where neither is to be had.
# usage: container.sh SOURCE_FOLDER
# WEFT_CONTAINER_MIRROR  default: http://deb.debian.org/debian
set -u
source=$(realpath "$1") mirror=${WEFT_CONTAINER_MIRROR:-http://deb.debian.org/debian}
[ -d "$source/.git" ] || { echo "SKIPPED: this is no clone"; exit 77; }
place=$(mktemp -d) || exit 1
chmod 755 "$place"
clean() {
    local root
    for root in "$place"/stage-*; do
        ! mountpoint -q "$root/proc" || umount "$root/proc" || return
    done
    # What a container without root wrote belongs to a user of its own.
    [ "$(id -u)" = 0 ] || ! command -v podman >/dev/null || podman unshare rm -rf "$place/data"
    rm -rf "$place"
}
trap clean EXIT
trap 'exit 130' INT TERM
bad=0
fail() {
    echo "$*"
    bad=1
}

# What is in a clone of this commit, as a build would be given it.
git clone -q "$source" "$place/context" || exit 1
mkdir "$place/data" && cp "$source"/examples/olinda/*.tif "$place/data"

# --- an image ---

if command -v podman >/dev/null && podman run --rm docker.io/library/debian:trixie-slim true >/dev/null 2>&1; then
    podman build -q -t weft-test "$place/context" >"$place/said" || { cat "$place/said"; exit 1; }
    weft() {
        podman run --rm --user 10001:10001 -v "$place/data:/data:U" weft-test "$@"
    }
    inside() {
        podman run --rm --entrypoint sh weft-test -c "$*"
    }
# --- its steps ---
elif [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null; then
    root= user=
    inside() {
        chroot ${user:+--userspec="$user"} "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive sh -c "$*"
    }
    follow() { # INSTRUCTION REST..
        local word=$1 from
        shift
        case $word in
        FROM)
            root=$place/stage-${3:-last}
            debootstrap --variant=minbase "$(sed 's/^debian:\(.*\)-slim$/\1/' <<<"$1")" "$root" "$mirror" >"$place/said" &&
                mount -t proc proc "$root/proc" && cp /etc/resolv.conf "$root/etc" &&
                echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/99weft"
            ;;
        RUN) inside "$*" >"$place/said" 2>&1 </dev/null ;;
        COPY)
            if [[ $1 == --from=* ]]; then
                from=$place/stage-${1#--from=}
                cp "$from"$2 "$root$3" # $2 is a pattern
            else
                cp -r "$place/context/$1" "$root$2"
            fi
            ;;
        USER) user=$1 ;;
        WORKDIR | ENTRYPOINT | CMD) ;;
        *) echo "container.sh knows no $word" >"$place/said" && return 1 ;;
        esac
    }
    while IFS= read -r line; do
        [ -n "$line" ] || continue
        read -ra words <<<"$line"
        if [ "${words[0]}" = RUN ]; then
            follow RUN "${line#RUN }"
        else
            follow "${words[@]}"
        fi || { tail -n 20 "$place/said"; echo "this failed: $line"; exit 1; }
    done < <(sed -e ':a' -e '/\\$/{N;s/\\\n */ /;ba' -e '}' -e '/^#/d' "$place/context/Containerfile")
    cp -r "$place/data/." "$root/data" && chown -R 10001:10001 "$root/data"
    weft() {
        inside "cd /data && exec weft $*"
    }
else
    echo "SKIPPED: no podman that runs here, and not root with debootstrap"
    exit 77
fi

weft --version | grep -qF "(commit $(git -C "$source" rev-parse --short=12 HEAD))" || fail "weft --version: $(weft --version)"
weft doctor >"$place/said" || fail "weft doctor: $(cat "$place/said")"
weft init >"$place/said" 2>&1 && weft run --progress none config.yml >"$place/said" 2>&1 ||
    fail "weft init, weft run: $(cat "$place/said")"
inside "test \"\$(id -u)\" = 10001" || fail "it runs as $(inside id)"
for tool in gcc cc make cmake git; do
    inside "command -v $tool" && fail "$tool is in the image"
done
inside "ls -d /usr/include/gdal /src /build" 2>/dev/null && fail "headers or sources are in the image"
exit $bad
