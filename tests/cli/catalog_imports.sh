#!/usr/bin/env bash
# weft catalog import: tile indexes of gdaltindex in three formats, tables of STAC items, and what is refused.
# usage: catalog_imports.sh WEFT
set -u
weft=$(realpath "$1")
. "$(dirname "$0")/../support/script.sh"
names() { "$weft" catalog list --format csv "$@" | tail -n +2 | cut -d, -f3 | sort | tr '\n' ' '; }
taken() { # FILE CATALOG WORDS
    local said
    said=$("$weft" catalog import "$1" --catalog "$2" 2>&1) || fail "$1: $said"
    [[ $said == *"$3"* ]] || fail "$1: \"$3\" is not in $said"
}

# Two tiles in UTM 31, at 3 degrees east; the second one begins 20 km further east.
mkdir r
for i in 0 1; do
    gdal_create -q -of GTiff -outsize 10 10 -bands 1 -ot Byte -burn $((i + 1)) -a_srs EPSG:32631 \
        -a_ullr $((500000 + i * 20000)) 5000000 $((510000 + i * 20000)) 4990000 "r/t$i.tif" >/dev/null
done
gdaltindex -t_srs EPSG:4326 index.gpkg r/t0.tif r/t1.tif >/dev/null
ogr2ogr -q -f FlatGeobuf -t_srs EPSG:32631 index.fgb index.gpkg
gdaltindex index.shp r/t0.tif r/t1.tif >/dev/null
for index in index.gpkg index.fgb index.shp; do
    catalog=${index/./_}.gpkg
    taken $index "$catalog" "2 items, 2 rasters, 0 left out"
    [ "$(names --catalog "$catalog")" = "t0.tif t1.tif " ] || fail "$index: $(names --catalog "$catalog")"
    # 500000 is 3 degrees east; 10 km are 0.13 degrees there.
    [ "$(names --catalog "$catalog" --bbox 3.01,45.1,3.02,45.11)" = "t0.tif " ] || fail "$index: the first tile's place"
    [ "$(names --catalog "$catalog" --bbox 3.3,45.1,3.31,45.11)" = "t1.tif " ] || fail "$index: the second tile's place"
    [ "$(names --catalog "$catalog" --bbox 3.15,45.1,3.2,45.11)" = "" ] || fail "$index: between them"
done
# An import again replaces; what was imported is a dataset.
taken index.gpkg index_gpkg.gpkg "2 rasters"
[ "$(names --catalog index_gpkg.gpkg)" = "t0.tif t1.tif " ] || fail "twice: $(names --catalog index_gpkg.gpkg)"
printf 'experiment: a\noutput_dir: out\nmetrics: {database: m.sqlite}\ngrid: {crs: EPSG:32631, resolution: 10000, bounds: [500000, 4990000, 530000, 5000000]}\ndatasets: [{name: v, method: nearest, catalog: {file: index_gpkg.gpkg}}]\n' >a.yml
"$weft" run a.yml --progress none >said 2>&1 || fail "$(cat said)"
[ "$(cut -d, -f3 out/merged_data_a.csv | tr '\n' ' ')" = "v 1  2 " ] || fail "the imported tiles: $(cat out/merged_data_a.csv)"

# Fields are properties; a time, clouds. The third feature has no location, and the second is cut by 180 degrees.
cat >tiles.csv <<'END'
WKT,location,datetime,cloud_cover,orbit,note
"POLYGON ((10 45,11 45,11 46,10 46,10 45))",r/t0.tif,2020-03-01T10:00:00Z,12.5,7,"a ""quoted"" one"
"MULTIPOLYGON (((179 1,180 1,180 2,179 2,179 1)),((-180 1,-179 1,-179 2,-180 2,-180 1)))",https://example.invalid/b.tif,2021-01-01,,8,
"POLYGON ((10 45,11 45,11 46,10 46,10 45))",,,,,
END
ogr2ogr -q -f GPKG -a_srs EPSG:4326 -oo AUTODETECT_TYPE=YES tiles.gpkg tiles.csv
taken tiles.gpkg t.gpkg "2 items, 2 rasters, 1 left out"
[ "$(names --catalog t.gpkg --where 'orbit = 7 and cloud_cover < 13' --time 2020-03)" = "t0.tif " ] || fail "properties of an index"
[ "$(names --catalog t.gpkg --where "note = 'a \"quoted\" one'")" = "t0.tif " ] || fail "a text with quotes"
[ "$(names --catalog t.gpkg --bbox -179.5,1.2,-179.4,1.3)" = "b.tif " ] || fail "beyond 180 degrees"
[ "$(names --catalog t.gpkg --bbox -100,1,100,2)" = "" ] || fail "beside 180 degrees"
"$weft" catalog list --catalog t.gpkg --format csv --name b.tif | grep -q '/vsicurl/https://example.invalid/b.tif' || fail "an address of http"

