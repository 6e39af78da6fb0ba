/* SPDX-License-Identifier: MIT
 *
 * The header of SQLite's file format (https://www.sqlite.org/fileformat.html): 16 bytes of magic, the journal mode in
 * byte 18, application_id in bytes 68 to 71, and from byte 100 on the root of the table of tables, whose number of
 * cells stands in bytes 103 and 104. */
#include "store/database_file.h"

#include "core/files/plain_file.h"
#include "core/steady_io.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_BYTES 108
#define LEAF_PAGE    13 /* of a table, in byte 100 */
#define WAL_VERSION  2

#define LOG_HEADER_BYTES 32
#define FRAME_BYTES      24
#define MAX_FRAMES       100000

static int64_t big_endian(const unsigned char *bytes, int count) {
    int64_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* Takes the header from the log beside the file, where a first page is there: a database that was just made in WAL mode
 * has its tables and its application_id in the log alone. A log is 32 bytes, with the pages' size in bytes 8 to 11,
 * then frames: 24 bytes, with the page's number in the first four, and a page. */
static void take_from_log(const char *path, unsigned char *header) {
    unsigned char frame[LOG_HEADER_BYTES];
    char *log = weft_text_format("%s-wal", path);
    int fd = log == NULL ? -1 : open(log, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int64_t page_bytes =
        fd < 0 || weft_steady_pread(fd, frame, LOG_HEADER_BYTES, 0) != 0 ? 0 : big_endian(frame + 8, 4);
    int64_t at = LOG_HEADER_BYTES;
    for (int i = 0; page_bytes > 0 && i < MAX_FRAMES && weft_steady_pread(fd, frame, FRAME_BYTES, at) == 0; i++) {
        if (big_endian(frame, 4) == 1) {
            (void)weft_steady_pread(fd, header, HEADER_BYTES, at + FRAME_BYTES);
            break;
        }
        at += FRAME_BYTES + page_bytes;
    }
    if (fd >= 0) (void)close(fd);
    free(log);
}

static bool is_empty(const unsigned char *header) {
    return big_endian(header + 68, 4) == 0 && header[100] == LEAF_PAGE && big_endian(header + 103, 2) == 0;
}

static weft_status judge(const char *path, unsigned char *header, int64_t application_id, const char *what,
                         weft_error *err) {
    if (memcmp(header, "SQLite format 3", 16) != 0)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: not a database", path);
    if (is_empty(header) && header[18] == WAL_VERSION) take_from_log(path, header);
    if (big_endian(header + 68, 4) == application_id || is_empty(header)) return WEFT_OK;
    return weft_error_set(err, WEFT_ERR_DATA, "%s: another program's database, not %s of weft", path, what);
}

/* --- files that are open here --- */

#define MAX_OPEN 32 /* of which there are a handful; one more would be looked at like any other */

static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;
static const char *open_paths[MAX_OPEN];

void weft_database_file_note(const char *path) {
    int at = 0;
    (void)pthread_mutex_lock(&open_lock);
    while (at < MAX_OPEN && open_paths[at] != NULL)
        at++;
    if (at < MAX_OPEN) open_paths[at] = path;
    (void)pthread_mutex_unlock(&open_lock);
}

void weft_database_file_forget(const char *path) {
    (void)pthread_mutex_lock(&open_lock);
    for (int i = 0; i < MAX_OPEN; i++)
        if (open_paths[i] == path) open_paths[i] = NULL;
    (void)pthread_mutex_unlock(&open_lock);
}

static bool is_open_here(const char *path) {
    bool is = false;
    char *whole = realpath(path, NULL);
    (void)pthread_mutex_lock(&open_lock);
    for (int i = 0; i < MAX_OPEN && whole != NULL; i++)
        is = is || (open_paths[i] != NULL && strcmp(open_paths[i], whole) == 0);
    (void)pthread_mutex_unlock(&open_lock);
    free(whole);
    return is;
}

weft_status weft_database_file_check(const char *path, int64_t application_id, const char *what, weft_error *err) {
    unsigned char header[HEADER_BYTES];
    struct stat info;
    weft_status status = weft_plain_file_check(path, err);
    if (status != WEFT_OK || is_open_here(path)) return status;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return WEFT_OK;
    if (fd < 0 || fstat(fd, &info) != 0)
        status = weft_error_set_errno(err, errno, "%s: cannot be read", path);
    else if (info.st_size > 0 && info.st_size < HEADER_BYTES)
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: not a database", path);
    else if (info.st_size > 0) {
        int failure = weft_steady_pread(fd, header, sizeof header, 0);
        status = failure != 0 ? weft_error_set_errno(err, failure, "%s: cannot be read", path)
                              : judge(path, header, application_id, what, err);
    }
    if (fd >= 0) (void)close(fd);
    return status;
}
