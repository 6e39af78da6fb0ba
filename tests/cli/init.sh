#!/usr/bin/env bash
# weft init: what it writes runs as it is, whatever lies in the folder.
# usage: init.sh WEFT
set -u
weft=$(realpath "$1")
sample=$(realpath "$(dirname "$0")/../../examples/olinda")
place=$(mktemp -d)
trap 'chmod -R u+w "$place"; rm -rf "$place"' EXIT
cd "$place" || exit 1
mkdir tmp
export TMPDIR=$place/tmp
bad=0
fail() {
    echo "$*"
    bad=1
}
# Makes and runs the configuration of a folder; leaves its table in FOLDER/table.csv.
runs() {
    "$weft" init "$1" >said 2>&1 || fail "init $1: $(cat said)"
    "$weft" run --progress none --set export.name=table "$1/config.yml" >said 2>&1 || fail "run of $1: $(cat said; cat "$1/config.yml")"
    mv "$1/out/table.csv" "$1/table.csv"
}
has() { grep -qF -- "$2" "$1/config.yml" || fail "no \"$2\" in $1/config.yml:
$(cat "$1/config.yml")"; }
hasnt() { ! grep -qF -- "$2" "$1/config.yml" || fail "\"$2\" in $1/config.yml"; }

# Three rasters: the grid is the finest's, pixel for pixel.
mkdir three && cp "$sample"/*.tif three
runs three
has three 'like: "landsat7"'
# UTM's scale 1.87 degrees from its meridian, at 8 degrees south, is 0.9996 (1 + (0.0326 cos 8)^2 / 2) = 1.0001.
has three '349 x 352 pixels of 28.5 m'
has three '111 x 111 pixels of 90 m'
head -n 1 three/table.csv | grep -qx x,y,dem,geoid,landsat7_1,landsat7_2,landsat7_3,landsat7_4,landsat7_5,landsat7_6 ||
    fail "columns: $(head -n 1 three/table.csv)"
[ "$(wc -l <three/table.csv)" = $((349 * 352 + 1)) ] || fail "$(wc -l <three/table.csv) lines of the three"
gdallocationinfo -valonly -b 1 three/landsat7.tif 100 100 | grep -qxF "$(sed -n $((100 * 349 + 102))p three/table.csv | cut -d, -f5)" ||
    fail "a cell is not its pixel"

# Tiles that lie side by side are one dataset, with the values of the whole; their companions are none.
mkdir tiles
for col in 0 1; do
    for row in 0 1; do
        gdal_translate -q -srcwin $((col * 60)) $((row * 60)) $((60 - col * 9)) $((60 - row * 9)) \
            "$sample/dem.tif" tiles/dem_${col}_$row.tif
    done
done
gdaladdo -q -ro tiles/dem_0_0.tif 2
mkdir whole && cp "$sample/dem.tif" whole
runs tiles
runs whole
has tiles 'path: "dem_*.tif"'
has tiles "4 files side by side"
[ "$(grep -c -- '- name:' tiles/config.yml)" = 1 ] || fail "tiles are not one dataset"
cmp tiles/table.csv whole/table.csv || fail "tiles give another table than the whole"

# Rasters of one place are columns of their own.
mkdir months
for month in 1 2 3; do cp "$sample/dem.tif" months/rain_$month.tif; done
runs months
head -n 1 months/table.csv | grep -qx x,y,rain_1,rain_2,rain_3 || fail "columns: $(head -n 1 months/table.csv)"

# A pattern that would match more than the tiles is no pattern.
mkdir mixed && cp tiles/dem_?_?.tif mixed && cp "$sample/geoid.tif" mixed/dem_all.tif
runs mixed
has mixed '["dem_0_0.tif", "dem_0_1.tif", "dem_1_0.tif", "dem_1_1.tif"]'

# Classes are not calculated with, and so the plan has nothing to warn of.
mkdir classes && cp "$sample/dem.tif" classes
cat >classes/cover.vrt <<'END'
<VRTDataset rasterXSize="349" rasterYSize="352">
  <SRS>EPSG:31985</SRS>
  <GeoTransform>288776.35, 28.5, 0, 9120760.94, 0, -28.5</GeoTransform>
  <VRTRasterBand dataType="Byte" band="1">
    <ColorInterp>Palette</ColorInterp>
    <ColorTable><Entry c1="0" c2="0" c3="0"/><Entry c1="255" c2="0" c3="0"/></ColorTable>
    <SimpleSource><SourceFilename relativeToVRT="1">../three/landsat7.tif</SourceFilename><SourceBand>1</SourceBand></SimpleSource>
  </VRTRasterBand>
</VRTDataset>
END
runs classes
has classes "method: nearest # its numbers are classes"
hasnt classes "weft plan warns"

# Names that YAML, patterns, variables and weft itself read otherwise.
mkdir odd
for name in 'a b.tif' '[c].tif' '$HOME.tif' '${d}.tif' "e'\".tif" union.tif x.tif 'f#: g.tif' 'h\i.tif' é.tif; do
    cp "$sample/dem.tif" "odd/$name"
done
runs odd
[ "$(head -n 1 odd/table.csv | tr ',' '\n' | sort -u | wc -l)" = 12 ] || fail "columns: $(head -n 1 odd/table.csv)"

# A name that is not UTF-8 cannot stand in a configuration; nor can that of a folder.
mkdir bytes && cp "$sample/dem.tif" bytes && cp "$sample/geoid.tif" $'bytes/ge\xe9.tif'
runs bytes
has bytes '# ge?.tif: its name is not UTF-8'
[ "$(head -n 1 bytes/table.csv)" = x,y,dem ] || fail "columns: $(head -n 1 bytes/table.csv)"
mkdir only && cp "$sample/dem.tif" $'only/d\xe9.tif'
"$weft" init only >said 2>&1
[ $? = 66 ] || fail "init of nothing but a name that is not UTF-8 does not end with 66"
grep -q "its name is not UTF-8" said || fail "a name that is not UTF-8: $(cat said)"
mkdir $'fold\xe9r' && cp "$sample/dem.tif" $'fold\xe9r'
"$weft" init $'fold\xe9r' >said 2>&1
[ $? = 65 ] || fail "init of a folder that is not UTF-8 does not end with 65"
grep -q "its name is not UTF-8" said || fail "a folder that is not UTF-8: $(cat said)"
mkdir bands && gdal_translate -q "$sample/dem.tif" bands/dem.vrt
sed -i $'s#<VRTRasterBand [^>]*>#&<Description>h\xf6he</Description>#' bands/dem.vrt
runs bands

# What cannot be used is left out, and said.
mkdir left && cp "$sample/dem.tif" left
gdal_create -q -of PNG -outsize 10 10 -bands 1 left/picture.png 2>/dev/null
echo "x,y,z" >left/table_of_points.csv
echo "1,2,3" >>left/table_of_points.csv
runs left
has left "# picture.png: it has no geotransform"
hasnt left table_of_points

# Rotated, and without a code.
mkdir turned
gdal_translate -q -a_srs '+proj=laea +lat_0=-8 +lon_0=-35 +ellps=GRS80' -a_ullr 0 0 10000 -10000 "$sample/dem.tif" turned/plain.tif
gdal_translate -q -of VRT turned/plain.tif turned/turned.vrt
sed -i 's#<GeoTransform>.*</GeoTransform>#<GeoTransform>0, 30, 10, 0, 10, -30</GeoTransform>#' turned/turned.vrt
runs turned
has turned 'extent: "turned"'

# Nothing is overwritten, and - prints.
sum=$(cksum <three/config.yml)
"$weft" init three >said 2>&1
[ $? = 74 ] || fail "init over a configuration does not end with 74"
grep -q "is there already" said || fail "init over a configuration says: $(cat said)"
[ "$sum" = "$(cksum <three/config.yml)" ] || fail "init has changed a configuration"
"$weft" init three - | cmp - three/config.yml || fail "init - prints something else"
mkdir empty
"$weft" init empty >said 2>&1
[ $? = 66 ] || fail "init of an empty folder does not end with 66"
"$weft" init nowhere >said 2>&1
[ $? = 66 ] || fail "init of no folder does not end with 66"
"$weft" init three whole >said 2>&1
[ $? = 64 ] || fail "init of two folders does not end with 64"
ls tmp | grep . && fail "a temporary file is left"
exit $bad
