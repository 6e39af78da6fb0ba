/* A GeoTIFF that is decoded past GDAL has one descriptor, which threads share, and which goes with the last decoder.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/raster/small_raster.h"
#include "unit/raster/source_rig.h"

#include <cpl_string.h>
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLS 50
#define ROWS 41

/* Bytes, interleaved by pixel, in strips of so many rows. */
static void make(const char *name, int bands, const char *rows) {
    static double values[COLS * ROWS];
    char **options = CSLSetNameValue(NULL, "COMPRESS", "DEFLATE");
    options = CSLSetNameValue(options, "PREDICTOR", "2");
    options = CSLSetNameValue(options, "BLOCKYSIZE", rows);
    GDALDatasetH file = small_raster_create(name, COLS, ROWS, bands, GDT_Byte, 10, 0.1, (const char *const *)options);
    CSLDestroy(options);
    for (int band = 1; band <= bands; band++) {
        for (int i = 0; i < COLS * ROWS; i++)
            values[i] = (i * 7 + band * 31 + i / COLS) % 256;
        small_raster_write(file, band, values);
    }
    GDALClose(file);
}

static weft_status read_all(weft_source *source, int band, void *values, uint8_t *valid, weft_error *err) {
    bool all = false;
    return weft_source_read(source, band, (weft_window){0, 0, COLS, ROWS}, values, valid, &all, err);
}

/* --- descriptors --- */

static int open_descriptors(const char *name) {
    char path[512], target[1024];
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL) return -1;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        (void)snprintf(path, sizeof path, "/proc/self/fd/%s", entry->d_name);
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length <= 0) continue;
        target[length] = '\0';
        count += strstr(target, name) != NULL;
    }
    closedir(folder);
    return count;
}

/* GDAL's handle is closed once the file is known, and the one descriptor with the last idle decoder. */
static void test_a_file_has_one_descriptor(void **state) {
    static uint8_t values[COLS * ROWS], valid[COLS * ROWS];
    (void)state;
    if (open_descriptors("x.tif") < 0) skip();
    make("one.tif", 1, "8");
    weft_source *source = source_rig_open("one.tif", false);
    assert_int_equal(read_all(source, 1, values, valid, NULL), WEFT_OK);
    assert_int_equal(open_descriptors("one.tif"), 1);
    weft_source_close_idle(source);
    assert_int_equal(open_descriptors("one.tif"), 0);
    weft_block_cache_drop(source_rig_cache, -1);
    assert_int_equal(read_all(source, 1, values, valid, NULL), WEFT_OK);
    assert_int_equal(open_descriptors("one.tif"), 1);
    weft_source_close(source);
    assert_int_equal(open_descriptors("one.tif"), 0);
}

/* --- threads --- */

#define THREADS 4
#define READS   60

static weft_source *shared;
static uint8_t expected[3][COLS * ROWS];

/* One row of one band at a time; now and then idle decoders and cached blocks are thrown away under the others. */
static void *read_rows(void *payload) {
    uint32_t own = (uint32_t)(uintptr_t)payload;
    uint8_t values[COLS], valid[COLS];
    bool all;
    for (int i = 0; i < READS; i++) {
        own = own * 1664525 + 1013904223;
        int band = (int)(own >> 8) % 3, row = (int)(own >> 12) % ROWS;
        if (i % 8 == 7) weft_source_close_idle(shared);
        if (i % 4 == 3) weft_block_cache_drop(source_rig_cache, -1);
        weft_window window = {0, row, COLS, 1};
        if (weft_source_read(shared, band + 1, window, values, valid, &all, NULL) != WEFT_OK) return payload;
        if (memcmp(values, expected[band] + row * COLS, COLS) != 0) return payload;
    }
    return NULL;
}

static void test_threads_share_a_file(void **state) {
    static uint8_t valid[COLS * ROWS];
    pthread_t threads[THREADS];
    (void)state;
    make("shared.tif", 3, "4");
    weft_source *by_gdal = source_rig_open("shared.tif", true);
    for (int band = 0; band < 3; band++)
        assert_int_equal(read_all(by_gdal, band + 1, expected[band], valid, NULL), WEFT_OK);
    weft_source_close(by_gdal);
    shared = source_rig_open("shared.tif", false);
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_rows, (void *)(i + 1)), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    weft_source_close_idle(shared);
    assert_true(open_descriptors("shared.tif") <= 0);
    weft_source_close(shared);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_has_one_descriptor),
        cmocka_unit_test(test_threads_share_a_file),
    };
    return cmocka_run_group_tests(tests, source_rig_setup, source_rig_teardown);
}
