/* SPDX-License-Identifier: MIT */
#include "raster/gdal/path_kind.h"

#include <stddef.h>
#include <string.h>

/* GDAL's file systems that ask other machines. */
static const struct {
    const char *prefix;
    /* Its reads go through the cache of downloads. Those of its streaming twin (/vsis3_streaming/) do not. */
    bool cached;
} network[] = {{"/vsicurl", true}, {"/vsis3", true},    {"/vsigs", true},    {"/vsiaz", true},      {"/vsiadls", true},
               {"/vsioss", true},  {"/vsiswift", true}, {"/vsihdfs", false}, {"/vsiwebhdfs", false}};

#define NETWORK_COUNT (sizeof network / sizeof *network)

bool weft_is_plain_path(const char *path) {
    return strncmp(path, "/vsi", 4) != 0 && strchr(path, ':') == NULL && path[0] != '<';
}

bool weft_is_network_path(const char *path) {
    for (size_t i = 0; i < NETWORK_COUNT; i++)
        if (strstr(path, network[i].prefix) != NULL) return true;
    return false;
}

bool weft_is_download_cached(const char *path) {
    for (size_t i = 0; i < NETWORK_COUNT; i++) {
        size_t length = strlen(network[i].prefix);
        if (!network[i].cached || strncmp(path, network[i].prefix, length) != 0) continue;
        if (path[length] == '/' || path[length] == '?') return true; /* "/vsicurl?max_retry=3&url=..." */
    }
    return false;
}
