#!/usr/bin/env bash
# Every public header compiles alone.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
while read -r header; do
    if ! cc -std=c17 $(pkg-config --cflags gdal) -D_POSIX_C_SOURCE=200809L -fsyntax-only -I. -Isrc -x c "$header"; then
        echo "$header does not compile alone"
        bad=1
    fi
done < <(find src stages processors monitors docs -name '*.h')
exit $bad
