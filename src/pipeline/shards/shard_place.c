/* SPDX-License-Identifier: MIT
 *
 * A scheduler is a row of the table. Its variables: which one this is; the first and the last index and their step; how
 * many there are. Those that are NULL it has not got. */
#include "pipeline/shards/shard_place.h"

#include "core/text.h"
#include "pipeline/shards/shard_config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct scheduler {
    const char *name, *index, *first, *last, *step, *count;
    long first_index;   /* where `first` is NULL */
    const char *submit; /* how an array without holes is asked for */
} scheduler;

static const scheduler schedulers[] = {
    {.name = "a Slurm array",
     .index = "SLURM_ARRAY_TASK_ID",
     .first = "SLURM_ARRAY_TASK_MIN",
     .last = "SLURM_ARRAY_TASK_MAX",
     .step = "SLURM_ARRAY_TASK_STEP",
     .count = "SLURM_ARRAY_TASK_COUNT",
     .submit = "sbatch --array=1-N"},
    {.name = "a Kubernetes indexed Job",
     .index = "JOB_COMPLETION_INDEX",
     .submit = "completionMode: Indexed, completions: N, and --shards N"},
    {.name = "an AWS Batch array",
     .index = "AWS_BATCH_JOB_ARRAY_INDEX",
     .count = "AWS_BATCH_JOB_ARRAY_SIZE",
     .submit = "--array-properties size=N"},
    {.name = "a PBS array", .index = "PBS_ARRAY_INDEX", .first_index = 1, .submit = "qsub -J 1-N, and --shards N"},
    {.name = "a Torque array", .index = "PBS_ARRAYID", .first_index = 1, .submit = "qsub -t 1-N, and --shards N"},
    {.name = "a Grid Engine array",
     .index = "SGE_TASK_ID",
     .first = "SGE_TASK_FIRST",
     .last = "SGE_TASK_LAST",
     .step = "SGE_TASK_STEPSIZE",
     .submit = "qsub -t 1-N"},
    {.name = "an LSF array",
     .index = "LSB_JOBINDEX",
     .last = "LSB_JOBINDEX_END",
     .step = "LSB_JOBINDEX_STEP",
     .first_index = 1,
     .submit = "bsub -J 'name[1-N]'"},
    {.name = "Open MPI's launcher",
     .index = "OMPI_COMM_WORLD_RANK",
     .count = "OMPI_COMM_WORLD_SIZE",
     .submit = "mpirun -np N"},
    {.name = "an MPI launcher", .index = "PMI_RANK", .count = "PMI_SIZE", .submit = "mpiexec -n N"},
    {.name = "srun", .index = "SLURM_PROCID", .count = "SLURM_NTASKS", .submit = "srun -n N"},
};

enum { SCHEDULERS = sizeof schedulers / sizeof *schedulers };

typedef char *(*get_fn)(const char *name);

/* --- variables --- */

static const char *value_of(const char *name, get_fn get) {
    const char *value = name == NULL ? NULL : get(name);
    /* Grid Engine and LSF say so in jobs that are no arrays. */
    if (value == NULL || value[0] == '\0' || strcmp(value, "undefined") == 0) return NULL;
    return value;
}

static weft_status read_number(long *out, const char *name, const char *value, weft_error *err) {
    char *end;
    errno = 0;
    *out = strtol(value, &end, 10);
    if (errno == 0 && *end == '\0' && *out >= 0 && *out < 1000000000) return WEFT_OK;
    return weft_error_set(err, WEFT_ERR_USAGE, "--shard auto: %s is %s, which is not an index", name, value);
}

/* The variable's number, or what it is without one. */
static weft_status number_of(long *out, const char *name, long without, get_fn get, weft_error *err) {
    const char *value = value_of(name, get);
    *out = without;
    return value == NULL ? WEFT_OK : read_number(out, name, value, err);
}

/* LSF numbers what is no array 0. */
static bool is_in(const scheduler *one, get_fn get) {
    const char *value = value_of(one->index, get);
    return value != NULL && !(strcmp(one->index, "LSB_JOBINDEX") == 0 && strcmp(value, "0") == 0);
}

/* --- counting --- */

