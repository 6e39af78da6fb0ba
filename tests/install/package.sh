#!/usr/bin/env bash
# The package for Debian has all that is installed, depends on what the program needs, and lintian finds no error.
# usage: package.sh BUILD_FOLDER
set -u
build=$(realpath "$1")
for tool in dpkg-deb dpkg-shlibdeps file; do
    command -v $tool >/dev/null || { echo "there is no $tool here"; exit 77; }
done
. "$(dirname "$0")/../support/script.sh"
cpack --config "$build/CPackConfig.cmake" -B "$place" >said 2>&1 || { cat said; exit 1; }
package=$(ls weft_*.deb) || exit 1
version=$("$build/weft" --version | awk 'NR == 1 { print $2 }')
[ "$(dpkg-deb -f "$package" Version)" = "$version-1" ] ||
    fail "the package's version is $(dpkg-deb -f "$package" Version)"
# Each library that the program is linked with belongs to a package that is a dependency.
depends=$(dpkg-deb -f "$package" Depends)
objdump -p "$build/weft" | awk '$1 == "NEEDED" { print $2 }' | while read -r library; do
    path=$(ldd "$build/weft" | awk -v name="$library" '$1 == name { print $3 }')
    owner=$(dpkg -S "$(realpath "$path")" 2>/dev/null | head -n 1 | cut -d: -f1)
    [ -z "$owner" ] || [[ $depends == *$owner* ]] || echo "$owner ($library) is no dependency: $depends"
done | grep . && bad=1
mkdir root && dpkg-deb -x "$package" root
for file in usr/bin/weft usr/share/man/man1/weft.1.gz usr/share/man/man1/weft-run.1.gz usr/share/doc/weft/copyright \
    usr/share/doc/weft/changelog.gz usr/share/doc/weft/changelog.Debian.gz \
    usr/share/bash-completion/completions/weft usr/share/doc/weft/examples/rasters.yml; do
    [ -s "root/$file" ] || fail "$file is not in the package"
done
zcat root/usr/share/doc/weft/changelog.gz | grep -qE "^## ${version//./\\.}( |\$)" || fail "CHANGELOG.md says nothing of $version"
zcat root/usr/share/man/man1/weft.1.gz | cmp - "$build/man/weft.1" || fail "the manual is another one"
root/usr/bin/weft run --progress none --set output_dir="$place/out" root/usr/share/doc/weft/examples/rasters.yml >said 2>&1 ||
    fail "the packed weft does not run: $(cat said)"
if command -v lintian >/dev/null; then
    lintian --fail-on error "$package" >said 2>&1 || fail "lintian: $(cat said)"
fi
exit $bad
