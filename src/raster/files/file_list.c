/* SPDX-License-Identifier: MIT
 *
 * GDALGetFileList() goes one level deep; VRTs under VRTs are opened in turn. */
#include "raster/files/file_list.h"

#include "raster/files/vrt_sources.h"
#include "raster/gdal/gdal_setup.h"

#include <cpl_string.h>
#include <gdal.h>
#include <stdlib.h>
#include <string.h>

#define DEEPEST 16 /* VRTs within each other: a loop of them ends here */

/* Who is told, and who may stop it. */
typedef struct listener {
    weft_file_list_fn fn;
    void *payload;
    const weft_cancel *cancel;
} listener;

static weft_status tell(const listener *to, const char *path, weft_error *err) {
    weft_file_facts facts;
    weft_status status = weft_file_facts_read(&facts, path, to->cancel, err);
    return status == WEFT_OK ? to->fn(to->payload, path, &facts, err) : status;
}

static weft_status visit(const listener *to, const char *path, int depth, weft_error *err);

/* All that GDAL lists; `own` is told of by the caller. */
static weft_status visit_files(const listener *to, GDALDatasetH dataset, const char *own, int depth, weft_error *err) {
    char **files = GDALGetFileList(dataset);
    weft_status status = WEFT_OK;
    for (int i = 0; files != NULL && files[i] != NULL && status == WEFT_OK; i++) {
        if (strcmp(files[i], own) == 0) continue;
        status = weft_cancel_check(to->cancel, err);
        if (status == WEFT_OK)
            status = depth < DEEPEST && weft_file_is_vrt(files[i]) ? visit(to, files[i], depth + 1, err)
                                                                   : tell(to, files[i], err);
    }
    CSLDestroy(files);
    return status;
}

static weft_status visit(const listener *to, const char *path, int depth, weft_error *err) {
    bool opens = weft_file_refuse_special(path, NULL) == WEFT_OK;
    GDALDatasetH dataset = opens ? GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL) : NULL;
    /* A shapefile is several files. */
    if (opens && dataset == NULL) dataset = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
    weft_status status = tell(to, path, err);
    if (dataset != NULL && status == WEFT_OK) status = visit_files(to, dataset, path, depth, err);
    if (dataset != NULL) GDALClose(dataset);
    return status;
}

weft_status weft_file_list_visit(const char *path, weft_file_list_fn fn, void *payload, const weft_cancel *cancel,
                                 weft_error *err) {
    weft_status status = weft_raster_init(err);
    return status != WEFT_OK ? status : visit(&(listener){fn, payload, cancel}, path, 0, err);
}

weft_status weft_file_list_of_dataset(void *dataset, weft_file_list_fn fn, void *payload, const weft_cancel *cancel,
                                      weft_error *err) {
    return visit_files(&(listener){fn, payload, cancel}, dataset, GDALGetDescription(dataset), 0, err);
}
