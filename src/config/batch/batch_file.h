/* A batch file: jobs, what they share, and the parameters that make many jobs of one.
 *
 * A job's configuration is a file or stands in the batch file; `set` puts values over it. ${name} stands for a
 * parameter of the job, or else for an environment variable, in all that a job says and in its configuration.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_BATCH_FILE_H
#define WEFT_CONFIG_BATCH_FILE_H

#include "config/config.h"
#include "core/text.h"

#define WEFT_BATCH_MAX_JOBS    100000
#define WEFT_BATCH_MAX_WORKERS 1000

/* How it is seen that an input or an output is another one. */
typedef enum weft_batch_fingerprint {
    WEFT_BATCH_SIZE_MTIME,
    WEFT_BATCH_SIZE,
    WEFT_BATCH_CONTENT,
} weft_batch_fingerprint;

/* One entry of `jobs`: one job, or with a matrix as many as it gives. */
typedef struct weft_batch_entry weft_batch_entry;

typedef struct weft_batch_file {
    char *file;   /* as given, for messages */
    char *folder; /* absolute: of the file, or, without one, the working folder */
    char *name;   /* letters, digits, . _ -; default: the file's stem */
    int workers;  /* 0: auto */
    weft_size memory;
    int64_t retry;          /* attempts after the first */
    int64_t retry_pause_ms; /* before the second */
    int64_t timeout_ms;     /* of an attempt; 0: none */
    bool keep_going;        /* a job that fails does not stop the others */
    weft_batch_fingerprint fingerprint;
    const weft_registries *registries; /* for the configurations of jobs; borrowed */
    weft_batch_entry **entries;        /* in the order of the file */
    int entry_count;
} weft_batch_file;

/* Reads a batch file, or makes a batch of plain configurations, a job each.
 *
 * files      one that has `jobs` is the batch file; others, one or several, are configurations
 * overrides  of the batch file's own keys, as for weft_config_load(); `given` is what messages call them ("--retry 3")
 * registries for the configurations of its jobs; outlive the batch
 * out        freed by the caller with weft_batch_file_free(); NULL on failure
 * problems   as for weft_config_load(). Configurations of jobs are not looked at here
 * errors     WEFT_ERR_NO_INPUT, WEFT_ERR_PERMISSION, WEFT_ERR_IO, WEFT_ERR_DATA, WEFT_ERR_USAGE (a batch file among
 *            several), WEFT_ERR_MEMORY */
weft_status weft_batch_file_load(weft_batch_file **out, const char *const *files, int file_count,
                                 const weft_override *overrides, const char *const *given, int override_count,
                                 const weft_registries *registries, weft_problems *problems, weft_error *err);
void weft_batch_file_free(weft_batch_file *batch);

/* --- one job of an entry --- */

/* How many jobs an entry makes. */
int weft_batch_entry_count(const weft_batch_entry *entry);
/* The parameters of job `number`, 0 .. count - 1: values of the axes, the last one changing fastest, then the points
 * that `include` adds. out: room for WEFT_BATCH_MAX_PARAMETERS; names and values are the entry's. */
#define WEFT_BATCH_MAX_PARAMETERS 32
weft_config_variables weft_batch_entry_variables(const weft_batch_entry *entry, int number, weft_config_variable *out);

/* Where the entry stands. */
weft_place weft_batch_entry_place(const weft_batch_entry *entry);
/* Attempts after the first and the time of one, of this entry or else of the batch. */
int64_t weft_batch_entry_retry(const weft_batch_file *batch, const weft_batch_entry *entry);
int64_t weft_batch_entry_timeout_ms(const weft_batch_file *batch, const weft_batch_entry *entry);

/* The job's name, on the heap: what `name` says, or else the configuration's stem and the values of its parameters.
 * NULL: reported in `problems` (it is no name), or no memory. */
char *weft_batch_entry_name(const weft_batch_file *batch, const weft_batch_entry *entry, int number,
                            weft_problems *problems);
/* How many jobs or patterns of them it needs, and the one at `which`, on the heap. NULL: as above. */
int weft_batch_entry_need_count(const weft_batch_entry *entry);
char *weft_batch_entry_need(const weft_batch_file *batch, const weft_batch_entry *entry, int number, int which,
                            weft_place *place, weft_problems *problems);
/* The path of its configuration, on the heap; NULL where it stands in the batch file (or no memory). */
char *weft_batch_entry_config_file(const weft_batch_file *batch, const weft_batch_entry *entry, int number);

/* Reads the job's configuration as it is now. experiment: its name where the configuration gives none. All else as for
 * weft_config_load(). */
weft_status weft_batch_entry_load(weft_config **out, const weft_batch_file *batch, const weft_batch_entry *entry,
                                  int number, const char *experiment, int64_t now_ms, weft_problems *problems,
                                  weft_error *err);

/* "size+mtime" */
const char *weft_batch_fingerprint_name(weft_batch_fingerprint fingerprint);

/* Adds the JSON Schema (draft 2020-12) of a batch file, made from the tables that validate it and its jobs'
 * configurations. Errors: WEFT_ERR_MEMORY. */
weft_status weft_batch_file_schema(const weft_registries *registries, weft_text *out, weft_error *err);

#endif
