#!/usr/bin/env bash
# weft catalog: what it finds, what it opens again, what it does with what is broken, and that others read it.
# usage: catalog.sh WEFT
set -u
weft=$(realpath "$1")
place=$(mktemp -d)
trap 'chmod -R u+w "$place"; rm -rf "$place"' EXIT
cd "$place" || exit 1
bad=0
fail() {
    echo "$*"
    bad=1
}
scan() { "$weft" catalog scan --progress none "$@" 2>&1; }
list() { "$weft" catalog list --format csv "$@"; }
# The names that a list gives, blanks between them.
names() { list "$@" | tail -n +2 | cut -d, -f3 | tr '\n' ' '; }
# What the last scan says of itself has these words.
said() { [[ $1 == *"$2"* ]] || fail "\"$2\" is not in: $1"; }
# A file is settled once its time is older than a tick of the file system's clock.
settle() { sleep 0.1; }

raster() { # NAME EPSG LEFT TOP PIXEL
    gdal_create -q -of GTiff -outsize 20 10 -bands 1 -ot Int16 -burn 7 -a_nodata -9 -a_srs "$2" \
        -a_ullr "$3" "$4" "$(awk "BEGIN{print $3+20*$5}")" "$(awk "BEGIN{print $4-10*$5}")" "$1" >/dev/null
}
mkdir -p r/deep/er
raster r/T31_20200105_B04.tif EPSG:32631 500000 5000000 10
raster r/T31_20210601_B08.tif EPSG:32631 500000 5000000 10
raster r/deep/T33_20200301_B04.tif EPSG:32633 500000 5000000 100
raster r/deep/er/far.tif EPSG:4326 178 10 0.2
cp r/deep/T33_20200301_B04.tif r/deep/.hidden.tif
printf 'no raster\n' >r/readme.txt

# --- what is found, by hand ---
first=$(scan r --pattern '{tile}_{date:%Y%m%d}_{band}.tif')
said "$first" "4 files in 3 folders: 4 opened, 4 new, 0 changed"
[ "$(list | wc -l)" = 5 ] || fail "not four rasters: $(list)"
# 500000 is the central meridian of both zones, 3 and 15 degrees east.
[ "$(names --bbox 2.99,45,3.01,46)" = "T31_20200105_B04.tif T31_20210601_B08.tif " ] || fail "bbox: $(names --bbox 2.99,45,3.01,46)"
[ "$(names --bbox 3.1,45,14.9,46)" = "" ] || fail "a bbox between the two: $(names --bbox 3.1,45,14.9,46)"
[ "$(names --bbox 500000,4999000,500100,4999999 --crs EPSG:32633)" = "T33_20200301_B04.tif " ] || fail "bbox in a CRS"
# From 178 to 182 degrees: it is found on both sides, and by a box across.
for box in 179,9,179.5,9.5 -179,9,-178.5,9.5 179.9,9,-179.9,9.5; do
    [ "$(names --bbox "$box")" = "far.tif " ] || fail "across 180 degrees, $box: $(names --bbox "$box")"
done
[ "$(names --bbox -177.5,9,170,9.5)" = "" ] || fail "beside 180 degrees: $(names --bbox -177.5,9,170,9.5)"
[ "$(names --time 2020-03-01/2020-12-31)" = "T33_20200301_B04.tif " ] || fail "time: $(names --time 2020-03-01/2020-12-31)"
[ "$(names --time 2020-01-05)" = "T31_20200105_B04.tif " ] || fail "one day: $(names --time 2020-01-05)"
[ "$(names --time 2021/)" = "T31_20210601_B08.tif " ] || fail "from a year on: $(names --time 2021/)"
[ "$(names --time 2021)" = "T31_20210601_B08.tif " ] || fail "one year: $(names --time 2021)"
[ "$(names --where "acquired >= '2021'")$(names --where 'acquired > 2021')" = "T31_20210601_B08.tif T31_20210601_B08.tif " ] || fail "years in a condition"
[ "$(names --time /2020)" = "T31_20200105_B04.tif T33_20200301_B04.tif " ] || fail "up to a year: $(names --time /2020)"
[ "$(names --band B08)" = "T31_20210601_B08.tif " ] || fail "band: $(names --band B08)"
[ "$(names --name 'T*' --resolution 50,200)" = "T33_20200301_B04.tif " ] || fail "resolution"
[ "$(names --tag tile=T33)" = "T33_20200301_B04.tif " ] || fail "tag: $(names --tag tile=T33)"
# A property that no raster has compares with nothing: most often a text without its quotes.
for no in "tile = T31" 'tile = "T31"' "cols = 20 and upper(T31) = 'a'"; do
    said "$(list --where "$no" 2>&1 || echo "code $?")" 'where: no raster has a property "T31"'
    list --where "$no" >/dev/null 2>&1
    [ $? = 64 ] || fail "$no: not refused"
