#!/usr/bin/env bash
# Who may include whom, and how large rooms and files may be. What breaks a rule is named.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
say() {
    echo "$1"
    bad=1
}

# Folders: the design's table, downward only.
declare -A may=(
    [src/core]="core"
    [processors]="core processors"
    [monitors]="core monitors"
    [src/config]="core config"
    [src/raster]="core raster"
    [src/picture]="core picture"
    [src/store]="core store"
    [src/lazy]="lazy"
    [stages]="core processors raster picture stages"
    [src/pipeline]="core processors raster picture stages monitors store config pipeline"
    [src/server]="core processors raster picture stages monitors store config pipeline server"
    [src/mpi]="pipeline"
    [src/cli]="core processors raster picture stages monitors store config pipeline server cli"
)
# Rooms of a folder: each may use those before it. "." is what lies in the folder itself.
declare -A rooms=(
    [src/core]=". threads memory files"
    [processors]="lattice resample footprint polygon . text table parquet"
    [src/config]="yaml . dataset batch"
    [src/raster]="gdal crs files vector array info tiff blocks source mosaic stack"
    [stages]="context layers pieces writers parquet layouts cells . rows"
    [src/store]=". queries catalog"
    [src/pipeline]="plan memory rows formats outputs datasets columns planner record shards run ranks batch slurm catalog report"
    [src/cli]="terminal manual serving . init catalog commands"
)
# Libraries that a folder may not see.
outside="gdal|ogr_|cpl_|proj|cairo|sqlite3|yaml|pthread"
declare -A banned=(
    [processors]="$outside"
    [stages]="gdal|ogr_|cpl_|proj\.|cairo|sqlite3|yaml"
    [src/raster]="cairo|sqlite3|yaml"
    [src/picture]="gdal|ogr_|cpl_|proj\.|sqlite3|yaml"
    [src/store]="gdal|ogr_|cpl_|proj\.|cairo|yaml"
    [src/config]="gdal|ogr_|cpl_|proj\.|cairo|sqlite3"
)

# FILE INCLUDED, a line each; INCLUDED as a path from the top.
includes() {
    grep -oE '^#include "[a-z]+/[^"]+"' -r src stages processors monitors --include='*.[ch]' --include='*.cpp' |
        sed -E 's/:#include "/ /; s/"$//; s# (core|config|raster|picture|store|pipeline|cli|server)/# src/\1/#'
}

check_folders() {
    local file included folder used
    while read -r file included; do
        for folder in "${!may[@]}"; do
            [[ $file == "$folder"/* ]] || continue
            used=${included#src/}
            case " ${may[$folder]} " in
            *" ${used%%/*} "*) ;;
            *) say "$file: $folder may not use $included" ;;
            esac
        done
    done
}

# A path's room in a folder: the next part, or "." for a file of the folder.
room_of() {
    local rest=${1#"$2"/}
    [[ $rest == */* ]] && echo "${rest%%/*}" || echo .
}

check_rooms() {
    local file included folder own used
    while read -r file included; do
        for folder in "${!rooms[@]}"; do
            [[ $file == "$folder"/* && $included == "$folder"/* ]] || continue
            own=$(room_of "$file" "$folder") used=$(room_of "$included" "$folder")
            [ "$own" = "$used" ] && continue
            case " ${rooms[$folder]// /  } " in
            *" $used "*" $own "*) ;;
            *) say "$file: $folder/$own may not use $folder/$used: $included" ;;
            esac
        done
    done
}

# No circle of files: a header and the source of its name count as one. tsort names a circle's members.
check_circles() {
    local circles
    circles=$(sed -E 's#\.(c|h|cpp|inc)( |$)#\2#g' | awk '$1 != $2' | sort -u | tsort 2>&1 >/dev/null)
    [ -z "$circles" ] || say "files include each other in a circle:
$circles"
}

# Rooms of at most 30 files, files of at most 500 lines.
check_sizes() {
    local folder count file
    while read -r folder; do
        count=$(find "$folder" -maxdepth 1 -type f -name '*.[ch]' | wc -l)
        [ "$count" -le 30 ] || say "$folder: $count files; it is to be cut in rooms of at most 30"
    done < <(find src stages processors monitors -type d)
    while read -r count file; do
        [ "$file" = total ] || [ "$count" -le 500 ] || say "$file: $count lines; it is to be cut in files of at most 500"
    done < <(find src stages processors monitors tests bench docs \( -name '*.c' -o -name '*.h' -o -name '*.cpp' \) \
        -exec wc -l {} +)
}

list=$(includes)
check_folders <<<"$list"
check_rooms <<<"$list"
check_circles <<<"$list"
check_sizes
for folder in "${!banned[@]}"; do
    grep -nE "#include <(${banned[$folder]})" -r "$folder" && say "$folder may not use that library"
done
grep -nE '#include [<"]muParser' -r src stages monitors && say "only processors may use muParser"
exit $bad
