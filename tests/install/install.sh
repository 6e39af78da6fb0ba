#!/usr/bin/env bash
# An installed weft has all its parts, and runs where it cannot write: a prefix that is read-only, no HOME, another user.
# usage: install.sh BUILD_FOLDER
set -u
build=$(realpath "$1")
place=$(mktemp -d)
trap 'chmod -R u+w "$place"; rm -rf "$place"' EXIT
chmod 755 "$place"
bad=0
fail() {
    echo "$*"
    bad=1
}

# With DESTDIR the same tree lies below it.
cmake --install "$build" --prefix "$place/prefix" >/dev/null || exit 1
DESTDIR=$place/staged cmake --install "$build" --prefix /opt/weft >/dev/null || exit 1
diff <(cd "$place/prefix" && find . | sort) <(cd "$place/staged/opt/weft" && find . | sort) ||
    fail "DESTDIR installs other files"

cd "$place" || exit 1
for file in bin/weft share/man/man1/weft.1 share/man/man1/weft-run.1 share/bash-completion/completions/weft \
    share/zsh/site-functions/_weft share/fish/vendor_completions.d/weft.fish share/weft/weft.schema.json \
    share/doc/weft/LICENSE share/doc/weft/README.md share/doc/weft/docs/resampling.md share/doc/weft/examples/rasters.yml \
    share/doc/weft/examples/olinda/dem.tif; do
    [ -s "prefix/$file" ] || fail "$file is not installed"
done
# A page for each command, and no page for anything else.
commands=$(prefix/bin/weft help --format markdown | sed -nE 's/^\| `weft ([a-z-]+).*/weft-\1.1/p' | sort)
diff <(echo "$commands") <(ls prefix/share/man/man1 | grep -vx weft.1) || fail "the pages are not those of the commands"
grep -rlIF -e "$build" -e "$place" prefix | grep . && fail "these know the folder of the build, or the prefix"

# Nobody's own run. A user without a name has no home either.
chmod -R a-w prefix
mkdir out
as_other=()
if [ "$(id -u)" = 0 ]; then
    chown 65534:65534 out
    as_other=(setpriv --reuid 65534 --regid 65534 --clear-groups)
fi
"${as_other[@]}" env -u HOME PATH=/usr/bin:/bin prefix/bin/weft run --progress none --set output_dir="$place/out" \
    prefix/share/doc/weft/examples/rasters.yml >said 2>&1 || fail "a run from a read-only prefix: $(cat said)"
[ "$(wc -l <out/merged_data_rasters.csv)" = 111889 ] || fail "that run has another number of rows than the sample"
exit $bad