done
[ "$(names --where "tiel is null and name = 'far.tif'")" = "far.tif " ] || fail "what is missing may be asked for"
[ "$(names --where "tile = 'T31' and cols = 20 and date > 20200601")" = "T31_20210601_B08.tif " ] || fail "where"
[ "$(names --tag date --order newest --limit 2)" = "T31_20210601_B08.tif T33_20200301_B04.tif " ] || fail "newest: $(names --tag date --order newest --limit 2)"
"$weft" catalog list --order tyle 2>said && fail "an order by nothing"
grep -q 'order: no raster has a property "tyle"' said || fail "an order by nothing: $(cat said)"
"$weft" catalog list --order -cloud_cover 2>said && fail "an order by a field that nothing has"
grep -q 'order: -cloud_cover: no raster has a value of cloud_cover' said || fail "an order by a field that nothing has: $(cat said)"
[ "$(names --order -res_x --limit 1)" = "T33_20200301_B04.tif " ] || fail "order: $(names --order -res_x --limit 1)"
# Longitudes of any turn are the same places: 181 is -179, and 360.5 to 364.5 is 0.5 to 4.5.
for box in 181,9,181.5,9.5 -180.5,9,-180.2,9.5 539,9,539.5,9.5 179.9,9,180.1,9.5; do
    [ "$(names --bbox "$box")" = "far.tif " ] || fail "another turn, $box: $(names --bbox "$box")"
done
[ "$(names --bbox 182.5,9,530,9.5)" = "" ] || fail "beside 180 degrees in another turn: $(names --bbox 182.5,9,530,9.5)"
[ "$(names --bbox 0,-90,360,90 | wc -w)" = "$(names | wc -w)" ] || fail "all round from 0: $(names --bbox 0,-90,360,90)"
[ "$(names --bbox 363,45,363.01,46)" = "T31_20200105_B04.tif T31_20210601_B08.tif " ] || fail "a turn further: $(names --bbox 363,45,363.01,46)"
# The same box in a CRS: across 180 degrees, and in UTM 60 where its edge runs from 179 to -179 degrees.
for box in "--bbox 179.9,9,-179.9,9.5 --crs EPSG:4326" "--bbox 800000,995000,850000,1050000 --crs EPSG:32660"; do
    # shellcheck disable=SC2086
    [ "$(names $box)" = "far.tif " ] || fail "across 180 degrees in a CRS, $box: $(names $box)"
done
[ "$(names --time 2020-03-01T01:00+02:00/2020-03-01)" = "T33_20200301_B04.tif " ] || fail "a time with a zone"
for no in "--crs EPSG:32633" "--time 2020-13" "--time 2020-02-30" "--time 2020-05/2020-04" "--time May" "--time 2020-01-01/x" "--where 'cols >'" "--where 'cols > 1; drop table rasters'" "--where '1) or (1'" "--where 'json_extract(name, 1) = 1'" "--where 'load_extension(1)'" "--bbox 1,2,3" "--time 1 --pattern x"; do
    eval "'$weft' catalog list $no" >/dev/null 2>&1
    [ $? = 64 ] || fail "$no: not refused"
