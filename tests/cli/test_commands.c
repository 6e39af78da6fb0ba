/* What each command says about itself, and what it prints for programs.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "cli/manual/command.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char config_text[] = "experiment: commands\n"
                                  "grid: {crs: 'EPSG:31985', resolution: 100, bounds: [288700, 9110700, 298800, "
                                  "9120800]}\n"
                                  "datasets:\n"
                                  "  - {name: landsat, path: '${SAMPLE}/landsat7.tif', bands: [1, 4]}\n"
                                  "  - {name: geoid, path: '${SAMPLE}/geoid.tif', method: nearest}\n";

/* And does nothing else: a server would go on until the time is over. */
static void check_explains(const char *command) {
    char *help = sandbox_succeed("timeout 60 \"$WEFT\" %s --help", command);
    char *version = sandbox_succeed("timeout 60 \"$WEFT\" %s --version", command);
    assert_non_null(strstr(help, "usage: weft"));
    assert_int_equal(strncmp(version, "weft ", 5), 0);
    static const char *const libraries[] = {"GDAL ", "PROJ ", "SQLite ", "zlib ", "zstd ", "libyaml "};
    for (size_t j = 0; j < sizeof libraries / sizeof *libraries; j++)
        if (strstr(version, libraries[j]) == NULL) fail_msg("no %s in:\n%s", libraries[j], version);
    free(help);
    free(version);
}

static void test_every_command_explains_itself_and_names_its_version(void **state) {
    (void)state;
    check_explains("");
    for (int i = 0; weft_commands[i] != NULL; i++)
        check_explains(weft_commands[i]->name);
}

static json_t *load(const char *text) {
    json_error_t error;
    json_t *root = json_loads(text, 0, &error);
    if (root == NULL) fail_msg("line %d: %s", error.line, error.text);
    return root;
}