static weft_status refuse(const scheduler *one, weft_error *err) {
    weft_error_hint(err, "%s, where N is how many shards there are", one->submit);
    return WEFT_ERR_USAGE;
}

static weft_status check_count(const scheduler *one, long counted, long said, const char *by, weft_error *err) {
    if (said < 0 || counted == said) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_USAGE, "--shard auto: %s of %ld, but %s says %ld", one->name, counted, by, said);
    return refuse(one, err);
}

/* How many there are: by first, last and step; else as the scheduler says; else as the command line does. */
static weft_status count_all(long *out, const scheduler *one, long first, long step, long asked, get_fn get,
                             weft_error *err) {
    long last, said;
    weft_status status = number_of(&last, one->last, -1, get, err);
    if (status == WEFT_OK) status = number_of(&said, one->count, -1, get, err);
    if (status != WEFT_OK) return status;
    *out = last >= first ? (last - first) / step + 1 : said;
    if (last >= first && said >= 0 && said != *out) {
        weft_error_set(err, WEFT_ERR_USAGE,
                       "--shard auto: %s has holes: %ld indices from %ld to %ld by %ld are %ld: rows would be missing",
                       one->name, said, first, last, step, *out);
        return refuse(one, err);
    }
    if (*out < 0) *out = asked;
    if (*out < 0) {
        weft_error_set(err, WEFT_ERR_USAGE, "--shard auto: %s does not say how many shards there are", one->name);
        return refuse(one, err);
    }
    return check_count(one, *out, asked, "--shards", err);
}

static weft_status take(weft_shard_place *out, const scheduler *one, long asked, get_fn get, weft_error *err) {
    long index = 0, first = 0, step = 1, count = 0;
    weft_status status = number_of(&index, one->index, 0, get, err);
    if (status == WEFT_OK) status = number_of(&first, one->first, one->first_index, get, err);
    if (status == WEFT_OK) status = number_of(&step, one->step, 1, get, err);
    if (step < 1) step = 1;
    if (status == WEFT_OK) status = count_all(&count, one, first, step, asked, get, err);
    if (status != WEFT_OK) return status;
    long number = (index - first) / step + 1;
    if (index < first || (index - first) % step != 0 || number > count || count > WEFT_MAX_SHARDS) {
        weft_error_set(err, WEFT_ERR_USAGE, "--shard auto: %s of %ld: %s is %ld, which is not from %ld to %ld",
                       one->name, count, one->index, index, first, first + (count - 1) * step);
        return refuse(one, err);
    }
    *out = (weft_shard_place){(int)number, (int)count, one->name};
    return WEFT_OK;
}

weft_status weft_shard_place_find(weft_shard_place *out, int count, char *(*get)(const char *name), weft_error *err) {
    weft_text names = {0};
    for (int i = 0; i < SCHEDULERS; i++)
        if (is_in(&schedulers[i], get)) return take(out, &schedulers[i], count > 0 ? count : -1, get, err);
    for (int i = 0; i < SCHEDULERS; i++)
        weft_text_add(&names, "%s%s", i > 0 ? ", " : "", schedulers[i].index);
    weft_error_set(err, WEFT_ERR_USAGE, "--shard auto: no scheduler says which shard this is");
    weft_error_hint(err, "one of these is looked for: %s", names.failed ? "" : names.data);
    weft_text_dispose(&names);
    return WEFT_ERR_USAGE;
}

weft_status weft_shard_place_read(weft_shard_place *out, const char *text, weft_error *err) {
    char *end;
    long number = strtol(text, &end, 10), count = 0;
    bool good = end != text && *end == '/' && end[1] >= '0' && end[1] <= '9';
    if (good) count = strtol(end + 1, &end, 10);
    if (good && *end == '\0' && number >= 1 && number <= count && count <= WEFT_MAX_SHARDS) {
        *out = (weft_shard_place){(int)number, (int)count, NULL};
        return WEFT_OK;
    }
    weft_error_set(err, WEFT_ERR_USAGE, "--shard: %s is not I/N, the I-th of N shards, of %d at most", text,
                   WEFT_MAX_SHARDS);
    weft_error_hint(err, "--shard 3/7; weft run takes --shard auto, too");
    return WEFT_ERR_USAGE;
}
