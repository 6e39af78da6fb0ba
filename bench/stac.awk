# A STAC ItemCollection of n items, an asset each.
BEGIN {
    printf "{\"type\": \"FeatureCollection\", \"features\": ["
    for (i = 0; i < n; i++) {
        w = -170 + i % 340; s = -60 + int(i / 340) % 120
        printf "%s{\"type\": \"Feature\", \"stac_version\": \"1.0.0\", \"id\": \"item%d\", \"collection\": \"scenes\", \"bbox\": [%d, %d, %d, %d], \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[%d,%d],[%d,%d],[%d,%d],[%d,%d],[%d,%d]]]}, \"properties\": {\"datetime\": \"2020-%02d-%02dT10:00:00Z\", \"eo:cloud_cover\": %d, \"proj:epsg\": 4326, \"proj:shape\": [1000, 1000], \"proj:transform\": [0.001, 0, %d, 0, -0.001, %d]}, \"assets\": {\"B04\": {\"href\": \"https://example.org/%d.tif\", \"type\": \"image/tiff; application=geotiff\", \"eo:bands\": [{\"name\": \"B04\"}]}}, \"links\": []}",
            i ? "," : "", i, w, s, w + 1, s + 1, w, s, w + 1, s, w + 1, s + 1, w, s + 1, w, s, 1 + i % 12, 1 + i % 28, i % 100, w, s + 1, i
    }
    print "]}"
}
