/* SPDX-License-Identifier: MIT */
#include "support/scripted_probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FULL_BYTES  INT64_C(1000000) /* percentages to a hundredth of a percent */
#define MAX_REPEATS 1000000
#define PATH_BYTES  64

typedef struct script_step {
    double percent;
    char path[PATH_BYTES]; /* "", or it lasts until this file has so many bytes */
    long bytes;
} script_step;

typedef struct scripted_probe {
    weft_memory_probe base;
    script_step *steps;
    int count, next;
} scripted_probe;

static bool read_script(weft_memory_probe *base, weft_memory_reading *out) {
    scripted_probe *probe = (scripted_probe *)base;
    const script_step *step = &probe->steps[probe->next];
    struct stat file;
    bool lasts = step->path[0] != '\0' && (stat(step->path, &file) != 0 || file.st_size < step->bytes);
    if (!lasts && probe->next + 1 < probe->count) probe->next++;
    *out = (weft_memory_reading){(int64_t)(step->percent / 100 * (double)FULL_BYTES), FULL_BYTES};
    return true;
}

static void free_script(weft_memory_probe *base) {
    free(((scripted_probe *)base)->steps);
    free(base);
}

/* Takes `steps`. */
static weft_status probe_of(weft_memory_probe **out, script_step *steps, int count, weft_error *err) {
    scripted_probe *probe = steps == NULL ? NULL : calloc(1, sizeof *probe);
    *out = NULL;
    if (probe == NULL) {
        free(steps);
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for a scripted probe");
    }
    *probe = (scripted_probe){.base = {.name = "scripted", .read = read_script, .free = free_script, .is_share = true},
                              .steps = steps,
                              .count = count};
    *out = &probe->base;
    return WEFT_OK;
}

weft_status scripted_probe_new(weft_memory_probe **out, const double *percents, int count, weft_error *err) {
    script_step *steps = calloc((size_t)count, sizeof *steps);
    for (int i = 0; i < count && steps != NULL; i++)
        steps[i].percent = percents[i];
    return probe_of(out, steps, count, err);
}

/* Reads "85", "85 *10" or "85 until FILE 1000" from a line. */
static bool read_line(const char *line, script_step *step, long *repeats) {
    char rest[8];
    *repeats = 1;
    *step = (script_step){0};
    if (sscanf(line, "%lf until %63s %ld%7s", &step->percent, step->path, &step->bytes, rest) == 3)
        return step->percent >= 0;
    step->path[0] = '\0';
    int fields = sscanf(line, "%lf *%ld%7s", &step->percent, repeats, rest);
    if (fields == 1) {
        char *end;
        (void)strtod(line, &end);
        return end[strspn(end, " \t\r\n")] == '\0' && step->percent >= 0;
    }
    return fields == 2 && step->percent >= 0 && *repeats >= 1 && *repeats <= MAX_REPEATS;
}

weft_status scripted_probe_open(weft_memory_probe **out, const char *path, weft_error *err) {
    script_step *steps = NULL, step;
    char line[128];
    int count = 0, number = 0;
    long repeats;
    FILE *file = fopen(path, "r");
    *out = NULL;
    if (file == NULL) return weft_error_set_errno(err, errno, "%s", path);
    weft_status status = WEFT_OK;
    while (status == WEFT_OK && fgets(line, sizeof line, file) != NULL) {
        number++;
        if (!read_line(line, &step, &repeats)) {
            status = weft_error_set(err, WEFT_ERR_DATA,
                                    "%s:%d: a percentage is expected, as in \"85\", \"85 *10\" or \"85 until FILE 9\"",
                                    path, number);
            break;
        }
        script_step *more = realloc(steps, (size_t)(count + repeats) * sizeof *more);
        if (more == NULL) {
            status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for the script", path);
            break;
        }
        steps = more;
        for (long i = 0; i < repeats; i++)
            steps[count++] = step;
    }
    (void)fclose(file);
    if (status == WEFT_OK && count == 0) status = weft_error_set(err, WEFT_ERR_DATA, "%s: the script is empty", path);
    if (status == WEFT_OK) return probe_of(out, steps, count, err);
    free(steps);
    return status;
}
