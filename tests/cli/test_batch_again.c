/* What a batch runs again, and why: configurations, inputs and outputs that changed, and those that are accepted.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/batch_rig.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdlib.h>
#include <string.h>

static void test_a_comment_runs_nothing_again_and_a_parameter_its_jobs(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("one.yml", "grid: {crs: 'EPSG:31985', resolution: 500, bounds: [288500, 9110500, 298500, 9120500]}\n"
                             "datasets: [{name: geoid, path: geoid.tif}]\n");
    sandbox_write("two.yml", "grid: {crs: 'EPSG:31985', resolution: 600, bounds: [288500, 9110500, 298500, 9120500]}\n"
                             "datasets: [{name: geoid, path: geoid.tif}]\n");
    sandbox_write("night.yml",
                  "jobs:\n- config: one.yml\n- config: two.yml\n"
                  "- {name: 'm${n}', config: one.yml, matrix: {n: [1, 2, 3]}, set: {export.precision: '${n}'}}\n");
    expect_would_run("one two m1 m2 m3");
    expect_reason("two", "it never ran");
    assert_false(sandbox_exists(".weft"));
    expect(0, "\"$WEFT\" batch night.yml");
    expect_would_run("");
    free(sandbox_succeed("sed -i 's/^/# a comment\\n/' one.yml two.yml night.yml; touch one.yml"));
    expect_would_run("");
    expect(0, "\"$WEFT\" batch night.yml");
    expect_sql("select count(*) from job_metrics", "5");
    /* A key of two.yml; one that the answer does not depend on; one of the matrix's values. */
    free(sandbox_succeed("sed -i 's/resolution: 600/resolution: 700/' two.yml; echo 'threads: 1' >> one.yml; sed -i "
                         "'s/\\[1, 2, 3\\]/[1, 4, 3]/' night.yml"));
    expect_would_run("two m4");
    expect_reason("two", "grid.resolution was \"\"600\"\" and is \"\"700\"\"");
    expect(0, "\"$WEFT\" batch night.yml");
    expect_sql("select count(*), sum(job = 'two'), sum(job = 'm4') from job_metrics", "7|2|1");
    expect_would_run("");
    /* What all have in common. */
    free(sandbox_succeed("sed -i 's/export.precision/export: {rows: any}, export.precision/' night.yml"));
    expect_would_run("m1 m4 m3");
    expect_reason("m3", "export.rows was \"\"all\"\" and is \"\"any\"\"");
}

static void test_a_dry_run_says_what_cannot_be(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("night.yml", BASE "defaults: {config: *base}\njobs:\n- {name: good}\n"
                                    "- {name: gone, set: {datasets.0.path: gone.tif, export.formats: [parquet]}}\n");
    /* It may be there when the job begins. */
    expect(0, "\"$WEFT\" batch night.yml --dry-run");
    expect_reason("gone", "gone,runs,");
    expect_reason("gone", "it never ran; it cannot be planned now: ");
    expect_reason("gone", "gone.tif: there is no such file");
    expect(0, "\"$WEFT\" batch night.yml --dry-run --memory 1MiB");
    expect(0, "\"$WEFT\" batch night.yml --dry-run --memory 1MiB | grep -q 'good.*memory.limit: 1.0 MiB is too small'");
    /* A configuration that is wrong stays so. */
    free(sandbox_succeed("sed -i 's/gone.tif/1, threads: no/' night.yml"));
    expect(65, "\"$WEFT\" batch night.yml --dry-run");
    free(sandbox_succeed("\"$WEFT\" batch night.yml --dry-run --format csv >said; grep -q '^gone,fails,' said"));
    free(sandbox_succeed(
        "sed -i 's/set: .*/config: nothing.yml}/' night.yml; echo '- {name: next, needs: gone}' >>night.yml; "
        "echo '- {name: last, needs: next}' >>night.yml"));
    expect(66, "\"$WEFT\" batch night.yml --dry-run");
    free(sandbox_succeed(
        "\"$WEFT\" batch night.yml --dry-run --format csv >said; grep -q '^next,blocked,.*it needs gone, which "
        "fails' said && grep -q '^last,blocked,.*it needs next, which is blocked' said"));
    /* Of Slurm, too: all or nothing, and with keep_going none that needs it. */
    expect(66, "\"$WEFT\" batch night.yml --slurm --dry-run");
    free(sandbox_succeed(
        "\"$WEFT\" batch night.yml --slurm --dry-run --keep-going >said; grep -q /jobs/good.yml said && "
        "! grep -e /jobs/next.yml -e /jobs/last.yml said"));
}

