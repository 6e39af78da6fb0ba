#!/usr/bin/env bash
# The source archive builds without git, and its program says of which commit it is.
# usage: archive.sh SOURCE_FOLDER
set -u
[ -d "$1/.git" ] || { echo "this is no clone"; exit 77; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
commit=$(git -C "$1" rev-parse HEAD) || exit 1
git -C "$1" archive --prefix=weft/ HEAD | tar -x -C "$place" || exit 1
# A git that may not be asked.
mkdir "$place/bin"
printf '#!/bin/sh\necho "git is asked: $*" >&2\nexit 1\n' >"$place/bin/git"
chmod +x "$place/bin/git"
export PATH=$place/bin:$PATH
cmake -S "$place/weft" -B "$place/build" -DCMAKE_BUILD_TYPE=Release -DWEFT_TESTS=OFF >"$place/said" 2>&1 &&
    cmake --build "$place/build" -j2 >>"$place/said" 2>&1 || { tail -n 40 "$place/said"; exit 1; }
! grep "git is asked" "$place/said" || exit 1
"$place/build/weft" --version | head -n 1 | grep -qF "(commit ${commit:0:12})" || {
    echo "the commit is ${commit:0:12}, and weft says $("$place/build/weft" --version | head -n 1)"
    exit 1
}
