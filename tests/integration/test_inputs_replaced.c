/* Inputs that are replaced at random times during a whole run: a file alone, one of a mosaic, one under a VRT; by a
 * file of another type, size, place, nodata value or content; renamed over it or written in place.
 *
 * Such a run may end with 65 or 66 and the file's name, or well, with exactly the table of the old files or exactly
 * that of the new ones. A table of both, or a signal, is never right. $WEFT_REPLACED says how often each kind is tried,
 * once else; the times follow from $WEFT_SEED.
 *
 * SPDX-License-Identifier: MIT */
#include "support/chosen.h"
#include "support/cmocka_all.h"
#include "support/rasters.h"
#include "support/sandbox.h"
#include "support/splitmix.h"

#include <fcntl.h>
#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char config[] = "experiment: replaced\n"
                             "output_dir: out\n"
                             "grid: {crs: 'EPSG:31985', resolution: 50, bounds: [290000, 9100000, 310000, 9120000]}\n"
                             "datasets: [{name: a, path: '${INPUT}', method: bilinear}]\n"
                             "merge: {enable_streaming: true, streaming_chunk_size: 16}\n"
                             "export: {formats: [csv], checkpoint_interval: 0s}\n";

/* Three tiles from west to east; the one in the middle is replaced. */
#define TILE_COLS 70
#define TILE_ROWS 200
static const raster_spec plain = {.epsg = 31985,
                                  .west = 297000,
                                  .north = 9120000,
                                  .pixel = 100,
                                  .cols = TILE_COLS,
                                  .rows = TILE_ROWS,
                                  .gdal_type = GDT_Byte,
                                  .low = 1,
                                  .high = 200,
                                  .creation = {"TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"}};

static const char *const others[] = {"type", "size", "place", "nodata", "content"};
#define OTHER_COUNT (sizeof others / sizeof *others)

static raster_spec other_of(const char *kind) {
    raster_spec spec = plain;
    if (strcmp(kind, "type") == 0) spec.gdal_type = GDT_Float64;
    if (strcmp(kind, "size") == 0) spec.rows = TILE_ROWS / 2;
    if (strcmp(kind, "place") == 0) spec.north += 1000;
    if (strcmp(kind, "nodata") == 0) spec.has_nodata = true, spec.nodata = 100;
    if (strcmp(kind, "content") == 0) spec.high = 90;
    return spec;
}

static void make(raster_spec spec, const char *name) {
    spec.name = name;
    assert_true(raster_make(".", &spec));
}

/* The inputs of a configuration, and which of its files is replaced. */
typedef struct arrangement {
    const char *input, *victim;
} arrangement;

static const arrangement arrangements[] = {{"b.tif", "b.tif"}, {"'[abc].tif'", "b.tif"}, {"nested.vrt", "b.tif"}};
#define ARRANGEMENT_COUNT (sizeof arrangements / sizeof *arrangements)

static uint64_t seed = 1;

/* Of [0, below). */
static uint64_t chance(uint64_t below) {
    return splitmix_next(&seed) % below;
}

static void pause_us(int64_t us) {
    (void)nanosleep(&(struct timespec){.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000}, NULL);
}

static int64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static pid_t start(const char *input, int threads) {
    char command[512];
    (void)snprintf(command, sizeof command,
                   "rm -rf out; INPUT=%s; export INPUT; exec \"$WEFT\" run --progress none --set threads=%d config.yml "
                   ">/dev/null 2>said",
                   input, threads);
    return sandbox_start(command);
}

/* Writes `from` over what is in `name`, which keeps its inode. */
static void overwrite(const char *name, const char *from) {
    size_t length = 0;
    char *bytes = sandbox_read(from, &length);
    int file = open(name, O_WRONLY | (chance(2) == 0 ? O_TRUNC : 0));
    assert_true(file >= 0);
    for (size_t at = 0; at < length; at += 4096) {
        size_t part = length - at < 4096 ? length - at : 4096;
        assert_int_equal(write(file, bytes + at, part), (ssize_t)part);
    }
    assert_int_equal(ftruncate(file, (off_t)length), 0);
    assert_int_equal(close(file), 0);
    free(bytes);
}

/* Runs to the end and keeps the table; returns how long it took. */
static int64_t table_of(const char *input, const char *name) {
    int64_t began = now_us();
    int end = sandbox_end_of(start(input, 2));
    int64_t took = now_us() - began;
    char *said = sandbox_read("said", NULL);
    if (end != 0) fail_msg("exit code %d: %s", end, said);
    free(said);
    free(sandbox_succeed("mv out/merged_data_replaced.csv %s", name));
    return took;
}