/* An option's value is the command line's, and a file that is of the other kind is told so. */
static void test_what_the_command_line_says_wrong(void **state) {
    static const char *const options[] = {"--workers 0", "--memory 120%", "--timeout 5", "--retry -1 --workers no"};
    (void)state;
    begin_anew();
    sandbox_write("night.yml", BASE "defaults: {config: *base}\njobs:\n- {name: good}\n");
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        sandbox_result result = sandbox_run("\"$WEFT\" batch night.yml %s", options[i]);
        if (result.exit_code != 64) fail_msg("%s: exit code %d", options[i], result.exit_code);
        sandbox_result_free(&result);
    }
    free(sandbox_succeed("! \"$WEFT\" run night.yml 2>said && grep -q 'hint: a batch file has jobs: weft batch "
                         "night.yml runs it' said"));
    free(sandbox_succeed(
        "mkdir -p north south; for place in north south; do printf 'datasets: []\\n' >$place/run.yml; done; "
        "! \"$WEFT\" batch north/run.yml south/run.yml 2>said && grep -q 'two jobs are called run' said && "
        "grep -q \"hint: a job is called as its configuration's file; a batch file names jobs\" said"));
    sandbox_write("night.yml", BASE "workers: 0\ndefaults: {config: *base}\njobs:\n- {name: good}\n");
    expect(65, "\"$WEFT\" batch night.yml --memory 120%");
}

/* But for the memory, which a job forked from a process that has the libraries loaded needs less of. */
static void test_a_command_of_the_joblog_runs_as_it_is(void **state) {
    (void)state;
    begin_anew();
    free(sandbox_succeed("rm -rf \"it's here\"; mkdir \"it's here\"; cp geoid.tif \"it's here\""));
    sandbox_write("it's here/night.yml", BASE "defaults: {config: *base}\njobs:\n- {name: good}\n");
    expect(0, "\"$WEFT\" batch \"it's here/night.yml\"");
    free(sandbox_succeed(
        "command=$(tail -n 1 \"it's here/.weft/batch/night/joblog.tsv\" | cut -f 9) && rm -r \"it's here/out\" && "
        "PATH=$(dirname \"$WEFT\"):$PATH sh -c \"$command --set memory.limit=1GiB\" 2>said && ls \"it's here/out\" | "
        "grep -q good"));
}