/* 288700 .. 298800 and 9110700 .. 9120800 by 100: 101 x 101 cells. */
static void test_the_plan_is_one_json_object(void **state) {
    (void)state;
    char *text = sandbox_succeed("\"$WEFT\" plan --json config.yml");
    json_t *root = load(text), *grid = json_object_get(root, "grid"), *layers = json_object_get(root, "layers");
    assert_string_equal(json_string_value(json_object_get(root, "experiment")), "commands");
    assert_int_equal(json_integer_value(json_object_get(grid, "cols")), 101);
    assert_int_equal(json_integer_value(json_object_get(grid, "rows")), 101);
    assert_int_equal(json_array_size(layers), 3);
    json_t *first = json_array_get(layers, 0), *last = json_array_get(layers, 2);
    assert_string_equal(json_string_value(json_object_get(first, "column")), "landsat_1");
    assert_string_equal(json_string_value(json_object_get(first, "type")), "Float32");
    assert_true(json_is_null(json_object_get(first, "nodata")));
    assert_string_equal(json_string_value(json_object_get(last, "method")), "nearest");
    /* The file declares -88.8888; as a float it is -88.888801574707031. */
    assert_true(json_number_value(json_object_get(last, "nodata")) < -88.888);
    assert_true(json_number_value(json_array_get(json_object_get(first, "scale"), 0)) > 3.5);
    static const char *const keys[] = {"memory", "window", "chunk_rows", "outputs", "warnings"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (json_object_get(root, keys[i]) == NULL) fail_msg("no %s in:\n%s", keys[i], text);
    assert_false(sandbox_exists("out"));
    json_decref(root);
    free(text);
}

static int64_t divide_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

/* Bands of at most 32 rows, of all windows that cover 101 rows. */
static int64_t bands_of(int64_t window_rows) {
    int64_t bands = 0;
    for (int64_t row = 0; row < 101; row += window_rows)
        bands += divide_up(row + window_rows < 101 ? window_rows : 101 - row, 32);
    return bands;
}

/* Each of the three layers is read band by band of windows of the planned size. */
static void test_the_windows_of_the_plan_are_those_of_the_run(void **state) {
    static const char *const modes[] = {"true", "false"};
    (void)state;
    for (int i = 0; i < 6; i++) {
        char settings[128];
        (void)snprintf(settings, sizeof settings, "--set threads=%d --set merge.enable_streaming=%s", 1 << (i / 2),
                       modes[i % 2]);
        char *text = sandbox_succeed("\"$WEFT\" plan --json %s config.yml", settings);
        json_t *root = load(text), *window = json_object_get(root, "window");
        int64_t cols = json_integer_value(json_object_get(window, "cols"));
        int64_t rows = json_integer_value(json_object_get(window, "rows"));
        assert_true(cols > 0 && cols <= 101 && rows > 0 && rows <= 101);
        char *counted = sandbox_succeed("\"$WEFT\" run --progress none %s config.yml >/dev/null && sqlite3 "
                                        "out/metrics.sqlite \"select sum(calls) from v_operations where operation = "
                                        "'resample_window'\" && rm -rf out",
                                        settings);
        if (atol(counted) != divide_up(101, cols) * bands_of(rows) * 3)
            fail_msg("%s: %lld x %lld cells, %s windows", settings, (long long)cols, (long long)rows, counted);
        free(counted);
        free(text);
        json_decref(root);
    }
}

/* A sanitizer maps far more than it uses: it cannot live under a limit on address space. */
#ifdef WEFT_SANITIZED
#define LIMITED ""
#else
#define LIMITED "ulimit -v 4000000; "
#endif

static void test_a_grid_of_1e12_cells_is_planned_in_no_memory(void **state) {
    (void)state;
    char *text = sandbox_succeed(LIMITED "\"$WEFT\" plan --json config.yml --set grid.resolution=0.0101 "
                                         "--set grid.align=false");
    json_t *root = load(text), *grid = json_object_get(root, "grid");
    assert_int_equal(json_integer_value(json_object_get(grid, "cols")), 1000000);
    assert_int_equal(json_integer_value(json_object_get(grid, "rows")), 1000000);
    json_decref(root);
    free(text);
}

/* Every line is an object with the four members; returns how many are of `event`, and the last one of these. */
static int count_events(const char *said, const char *event, json_t **last) {
    static const char *const kinds[] = {"start", "plan", "progress", "warning", "adaptation", "error", "end", NULL};
    char *copy = strdup(said);
    int count = 0;
    for (char *line = strtok(copy, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        json_t *one = load(line);
        const char *kind = json_string_value(json_object_get(one, "event"));
        int known = 0;
        assert_non_null(kind);
        while (kinds[known] != NULL && strcmp(kinds[known], kind) != 0)
            known++;
        assert_non_null(kinds[known]);
        assert_int_equal(strlen(json_string_value(json_object_get(one, "time"))), strlen("2026-11-20T12:00:00.123Z"));
        assert_non_null(json_object_get(one, "level"));
        assert_non_null(json_object_get(one, "experiment"));
        bool is = strcmp(kind, event) == 0;
        if (is && *last != NULL) json_decref(*last);
        if (is) *last = json_incref(one);
        json_decref(one);
        count += is;
    }
    free(copy);
    return count;
}

static int64_t number(const json_t *object, const char *name) {
    if (!json_is_integer(json_object_get(object, name))) fail_msg("no number %s", name);
    return json_integer_value(json_object_get(object, name));
}

static void test_progress_for_programs_is_json_on_every_line(void **state) {
    (void)state;
    json_t *last[7] = {0};
    sandbox_result result = sandbox_run("rm -rf out; \"$WEFT\" run config.yml --set grid.resolution=5 --progress json "
                                        "--set datasets.2.name=gone --set datasets.2.path=gone.tif "
                                        "--set merge.enable_streaming=true --set merge.streaming_chunk_size=1 --json");
    /* A list takes no entry behind its last: an error of the configuration is an event, too. */
    assert_int_equal(result.exit_code, 65);
    assert_int_equal(count_events(result.err, "error", &last[0]), 2);
    sandbox_result_free(&result);
    sandbox_write("warned.yml", "experiment: commands\ngrid: {crs: 'EPSG:31985', resolution: 5, "
                                "bounds: [288700, 9110700, 298800, 9120800]}\ndatasets:\n"
                                "  - {name: geoid, path: '${SAMPLE}/geoid.tif', method: nearest}\n"
                                "  - {name: gone, path: \"go\\\"ne.tif\", on_error: skip}\n");
    result = sandbox_run("\"$WEFT\" run warned.yml --progress json --json --set merge.enable_streaming=true "
                         "--set merge.streaming_chunk_size=1");
    assert_int_equal(result.exit_code, 0);
    assert_int_equal(count_events(result.err, "start", &last[1]), 1);
    assert_int_equal(count_events(result.err, "plan", &last[2]), 1);
    assert_true(count_events(result.err, "progress", &last[3]) > 0);
    assert_true(count_events(result.err, "warning", &last[4]) > 0);
    assert_int_equal(count_events(result.err, "end", &last[5]), 1);
    assert_int_equal(number(last[2], "cols"), 2020);
    assert_int_equal(number(last[3], "total"), 2020);
    assert_string_equal(json_string_value(json_object_get(last[5], "experiment")), "commands");
    assert_int_equal(number(last[5], "exit_code"), 0);
    assert_int_equal(number(last[5], "rows"), 2020 * 2020);
    assert_non_null(strstr(json_string_value(json_object_get(last[4], "message")), "go\"ne.tif"));
    /* And the summary is one object, alone on standard output. */
    json_t *summary = load(result.out);
    assert_string_equal(json_string_value(json_object_get(summary, "state")), "done");
    assert_int_equal(number(summary, "rows"), 2020 * 2020);
    assert_int_equal(json_array_size(json_object_get(summary, "outputs")), 1);
    assert_int_equal(json_array_size(json_object_get(summary, "skipped")), 1);
    json_decref(summary);
    for (int i = 0; i < 7; i++)
        json_decref(last[i]);
    sandbox_result_free(&result);
}

static void test_a_run_that_fails_or_is_stopped_says_so_as_json(void **state) {
    (void)state;
    json_t *last[4] = {0};
    sandbox_result result = sandbox_run("rm -rf out; \"$WEFT\" run config.yml --progress=json --json "
                                        "--set datasets.0.path=gone.tif");
    assert_int_equal(result.exit_code, 66);
    assert_int_equal(count_events(result.err, "error", &last[0]), 1);
    assert_int_equal(count_events(result.err, "end", &last[1]), 1);
    assert_int_equal(number(last[1], "exit_code"), 66);
    json_t *summary = load(result.out);
    assert_string_equal(json_string_value(json_object_get(summary, "state")), "failed");
    json_decref(summary);
    sandbox_result_free(&result);
    result = sandbox_run("\"$WEFT\" run config.yml --progress json --json --set grid.resolution=1 & run=$!; "
                         "while kill -0 $run && ! [ -e out/merged_data_commands.csv.part ]; do "
                         "sleep 0.01; done; kill -TERM $run; wait $run");
    assert_int_equal(result.exit_code, 75);
    assert_int_equal(count_events(result.err, "warning", &last[2]), 1); /* stopping */
    assert_int_equal(count_events(result.err, "end", &last[3]), 1);
    assert_string_equal(json_string_value(json_object_get(last[3], "state")), "interrupted");
    sandbox_result_free(&result);
    for (int i = 0; i < 4; i++)
        json_decref(last[i]);
}

static void test_memory_prints_tables_csv_and_json(void **state) {
    (void)state;
    free(sandbox_succeed("\"$WEFT\" run config.yml"));
    char *table = sandbox_succeed("\"$WEFT\" memory"), *csv = sandbox_succeed("\"$WEFT\" memory stages --format csv");
    char *text = sandbox_succeed("\"$WEFT\" memory pools --format json");
    char *operations = sandbox_succeed("\"$WEFT\" memory operations --format csv");
    json_t *pools = load(text);
    assert_non_null(strstr(table, "peak_memory_gb"));
    assert_int_equal(strncmp(csv, "experiment_id,stage,avg_memory_gb,peak_memory_gb,min_memory_gb,samples,", 71), 0);
    assert_non_null(strstr(table, "bound by "));
    assert_true(json_array_size(pools) >= 2);
    json_decref(pools);
    static const char *const done[] = {"prepare,plan,1,", "resample,resample_window,", "merge,merge_chunk,",
                                       "export,format_rows,", "export,write_chunk,"};
    for (size_t i = 0; i < sizeof done / sizeof *done; i++)
        assert_non_null(strstr(operations, done[i]));
    free(operations);
    free(table);
    free(csv);
    free(text);
}

/* The exit code and the beginning of what is said of a bad command line. */
static void expect_usage(const char *command, const char *says) {
    sandbox_result result = sandbox_run("\"$WEFT\" %s", command);
    assert_int_equal(result.exit_code, 64);
    if (strstr(result.err, says) == NULL) fail_msg("%s: %s", command, result.err);
    sandbox_result_free(&result);
}

static void test_memory_takes_configurations_and_queries(void **state) {
    (void)state;
    free(sandbox_succeed("\"$WEFT\" run config.yml"));
    static const char *const same[] = {"memory figures --format csv", "memory figures config.yml --format csv",
                                       "memory figures out/metrics.sqlite --format csv",
                                       "memory figures --db out/metrics.sqlite --format csv"};
    char *first = NULL;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        char *text = sandbox_succeed("\"$WEFT\" %s", same[i]);
        if (first == NULL) first = text;
        assert_string_equal(text, first);
        if (text != first) free(text);
    }
    assert_non_null(strstr(first, ",share_decoding,0."));
    free(first);
    char *count = sandbox_succeed("\"$WEFT\" memory sql 'select count(*) as runs from experiments' --format csv");
    assert_int_equal(strncmp(count, "runs\n", 5), 0);
    free(count);
    expect_usage("memory sql 'delete from experiments'", "not authorized");
    sandbox_result result = sandbox_run("\"$WEFT\" memory --run 4711 out/metrics.sqlite");
    assert_int_equal(result.exit_code, 65);
    assert_string_equal(result.out, "");
    assert_non_null(strstr(result.err, "out/metrics.sqlite: there is no run 4711"));
    sandbox_result_free(&result);
    expect_usage("memory sql", "needs a query");
    expect_usage("memory timelin", "did you mean timeline?");
    expect_usage("memory pools config.yml config.yml", "one view of one database");
    /* A terminal has a picture; script(1) makes one. */
    char *picture = sandbox_succeed("command -v script >/dev/null || { echo '\u2588  peak '; exit; }; "
                                    "script -qec '\"$WEFT\" memory timeline' /dev/null");
    assert_non_null(strstr(picture, "\u2588"));
    assert_non_null(strstr(picture, "  peak "));
    free(picture);
}

/* Lines that are written over, and the widest of them, of a command on a terminal of so many columns. */
static void measure_bar(const char *command, int columns, int *lines, int *widest) {
    char *counts =
        sandbox_succeed("command -v script >/dev/null || { echo 1 0; exit; }; "
                        "TERM=xterm script -qec 'stty cols %d; %s' said >/dev/null; "
                        "tr '\\r' '\\n' <said | sed 's/\x1b\\[[0-9]*[A-Z]//g' | awk '/ of .* jobs, | M cells/ "
                        "{n++; if (length > most) most = length} /^  .* %%  / && length > most {most = length} "
                        "END {print n + 0, most + 0}'",
                        columns, command);
    assert_int_equal(sscanf(counts, "%d %d", lines, widest), 2);
    free(counts);
}

/* A line that is wider than the terminal would leave one more behind each time that it is written over. */
static void test_what_is_written_over_fits_the_terminal(void **state) {
    static const char *const commands[] = {"\"$WEFT\" run config.yml", "\"$WEFT\" batch --workers 2 wide.yml"};
    (void)state;
    sandbox_write("wide.yml", "jobs:\n"
                              "  - name: a_job_whose_name_is_rather_long_${n}\n"
                              "    config: config.yml\n"
                              "    matrix: {n: [1, 2]}\n"
                              "    set: {grid.resolution: 8, experiment: \"wide_${n}\"}\n");
    for (size_t i = 0; i < 2; i++) {
        for (int columns = 40; columns <= 80; columns += 20) {
            int lines, widest;
            free(sandbox_succeed("rm -rf out .weft"));
            measure_bar(commands[i], columns, &lines, &widest);
            if (lines == 0 || widest >= columns)
                fail_msg("%s: %d lines, %d wide, of %d columns", commands[i], lines, widest, columns);
        }
    }
    sandbox_result result =
        sandbox_run("command -v script >/dev/null || exit 0; "
                    "TERM=dumb script -qec '\"$WEFT\" run config.yml' said >/dev/null; ! grep -q '\x1b' said");
    assert_int_equal(result.exit_code, 0);
    sandbox_result_free(&result);
}

/* Of two runs, one of 40 days ago: it leaves the database, and not its output. */
static void test_old_runs_are_pruned(void **state) {
    (void)state;
    free(sandbox_succeed(
        "\"$WEFT\" run config.yml --set experiment=old && \"$WEFT\" run config.yml --set experiment=new && "
        "sqlite3 out/metrics.sqlite \"update experiments set started_ms = started_ms - 40 * 86400000, "
        "ended_ms = ended_ms - 40 * 86400000 where experiment_id = 'old'\""));
    char *text =
        sandbox_succeed("\"$WEFT\" runs prune config.yml --keep 41d && \"$WEFT\" runs prune config.yml && "
                        "\"$WEFT\" memory sql \"select count(*) from experiments where experiment_id = 'old'\" "
                        "--format csv | tail -n 1");
    assert_int_equal(strncmp(text, "0 runs left ", 12), 0);
    assert_non_null(strstr(text, "\n1 run left "));
    assert_string_equal(text + strlen(text) - 3, "\n0\n");
    assert_true(sandbox_exists("out/merged_data_old.csv"));
    free(text);
    expect_usage("runs prune --keep 3", "--keep 3: days or hours");
    expect_usage("runs --keep 3d", "--keep is for weft runs prune");
}

static void test_an_output_in_use_is_refused_and_left_alone(void **state) {
    (void)state;
    free(sandbox_succeed("\"$WEFT\" run config.yml; cp out/merged_data_commands.csv before.csv"));
    sandbox_result result =
        sandbox_run("mkfifo pipe; \"$WEFT\" run config.yml --set grid.resolution=2 & first=$!; "
                    "while kill -0 $first && ! [ -e out/merged_data_commands.csv.part ]; do sleep 0.01; done; "
                    "\"$WEFT\" run config.yml; code=$?; kill $first; wait $first; rm pipe; exit $code");
    assert_int_equal(result.exit_code, 73);
    assert_non_null(strstr(result.err, "another run is writing it"));
    assert_true(sandbox_same("before.csv", "out/merged_data_commands.csv"));
    assert_false(sandbox_exists("out/merged_data_commands.csv.part"));
    sandbox_result_free(&result);
}

/* Four that begin at once begin in the same second, or nearly always. */
static void test_runs_without_a_name_that_begin_together_write_beside_each_other(void **state) {
    (void)state;
    sandbox_write("config.yml", config_text);
    free(sandbox_succeed("rm -rf out; grep -v '^experiment' config.yml > unnamed.yml; "
                         "for i in 1 2 3 4; do \"$WEFT\" run --progress none unnamed.yml 2>said$i & runs=\"$runs $!\"; "
                         "done; for run in $runs; do wait $run || { cat said*; exit 1; }; done"));
    char *tables = sandbox_succeed("ls out | grep -cE "
                                   "'^merged_data_unnamed_[0-9]{8}T[0-9]{6}Z(_[2-4])?.csv$'; "
                                   "cat out/*.csv | grep -c '^x,y'; ls -A out | grep -cE 'part|[.]weft' || true");
    assert_string_equal(tables, "4\n4\n0\n");
    free(tables);
    char *runs = sandbox_succeed("\"$WEFT\" runs out --format csv | grep -c finished");
    assert_string_equal(runs, "4\n");
    free(runs);
}

/* A run that is finished has the names of the next minute. */
static void test_a_run_without_a_name_leaves_the_outputs_of_one_that_began_in_the_same_second(void **state) {
    (void)state;
    sandbox_write("config.yml", config_text);
    free(sandbox_succeed("rm -rf out; \"$WEFT\" run --progress none --set experiment=first config.yml; "
                         "grep -v '^experiment' config.yml > unnamed.yml; "
                         "for i in $(seq 0 60); do name=merged_data_unnamed_$(date -u -d \"+$i seconds\" "
                         "+%%Y%%m%%dT%%H%%M%%SZ); echo old > out/$name.csv; "
                         "sed \"s/merged_data_first/$name/g; s/\\\"first\\\"/\\\"${name#merged_data_}\\\"/\" "
                         "out/merged_data_first.metadata.json >out/$name.metadata.json; done"));
    char *said = sandbox_succeed("\"$WEFT\" run --progress none unnamed.yml; ls out | grep -c 'Z_2.csv'; "
                                 "cat out/*Z.csv | sort | uniq -c");
    assert_non_null(strstr(said, "\n1\n     61 old\n"));
    free(said);
}

/* What `weft plan` says of the block cache, in MiB, with these datasets. */
static double plan_cache(const char *datasets) {
    char config[1024];
    (void)snprintf(config, sizeof config,
                   "experiment: cached\nthreads: 1\nmerge: {enable_streaming: true}\nmemory: {limit: 512MiB}\n"
                   "grid: {crs: 'EPSG:31985', resolution: 30, extent: fine}\ndatasets: [%s]\n",
                   datasets);
    sandbox_write("cached.yml", config);
    char *told = sandbox_succeed("\"$WEFT\" plan cached.yml | sed -n 's/.*block cache \\([0-9.]*\\) MiB$/\\1/p'");
    double mebibytes = atof(told);
    free(told);
    return mebibytes;
}

#define VAST_BAND(number)                                                                                              \
    "<VRTRasterBand dataType=\"Byte\" band=\"" number "\" blockXSize=\"128\" blockYSize=\"128\"><SimpleSource>"        \
    "<SourceFilename relativeToVRT=\"1\">fine.tif</SourceFilename><SourceBand>1</SourceBand></SimpleSource>"           \
    "</VRTRasterBand>"

/* 2^23 x 2^23 tiles of 2^14 bytes and as large a mask, four bands: 2^63 bytes. */
static void test_a_tile_service_of_2_to_the_60_pixels_leaves_other_sources_their_cache(void **state) {
    (void)state;
    free(
        sandbox_succeed("gdal_translate -q -ot Float32 -outsize 3000 3000 -co TILED=YES \"$SAMPLE/dem.tif\" fine.tif"));
    sandbox_write("vast.vrt", "<VRTDataset rasterXSize=\"1073741824\" rasterYSize=\"1073741824\"><SRS>EPSG:31985</SRS>"
                              "<GeoTransform>288750, 30, 0, 9120780, 0, -30</GeoTransform>" VAST_BAND("1")
                                  VAST_BAND("2") VAST_BAND("3") VAST_BAND("4") "</VRTDataset>");
    double alone = plan_cache("{name: fine, path: fine.tif}");
    double beside = plan_cache("{name: fine, path: fine.tif}, {name: vast, path: vast.vrt}");
    assert_true(alone > 30);
    assert_true(beside >= alone);
}

/* A name is taken before the plan is made. */
static void test_a_run_without_a_name_that_cannot_be_planned_leaves_nothing(void **state) {
    (void)state;
    sandbox_write("config.yml", config_text);
    sandbox_result result = sandbox_run("rm -rf out; grep -v '^experiment' config.yml > unnamed.yml; "
                                        "\"$WEFT\" run --set datasets.0.path=absent.tif unnamed.yml; "
                                        "code=$?; ls -d out; exit $code");
    assert_int_equal(result.exit_code, 66);
    assert_string_equal(result.out, "");
    sandbox_result_free(&result);
}

/* The part file is made when signals are waited for already; then layers are computed for seconds. */
static void test_a_signal_ends_with_75_and_no_output(void **state) {
    (void)state;
    sandbox_result result = sandbox_run("rm -rf out; \"$WEFT\" run config.yml --set grid.resolution=1 & run=$!; "
                                        "while kill -0 $run && ! [ -e out/merged_data_commands.csv.part ]; do "
                                        "sleep 0.01; done; kill -TERM $run; wait $run");
    assert_int_equal(result.exit_code, 75);
    char *names = sandbox_succeed("ls out");
    assert_string_equal(names, "metrics.sqlite\n");
    free(names);
    sandbox_result_free(&result);
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    sandbox_write("config.yml", config_text);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_command_explains_itself_and_names_its_version),
        cmocka_unit_test(test_the_plan_is_one_json_object),
        cmocka_unit_test(test_the_windows_of_the_plan_are_those_of_the_run),
        cmocka_unit_test(test_a_grid_of_1e12_cells_is_planned_in_no_memory),
        cmocka_unit_test(test_progress_for_programs_is_json_on_every_line),
        cmocka_unit_test(test_a_run_that_fails_or_is_stopped_says_so_as_json),
        cmocka_unit_test(test_memory_prints_tables_csv_and_json),
        cmocka_unit_test(test_memory_takes_configurations_and_queries),
        cmocka_unit_test(test_what_is_written_over_fits_the_terminal),
        cmocka_unit_test(test_old_runs_are_pruned),
        cmocka_unit_test(test_an_output_in_use_is_refused_and_left_alone),
        cmocka_unit_test(test_runs_without_a_name_that_begin_together_write_beside_each_other),
        cmocka_unit_test(test_a_run_without_a_name_leaves_the_outputs_of_one_that_began_in_the_same_second),
        cmocka_unit_test(test_a_tile_service_of_2_to_the_60_pixels_leaves_other_sources_their_cache),
        cmocka_unit_test(test_a_run_without_a_name_that_cannot_be_planned_leaves_nothing),
        cmocka_unit_test(test_a_signal_ends_with_75_and_no_output),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
