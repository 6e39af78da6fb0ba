#!/usr/bin/env bash
# Datasets that come from a catalog: the same bytes as explicit paths, what is opened and what is not, what is refused.
# usage: catalog_datasets.sh WEFT
set -u
weft=$(realpath "$1")
. "$(dirname "$0")/../support/script.sh"
scan() { "$weft" catalog scan r --progress none >/dev/null 2>&1 || fail "the scan fails"; }
# Runs a configuration of one dataset's keys; the exit code is kept, words go to `said`.
run() { # NAME KEYS
    printf 'experiment: %s\noutput_dir: out\nmetrics: {database: m.sqlite}\n' "$1" >"$1.yml"
    printf 'grid: {crs: EPSG:32631, resolution: 7, bounds: [500100, 4999700, 500450, 4999998]}\n' >>"$1.yml"
    printf 'datasets:\n%s\nexport: {formats: [csv]}\n' "$2" >>"$1.yml"
    "$weft" run "$1.yml" --progress none >said 2>&1
}
rows() { cat "out/merged_data_$1.csv"; }
refused() { # CODE WORDS NAME KEYS
    run "$3" "$4"
    local code=$?
    [ $code = "$1" ] || fail "$3: $code, not $1: $(cat said)"
    grep -q "$2" said || fail "$3: \"$2\" is not in: $(cat said)"
    [ ! -e "out/merged_data_$3.csv" ] || fail "$3: there is an output"
}

# Tiles of 200 m: four across, two down, at two dates. The value is 10 * column + row, and 100 more at the second date.
mkdir r
for col in 0 1 2 3; do
    for row in 0 1; do
        x=$((500000 + col * 200)) y=$((5000000 - row * 200)) name=r/T$col${row}_20200105_B04.tif
        gdal_create -q -of GTiff -outsize 20 20 -bands 1 -ot Int16 -burn $((10 * col + row)) -a_nodata -9 \
            -a_srs EPSG:32631 -a_ullr $x $y $((x + 200)) $((y - 200)) "$name" >/dev/null
        gdal_translate -q -scale 0 1000 100 1100 "$name" "${name/20200105/20200210}"
    done
done
"$weft" catalog scan r --pattern '{tile}_{date:%Y%m%d}_{band}.tif' --progress none >/dev/null || fail "the scan fails"

# --- the same bytes, and the right ones ---
run catalog '  - {name: red, catalog: {file: catalog.gti.gpkg, band: B04}, columns: "red_{date}"}
  - {name: new, method: nearest, catalog: {file: catalog.gti.gpkg, order: newest}}
  - {name: jan, catalog: {file: catalog.gti.gpkg, time: [2020-01, 2020-01-31], where: "tile like '"'T%'"'"}}' || fail "$(cat said)"
