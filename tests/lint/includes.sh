#!/usr/bin/env bash
# Who may include whom: the design's table, downward only. A line that breaks it is named.
set -u
cd "$(dirname "$0")/../.." || exit 1
declare -A may=(
    [src/core]="core"
    [processors]="core processors"
    [monitors]="core monitors"
    [src/config]="core config"
    [src/raster]="core raster"
    [src/picture]="core picture"
    [src/store]="core store"
    [stages]="core processors raster picture stages"
    [src/pipeline]="core processors raster picture stages monitors store config pipeline"
    [src/cli]="core processors raster picture stages monitors store config pipeline cli"
)
bad=0
for folder in "${!may[@]}"; do
    [ -d "$folder" ] || continue
    while IFS=: read -r file line text; do
        used=$(sed -E 's/.*"([a-z]+)\/.*/\1/' <<<"$text")
        case " ${may[$folder]} " in
        *" $used "*) ;;
        *)
            echo "$file:$line: $folder may not use $used"
            bad=1
            ;;
        esac
    done < <(grep -nE '#include "[a-z]+/' -r "$folder" --include='*.[ch]' --include='*.cpp')
    outside="gdal|ogr_|cpl_|proj|cairo|sqlite3|yaml|pthread"
    case "$folder" in
    processors) banned="$outside" ;;
    stages) banned="gdal|ogr_|cpl_|proj\.|cairo|sqlite3|yaml" ;;
    src/raster) banned="cairo|sqlite3|yaml" ;;
    src/picture) banned="gdal|ogr_|cpl_|proj\.|sqlite3|yaml" ;;
    src/store) banned="gdal|ogr_|cpl_|proj\.|cairo|yaml" ;;
    src/config) banned="gdal|ogr_|cpl_|proj\.|cairo|sqlite3" ;;
    *) continue ;;
    esac
    if grep -nE "#include <($banned)" -r "$folder"; then
        echo "$folder may not use that library"
        bad=1
    fi
done
exit $bad
