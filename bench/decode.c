/* Decodes all blocks of GeoTIFFs on one thread, by GDAL or past it, and prints the CPU seconds of each and their ratio.
 * Files are read once before, so that they are in the system's cache.
 *
 * usage: bench_decode FILE..             both ways by turns, the best of five
 *        bench_decode gdal|weft FILE..   one way, once: for callgrind
 *
 * SPDX-License-Identifier: MIT */
#include "raster/source/source.h"
#include "raster/tiff/tiff_reader.h"

#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REPEATS 5

static void check(bool ok, const char *path, const char *what) {
    if (ok) return;
    fprintf(stderr, "bench_decode: %s: %s\n", path, what);
    exit(70);
}

static double cpu_seconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* All blocks, all bands of each. Opening is not counted. */
static double decode(const char *path, bool by_gdal) {
    weft_source *source = NULL;
    weft_tiff_file *file = NULL;
    weft_file_facts facts;
    _Atomic int open = 0;
    bool again;
    weft_error err = {0};
    check(weft_source_open(&source, path, (weft_source_options){0}, NULL, &err) == WEFT_OK, path, err.message);
    const weft_source_info *info = weft_source_describe(source);
    GDALDatasetH dataset = GDALOpen(info->path, GA_ReadOnly);
    check(dataset != NULL, path, "GDAL does not open it");
    check(weft_file_facts_read(&facts, info->path, NULL, &err) == WEFT_OK, path, err.message);
    check(weft_tiff_file_new(&file, dataset, info, &facts, &open, &again, &err) == WEFT_OK, path, err.message);
    check(file != NULL, path, "its blocks are left to GDAL");
    const weft_tiff_layout *layout = weft_tiff_file_layout(file);
    weft_tiff_reader *reader = weft_tiff_reader_new(file);
    void *values = malloc((size_t)(info->block_cols * info->block_rows) * (size_t)layout->value_bytes);
    check(reader != NULL && values != NULL, path, "out of memory");
    double before = cpu_seconds();
    for (int row = 0; row < layout->blocks_down; row++)
        for (int col = 0; col < layout->blocks_across; col++)
            for (int band = 1; band <= layout->bands; band++) {
                int reason;
                bool ok = by_gdal ? GDALReadBlock(GDALGetRasterBand(dataset, band), col, row, values) == CE_None
                                  : weft_tiff_reader_read(reader, band, col, row, values, &reason) == WEFT_TIFF_DECODED;
                check(ok, path, "a block does not decode");
            }
    double seconds = cpu_seconds() - before;
    free(values);
    weft_tiff_reader_free(reader);
    weft_tiff_file_free(file);
    GDALClose(dataset);
    weft_source_close(source);
    return seconds;
}

static double least(double a, double b) {
    return a < b ? a : b;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: bench_decode [gdal|weft] FILE..\n");
        return 64;
    }
    bool gdal = strcmp(argv[1], "gdal") == 0, weft = strcmp(argv[1], "weft") == 0;
    if (gdal || weft) {
        for (int i = 2; i < argc; i++)
            (void)decode(argv[i], gdal);
        return 0;
    }
    double sums[2] = {0, 0};
    printf("| file | GDAL, CPU s | weft | ratio |\n| --- | ---: | ---: | ---: |\n");
    for (int i = 1; i < argc; i++) {
        double best[2] = {1e9, 1e9};
        (void)decode(argv[i], true);
        for (int repeat = 0; repeat < REPEATS; repeat++)
            for (int way = 0; way < 2; way++)
                best[way] = least(best[way], decode(argv[i], way == 0));
        const char *name = strrchr(argv[i], '/');
        printf("| %s | %.3f | %.3f | %.2f |\n", name == NULL ? argv[i] : name + 1, best[0], best[1], best[1] / best[0]);
        sums[0] += best[0];
        sums[1] += best[1];
    }
    printf("| all | %.3f | %.3f | %.2f |\n", sums[0], sums[1], sums[1] / sums[0]);
    return 0;
}
