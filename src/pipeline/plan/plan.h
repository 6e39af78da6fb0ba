/* What a run will do, before it does it: the grid, a layer a column, where positions come from, and the memory's
 * shares.
 *
 * It is what `weft plan` prints and what the orchestrator runs; planner.h makes it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_H
#define WEFT_PIPELINE_PLAN_H

#include "config/config.h"
#include "pipeline/plan/memory_shares.h"
#include "pipeline/plan/plan_rows.h"
#include "pipeline/plan/plan_table.h"
#include "processors/lattice/lattice_types.h"
#include "processors/resample/methods.h"
#include "processors/resampler.h"
#include "processors/table/column_program.h"
#include "raster/blocks/block_cache.h"
#include "raster/crs/crs_operation.h"
#include "raster/crs/crs_pair.h"
#include "raster/crs/grid.h"
#include "raster/mosaic/mosaic.h"
#include "raster/source/expected_raster.h"
#include "raster/source/projector.h"
#include "raster/source/source.h"
#include "stages/layers/mosaic_layer.h"

/* What is on one pixel lattice: a file, or those files of a mosaic that share one. */
typedef struct weft_plan_input {
    weft_source *source; /* the dataset's */
    weft_projector *projector;
    weft_lattice_spec lattice;
    double scale[2]; /* source pixels a cell, along u and v */
    bool on_grid;    /* false: nothing of it lies on the grid */
    int net;         /* of the dataset's */
} weft_plan_input;

/* A file of a mosaic that is left out. */
typedef struct weft_plan_skipped {
    char *path, *reason;
} weft_plan_skipped;

/* Blocks of a file that could not be read or decoded. */
typedef struct weft_plan_bad_file {
    char *path;
    int64_t blocks;
} weft_plan_bad_file;

/* One dataset as the run sees it. */
typedef struct weft_plan_dataset {
    const weft_config_dataset *config; /* borrowed, or own */
    const weft_config_dataset *origin; /* borrowed: the configuration's, several of whose columns it may be one of */
    weft_config_dataset *own;          /* a copy of it with a name and paths of its own; NULL: it is the origin */
    const weft_plan_made *made;        /* of the plan's rows: its columns come from no raster; else NULL */
    weft_expected_raster *expected;    /* with `own`, of a catalog: one a path; else NULL */
    char *variable;                    /* with `own`: what its columns are called beside their date */
    bool has_date;                     /* with `own` */
    weft_moment date;
    weft_crs *crs;       /* that the configuration gives its files; NULL: their own */
    weft_mosaic *mosaic; /* NULL: inputs[0] is a file's */
    weft_overlap overlap;
    weft_plan_input *inputs; /* input_count of them; none when skipped */
    int input_count;
    weft_mosaic_net *nets; /* one a CRS; one raster's need not have a coverage */
    int net_count;
    weft_source_overview overview;    /* read in place of a file, where its configuration asks for one */
    int file_count, files_on_grid;    /* of a mosaic */
    bool on_grid;                     /* false: its columns are empty */
    int64_t window_cols;              /* that its windows may be wide (block_windows.h) */
    int columns_together;             /* so many are made in turn, then the next ones (block_windows.h); 0: all */
    char *skipped;                    /* why it is skipped, or NULL */
    weft_plan_skipped *skipped_files; /* of a mosaic, those that are left out */
    int skipped_file_count;
    weft_plan_bad_file *bad_files; /* as other processes met them, whose shards this run joins */
    int bad_file_count;
} weft_plan_dataset;

#define WEFT_PLAN_METHOD_BYTES 24

/* What makes a column of a band. */
typedef struct weft_plan_method {
    const weft_method *method;
    const weft_config_class *class; /* borrowed; NULL: the method asks for none */
    double argument;                /* weft_resampler.argument */
    char name[WEFT_PLAN_METHOD_BYTES];
} weft_plan_method;

/* One column. */
typedef struct weft_plan_layer {
    char *column;
    char *variable; /* the column without its date */
    bool has_date;
    weft_moment date;
    int dataset; /* index */
    weft_plan_method method;
    int which; /* band of the dataset: index in weft_source_info.bands */
    int band;  /* its number, from 1 */
    weft_data_type type;
    weft_resampler *resamplers; /* one an input; one, of no source, when skipped */
    const weft_band_info *info; /* the first input's; NULL when skipped */
} weft_plan_layer;

/* A derived column. An expression that names variables, which have a column a date, makes one a date too. */
typedef struct weft_plan_derived {
    char *name;
    const weft_config_column *from; /* borrowed */
    bool has_date;
    weft_moment date;
} weft_plan_derived;

/* One column of the outputs. */
typedef struct weft_plan_column {
    const char *name; /* borrowed */
    weft_data_type type;
    const weft_plan_layer *layer;     /* whose values it has; NULL: it is derived */
    const weft_plan_derived *derived; /* NULL: it is a layer's */
} weft_plan_column;

typedef struct weft_format weft_format; /* pipeline/formats/format.h */

/* One file that the run will write. */
typedef struct weft_plan_output {
    const weft_format *format;
    char *path;                   /* absolute */
    int64_t bytes_estimate;       /* an upper guess: every value present */
    int64_t cell_rows;            /* a cell of the grid is so many of its cells: 1, but for tables in long layout */
    int64_t first_cell, end_cell; /* row-major, that it is of: all, but in a shard */
} weft_plan_output;

