# N regular polygons, wherever they fall in a square of SIDE metres in EPSG:32631, as GeoJSON.
# usage: awk -v n=N -v s=SIDE -v corners=6 -v least=50 -v most=1000 -v seed=6 -f bench/polygons.awk    (radii in metres)
BEGIN {
    srand(seed)
    print "{\"type\": \"FeatureCollection\", \"crs\": {\"type\": \"name\", \"properties\": {\"name\": \"urn:ogc:def:crs:EPSG::32631\"}}, \"features\": ["
    for (i = 0; i < n; i++) {
        x = rand() * s; y = rand() * s; r = least + rand() * (most - least)
        printf "%s{\"type\": \"Feature\", \"properties\": {\"id\": %d}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[", i ? "," : "", i
        for (k = 0; k <= corners; k++) {
            turn = k % corners * 6.2831853 / corners
            printf "%s[%.3f,%.3f]", k ? "," : "", x + r * cos(turn), y + r * sin(turn)
        }
        print "]]}}"
    }
    print "]}"
}
