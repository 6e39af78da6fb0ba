/* Runs the cases of one file (tests/cases/README.md): run_cases FILE.yml
 *
 * SPDX-License-Identifier: MIT */
#include "cases/case_file.h"
#include "cases/case_raster.h"
#include "cases/case_table.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <cpl_error.h>
#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const known[] = {"case",   "rasters", "files",  "before",    "config", "command", "exit",
                                    "stderr", "stdout",  "silent", "tolerance", "table",  "cells",   "columns",
                                    "output", "absent",  "check",  "sanitized", NULL};

#define COMMAND "\"$WEFT\" run --progress none --set experiment=case case.yml"
#define OUTPUT  "out/merged_data_case.csv"

static void write_files(case_file *self, yaml_node_t *files) {
    for (yaml_node_pair_t *pair = files->data.mapping.pairs.start; pair < files->data.mapping.pairs.top; pair++)
        sandbox_write(case_scalar(self, yaml_document_get_node(&self->document, pair->key)),
                      case_scalar(self, yaml_document_get_node(&self->document, pair->value)));
}

/* Each text of a list, or the one text, is in `said` or is not. */
static void check_said(case_file *self, yaml_node_t *texts, const char *said, bool expected) {
    int count = texts == NULL ? 0 : texts->type == YAML_SEQUENCE_NODE ? case_count(self, texts) : 1;
    for (int i = 0; i < count; i++) {
        const char *text = case_scalar(self, texts->type == YAML_SEQUENCE_NODE ? case_item(self, texts, i) : texts);
        if ((strstr(said, text) != NULL) != expected)
            fail_msg("%s: %s \"%s\" in:\n%s", self->path, expected ? "there is no" : "there is", text, said);
    }
}

static void check_table(case_file *self, yaml_node_t *root) {
    const char *table = case_text(self, root, "table", NULL), *cells = case_text(self, root, "cells", NULL);
    yaml_node_t *columns = case_find(self, root, "columns");
    if (table == NULL && cells == NULL && columns == NULL) return;
    double tolerance = strtod(case_text(self, root, "tolerance", "0"), NULL);
    char *text = sandbox_read(case_text(self, root, "output", OUTPUT), NULL);
    case_table got = case_table_parse(text);
    if (table != NULL) {
        case_table expected = case_table_parse(table);
        case_table_compare(&got, &expected, tolerance);
        case_table_free(&expected);
    }
    if (cells != NULL) {
        case_table expected = case_table_parse(cells);
        case_table_compare_cells(&got, &expected, tolerance);
        case_table_free(&expected);
    }
    if (columns != NULL) case_table_check_columns(self, columns, &got, tolerance);
    case_table_free(&got);
    free(text);
}

static void check_absent(case_file *self, yaml_node_t *names) {
    for (int i = 0; names != NULL && i < case_count(self, names); i++)
        if (sandbox_exists(case_scalar(self, case_item(self, names, i))))
            fail_msg("%s: %s is there", self->path, case_scalar(self, case_item(self, names, i)));
}

static void run_case(void **state) {
    case_file *self = *state;
    yaml_node_t *root = case_root(self), *rasters = case_find(self, root, "rasters"),
                *files = case_find(self, root, "files");
    const char *config = case_text(self, root, "config", NULL), *before = case_text(self, root, "before", NULL),
               *check = case_text(self, root, "check", NULL);
    case_check_keys(self, root, known);
#ifdef WEFT_SANITIZED
    if (strcmp(case_text(self, root, "sanitized", "run"), "skip") == 0) {
        print_message("SKIPPED: a sanitizer takes more memory than the case allows\n");
        skip();
    }
#endif
    free(sandbox_succeed("find . -mindepth 1 ! -name .out ! -name .err -delete"));
    if (rasters != NULL) case_rasters_write(self, rasters);
    if (files != NULL) write_files(self, files);
    if (before != NULL) free(sandbox_succeed("%s", before));
    if (config != NULL) sandbox_write("case.yml", config);
    sandbox_result result = sandbox_run("%s", case_text(self, root, "command", COMMAND));
    int expected = (int)strtol(case_text(self, root, "exit", "0"), NULL, 10);
    if (result.exit_code != expected)
        fail_msg("%s: exit code %d, not %d:\n%s%s", self->path, result.exit_code, expected, result.out, result.err);
    check_said(self, case_find(self, root, "stderr"), result.err, true);
    check_said(self, case_find(self, root, "stdout"), result.out, true);
    check_said(self, case_find(self, root, "silent"), result.err, false);
    sandbox_result_free(&result);
    check_table(self, root);
    check_absent(self, case_find(self, root, "absent"));
    if (check != NULL) free(sandbox_succeed("set -e\n%s", check));
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: run_cases FILE.yml\n");
        return 64;
    }
    case_file *cases;
    int count = case_files_read(&cases, argv[1]);
    struct CMUnitTest *tests = calloc((size_t)count + 1, sizeof *tests);
    if (tests == NULL || count == 0) {
        fprintf(stderr, "%s: there is no case in it\n", argv[1]);
        return 1;
    }
    GDALAllRegister();
    CPLSetErrorHandler(CPLQuietErrorHandler);
    for (int i = 0; i < count; i++)
        tests[i] = (struct CMUnitTest){case_text(&cases[i], case_root(&cases[i]), "case", argv[1]), run_case, NULL,
                                       NULL, &cases[i]};
    int failed = _cmocka_run_group_tests("cases", tests, (size_t)count, sandbox_setup, sandbox_teardown);
    case_files_free(cases, count);
    free(tests);
    return failed;
}
