/* SPDX-License-Identifier: MIT */
#include "pipeline/report/run_card.h"

#include "core/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The columns of sql/report/run.sql. */
enum {
    EXPERIMENT,
    STARTED,
    ENDED,
    STATUS,
    MESSAGE,
    CONFIG_FILE,
    CONFIG_TEXT,
    VERSION,
    MODE,
    LIMIT,
    THREADS,
    COLS,
    ROWS,
    LAYERS,
    OUTPUT_ROWS,
    PEAK,
    WARNING,
    CRITICAL,
    COMMAND,
    BOUND_BY,
    VERDICT,
    ENOUGH,
    PLAN,
    METADATA,
    SEEN,
};

static json_t *read_json(const char *text) {
    return text[0] == '\0' ? NULL : json_loads(text, 0, NULL);
}

static bool take_texts(weft_run_card *card, weft_metrics_reader *reader) {
    const struct {
        char **to;
        int column;
    } texts[] = {{&card->experiment, EXPERIMENT},
                 {&card->status, STATUS},
                 {&card->message, MESSAGE},
                 {&card->config_file, CONFIG_FILE},
                 {&card->config_text, CONFIG_TEXT},
                 {&card->weft_version, VERSION},
                 {&card->mode, MODE},
                 {&card->command, COMMAND},
                 {&card->bound_by, BOUND_BY},
                 {&card->verdict, VERDICT}};
    bool ok = true;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i].to = weft_text_format("%s", weft_metrics_reader_text(reader, texts[i].column));
        ok = ok && *texts[i].to != NULL;
    }
    return ok;
}

static void take_numbers(weft_run_card *card, weft_metrics_reader *reader) {
    const struct {
        int64_t *to;
        int column;
    } numbers[] = {{&card->started_ms, STARTED}, {&card->ended_ms, ENDED},   {&card->limit_bytes, LIMIT},
                   {&card->threads, THREADS},    {&card->grid_cols, COLS},   {&card->grid_rows, ROWS},
                   {&card->layers, LAYERS},      {&card->rows, OUTPUT_ROWS}, {&card->peak_bytes, PEAK},
                   {&card->enough_bytes, ENOUGH}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i].to = weft_metrics_reader_integer(reader, numbers[i].column);
    card->warning_percent = weft_metrics_reader_number(reader, WARNING);
    card->critical_percent = weft_metrics_reader_number(reader, CRITICAL);
    int64_t end = card->ended_ms > 0 ? card->ended_ms : weft_metrics_reader_integer(reader, SEEN);
    card->seconds = fmax((double)(end - card->started_ms) / 1000.0, 0);
}

weft_status weft_run_card_read(weft_run_card *out, weft_metrics_reader *reader, int64_t run_id, weft_error *err) {
    *out = (weft_run_card){.run_id = run_id};
    weft_status status = weft_metrics_reader_ask(reader, "run", run_id, NULL, err), ended;
    if (status != WEFT_OK) return status;
    if (weft_metrics_reader_next(reader)) {
        take_numbers(out, reader);
        if (!take_texts(out, reader)) status = weft_error_no_memory(err, "a report");
        out->plan = read_json(weft_metrics_reader_text(reader, PLAN));
        out->metadata = read_json(weft_metrics_reader_text(reader, METADATA));
    }
    ended = weft_metrics_reader_end(reader, status == WEFT_OK ? err : NULL);
    if (status == WEFT_OK) status = ended;
    if (status == WEFT_OK && out->experiment == NULL)
        status = weft_error_set(err, WEFT_ERR_DATA, "there is no run %lld", (long long)run_id);
    return status;
}

void weft_run_card_dispose(weft_run_card *card) {
    char *texts[] = {card->experiment,   card->status, card->message, card->config_file, card->config_text,
                     card->weft_version, card->mode,   card->command, card->bound_by,    card->verdict};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    json_decref(card->plan);
    json_decref(card->metadata);
    *card = (weft_run_card){0};
}

const char *weft_json_text(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

double weft_json_real(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}
