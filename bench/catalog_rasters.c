/* Many small rasters for weft catalog, and what opening them alone takes.
 *
 *     bench_catalog_rasters make FOLDER COUNT    writes them: four CRSs, 250 a folder, folders in folders
 *     bench_catalog_rasters tiles FOLDER COUNT [BANDS]
 *                                                the same on one lattice, so many tiles across as down: one mosaic
 *     bench_catalog_rasters open <LIST           opens each file of the list, on two threads; prints seconds
 *
 * SPDX-License-Identifier: MIT */
#include "core/clock.h"

#include <cpl_conv.h>
#include <gdal.h>
#include <ogr_srs_api.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SIDE    16
#define MOST    200000
#define THREADS 2

static const struct {
    int epsg;
    double left, top, pixel;
} kinds[] = {
    {32631, 300000, 5000000, 100}, {32633, 300000, 5000000, 100}, {4326, -170, 80, 0.01}, {3035, 3e6, 4e6, 100}};

/* across: of tiles on one lattice; 0: of all kinds. */
static void make_one(const char *folder, int number, int across, int bands, char *const *wkts) {
    char path[600];
    int kind = across > 0 ? 0 : number % 4;
    int col = across > 0 ? number % across : number / 4 % 160, row = across > 0 ? number / across : number / 4 / 160;
    short values[SIDE * SIDE];
    double step = SIDE * kinds[kind].pixel;
    double g[6] = {
        kinds[kind].left + col * step, kinds[kind].pixel, 0, kinds[kind].top - row * step, 0, -kinds[kind].pixel};
    (void)snprintf(path, sizeof path, "%s/%03d", folder, number / 1000);
    (void)mkdir(path, 0777);
    (void)snprintf(path, sizeof path, "%s/%03d/%d", folder, number / 1000, number / 250 % 4);
    (void)mkdir(path, 0777);
    (void)snprintf(path, sizeof path, "%s/%03d/%d/T%06d_2020%02d%02d_B%02d.tif", folder, number / 1000,
                   number / 250 % 4, number, 1 + number % 12, 1 + number % 28, 1 + number % 8);
    GDALDatasetH dataset = GDALCreate(GDALGetDriverByName("GTiff"), path, SIDE, SIDE, bands, GDT_Int16, NULL);
    if (dataset == NULL) exit(1);
    for (int i = 0; i < SIDE * SIDE; i++)
        values[i] = (short)(number % 3000);
    (void)GDALSetGeoTransform(dataset, g);
    (void)GDALSetProjection(dataset, wkts[kind]);
    for (int i = 1; i <= bands; i++)
        if (GDALRasterIO(GDALGetRasterBand(dataset, i), GF_Write, 0, 0, SIDE, SIDE, values, SIDE, SIDE, GDT_Int16, 0,
                         0) != CE_None)
            exit(1);
    GDALClose(dataset);
}

static void make(const char *folder, int count, bool tiles, int bands) {
    char *wkts[4];
    int across = 0;
    while (tiles && across * across < count)
        across++;
    for (int i = 0; i < 4; i++) {
        OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
        (void)OSRImportFromEPSG(crs, kinds[i].epsg);
        (void)OSRExportToWkt(crs, &wkts[i]);
        OSRDestroySpatialReference(crs);
    }
    for (int i = 0; i < count; i++)
        make_one(folder, i, across, bands, wkts);
    for (int i = 0; i < 4; i++)
        CPLFree(wkts[i]);
}

static char *paths[MOST];
static int path_count;
static atomic_int next_path;

/* What a program that wants to know a raster cannot do without. */
static void *open_all(void *unused) {
    double g[6];
    for (int i; (i = atomic_fetch_add(&next_path, 1)) < path_count;) {
        GDALDatasetH dataset = GDALOpenEx(paths[i], GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL);
        if (dataset == NULL || GDALGetGeoTransform(dataset, g) != CE_None || GDALGetSpatialRef(dataset) == NULL)
            exit(1);
        GDALClose(dataset);
    }
    return unused;
}

int main(int argc, char **argv) {
    char line[4096];
    pthread_t threads[THREADS];
    GDALAllRegister();
    CPLSetConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "TRUE");
    if (argc == 4 && strcmp(argv[1], "make") == 0) {
        make(argv[2], atoi(argv[3]), false, 1);
        return 0;
    }
    if (argc >= 4 && strcmp(argv[1], "tiles") == 0) {
        make(argv[2], atoi(argv[3]), true, argc > 4 ? atoi(argv[4]) : 1);
        return 0;
    }
    while (path_count < MOST && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        paths[path_count++] = strdup(line);
    }
    int64_t began_ns = weft_clock_monotonic_ns();
    for (int i = 0; i < THREADS; i++)
        (void)pthread_create(&threads[i], NULL, open_all, NULL);
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    printf("%.2f\n", (double)(weft_clock_monotonic_ns() - began_ns) / 1e9);
    return 0;
}