done
list >/dev/null 2>&1 || fail "the catalog was harmed"

# --- others read it ---
[ "$(ogrinfo -q catalog.gti.gpkg | wc -l)" = 1 ] || fail "GDAL sees other layers than one: $(ogrinfo -q catalog.gti.gpkg)"
[ "$(ogrinfo -ro -q -spat 2.99 45 3.01 46 catalog.gti.gpkg rasters | grep -c 'location (String) = /')" = 2 ] || fail "OGR finds others in a box"
ogrinfo -q catalog.gti.gpkg -sql "delete from rasters where name = 'far.tif'" >/dev/null 2>&1
[ "$(names --bbox 179,9,179.5,9.5)" = "" ] || fail "the R*Tree does not follow what OGR deletes"
"$weft" catalog list --format geojson >g.json
[ "$(ogrinfo -ro -q -al -so g.json | grep -c 'Feature Count: 3')" = 1 ] || [ "$(ogrinfo -ro -al -so g.json | grep 'Feature Count')" = "Feature Count: 3" ] || fail "GeoJSON: $(ogrinfo -ro -al -so g.json)"
if gdalinfo --formats | grep -q 'GTI '; then
    gdalinfo catalog.gti.gpkg >/dev/null || fail "GDAL's tile index driver does not open it"
fi
rm catalog.gti.gpkg
settle
scan r >/dev/null

# --- what is opened again ---
said "$(scan r)" "4 files in 3 folders: 0 opened"
said "$(scan)" "4 files in 3 folders: 0 opened"
touch r/T31_20200105_B04.tif
settle
said "$(scan r)" "1 opened, 0 new, 1 changed"
mv r/T31_20200105_B04.tif r/deep/T31_20200105_B04.tif
fid=$(list --name 'T31_20200105*' | tail -n 1 | cut -d, -f1)
settle
said "$(scan r)" "1 opened, 0 new, 0 changed, 1 moved, 0 gone"
[ "$(list --name 'T31_20200105*' | tail -n 1 | cut -d, -f1,2)" = "$fid,$place/r/deep/T31_20200105_B04.tif" ] || fail "moved: $(list --name 'T31_20200105*')"
rm r/deep/T31_20200105_B04.tif
said "$(scan r)" "0 opened, 0 new, 0 changed, 0 moved, 1 gone"
mv r/deep away
said "$(scan r)" "1 files in 1 folders: 0 opened, 0 new, 0 changed, 0 moved, 2 gone"
mv away r/deep
# A side-car that comes, and goes, says something else of its raster.
settle && scan r >/dev/null
gdal_translate -q -of VRT r/T31_20210601_B08.tif /dev/null
printf '<PAMDataset><PAMRasterBand band="1"><Description>red</Description></PAMRasterBand></PAMDataset>' >r/T31_20210601_B08.tif.aux.xml
settle
said "$(scan r)" "1 opened, 0 new, 1 changed"
[ "$(names --band red)" = "T31_20210601_B08.tif " ] || fail "a band that a side-car names: $(names --band red)"
"$weft" catalog deps r/T31_20210601_B08.tif --format csv | grep -q "aux.xml,$place/r/T31_20210601_B08.tif,1," || fail "deps: no side-car"
rm r/T31_20210601_B08.tif.aux.xml
said "$(scan r)" "1 opened, 0 new, 1 changed"
[ "$(names --band red)" = "" ] || fail "a side-car that is gone still counts"
# Another pattern reads all names anew.
said "$(scan r --pattern '{what}_{date:%Y%m%d}_{band}.tif')" "3 opened, 0 new, 3 changed"

