/* Names that GDAL reads by itself: what they look like, and where in them a path stands that may be relative. GDAL
 * would start it at the folder of the process; a configuration's paths start at its own.
 *
 * SPDX-License-Identifier: MIT */
#include "config/gdal_name.h"

#include "core/text.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The length of a driver's name or of a URL's scheme, without the colon; 0 where there is none. */
static size_t prefix_length(const char *name) {
    const char *end = name;
    while (isalnum((unsigned char)*end) || (*end != '\0' && strchr("_+-", *end) != NULL))
        end++;
    return isalpha((unsigned char)name[0]) && end - name >= 2 && *end == ':' ? (size_t)(end - name) : 0;
}

bool weft_gdal_name_is(const char *name) {
    return strncmp(name, "/vsi", 4) == 0 || name[0] == '<' || prefix_length(name) > 0;
}

/* The length of what stands before the path of a local archive, as /vsizip/; 0 where it is none. */
static size_t archive_length(const char *name) {
    static const char *const systems[] = {"/vsizip/", "/vsigzip/", "/vsitar/", "/vsi7z/", "/vsirar/"};
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++)
        if (strncmp(name, systems[i], strlen(systems[i])) == 0) return strlen(systems[i]);
    return 0;
}

/* DRIVER:"path":rest, of any driver, and NETCDF:path:rest and HDF5:path:rest: others use colons in their own ways. */
static void find_subdataset_path(const char *name, size_t *start, size_t *length) {
    size_t prefix = prefix_length(name);
    const char *path = name + prefix + 1;
    if (prefix > 0 && path[0] == '"') {
        *start = prefix + 2;
        *length = strcspn(path + 1, "\"");
    } else if ((prefix == 6 && strncasecmp(name, "NETCDF", 6) == 0) ||
               (prefix == 4 && strncasecmp(name, "HDF5", 4) == 0)) {
        *start = prefix + 1;
        *length = strcspn(path, ":");
    }
}

const char *weft_gdal_name_start(const char *folder, const char **path) {
    const char *home = getenv("HOME");
    if (strncmp(*path, "~/", 2) == 0 && home != NULL && home[0] == '/') {
        *path += 2;
        return home;
    }
    while (strncmp(*path, "./", 2) == 0)
        *path += 2;
    return folder;
}

char *weft_gdal_name_from(const char *folder, const char *name) {
    size_t start = archive_length(name), length = strlen(name + start);
    if (start == 0) {
        length = 0;
        find_subdataset_path(name, &start, &length);
    }
    const char *path = name + start;
    /* An archive's path may be in braces, or begin with another file system's name without its slash. */
    bool relative =
        length > 0 && path[0] != '/' && path[0] != '{' && strncmp(path, "vsi", 3) != 0 && prefix_length(path) == 0;
    if (!relative) return weft_text_format("%s", name);
    folder = weft_gdal_name_start(folder, &path);
    return weft_text_format("%.*s%s/%s", (int)start, name, folder, path);
}
