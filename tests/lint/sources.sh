#!/usr/bin/env bash
# Source lists are complete: every .c and .cpp stands in its folder's CMakeLists.txt, and nothing that is not there does.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
while read -r file; do
    # The list is the next CMakeLists.txt above: a room's files stand in its folder's.
    folder=$(dirname "$file")
    while [ ! -f "$folder/CMakeLists.txt" ]; do folder=$(dirname "$folder"); done
    name=${file#"$folder"/}
    # A program's main may stand above the folder that lists it.
    [ "$file" = src/main.c ] && folder=src/cli name=main.c
    if ! grep -qE "(^|[ (/])$name([ )]|\$)" "$folder/CMakeLists.txt" 2>/dev/null; then
        echo "$file: not in $folder/CMakeLists.txt"
        bad=1
    fi
done < <(find src stages processors monitors tests bench docs -name '*.c' -o -name '*.cpp' 2>/dev/null)
while read -r list; do
    folder=$(dirname "$list")
    # What the build makes stands in the binary folder.
    for name in $(sed 's/\${CMAKE_CURRENT_BINARY_DIR}[^ )]*//g' "$list" | grep -oE '\b[a-z0-9_/]+\.(c|cpp)\b'); do
        [ "$name" = src/main.c ] || [ -f "$folder/$name" ] || {
            echo "$list: $name is not there"
            bad=1
        }
    done
done < <(find src stages processors monitors tests bench docs -name CMakeLists.txt 2>/dev/null)
# A module's name is unique in the whole tree.
twice=$(find src stages processors monitors -name '*.[ch]' -printf '%f\n' | sort | uniq -d)
if [ -n "$twice" ]; then
    echo "names used twice: $twice"
    bad=1
fi
exit $bad