# --- what is broken, or not there ---
mkdir -p b/open b/closed
raster b/good.tif EPSG:32631 500000 5000000 10
: >b/empty.tif
printf 'II*\0garbage' >b/corrupt.tif
gdal_create -q -of GTiff -outsize 4 4 -bands 1 b/nowhere.tif >/dev/null
ln -s ../b b/loop
ln -s self.tif b/self.tif
ln -s nothing b/dangling.tif
mkfifo b/pipe.tif
cp b/good.tif "$(printf 'b/caf\xe9.tif')"
mkdir -p b/list && ln -s ../good.tif b/list/link.tif
broken=$(scan b --catalog b.gpkg)
said "$broken" "2 new"
problems=$("$weft" catalog list --problems --catalog b.gpkg --format csv)
for word in 'empty.tif,the file is empty' 'corrupt.tif,"\?not a raster' 'nowhere.tif,it has no geotransform' \
    'loop,"\?it is listed under another name' 'self.tif,Too many levels' 'dangling.tif,a link that leads nowhere' 'its name is not UTF-8'; do
    grep -q "$word" <<<"$problems" || fail "no problem \"$word\" in: $problems"
done
[ "$("$weft" catalog list --catalog b.gpkg --format csv | wc -l)" = 3 ] || fail "more than the good one and the link to it"
if [ "$(id -u)" != 0 ]; then
    chmod 0 b/good.tif b/closed
    scan b --catalog b.gpkg >/dev/null
    "$weft" catalog list --problems --catalog b.gpkg | grep -q 'good.tif .*Permission denied' || fail "a file that may not be read"
    "$weft" catalog list --problems --catalog b.gpkg | grep -q 'closed .*ermission denied' || fail "a folder that may not be read"
    chmod 700 b/good.tif b/closed
fi
settle
# What is broken is not opened again either, until it changes.
scan b --catalog b.gpkg >/dev/null
said "$(scan b --catalog b.gpkg)" " 0 opened"

# --- folders that have two names: the real one counts, and files are there once ---
mkdir -p l/m/deep
raster l/m/one.tif EPSG:32631 500000 5000000 10
raster l/m/deep/two.tif EPSG:32631 500000 5000000 10
places() { list --catalog l.gpkg | tail -n +2 | cut -d, -f1,2 | sed "s:$place/::" | tr '\n' ' '; }
aliases() { list --catalog l.gpkg --problems | tail -n +2 | cut -d, -f1 | sed "s:$place/::" | tr '\n' ' '; }
scan l --catalog l.gpkg >/dev/null
settle
scan l --catalog l.gpkg >/dev/null
listed=$(places)
ln -s m l/z && ln -s m l/a
said "$(scan l --catalog l.gpkg)" "2 files in 3 folders: 0 opened, 0 new"
[ "$(places)" = "$listed" ] || fail "with links to a folder: $(places), not $listed"
[ "$(aliases)" = "l/a l/z " ] || fail "links to a folder: $(aliases)"
# A folder that is named beside the one that it is in has no other name.
rm l.gpkg
said "$(scan l/m l --catalog l.gpkg)" "2 files in 3 folders: 2 opened, 2 new"
[ "$(aliases)" = "l/a l/z " ] || fail "links to a folder that is named: $(aliases)"
# What was listed by way of a link is forgotten when the folder itself is listed.
rm l.gpkg
mkdir other && ln -s ../l/m other/m
scan other --catalog l.gpkg >/dev/null
[ "$(places)" = "2,other/m/deep/two.tif 1,other/m/one.tif " ] || fail "by way of a link: $(places)"
said "$(scan other l --catalog l.gpkg)" "2 new, 0 changed, 0 moved, 2 gone"
[ "$(places | sed 's/[0-9]*,//g')" = "l/m/deep/two.tif l/m/one.tif " ] || fail "by its own name: $(places)"

