/* SPDX-License-Identifier: MIT */
#include "unit/raster/source_rig.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <gdal.h>

weft_block_cache *source_rig_cache;
static weft_ledger *ledger;

int source_rig_setup(void **state) {
    if (sandbox_setup(state) != 0 || weft_ledger_new(&ledger, 64 << 20, NULL) != WEFT_OK) return -1;
    GDALAllRegister();
    return weft_block_cache_new(&source_rig_cache, ledger, 32 << 20, NULL) == WEFT_OK ? 0 : -1;
}

int source_rig_teardown(void **state) {
    weft_block_cache_free(source_rig_cache);
    weft_ledger_free(ledger);
    return sandbox_teardown(state);
}

weft_source *source_rig_open(const char *name, bool by_gdal) {
    static char option[] = "NUM_THREADS=1";
    static char *options[] = {option, NULL};
    const weft_source_options with = {.open_options = by_gdal ? options : NULL};
    weft_source *source = NULL;
    weft_error err = {0};
    if (weft_source_open(&source, name, with, source_rig_cache, &err) != WEFT_OK) fail_msg("%s", err.message);
    return source;
}