static void test_an_input_that_changed_runs_its_jobs_again(void **state) {
    (void)state;
    begin_anew();
    free(sandbox_succeed("mkdir tiles && cp geoid.tif tiles/a.tif && gdalbuildvrt -q v.vrt other.tif"));
    sandbox_write("night.yml", BASE "defaults: {config: *base}\njobs:\n- {name: direct}\n- {name: vrt, set: "
                                    "{datasets.0.path: v.vrt}}\n- {name: other, set: {datasets.0.path: other.tif}}\n"
                                    "- {name: tiles, set: {datasets.0.path: 'tiles/*.tif'}}\n");
    expect(0, "\"$WEFT\" batch night.yml");
    expect_would_run("");
    free(sandbox_succeed("touch -d 2020-01-01 other.tif"));
    expect_would_run("vrt other");
    expect_reason("vrt", "other.tif was written to at 2020-01-01");
    /* Where times mean nothing. */
    free(sandbox_succeed("sed -i '1i fingerprint: size' night.yml"));
    expect_would_run("");
    free(sandbox_succeed("printf x >> other.tif"));
    expect_would_run("vrt other");
    expect_reason("other", "other.tif has ");
    free(sandbox_succeed("sed -i 's/fingerprint: size/fingerprint: content/' night.yml"));
    expect(0, "\"$WEFT\" batch night.yml");
    expect_sql("select count(*) from job_metrics", "6");
    /* The same size, another time and the same bytes; then others. */
    free(sandbox_succeed("touch -d 2021-01-01 other.tif"));
    expect_would_run("");
    free(sandbox_succeed(
        "printf y | dd of=other.tif bs=1 seek=$(($(stat -c %%s other.tif) - 1)) conv=notrunc 2> /dev/null"));
    expect_would_run("vrt other");
    expect_reason("vrt", "other.tif has other content");
    /* A tile more, a side-car, and one that is gone. */
    free(sandbox_succeed("sed -i 's/fingerprint: content/fingerprint: size+mtime/' night.yml"));
    expect(0, "\"$WEFT\" batch night.yml");
    free(sandbox_succeed("cp geoid.tif tiles/b.tif"));
    expect_would_run("tiles");
    expect_reason("tiles", "tiles/b.tif was not there and is");
    free(sandbox_succeed("rm tiles/b.tif; echo '<PAMDataset/>' > tiles/a.tif.aux.xml"));
    expect_would_run("tiles");
    expect_reason("tiles", "tiles/a.tif.aux.xml was not there and is");
    free(sandbox_succeed("rm tiles/a.tif.aux.xml tiles/a.tif; cp geoid.tif tiles/b.tif"));
    expect_reason("tiles", "tiles/a.tif is gone");
}

static void test_an_output_that_is_gone_is_made_again_and_accept_blesses(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("night.yml", BASE "defaults: {config: *base}\njobs:\n- {name: a}\n- {name: b}\n");
    expect(0, "\"$WEFT\" batch night.yml");
    free(sandbox_succeed("rm out/merged_data_a.csv; echo more >> out/merged_data_b.csv"));
    expect_would_run("a b");
    expect_reason("a", "merged_data_a.csv is gone");
    expect_reason("b", "merged_data_b.csv has ");
    sandbox_result result = sandbox_run("\"$WEFT\" batch accept night.yml");
    assert_int_equal(result.exit_code, 66);
    assert_string_equal(result.out, "b: accepted\n");
    assert_non_null(strstr(result.err, "a: not accepted"));
    sandbox_result_free(&result);
    expect_would_run("a");
    expect(0, "\"$WEFT\" batch night.yml && tail -n 1 out/merged_data_b.csv | grep more");
    /* A batch that never ran, of outputs that runs have made; from then on it watches them. */
    free(sandbox_succeed("rm -rf .weft"));
    expect(0, "\"$WEFT\" batch accept night.yml");
    expect_would_run("");
    free(sandbox_succeed("touch -d 2020-01-01 geoid.tif"));
    expect_would_run("a b");
}

static void test_a_job_runs_again_when_one_that_it_needs_did(void **state) {
    (void)state;
    begin_anew();
    sandbox_write(
        "night.yml",
        BASE "defaults: {config: *base}\njobs:\n"
             "- {name: read, needs: make, set: {datasets.0.path: out/merged_data_make.tif, grid.resolution: 1000}}\n"
             "- {name: make, set: {export.formats: geotiff}}\n");
    expect(0, "\"$WEFT\" batch night.yml");
    expect_would_run("");
    free(sandbox_succeed("sed -i 's/formats: geotiff/formats: geotiff, export.rows: any/' night.yml"));
    expect_would_run("read make");
    expect_reason("read", "it needs make, which runs");
    expect(0, "\"$WEFT\" batch night.yml");
    /* Under a sanitizer a first attempt may want for memory. */
    expect_sql(
        "select group_concat(times) from (select count(*) as times from job_metrics where cause = 'done' group by "
        "job)",
        "2,2");
}