# --- several at once: each waits for the one before, whoever makes the catalog ---
mkdir crowd
for i in $(seq 40); do cp b/good.tif "crowd/$i.tif"; done
codes=$(for i in 1 2 3 4 5; do (
    "$weft" catalog scan crowd --threads 1 --progress none --catalog crowd.gpkg >/dev/null 2>said$i
    echo $?
) & done; wait)
[ "$(tr -d '\n' <<<"$codes")" = 00000 ] || fail "five scans at once: $codes, $(cat said?)"
[ "$(list --catalog crowd.gpkg | wc -l)" = 41 ] || fail "five scans at once: $(list --catalog crowd.gpkg | wc -l) lines"
grep -q 'crowd.gpkg: process [0-9]* writes it: waits until it has ended' said? || fail "nobody waited: $(cat said?)"
[ -e .crowd.gpkg.lock ] && fail "a lock is left"
# Whoever waits can be stopped; a lock that a killed scan left holds nobody up.
python3 -c 'import fcntl, struct, time
file = open(".crowd.gpkg.lock", "w")
fcntl.fcntl(file, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 1, 0))  # F_OFD_SETLK
print("held", flush=True)
time.sleep(60)' >held &
holder=$!
until [ -s held ]; do sleep 0.05; done
list --catalog crowd.gpkg >/dev/null || fail "a list waits for who writes"
"$weft" catalog scan crowd --progress none --catalog crowd.gpkg >/dev/null 2>&1 &
waiting=$!
sleep 0.5
kill -TERM $waiting 2>/dev/null || fail "a scan did not wait"
wait $waiting
[ $? = 75 ] || fail "a scan that waits and is stopped"
kill -KILL $holder
wait $holder 2>/dev/null
said "$(scan crowd --catalog crowd.gpkg)" "40 files"

# --- dependencies ---
mkdir v
raster v/a.tif EPSG:32631 500000 5000000 10
gdalbuildvrt -q v/one.vrt v/a.tif && gdalbuildvrt -q v/two.vrt v/one.vrt
scan v --catalog v.gpkg >/dev/null
[ "$("$weft" catalog deps v/two.vrt --catalog v.gpkg --format csv | tail -n +2 | cut -d, -f1,3 | tr '\n' ' ')" = \
    "$place/v/two.vrt,0 $place/v/one.vrt,1 $place/v/a.tif,2 " ] || fail "deps: $("$weft" catalog deps v/two.vrt --catalog v.gpkg)"
# A batch: its jobs, those that they need, the files that these read, and the sources of these.
printf 'experiment: e\noutput_dir: out\ngrid: {like: %s/v/a.tif}\ndatasets: [{name: v, path: v/two.vrt}, {name: w, path: "v/none*.tif"}]\n' "$place" >one.yml
printf 'jobs:\n  - {name: a, config: one.yml}\n  - {name: b, needs: [a], config: {experiment: b, output_dir: out, datasets: [{name: v, path: v/a.tif, mask: {path: v/one.vrt, values: [1]}}]}}\n' >night.yml
deps() { "$weft" catalog deps "$@" --format csv | tail -n +2 | tr '\n' ' '; }
one="$place/v/two.vrt,UP,1, $place/v/one.vrt,$place/v/two.vrt,2, $place/v/a.tif,$place/v/one.vrt,3, $place/v/none*.tif,UP,1,gone $place/v/a.tif,UP,1,before "
for catalog in v.gpkg no_catalog.gpkg; do
    [ "$(deps one.yml --catalog $catalog)" = "$place/one.yml,,0, ${one//UP/$place/one.yml}" ] || fail "deps of a configuration: $(deps one.yml --catalog $catalog)"
    [ "$(deps night.yml --catalog $catalog)" = "$place/night.yml,,0, job a,$place/night.yml,1, $place/one.yml,job a,2, $(sed 's/UP,1/job a,2/g; s/,3,/,4,/; s/vrt,2,/vrt,3,/' <<<"$one")job b,$place/night.yml,1, job a,job b,2,before $place/v/a.tif,job b,2,before $place/v/one.vrt,job b,2,before " ] ||
        fail "deps of a batch: $(deps night.yml --catalog $catalog)"
