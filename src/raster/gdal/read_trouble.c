/* SPDX-License-Identifier: MIT
 *
 * Reading through is bounded: it happens before a run fails, and a run on a dying disk should not take an hour to. */
#include "raster/gdal/read_trouble.h"

#include "raster/gdal/gdal_setup.h"
#include "raster/gdal/path_kind.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <cpl_vsi_error.h>
#include <errno.h>
#include <fcntl.h>
#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES   (INT64_C(256) << 20) /* read in search of trouble */
#define PIECE_BYTES 65536

/* --- what GDAL says --- */

#define KEPT_WARNINGS 2 /* of a file: the first says what is wrong, and the rest often follows from it */

/* Where the words begin, after the file's name: GDAL puts it in front of some messages and says others twice, with it
 * and without. */
static const char *skip_name(const char *message, const char *path) {
    const char *names[] = {path, CPLGetFilename(path)};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);
        if (length == 0 || strncmp(message, names[i], length) != 0 || message[length] != ':') continue;
        message += length + 1;
        return message + strspn(message, " ");
    }
    return message;
}

static void note_warning(weft_read_watch *watch, const char *message) {
    char text[WEFT_WARNING_BYTES];
    (void)snprintf(text, sizeof text, "%s", skip_name(message, watch->warned));
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ') *c = ' ';
    for (size_t length = strlen(text); length > 0 && strchr(". ", text[length - 1]) != NULL;)
        text[--length] = '\0';
    if (text[0] == '\0' || watch->warning_count == KEPT_WARNINGS || strstr(watch->warnings, text) != NULL) return;
    size_t length = strlen(watch->warnings);
    (void)snprintf(watch->warnings + length, sizeof watch->warnings - length, "%s%s", length == 0 ? "" : "; ", text);
    watch->warning_count++;
}

static void CPL_STDCALL note_error(CPLErr class, CPLErrorNum number, const char *message) {
    weft_read_watch *watch = CPLGetErrorHandlerUserData();
    weft_raster_listen((int)class, (int)number, message);
    if (class == CE_Warning && watch->warned != NULL) note_warning(watch, message);
    /* libtiff leaves out a tag that it cannot read, with a warning, and the file has no CRS, or no nodata value. */
    bool failed = class >= CE_Failure || (class == CE_Warning && strstr(message, "IO error") != NULL);
    if (!failed) return;
    if (!watch->failed || number == CPLE_HttpResponse)
        (void)snprintf(watch->reason, sizeof watch->reason, "%s", message);
    watch->failed = true;
    watch->network = watch->network || number == CPLE_HttpResponse;
    watch->file = watch->file || number == CPLE_HttpResponse || number == CPLE_FileIO;
}

bool weft_read_watch_begin(weft_read_watch *watch) {
    *watch = (weft_read_watch){0};
    if (!weft_raster_clear_errors()) return false;
    CPLPushErrorHandlerEx(note_error, watch);
    return true;
}

void weft_read_watch_resume(weft_read_watch *watch) {
    CPLPushErrorHandlerEx(note_error, watch);
}

void weft_read_watch_end(weft_read_watch *watch) {
    (void)watch;
    CPLPopErrorHandler();
}

/* --- what the system says --- */

static int read_span(int fd, int64_t from, int64_t length, int64_t *done) {
    char *bytes = malloc(PIECE_BYTES);
    int failure = bytes == NULL ? ENOMEM : 0;
    for (*done = 0; *done < length && failure == 0;) {
        int64_t left = length - *done;
        ssize_t got = pread(fd, bytes, (size_t)(left < PIECE_BYTES ? left : PIECE_BYTES), (off_t)(from + *done));
        if (got < 0) failure = errno;
        if (got <= 0) break;
        *done += got;
    }
    free(bytes);
    return failure;
}

/* 0, or the errno with which a part of the file cannot be read; adds what was read to *done. */
static int read_through(const char *path, int64_t from, int64_t length, int64_t *done) {
    int64_t read_bytes = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno;
    int failure = read_span(fd, from, length, &read_bytes);
    close(fd);
    *done += read_bytes;
    return failure;
}

static weft_read_trouble say(int failure, char reason[256]) {
    if (failure == 0 || failure == ENOMEM || failure == EISDIR) return WEFT_TROUBLE_NONE;
    if (strerror_r(failure, reason, 256) != 0) (void)snprintf(reason, 256, "error %d", failure);
    return weft_errno_may_pass(failure) ? WEFT_TROUBLE_PASSING : WEFT_TROUBLE_LASTING;
}