run paths '  - {name: red, path: "r/{tile}_{date:%Y%m%d}_B04.tif", columns: "red_{date}"}
  - {name: new, method: nearest, path: [r/T00_20200210_B04.tif, r/T01_20200210_B04.tif, r/T10_20200210_B04.tif, r/T11_20200210_B04.tif, r/T20_20200210_B04.tif, r/T21_20200210_B04.tif, r/*_20200105_B04.tif]}
  - {name: jan, path: "r/*_20200105_*.tif"}' || fail "$(cat said)"
cmp out/merged_data_catalog.csv out/merged_data_paths.csv || fail "a catalog gives other bytes than paths"
[ "$(rows catalog | head -1)" = "x,y,red_20200105,red_20200210,new,jan" ] || fail "columns: $(rows catalog | head -1)"
# Nearest: the tile that the centre lies in, at the second date.
rows catalog | awk -F, 'NR > 1 && $5 != 100 + 10 * int(($1 - 500000) / 200) + int((5000000 - $2) / 200) { exit 1 }' || fail "a wrong value"
[ "$(rows catalog | tail -n +2 | grep -c ',,')" = "$(rows catalog | awk -F, 'NR > 1 && $2 > 5000000' | wc -l)" ] || fail "holes"
"$weft" plan catalog.yml | grep -q 'matches  *dataset red: .* 2 names, 2020-01-05 to 2020-02-10, of .*/catalog.gti.gpkg' || fail "plan does not tell the choice"
grep -q 'r/T00_20200105_B04.tif' out/merged_data_catalog.metadata.json || fail "the choice is not stored"

# --- what is not touched is not opened ---
one='  - {name: v, method: nearest, catalog: {file: catalog.gti.gpkg, time: 2020-01}}'
run whole "$one" || fail "$(cat said)"
"$weft" plan whole.yml --json | grep -q T30_20200105 || fail "the tile beside the grid is not chosen"
cp -p r/T30_20200105_B04.tif kept.tif
head -c "$(stat -c %s kept.tif)" /dev/zero >r/T30_20200105_B04.tif
touch -r kept.tif r/T30_20200105_B04.tif
run beside "$one" || fail "a tile that is not touched is opened: $(cat said)"
cmp out/merged_data_whole.csv out/merged_data_beside.csv || fail "other bytes"
cp -p kept.tif r/T30_20200105_B04.tif

# So with images of other formats. The tile beside the grid holds zeros: it would not open.
formats=$(gdalinfo --formats)
for format in JP2OpenJPEG:jp2 HFA:img PNG:png ENVI:bsq; do
    driver=${format%:*} suffix=${format#*:} options=()
    case $driver in
    JP2OpenJPEG) options=(-co QUALITY=100 -co REVERSIBLE=YES) ;;
    PNG) options=(-ot Byte -a_nodata 255 -co WORLDFILE=YES) ;;
    esac
    grep -q "^ *$driver -" <<<"$formats" || continue
    mkdir "$suffix"
    for tile in r/*_20200105_B04.tif; do
        gdal_translate -q -of "$driver" "${options[@]}" "$tile" "$suffix/$(basename "$tile" .tif).$suffix"
    done
    "$weft" catalog scan "$suffix" --catalog "$suffix.gpkg" --progress none >/dev/null || fail "$driver: the scan fails"
    run "$suffix" "  - {name: v, method: nearest, catalog: {file: $suffix.gpkg}}" || fail "$driver: $(cat said)"
    run "paths_$suffix" "  - {name: v, method: nearest, path: '$suffix/*.$suffix'}" || fail "$driver: $(cat said)"
    cmp "out/merged_data_$suffix.csv" "out/merged_data_paths_$suffix.csv" || fail "$driver: a catalog gives other bytes"
    beside=$suffix/T30_20200105_B04.$suffix
    cp -p "$beside" kept
    head -c "$(stat -c %s kept)" /dev/zero >"$beside"
    touch -r kept "$beside"
    run "beside_$suffix" "  - {name: v, method: nearest, catalog: {file: $suffix.gpkg}}" || fail "$driver: a tile that is not touched is opened: $(cat said)"
    cmp "out/merged_data_$suffix.csv" "out/merged_data_beside_$suffix.csv" || fail "$driver: other bytes"
done

# --- a batch runs a job again when its catalog has another raster for it ---
printf 'jobs: [{name: b, config: whole.yml}]\n' >night.yml
batch() { "$weft" batch night.yml --progress none --format csv "$@" 2>&1; }
batch >said || fail "$(cat said)"
batch --dry-run | grep -q ',runs,' && fail "a job that is done would run: $(batch --dry-run)"
gdal_translate -q -scale 0 1000 7 1007 r/T10_20200105_B04.tif r/T10_20200106_B04.tif
scan
batch --dry-run | grep -q ',runs,.*T10_20200106_B04.tif was not there and is' || fail "a raster more is no reason: $(batch --dry-run)"
rm r/T10_20200106_B04.tif
scan

# --- files that are not what the catalog says ---
cp -p r/T11_20200105_B04.tif kept.tif
cp r/T00_20200105_B04.tif r/T11_20200105_B04.tif
refused 65 'weft catalog scan brings' moved "$one"
touch -r kept.tif r/T11_20200105_B04.tif
refused 65 'T11_20200105_B04.tif.*its place differs' place "$one"
head -c "$(stat -c %s kept.tif)" /dev/zero >r/T11_20200105_B04.tif
touch -r kept.tif r/T11_20200105_B04.tif
refused 65 'T11_20200105_B04.tif' broken "$one"
rm r/T11_20200105_B04.tif
refused 66 'T11_20200105_B04.tif: the catalog has it, and it is gone' gone "$one"
# Another nodata and another type of pixels: a layout of its own.
gdal_translate -q -ot Int32 -a_nodata 11 kept.tif r/T11_20200105_B04.tif
scan
run layout "$one" || fail "$(cat said)"
diff <(rows whole | awk -F, '{ print $1 "," $2 "," ($3 == 11 ? "" : $3) }') <(rows layout) >/dev/null || fail "two layouts in a mosaic"

# --- what is refused ---
refused 65 'where.yml:6:24: dataset v: "cols >"' where '  - {name: v, catalog: {file: catalog.gti.gpkg, where: "cols >"}}'
refused 66 'none.gpkg' none '  - {name: v, catalog: {file: none.gpkg}}'
refused 66 'no raster that passes the filters touches the grid' empty '  - {name: v, catalog: {file: catalog.gti.gpkg, time: 1999}}'
refused 66 'asks for' property '  - {name: v, catalog: {file: catalog.gti.gpkg}, columns: "v_{orbit}"}'
refused 65 'the earlier one comes first' time '  - {name: v, catalog: {file: catalog.gti.gpkg, time: [2020-02, 2020-01]}}'
refused 65 'those of path, or those of a catalog' both '  - {name: v, path: a.tif, catalog: {file: catalog.gti.gpkg}}'
refused 65 'file is missing' file '  - {name: v, catalog: {band: B04}}'
refused 65 'path is missing' neither '  - {name: v}'
exit $bad