/* How the rounds ended. */
static int refused, as_old, as_new;

static void judge(int end, const char *victim, const char *what) {
    char *said = sandbox_read("said", NULL);
    if (end == 0) {
        bool is_old = sandbox_same("out/merged_data_replaced.csv", "old.csv");
        bool is_new = sandbox_same("out/merged_data_replaced.csv", "new.csv");
        if (!is_old && !is_new) fail_msg("%s: a table of neither file alone\n%s", what, said);
        *(is_old ? &as_old : &as_new) += 1;
    } else {
        if ((end != 65 && end != 66) || strstr(said, victim) == NULL)
            fail_msg("%s: ended with %d\n%s", what, end, said);
        if (sandbox_exists("out/merged_data_replaced.csv")) fail_msg("%s: there is an output\n%s", what, said);
        refused++;
    }
    free(said);
}

/* Half of the times are of the whole run, the others behind its first row: loading the program takes long. */
static int64_t wait_a_while(int64_t usual_us) {
    int64_t began = now_us();
    bool behind_first_row = chance(2) == 0;
    while (behind_first_row && !sandbox_exists("out/merged_data_replaced.csv.part") && now_us() < began + usual_us)
        pause_us(1000);
    pause_us((int64_t)chance((uint64_t)(behind_first_row ? usual_us / 2 : usual_us + usual_us / 8)));
    return now_us() - began;
}

/* One run during which the file is replaced, at any time until a little after its end. */
static void replace_once(const arrangement *is, const char *other, bool in_place, int64_t usual_us) {
    char what[256];
    int threads = chance(2) == 0 ? 1 : 4;
    free(sandbox_succeed("rm -rf out; cp -p plain.tif t && mv t %s && cp -p %s.tif next", is->victim, other));
    pid_t child = start(is->input, threads);
    int64_t waited_us = wait_a_while(usual_us);
    (void)snprintf(what, sizeof what, "%s with another %s, %s, %d threads, after %lld us", is->input, other,
                   in_place ? "in place" : "renamed", threads, (long long)waited_us);
    if (in_place)
        overwrite(is->victim, "next");
    else
        assert_int_equal(rename("next", is->victim), 0);
    judge(sandbox_end_of(child), is->victim, what);
}

static void test_a_run_during_which_an_input_is_replaced_never_mixes(void **state) {
    (void)state;
    const char *rounds = getenv("WEFT_REPLACED");
    for (size_t i = 0; i < ARRANGEMENT_COUNT; i++) {
        const arrangement *is = &arrangements[i];
        free(sandbox_succeed("cp -p plain.tif t && mv t %s", is->victim));
        int64_t usual_us = table_of(is->input, "old.csv");
        for (size_t j = 0; j < OTHER_COUNT; j++) {
            if (!is_chosen(i + j, 3)) continue;
            free(sandbox_succeed("cp -p %s.tif t && mv t %s", others[j], is->victim));
            table_of(is->input, "new.csv");
            /* Not so for all: a VRT has a place and a size of its own. */
            if (strcmp(others[j], "content") == 0) assert_false(sandbox_same("old.csv", "new.csv"));
            for (int round = 0; round < (rounds != NULL ? atoi(rounds) : 1); round++)
                for (int in_place = 0; in_place < 2; in_place++)
                    replace_once(is, others[j], in_place == 1, usual_us);
        }
    }
    print_message("%d refused, %d as the old files, %d as the new ones\n", refused, as_old, as_new);
    assert_true(refused > 0);
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    sandbox_write("config.yml", config);
    if (getenv("WEFT_SEED") != NULL) seed = strtoull(getenv("WEFT_SEED"), NULL, 10);
    raster_spec west = plain, east = plain;
    west.west -= TILE_COLS * plain.pixel;
    east.west += TILE_COLS * plain.pixel;
    make(west, "a.tif");
    make(plain, "plain.tif");
    make(east, "c.tif");
    for (size_t i = 0; i < OTHER_COUNT; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%s.tif", others[i]);
        make(other_of(others[i]), name);
    }
    free(sandbox_succeed("cp -p plain.tif b.tif; gdalbuildvrt -q all.vrt a.tif b.tif c.tif; "
                         "gdalbuildvrt -q nested.vrt all.vrt"));
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_run_during_which_an_input_is_replaced_never_mixes),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
