/* What weft runs on: libraries, PROJ's database, memory, CPUs, disk; and what is wrong with it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_SURROUNDINGS_H
#define WEFT_CLI_SURROUNDINGS_H

#include "core/status.h"
#include "raster/gdal/proj_database.h"

#include <stdint.h>

#define WEFT_MAX_TROUBLES 16

/* Something that is wrong. A run would end with an error; another trouble is only worth knowing. */
typedef struct weft_trouble {
    bool ends_runs;
    weft_error error; /* its status is what a run would end with */
} weft_trouble;

typedef struct weft_surroundings {
    int raster_drivers;
    char drivers[256]; /* of the ones that people ask for, those that are there; commas between them */
    weft_proj_database proj;
    int64_t memory_limit_bytes; /* of memory.limit: auto; 0: the system does not say */
    const char *memory_origin;  /* what that is 75 % of */
    int cpus, machine_cpus;
    const char *folder;         /* that was looked at; borrowed */
    int64_t disk_free_bytes;    /* -1: not known */
    int64_t max_open_files;     /* of this process; -1: any number */
    int64_t largest_file_bytes; /* that it may write; -1: any size */
    int trouble_count;
    weft_trouble troubles[WEFT_MAX_TROUBLES];
} weft_surroundings;

/* Looks at all of it.
 *
 * folder  where outputs would be written; outlives `out` */
void weft_surroundings_read(weft_surroundings *out, const char *folder);

#endif