/* A small grid and one of 1,000 times as many cells are not of one kind, whichever is looked at first. */
static void test_jobs_of_an_entry_ask_for_what_their_own_grids_need(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        begin_anew();
        sandbox_write("night.yml", BASE "memory: 1GiB\nworkers: 1\ndefaults: {config: *base}\njobs:\n"
                                        "- {name: 'r${r}', matrix: {r: LIST}, set: {grid.resolution: '${r}'}}\n");
        free(sandbox_succeed("sed -i 's/LIST/%s/' night.yml; \"$WEFT\" batch night.yml --dry-run --format csv > plans",
                             i == 0 ? "[130, 4, 250]" : "[4, 250, 130]"));
        free(sandbox_succeed("awk -F, '{ wished[$1] = $4 } END { exit !(wished[\"r4\"] > wished[\"r130\"] + 10 && "
                             "wished[\"r130\"] > 0 && wished[\"r250\"] == wished[\"r130\"]) }' plans || ! cat plans"));
    }
}

static void test_a_dry_run_and_a_report_leave_the_record_as_it_is(void **state) {
    (void)state;
    static const char list[] =
        "cd .weft/batch/night && find . -type f -printf '%p %s %T@\\n' | sort && sha256sum record.sqlite";
    begin_anew();
    sandbox_write("night.yml", BASE "defaults: {config: *base}\njobs:\n- {name: a}\n");
    expect(0, "\"$WEFT\" batch night.yml");
    char *before = sandbox_succeed("%s", list);
    expect_would_run("");
    expect(0, "\"$WEFT\" report --batch night.yml -o page.html");
    char *after = sandbox_succeed("%s", list);
    assert_string_equal(after, before);
    free(before);
    free(after);
}

/* What a job does is in the record when it has ended. The batch is stopped meanwhile, so that it is at work still. */
static void test_a_dry_run_says_that_the_batch_is_at_work(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("night.yml", BASE "workers: 1\ndefaults: {config: *base}\njobs:\n"
                                    "- {name: 'm${n}', matrix: {n: {from: 1, to: 8}}}\n");
    free(sandbox_succeed(
        "\"$WEFT\" batch night.yml >/dev/null 2>&1 & batch=$!; "
        "until [ -s .weft/batch/night/lock ]; do sleep 0.01; done; kill -STOP $batch; "
        "\"$WEFT\" batch night.yml --dry-run >/dev/null 2>said; kill -CONT $batch; wait $batch || exit 1; "
        "grep -q \"process $batch runs this batch now\" said || { cat said >&2; exit 1; }; "
        "\"$WEFT\" batch night.yml --dry-run 2>&1 | grep 'runs this batch' && exit 1; true"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_comment_runs_nothing_again_and_a_parameter_its_jobs),
        cmocka_unit_test(test_a_dry_run_says_that_the_batch_is_at_work),
        cmocka_unit_test(test_a_dry_run_says_what_cannot_be),
        cmocka_unit_test(test_what_the_command_line_says_wrong),
        cmocka_unit_test(test_a_command_of_the_joblog_runs_as_it_is),
        cmocka_unit_test(test_an_input_that_changed_runs_its_jobs_again),
        cmocka_unit_test(test_an_output_that_is_gone_is_made_again_and_accept_blesses),
        cmocka_unit_test(test_a_job_runs_again_when_one_that_it_needs_did),
        cmocka_unit_test(test_jobs_of_an_entry_ask_for_what_their_own_grids_need),
        cmocka_unit_test(test_a_dry_run_and_a_report_leave_the_record_as_it_is),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