#define WEFT_PLAN_MAX_OUTPUTS 16

/* How one CRS of a dataset comes onto the grid. */
typedef struct weft_plan_transform {
    int dataset;          /* index */
    const weft_crs *from; /* a source's */
    weft_bounds area;     /* of the source, in `from` */
    weft_crs_operation operation;
    bool borrowed; /* the operation's texts are another's */
} weft_plan_transform;

typedef struct weft_plan {
    const weft_config *config; /* borrowed */
    weft_grid grid;
    int64_t table_cols, table_rows; /* cells of the table: the grid's; or one column, and a row for each row of the
                                       file that rows come from */
    int64_t first_row, end_row;     /* of these, that this run computes: all, but in a shard */
    weft_crs_pair **pairs;          /* the ways from the grid to the CRSs of all datasets */
    int pair_count;
    weft_plan_dataset *datasets;
    int dataset_count;
    /* In the order of datasets and bands. Those after layer_count are neither written nor operands: nobody reads
     * them. */
    weft_plan_layer *layers;
    int layer_count, layer_total;
    weft_plan_derived *derived; /* all that the configuration names, computed or not, in its order */
    int derived_count;
    weft_plan_column *columns; /* that are written, in order */
    int column_count;
    weft_plan_table table; /* what table formats make of them */
    weft_plan_partition partition;
    weft_column_program *program; /* NULL: the layers are the columns */
    weft_plan_rows rows;
    weft_memory_plan memory;
    weft_plan_output outputs[WEFT_PLAN_MAX_OUTPUTS]; /* in the order they are written */
    int output_count;
    weft_handle_limit *handles;  /* of all mosaics; NULL without one */
    weft_mask_rule **mask_rules; /* by the configuration's datasets; NULL: without a mask */
    void (*free_mask_rule)(weft_mask_rule *rule);
    weft_retry_account retries; /* of opening and reading, and who may stop that */
    weft_plan_transform *transforms;
    int transform_count;
    char **warnings;
    int warning_count, planned_warnings; /* planned: of these, before pixels were read */
    char **matches; /* a line for each path that captures, each mask and each time axis: what was found, and what not */
    int match_count;
} weft_plan;

/* Rows that its table has at most. */
static inline double weft_plan_table_rows(const weft_plan *plan) {
    return (double)plan->rows.max_count * (double)plan->table.cell_rows;
}

/* Closes its sources. NULL is fine. */
void weft_plan_free(weft_plan *plan);

/* Whether the files of any dataset have another CRS than this. */
bool weft_plan_has_other_crs(const weft_plan *plan, const weft_crs *crs);

/* Whether layers are computed whole before they are merged: in-memory mode, and the limit carries them all. */
bool weft_plan_is_in_memory(const weft_plan *plan);

/* Cells a side of the windows that a run begins with: of the size that memory carries, or one that gives every worker
 * something to do. Less at edges of chunks and of the grid, and where a dataset of many bands has narrower ones. */
int64_t weft_plan_window_side(const weft_plan *plan);

/* Writes "average" or "p90". */
void weft_plan_method_write(weft_config_method method, char out[WEFT_PLAN_METHOD_BYTES]);

/* The unit of a layer's values, or NULL. */
const char *weft_plan_layer_unit(const weft_plan_layer *layer);

/* Keeps a warning (copied) for whoever shows the plan. */
weft_status weft_plan_warn(weft_plan *plan, weft_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, unless it is there. */
weft_status weft_plan_warn_once(weft_plan *plan, const char *warning, weft_error *err);

/* Keeps a line of plan->matches. */
weft_status weft_plan_match(weft_plan *plan, weft_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* When all was read: whether the files of all datasets are those that the plan was made with. Errors: those of
 * weft_source_check_files(). */
weft_status weft_plan_check_files(const weft_plan *plan, weft_error *err);

/* When all was read: a warning for each file with blocks that could not be read or decoded, where they count as
 * missing. earlier: another process began the run, and what it could not read is on its log alone. Errors:
 * WEFT_ERR_MEMORY. */
weft_status weft_plan_warn_of_bad_blocks(weft_plan *plan, bool earlier, weft_error *err);

/* Puts FILE:LINE:COL and the dataset's name in front of an error. */
void weft_plan_place_error(const weft_plan *plan, const weft_config_dataset *dataset, weft_place place,
                           weft_error *err);

/* weft_source_visit_files() of all files of the dataset, which is not skipped. */
weft_status weft_plan_visit_files(const weft_plan_dataset *dataset, weft_file_list_fn fn, void *payload,
                                  weft_error *err);

/* Notes that another process met such blocks: those of one file add up. Errors: WEFT_ERR_MEMORY. */
weft_status weft_plan_add_bad(weft_plan_dataset *dataset, const char *path, int64_t blocks, weft_error *err);

/* Tells of each file of the dataset that has blocks that this process could not read or decode. Errors: those of fn. */
typedef weft_status (*weft_plan_bad_file_fn)(void *payload, const char *path, int64_t blocks, weft_error *err);
weft_status weft_plan_visit_bad(const weft_plan_dataset *dataset, weft_plan_bad_file_fn fn, void *payload,
                                weft_error *err);

#endif
