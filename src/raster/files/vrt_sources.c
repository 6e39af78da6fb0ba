/* SPDX-License-Identifier: MIT */
#include "raster/files/vrt_sources.h"

#include "core/text.h"

#include <cpl_conv.h>
#include <cpl_minixml.h>
#include <cpl_vsi.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define HEAD_BYTES 512

bool weft_file_is_vrt(const char *path) {
    char head[HEAD_BYTES] = {0};
    struct stat info;
    if (path[0] == '<') return strstr(path, "<VRTDataset") != NULL;
    if (strncmp(path, "/vsi", 4) != 0 && (stat(path, &info) != 0 || !S_ISREG(info.st_mode))) return false;
    VSILFILE *file = VSIFOpenL(path, "rb");
    if (file == NULL) return false;
    (void)VSIFReadL(head, 1, sizeof head - 1, file);
    (void)VSIFCloseL(file);
    return strstr(head, "<VRTDataset") != NULL;
}

typedef struct visitor {
    const char *vrt;
    weft_status (*visit)(void *payload, const char *path, weft_error *err);
    void *payload;
} visitor;

static weft_status visit_one(const visitor *to, const CPLXMLNode *node, weft_error *err) {
    const char *name = CPLGetXMLValue(node, NULL, "");
    bool relative = to->vrt[0] != '<' && atoi(CPLGetXMLValue(node, "relativeToVRT", "0")) != 0;
    if (name[0] == '\0') return WEFT_OK;
    /* CPL's texts are its own: the next call may take them. */
    char *path = weft_text_format("%s", relative ? CPLProjectRelativeFilename(CPLGetDirname(to->vrt), name) : name);
    if (path == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for its sources", to->vrt);
    weft_status status = to->visit(to->payload, path, err);
    free(path);
    return status;
}

/* Anywhere in the tree. */
static weft_status visit_all(const visitor *to, const CPLXMLNode *node, weft_error *err) {
    weft_status status = WEFT_OK;
    for (; node != NULL && status == WEFT_OK; node = node->psNext) {
        if (node->eType != CXT_Element) continue;
        if (strcmp(node->pszValue, "SourceFilename") == 0 || strcmp(node->pszValue, "SourceDataset") == 0)
            status = visit_one(to, node, err);
        if (status == WEFT_OK) status = visit_all(to, node->psChild, err);
    }
    return status;
}

weft_status weft_vrt_sources_visit(const char *vrt,
                                   weft_status (*visit)(void *payload, const char *path, weft_error *err),
                                   void *payload, weft_error *err) {
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLXMLNode *root = vrt[0] == '<' ? CPLParseXMLString(vrt) : CPLParseXMLFile(vrt);
    CPLPopErrorHandler();
    weft_status status = visit_all(&(visitor){vrt, visit, payload}, root, err);
    CPLDestroyXMLNode(root);
    return status;
}
