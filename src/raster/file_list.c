/* SPDX-License-Identifier: MIT
 *
 * GDALGetFileList() goes one level deep; VRTs under VRTs are opened in turn. */
#define _GNU_SOURCE /* struct stat64, which is GDAL's VSIStatBufL */
#include "raster/file_list.h"

#include "raster/gdal_setup.h"

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <string.h>
#include <sys/stat.h>

#define DEEPEST    16 /* VRTs within each other: a loop of them ends here */
#define HEAD_BYTES 512

static int64_t modified_ns(const char *path, const VSIStatBufL *info) {
    struct stat own;
    if (strncmp(path, "/vsi", 4) != 0 && stat(path, &own) == 0)
        return (int64_t)own.st_mtim.tv_sec * 1000000000 + own.st_mtim.tv_nsec;
    return (int64_t)info->st_mtime * 1000000000;
}

static weft_status tell(const char *path, weft_file_list_fn fn, void *payload, weft_error *err) {
    VSIStatBufL info;
    if (VSIStatExL(path, &info, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG | VSI_STAT_SIZE_FLAG) != 0)
        return fn(payload, path, -1, 0, err);
    return fn(payload, path, (int64_t)info.st_size, modified_ns(path, &info), err);
}

/* Whether it is XML that describes a VRT: as a file, or as the name itself. */
static bool is_vrt(const char *path) {
    char head[HEAD_BYTES] = {0};
    if (path[0] == '<') return true;
    VSILFILE *file = VSIFOpenL(path, "rb");
    if (file == NULL) return false;
    (void)VSIFReadL(head, 1, sizeof head - 1, file);
    (void)VSIFCloseL(file);
    return strstr(head, "<VRTDataset") != NULL;
}

static weft_status visit(const char *path, bool opens, int depth, weft_file_list_fn fn, void *payload,
                         weft_error *err) {
    GDALDatasetH dataset = opens ? GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL) : NULL;
    char **files = dataset != NULL ? GDALGetFileList(dataset) : NULL;
    weft_status status = files == NULL || CSLFindString(files, path) < 0 ? tell(path, fn, payload, err) : WEFT_OK;
    for (int i = 0; files != NULL && files[i] != NULL && status == WEFT_OK; i++) {
        if (strcmp(files[i], path) != 0 && depth < DEEPEST && is_vrt(files[i]))
            status = visit(files[i], true, depth + 1, fn, payload, err);
        else
            status = tell(files[i], fn, payload, err);
    }
    CSLDestroy(files);
    if (dataset != NULL) GDALClose(dataset);
    return status;
}

weft_status weft_file_list_visit(const char *path, bool one_of_many, weft_file_list_fn fn, void *payload,
                                 weft_error *err) {
    weft_status status = weft_raster_init(err);
    return status != WEFT_OK ? status : visit(path, !one_of_many || is_vrt(path), 0, fn, payload, err);
}