# STAC items as a table, as GDAL shows GeoParquet's.
cat >items.csv <<'END'
WKT,id,datetime,eo:cloud_cover,assets.B04.href,assets.B08.href,assets.B08.type
"POLYGON ((10 45,11 45,11 46,10 46,10 45))",one,2020-03-01T10:00:00Z,3,s3://bucket/B04.tif,r/t1.tif,image/tiff
END
ogr2ogr -q -f GPKG -a_srs EPSG:4326 -oo AUTODETECT_TYPE=YES items.gpkg items.csv
taken items.gpkg s.gpkg "1 items, 2 rasters, 0 left out"
[ "$(names --catalog s.gpkg --band B08 --cloud-cover 5)" = "t1.tif " ] || fail "an asset's key is no band"
"$weft" catalog list --catalog s.gpkg --format csv --band B04 | grep -q '/vsis3/bucket/B04.tif' || fail "an address of S3"

# Times are kept in UTC: of STAC, of a table and of a file's metadata; a filter may have a zone too.
acquired() { "$weft" catalog list --format csv "$@" | tail -n +2 | cut -d, -f19 | tr '\n' ' '; }
cat >zone.json <<'END'
{"type": "Feature", "stac_version": "1.0.0", "id": "z", "bbox": [10, 45, 11, 46],
 "geometry": {"type": "Polygon", "coordinates": [[[10, 45], [11, 45], [11, 46], [10, 46], [10, 45]]]},
 "properties": {"datetime": "2020-01-05T23:20:30.5-05:00"}, "assets": {"a": {"href": "z.tif", "type": "image/tiff"}}}
END
taken zone.json z.gpkg "1 items, 1 rasters"
[ "$(acquired --catalog z.gpkg)" = "2020-01-06T04:20:30.000Z " ] || fail "a zone of STAC: $(acquired --catalog z.gpkg)"
printf 'WKT,location,datetime\n"POLYGON ((3 45,4 45,4 46,3 46,3 45))",r/t0.tif,2020-01-05T23:20:30+05:30\n' >zoned.csv
ogr2ogr -q -f GeoJSON -a_srs EPSG:4326 zoned.geojsonl zoned.csv -lco RFC7946=NO 2>/dev/null || fail "no GeoJSON"
ogr2ogr -q -f GPKG zoned.gpkg zoned.geojsonl
taken zoned.gpkg y.gpkg "1 rasters"
[ "$(acquired --catalog y.gpkg)" = "2020-01-05T17:50:30.000Z " ] || fail "a zone of a table: $(acquired --catalog y.gpkg)"
mkdir m
gdal_translate -q -mo DATE_ACQUIRED=2020-12-31T22:00:00-03:00 r/t0.tif m/a.tif
"$weft" catalog scan m --catalog m.gpkg >/dev/null || fail "no scan"
[ "$(acquired --catalog m.gpkg)" = "2021-01-01T01:00:00.000Z " ] || fail "a zone of metadata: $(acquired --catalog m.gpkg)"
zoned() { # FROM TO PRESENT
    printf 'experiment: z\noutput_dir: z%s\nmetrics: {database: m.sqlite}\ngrid: {crs: EPSG:32631, resolution: 10000, bounds: [500000, 4990000, 510000, 5000000]}\ndatasets: [{name: v, method: nearest, on_error: skip, catalog: {file: m.gpkg, time: ["%s", "%s"]}}]\n' "$3" "$1" "$2" >z.yml
    "$weft" plan z.yml >said 2>&1
    grep -q "no raster" said && echo no || echo yes
}
[ "$(zoned 2020-12-31T21:59-03:00 2020-12-31T22:00-03:00 a)" = yes ] || fail "a filter with a zone: $(cat said)"
[ "$(zoned 2020-12-31T21:59Z 2020-12-31T22:00Z b)" = no ] || fail "a filter in UTC: $(cat said)"