done
sed 's/name: a,/name: a, needs: [b],/' night.yml >round.yml
circle=$("$weft" catalog deps round.yml 2>&1 >/dev/null)
[ $? = 65 ] || fail "jobs in a circle are no error"
[[ $circle == *"jobs need each other: a -> b -> a"* ]] || fail "jobs in a circle without their path: $circle"
sed 's/a\.tif/two.vrt/' v/one.vrt >v/one.new && mv v/one.new v/one.vrt
settle
scan v --catalog v.gpkg >/dev/null
circle=$("$weft" catalog deps v/two.vrt --catalog v.gpkg 2>&1 >/dev/null)
[ $? = 65 ] || fail "a cycle is no error"
[[ $circle == *"a cycle: $place/v/two.vrt -> $place/v/one.vrt -> $place/v/two.vrt"* ]] || fail "a cycle without its path: $circle"
rm v/a.tif
[ "$("$weft" catalog prune --catalog v.gpkg)" = "1 rasters are gone" ] || fail "prune"

# --- killed in the middle: what was committed stays, and only the rest is opened again ---
mkdir -p k/00
for name in {1..50}; do echo "k/00/$name.tif"; done | xargs -n 1 cp b/good.tif
for part in {01..29}; do cp -rl k/00 "k/$part"; done
rows() { "$weft" catalog list --catalog k.gpkg --format csv 2>/dev/null | tail -n +2 | wc -l; }
"$weft" catalog scan k --catalog k.gpkg --threads 1 --progress none >/dev/null 2>&1 &
scanning=$!
for _ in {1..100}; do
    [ "$(rows)" -gt 0 ] && break
    sleep 0.1
