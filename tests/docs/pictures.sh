#!/usr/bin/env bash
# The committed pictures are what the code draws today, and shown: ./dev pictures draws them anew.
# usage: pictures.sh WEFT_PICTURES
set -u
cd "$(dirname "$0")/../.." || exit 1
drawn=$(mktemp -d)
trap 'rm -rf "$drawn"' EXIT
"$1" "$drawn" || exit 1
bad=0
for picture in "$drawn"/*.svg docs/pictures/*.svg; do
    name=$(basename "$picture")
    if ! cmp -s "$drawn/$name" "docs/pictures/$name"; then
        echo "docs/pictures/$name is not what weft_pictures draws: ./dev pictures, and look at it"
        bad=1
    fi
    if ! grep -q "(pictures/$name)" docs/resampling.md; then
        echo "docs/resampling.md does not show docs/pictures/$name"
        bad=1
    fi
done
exit $bad
