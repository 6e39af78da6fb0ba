/* SPDX-License-Identifier: MIT */
#include "support/scripted_probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FULL_BYTES  INT64_C(1000000) /* percentages to a hundredth of a percent */
#define MAX_REPEATS 1000000

typedef struct scripted_probe {
    weft_memory_probe base;
    double *percents;
    int count, next;
} scripted_probe;

static bool read_script(weft_memory_probe *base, weft_memory_reading *out) {
    scripted_probe *probe = (scripted_probe *)base;
    double percent = probe->percents[probe->next];
    if (probe->next + 1 < probe->count) probe->next++;
    *out = (weft_memory_reading){(int64_t)(percent / 100 * (double)FULL_BYTES), FULL_BYTES};
    return true;
}

static void free_script(weft_memory_probe *base) {
    free(((scripted_probe *)base)->percents);
    free(base);
}

weft_status scripted_probe_new(weft_memory_probe **out, const double *percents, int count, weft_error *err) {
    scripted_probe *probe = calloc(1, sizeof *probe);
    double *copy = malloc((size_t)count * sizeof *copy);
    *out = NULL;
    if (probe == NULL || copy == NULL) {
        free(probe);
        free(copy);
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for a scripted probe");
    }
    memcpy(copy, percents, (size_t)count * sizeof *copy);
    *probe = (scripted_probe){.base = {.name = "scripted", .read = read_script, .free = free_script, .is_share = true},
                              .percents = copy,
                              .count = count};
    *out = &probe->base;
    return WEFT_OK;
}

/* Reads "85" or "85 *10" from a line. */
static bool read_line(const char *line, double *percent, long *repeats) {
    char rest[8];
    *repeats = 1;
    int fields = sscanf(line, "%lf *%ld%7s", percent, repeats, rest);
    if (fields == 1) {
        char *end;
        (void)strtod(line, &end);
        return end[strspn(end, " \t\r\n")] == '\0' && *percent >= 0;
    }
    return fields == 2 && *percent >= 0 && *repeats >= 1 && *repeats <= MAX_REPEATS;
}

weft_status scripted_probe_open(weft_memory_probe **out, const char *path, weft_error *err) {
    double *percents = NULL, percent;
    char line[128];
    int count = 0, number = 0;
    long repeats;
    FILE *file = fopen(path, "r");
    *out = NULL;
    if (file == NULL) return weft_error_set_errno(err, errno, "%s", path);
    weft_status status = WEFT_OK;
    while (status == WEFT_OK && fgets(line, sizeof line, file) != NULL) {
        number++;
        if (!read_line(line, &percent, &repeats)) {
            status = weft_error_set(err, WEFT_ERR_DATA, "%s:%d: a percentage is expected, as in \"85\" or \"85 *10\"",
                                    path, number);
            break;
        }
        double *more = realloc(percents, (size_t)(count + repeats) * sizeof *more);
        if (more == NULL) {
            status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for the script", path);
            break;
        }
        percents = more;
        for (long i = 0; i < repeats; i++)
            percents[count++] = percent;
    }
    (void)fclose(file);
    if (status == WEFT_OK && count == 0) status = weft_error_set(err, WEFT_ERR_DATA, "%s: the script is empty", path);
    if (status == WEFT_OK) status = scripted_probe_new(out, percents, count, err);
    free(percents);
    return status;
}