done
kill -9 "$scanning"
wait "$scanning" 2>/dev/null
kept=$(rows)
[ "$kept" -gt 0 ] || fail "nothing was committed before the kill"
said "$(scan k --catalog k.gpkg)" "1500 files in 31 folders: $((1500 - kept)) opened, $((1500 - kept)) new"
[ "$(rows)" = 1500 ] || fail "after a kill and a scan: $(rows) rasters of 1500"
# SIGTERM keeps all that was opened, and says how to go on.
touch k/00/*.tif
settle
"$weft" catalog scan k --catalog k.gpkg --threads 1 --progress none >/dev/null 2>term &
scanning=$!
# Not before it catches the signal: bit 14 of the mask in its status.
for _ in {1..100}; do
    caught=$(awk '$1 == "SigCgt:" { print $2 }' "/proc/$scanning/status")
    (((0x$caught >> 14) & 1)) && break
    sleep 0.1
done
sleep 0.1
kill -TERM "$scanning" && wait "$scanning"
code=$?
[ $code = 75 ] || [ $code = 0 ] || fail "SIGTERM gives $code: $(cat term)"
scan k --catalog k.gpkg >/dev/null
said "$(scan k --catalog k.gpkg)" " 0 opened"

# --- STAC, by hand ---
mkdir -p s/sub
cat >s/collection.json <<'J'
{"type": "Collection", "stac_version": "1.0.0", "id": "c", "links": [
  {"rel": "root", "href": "collection.json"}, {"rel": "item", "href": "./sub/one.json"},
  {"rel": "item", "href": "https://example.invalid/two.json"}]}
J
cat >s/sub/one.json <<'J'
{"type": "Feature", "stac_version": "1.0.0", "id": "one", "collection": "c", "bbox": [10, 45, 11, 46],
 "geometry": {"type": "Polygon", "coordinates": [[[10, 45], [11, 45], [11, 46], [10, 46], [10, 45]]]},
 "properties": {"datetime": "2021-05-06T07:08:09Z", "eo:cloud_cover": 12.5, "proj:epsg": 32632,
   "proj:shape": [100, 200], "proj:transform": [10, 0, 600000, 0, -20, 5000000, 0, 0, 1], "platform": "a \"quoted\" one"},
 "assets": {"B04": {"href": "B04.tif", "type": "image/tiff; application=geotiff; profile=cloud-optimized",
      "eo:bands": [{"name": "red"}], "raster:bands": [{"data_type": "uint16", "nodata": 0}]},
   "B08": {"href": "https://example.invalid/B08.tif?sig=1", "type": "image/tiff"},
   "SCL": {"href": "s3://bucket/SCL.jp2"}, "thumbnail": {"href": "t.jpg", "type": "image/jpeg", "roles": ["thumbnail"]},
   "mtd": {"href": "mtd.xml", "type": "application/xml"}}}
J
imported=$("$weft" catalog import s/collection.json --catalog s.gpkg 2>warned)
said "$imported" "1 items, 3 rasters, 0 left out"
grep -q 'two.json, which is not followed' warned || fail "a link to the network without a warning"
shows() { "$weft" catalog list --catalog s.gpkg --format csv "$@" | tail -n +2 | cut -d, -f2,7-13,19,20 | tr '\n' ' '; }
# Columns 200 of 10, rows 100 of 20 from 600000, 5000000 on.
[ "$(shows --band red)" = "$place/s/sub/B04.tif,EPSG:32632,200,100,10.0,20.0,600000.0,4998000.0,2021-05-06T07:08:09.000Z,12.5 " ] ||
    fail "an asset: $(shows --band red)"
[ "$(shows --band B08 | cut -d, -f1)" = "/vsicurl/https://example.invalid/B08.tif?sig=1" ] || fail "an address of http"
[ "$(shows --name '*.jp2' --bbox 10.5,45.5,10.6,45.6 | cut -d, -f1)" = "/vsis3/bucket/SCL.jp2" ] || fail "an address of S3"
[ "$(shows --where "platform = 'a \"quoted\" one' and cloud_cover < 20 and \"eo:cloud_cover\" > 12" | wc -w)" -ge 3 ] || fail "properties of an item"
# A collection of items, one after the other; the one without a place, and the one without assets, are left out.
{
    printf '{"type": "FeatureCollection", "numberReturned": 3, "features": ['
    cat s/sub/one.json
    printf ', {"type": "Feature", "id": "x", "geometry": null, "properties": {}, "assets": {"a": {"href": "a.tif"}}}, {"id": "y"}'
    printf '], "links": []}'
} >s/sub/many.json
said "$("$weft" catalog import s/sub/many.json --catalog s.gpkg)" "1 items, 3 rasters, 2 left out"
[ "$(shows | wc -w)" = 3 ] || fail "an import again adds features: $(shows)"
head -c 900 s/sub/many.json >s/cut.json
"$weft" catalog import s/cut.json --catalog s.gpkg >/dev/null 2>why
[ $? = 65 ] || fail "half a file is no error"
grep -q 's/cut.json: invalid JSON near byte' why || fail "half a file: $(cat why)"
echo '{"a": 1}' >s/other.json
"$weft" catalog import s/other.json --catalog s.gpkg >/dev/null 2>&1
[ $? = 65 ] || fail "JSON that is no STAC is taken"

# --- no catalog ---
"$weft" catalog list --catalog none.gpkg >/dev/null 2>&1
[ $? = 66 ] || fail "a catalog that is not there is not 66"
"$weft" catalog scan nowhere --catalog none.gpkg >/dev/null 2>&1
[ $? = 66 ] || fail "a folder that is not there is not 66"
[ ! -e none.gpkg ] || fail "a catalog is made though the folder is not there"
ogr2ogr -q other.gpkg g.json
"$weft" catalog scan r --catalog other.gpkg >/dev/null 2>&1
[ $? = 65 ] || fail "another program's GeoPackage is taken"
# Numbers of files' names are texts, and yet in the order of numbers.
mkdir numbered
for v in 9 10 02; do raster numbered/v_$v.tif EPSG:32631 500000 5000000 10; done
"$weft" catalog scan numbered --catalog numbered.gpkg --pattern 'v_{version}.tif' >/dev/null 2>&1
[ "$(names --catalog numbered.gpkg --order -version)" = "v_10.tif v_9.tif v_02.tif " ] || fail "numbers: $(names --catalog numbered.gpkg --order -version)"
exit $bad
