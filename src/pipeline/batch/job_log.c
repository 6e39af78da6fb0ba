/* SPDX-License-Identifier: MIT
 *
 * A log may hold anything beside weft's own lines: what a library says when it ends the process, for example. */
#include "pipeline/batch/job_log.h"

#include "core/text.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRESS_BYTES 4096
#define WORDS_BYTES    65536 /* an event is at most half as long */
#define MAX_LINE_BYTES 500   /* of a line that is no event, in a message */

/* The last `most` bytes of a file, NUL-terminated, on the heap; NULL: none. */
static char *read_end(const char *path, size_t max) {
    struct stat info;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    char *out = fd < 0 ? NULL : malloc(max + 1);
    ssize_t length = -1;
    if (out != NULL && fstat(fd, &info) == 0)
        length = pread(fd, out, max, info.st_size > (off_t)max ? info.st_size - (off_t)max : 0);
    if (fd >= 0) (void)close(fd);
    if (length >= 0) {
        out[length] = '\0';
        return out;
    }
    free(out);
    return NULL;
}

/* Cuts the last line off `text`; on the heap; NULL: there is none. */
static char *cut_last_line(char *text) {
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '\n')
        text[--length] = '\0';
    if (length == 0) return NULL;
    char *line_break = strrchr(text, '\n');
    char *line = strdup(line_break != NULL ? line_break + 1 : text);
    *(line_break != NULL ? line_break : text) = '\0';
    return line;
}

/* The event of that name that a line is; NULL: it is another one, or none. */
static json_t *event_in(const char *line, const char *name) {
    if (line[0] != '{') return NULL;
    json_t *event = json_loads(line, 0, NULL);
    const char *is = json_string_value(json_object_get(event, "event"));
    if (is != NULL && strcmp(is, name) == 0) return event;
    json_decref(event);
    return NULL;
}

void weft_job_log_progress(const char *path, weft_job_progress *out) {
    char *text = read_end(path, PROGRESS_BYTES), *line;
    json_t *event = NULL;
    *out = (weft_job_progress){.seconds_left = -1};
    while (text != NULL && event == NULL && (line = cut_last_line(text)) != NULL) {
        event = event_in(line, "progress");
        free(line);
    }
    if (event != NULL) {
        const json_t *left = json_object_get(event, "seconds_left");
        out->done = (int64_t)json_integer_value(json_object_get(event, "done"));
        out->total = (int64_t)json_integer_value(json_object_get(event, "total"));
        if (json_is_number(left)) out->seconds_left = json_number_value(left);
    }
    json_decref(event);
    free(text);
}

static bool take_event(weft_job_words *out, const json_t *event) {
    const char *state = json_string_value(json_object_get(event, "state"));
    const char *error = json_string_value(json_object_get(event, "error"));
    const char *hint = json_string_value(json_object_get(event, "hint"));
    out->ended = true;
    out->peak_bytes = (int64_t)json_integer_value(json_object_get(event, "peak_bytes"));
    out->adaptations = (int64_t)json_integer_value(json_object_get(event, "adaptations"));
    out->rows = (int64_t)json_integer_value(json_object_get(event, "rows"));
    out->bytes = (int64_t)json_integer_value(json_object_get(event, "bytes"));
    if (state != NULL) out->state = strdup(state);
    if (error == NULL) return state == NULL || out->state != NULL;
    out->message = hint != NULL ? weft_text_format("%s (%s)", error, hint) : weft_text_format("%s", error);
    return out->message != NULL && (state == NULL || out->state != NULL);
}

weft_status weft_job_log_words(const char *path, weft_job_words *out, weft_error *err) {
    char *text = read_end(path, WORDS_BYTES), *line;
    bool ok = true;
    *out = (weft_job_words){0};
    /* What a summary says to people may stand after the last event. */
    for (bool last = true; text != NULL && ok && !out->ended && (line = cut_last_line(text)) != NULL; last = false) {
        json_t *event = event_in(line, "end");
        if (event != NULL) {
            free(out->message);
            out->message = NULL;
            ok = take_event(out, event);
        } else if (last && line[0] != '{') {
            out->message = weft_text_format("%.*s", MAX_LINE_BYTES, line);
        }
        json_decref(event);
        free(line);
    }
    free(text);
    if (ok) return WEFT_OK;
    weft_job_words_dispose(out);
    return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to read it", path);
}

void weft_job_words_dispose(weft_job_words *words) {
    free(words->state);
    free(words->message);
    *words = (weft_job_words){0};
}