# Items across 180 degrees that are not cut there: the bbox tells the way, or longitudes beyond 180. `round` goes the long
# way, as its bbox does.
place() { # ID RING BBOX
    printf '{"type": "Feature", "stac_version": "1.0.0", "id": "%s", "bbox": [%s], "geometry": {"type": "Polygon", "coordinates": [[%s]]}, "properties": {"datetime": null}, "assets": {"a": {"href": "/x/%s.tif"}}}' "$1" "$3" "$2" "$1"
}
{
    printf '{"type": "FeatureCollection", "features": ['
    place uncut '[170,-8],[-170,-8],[-170,-7],[170,-7],[170,-8]' 170,-8,-170,-7
    printf ,
    place over '[170,-8],[190,-8],[190,-7],[170,-7],[170,-8]' 170,-8,190,-7
    printf ,
    place under '[-190,-8],[-170,-8],[-170,-7],[-190,-7],[-190,-8]' -190,-8,-170,-7
    printf ,
    place high '[170,-8],[-170,-8],[-170,-7],[170,-7],[170,-8]' 170,-8,0,-170,-7,9
    printf ,
    place round '[-170,-8],[170,-8],[170,-7],[-170,-7],[-170,-8]' -170,-8,170,-7
    printf ,
    place slant '[178,-8],[-178,-4],[-178,-3],[178,-7],[178,-8]' 178,-8,-178,-3
    printf ']}'
} >across.json
taken across.json across.gpkg "6 items, 6 rasters, 0 left out"
[ "$(names --catalog across.gpkg --bbox 171,-8,172,-7)" = "high.tif over.tif uncut.tif under.tif " ] || fail "west of 180: $(names --catalog across.gpkg --bbox 171,-8,172,-7)"
[ "$(names --catalog across.gpkg --bbox -172,-8,-171,-7)" = "high.tif over.tif uncut.tif under.tif " ] || fail "east of 180: $(names --catalog across.gpkg --bbox -172,-8,-171,-7)"
[ "$(names --catalog across.gpkg --bbox 0,-8,10,-7)" = "round.tif " ] || fail "the long way round: $(names --catalog across.gpkg --bbox 0,-8,10,-7)"
[ "$(names --catalog across.gpkg --bbox 179,-4.9,179.5,-4.5)" = "" ] || fail "a slant is cut at 180: its west side ends at -5"
across=$("$weft" catalog list --catalog across.gpkg --format geojson --name slant.tif)
[[ $across == *'[[[[178, -8], [180, -6], [180, -5], [178, -7], [178, -8]]], [[[-180, -6], [-178, -4], [-178, -3], [-180, -5], [-180, -6]]]]'* ]] || fail "a slant: $across"

# A box in a CRS: around the pole it holds the pole, which none of its sides does; over 180 degrees it does not go round.
for place in "pole -180 90 180 89.5" "far 0 10 1 9"; do
    read -r name left top right bottom <<<"$place"
    mkdir -p b
    gdal_create -q -of GTiff -outsize 10 10 -bands 1 -a_srs EPSG:4326 -a_ullr "$left" "$top" "$right" "$bottom" "b/$name.tif"
done
"$weft" catalog scan b --catalog b.gpkg >/dev/null || fail "no scan of b"
[ "$(names --catalog b.gpkg --crs EPSG:3413 --bbox -100000,-100000,100000,100000)" = "pole.tif " ] || fail "a box around the pole"
[ "$(names --catalog b.gpkg --crs EPSG:32660 --bbox 800000,995000,850000,1050000)" = "" ] || fail "a box over 180 degrees goes round"

# --- what is refused ---
refused() { # CODE WORDS FILE
    "$weft" catalog import "$3" --catalog no.gpkg >said 2>&1
    local code=$?
    [ $code = "$1" ] || fail "$3: $code, not $1"
    grep -q "$2" said || fail "$3: \"$2\" is not in $(cat said)"
    [ ! -e no.gpkg ] || fail "$3: a catalog was made"
}
ogr2ogr -q -f GPKG plain.gpkg tiles.gpkg -sql "select geom, orbit from tiles"
refused 65 'no field "location"' plain.gpkg
for part in shp shx dbf; do cp index.$part bare.$part; done
refused 65 'it has no CRS' bare.shp
printf 'PAR1' >items.parquet
refused 65 'to_item_collection' items.parquet
refused 66 'none.fgb' none.fgb
exit $bad