/* The code of the server's answer, 0 where it gives the file, or none. */
static int ask_server(const char *path, char reason[256]) {
    static const char words[] = "HTTP response code: ";
    VSICurlPartialClearCache(path); /* it knows that there is nothing, but not why */
    VSIErrorReset();
    VSILFILE *file = VSIFOpenExL(path, "rb", TRUE);
    if (file != NULL) (void)VSIFCloseL(file);
    const char *said = file != NULL ? NULL : strstr(VSIGetLastErrorMsg(), words);
    int code = said == NULL ? 0 : atoi(said + strlen(words));
    if (said != NULL) (void)snprintf(reason, 256, "%s", said);
    return code;
}

/* Whether the answer is no: what is not there, or forbidden, will not come by asking again. */
static bool server_refuses(const char *path, char reason[256]) {
    int code = ask_server(path, reason);
    return code >= 400 && code < 500 && code != 408 && code != 429; /* timeout, too many requests */
}

bool weft_read_trouble_is_forbidden(const char *path, char reason[256]) {
    int code = weft_is_network_path(path) ? ask_server(path, reason) : 0;
    return code == 401 || code == 403;
}

/* Drivers say "file" of short local files too: there the bytes themselves are looked at. */
static weft_read_trouble say_network(const char *path, const weft_read_watch *watch, char reason[256]) {
    bool far = watch->network || weft_is_network_path(path) || (watch->file && !weft_is_plain_path(path));
    if (!far) return WEFT_TROUBLE_NONE;
    const char *said = watch->file ? watch->reason : CPLGetLastErrorMsg();
    (void)snprintf(reason, 256, "%s", said[0] != '\0' ? said : "the server gives no answer");
    return server_refuses(path, reason) ? WEFT_TROUBLE_NONE : WEFT_TROUBLE_PASSING;
}

weft_read_trouble weft_read_trouble_of_file(const char *path, const weft_read_watch *watch, char reason[256]) {
    int64_t done = 0;
    if (!weft_is_plain_path(path)) return say_network(path, watch, reason);
    return say(read_through(path, 0, MAX_BYTES, &done), reason);
}

bool weft_block_find_bytes(void *dataset, weft_block_key key, int64_t *from, int64_t *length) {
    char item[64];
    GDALRasterBandH band = GDALGetRasterBand(dataset, key.band);
    (void)snprintf(item, sizeof item, "BLOCK_OFFSET_%d_%d", key.block_col, key.block_row);
    const char *text = GDALGetMetadataItem(band, item, "TIFF");
    if (text == NULL) return false;
    *from = strtoll(text, NULL, 10);
    (void)snprintf(item, sizeof item, "BLOCK_SIZE_%d_%d", key.block_col, key.block_row);
    text = GDALGetMetadataItem(band, item, "TIFF");
    *length = text == NULL ? 0 : strtoll(text, NULL, 10);
    /* Where no file has bytes the system would call the question invalid, as if the medium were to blame. */
    return *length > 0 && *from >= 0 && *from <= INT64_MAX - *length;
}

/* All of the dataset's files, one after the other. */
static int read_files(GDALDatasetH dataset) {
    char **files = GDALGetFileList(dataset);
    int failure = 0;
    int64_t done = 0;
    for (int i = 0; i < CSLCount(files) && failure == 0 && done < MAX_BYTES; i++)
        if (weft_is_plain_path(files[i])) failure = read_through(files[i], 0, MAX_BYTES - done, &done);
    CSLDestroy(files);
    return failure;
}

/* A copy that was broken off reads well up to its end. */
static void say_end(const char *path, int64_t needed_bytes, char reason[256]) {
    struct stat info;
    if (stat(path, &info) != 0 || info.st_size >= needed_bytes) return;
    (void)snprintf(reason, 256, "the file ends at byte %lld, the block at %lld", (long long)info.st_size,
                   (long long)needed_bytes);
}

weft_read_trouble weft_read_trouble_of_block(void *dataset, weft_block_key key, int overview,
                                             const weft_read_watch *watch, char reason[256]) {
    const char *path = GDALGetDescription(dataset);
    int64_t from, length, done = 0;
    weft_read_trouble network = say_network(path, watch, reason);
    if (network != WEFT_TROUBLE_NONE) return network;
    int failure = 0;
    if (overview == 0 && weft_is_plain_path(path) && weft_block_find_bytes(dataset, key, &from, &length)) {
        failure = read_through(path, from, length, &done);
        if (failure == 0 && done < length) say_end(path, from + length, reason);
    }
    if (failure == 0) failure = read_files(dataset);
    return say(failure, reason);
}
