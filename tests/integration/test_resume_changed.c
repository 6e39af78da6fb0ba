/* Runs that are gone on with after something changed or broke: configuration, inputs, part files, spools, the disk.
 * What cannot be used any more is refused by name or made anew, and the outputs have the bytes of a run that nobody
 * stopped.
 *
 * SPDX-License-Identifier: MIT */
#include "integration/resume_rig.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Runs --resume and expects it to be refused, saying `part`, with all left as it was. */
static void expect_refused(const char *arguments, const char *part) {
    free(sandbox_succeed("cp out/merged_data_resume.csv.part before"));
    sandbox_result result = sandbox_run("\"$WEFT\" run --progress none --resume %s config.yml 2>said", arguments);
    assert_int_equal(result.exit_code, 65);
    resume_expect_said("said", part);
    assert_true(sandbox_same("before", "out/merged_data_resume.csv.part"));
    sandbox_result_free(&result);
}

static void test_what_changed_is_named_and_nothing_is_lost(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; touch -d 2020-01-01T00:00:00Z dem.tif landsat7.tif"));
    assert_int_equal(resume_stop("", SIGKILL), -SIGKILL);
    expect_refused("--set export.rows=any", "export.rows was \"all\" and is \"any\"");
    expect_refused("--set datasets.0.method=bilinear", "datasets.0.method was \"cubic\" and is \"bilinear\"");
    expect_refused("--set 'rows.where=elevation > 4'",
                   "rows.where was \"elevation < 70 or missing(elevation)\" and is \"elevation > 4\"");
    expect_refused("--set export.columns=[ratio]", "export.columns");
    expect_refused("--set columns.more=elevation", "columns was ");
    expect_refused("--set grid.resolution=41", "grid.resolution was \"" RESUME_RESOLUTION "\" and is \"41\"");
    expect_refused("--set resampling.transform_tolerance=0", "resampling.transform_tolerance was \"0.05\"");
    /* A file under a VRT, then one that is named itself. */
    free(sandbox_succeed("touch -d 2021-01-01T00:00:00Z dem.tif"));
    expect_refused("", "dem.tif: changed since experiment resume began: of 2020-01-01T00:00:00.000Z then, of "
                       "2021-01-01T00:00:00.000Z now");
    free(sandbox_succeed("touch -d 2020-01-01T00:00:00Z dem.tif; cp -p landsat7.tif kept.tif; echo >>landsat7.tif"));
    expect_refused("", "landsat7.tif: changed since experiment resume began: ");
    free(sandbox_succeed("mv kept.tif landsat7.tif; echo '<PAMDataset/>' >landsat7.tif.aux.xml"));
    expect_refused("", "landsat7.tif.aux.xml: was not there when experiment resume began");
    free(sandbox_succeed("rm landsat7.tif.aux.xml"));
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume --set threads=3 config.yml"));
    resume_expect_whole();
}

static void test_a_finished_run_says_so_unless_its_outputs_are_gone(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; \"$WEFT\" run --progress none --resume config.yml 2>said"));
    resume_expect_said("said", "resume: nothing to resume: it starts from the beginning");
    resume_expect_whole();
    char *out = sandbox_succeed("\"$WEFT\" run --progress none --resume config.yml 2>said");
    resume_expect_said("said", "resume is finished: there is nothing to resume");
    assert_string_equal(out, "");
    free(out);
    resume_expect_whole();
    free(sandbox_succeed("rm out/*.csv; \"$WEFT\" run --progress none --resume config.yml 2>said"));
    resume_expect_said("said", "resume is finished, but its outputs are gone: it starts from the beginning");
    resume_expect_whole();
}

/* A file size limit is a disk that is full; a folder in the way stops the last step. */
static void test_faults_of_the_disk_leave_a_run_to_go_on_with(void **state) {
    (void)state;
    sandbox_result result = sandbox_run("rm -rf out; trap '' XFSZ; "
                                        "ulimit -f $(($(stat -c %%s first/merged_data_resume.csv) / 1024)); "
                                        "\"$WEFT\" run --progress none --set metrics.database=/dev/null config.yml");
    assert_int_equal(result.exit_code, 74);
    assert_non_null(strstr(result.err, "to go on where it stopped: weft run "));
    sandbox_result_free(&result);
    free(sandbox_succeed("mkdir -p out/merged_data_resume.csv/full"));
    result = sandbox_run("\"$WEFT\" run --progress none --resume config.yml");
    assert_int_equal(result.exit_code, 74);
    assert_non_null(strstr(result.err, "merged_data_resume.csv: is a folder, not a file that weft may write"));
    sandbox_result_free(&result);
    free(sandbox_succeed("rm -r out/merged_data_resume.csv; \"$WEFT\" run --progress none --resume config.yml"));
    resume_expect_whole();
}

static void test_a_part_file_that_someone_changed_begins_anew(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out"));
    assert_int_equal(resume_stop("", SIGKILL), -SIGKILL);
    free(sandbox_succeed("printf x | dd of=out/merged_data_resume.csv.part bs=1 seek=100 conv=notrunc 2>&1; "
                         "truncate -s 2 out/merged_data_resume.parquet.part"));
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume config.yml 2>said"));
    resume_expect_said("said", "merged_data_resume.csv.part: its first ");
    resume_expect_said("said", " bytes are not those that were written; this output starts from the beginning");
    resume_expect_said("said", "merged_data_resume.parquet.part: 2 bytes are there, ");
    resume_expect_whole();
}

/* Parquet's footer and the statistics cannot be ended without what their spools hold. The text goes on. */
static void test_an_output_whose_spool_is_gone_or_short_begins_anew(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out"));
    /* Behind a row group's 65,536 rows: before, there is nothing in the spool. */
    assert_int_equal(resume_stop_behind(65, "", SIGTERM), 75);
    free(sandbox_succeed("rm out/.weft/resume/row_groups.spool; truncate -s 3 out/.weft/resume/statistics.spool"));
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume config.yml 2>said"));
    resume_expect_said("said", "row_groups.spool: 0 bytes are there, ");
    resume_expect_said("said", " were noted; the output parquet starts from the beginning");
    resume_expect_said("said", "statistics.spool: 3 bytes are there, ");
    resume_expect_said("said", "resume continues after row ");
    resume_expect_whole();
}

/* Of the length that was noted, with another byte in it; and a part file, where checksums are not wanted. */
static void test_an_output_whose_spool_or_part_was_changed_begins_anew(void **state) {
    (void)state;
    static const char change[] = "printf x | dd of=out/%s bs=1 seek=%d conv=notrunc 2>&1";
    free(sandbox_succeed("rm -rf out"));
    assert_int_equal(resume_stop_behind(65, "--set export.checksums=false", SIGTERM), 75);
    free(sandbox_succeed(change, ".weft/resume/row_groups.spool", 20));
    free(sandbox_succeed(change, ".weft/resume/statistics.spool", 20));
    free(sandbox_succeed(change, "merged_data_resume.csv.part", 100));
    free(sandbox_succeed("\"$WEFT\" run --progress none --set export.checksums=false --resume config.yml 2>said"));
    resume_expect_said("said", "row_groups.spool: its first ");
    resume_expect_said("said", "statistics.spool: its first ");
    resume_expect_said("said", "merged_data_resume.csv.part: its first ");
    for (size_t i = 0; i < RESUME_FORMATS; i++)
        free(sandbox_succeed("cmp first/merged_data_resume.%s out/merged_data_resume.%s", resume_formats[i],
                             resume_formats[i]));
    free(sandbox_succeed("! grep sha256 out/merged_data_resume.metadata.json && for folder in first out; do "
                         "grep -A 7 '\"statistics\"' $folder/merged_data_resume.metadata.json >$folder.json; done; "
                         "[ -s out.json ] && cmp first.json out.json"));
}

static void test_a_fault_of_the_data_leaves_nothing_to_go_on_with(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; cp landsat7.tif kept.tif; "
                         "dd if=/dev/urandom of=landsat7.tif bs=1 seek=200000 count=20000 conv=notrunc 2>&1"));
    sandbox_result result = sandbox_run("\"$WEFT\" run --progress none config.yml; code=$?; ls -A out; exit $code");
    assert_int_equal(result.exit_code, 65);
    assert_string_equal(result.out, "metrics.sqlite\n");
    assert_null(strstr(result.err, "to go on"));
    sandbox_result_free(&result);
    free(sandbox_succeed("mv kept.tif landsat7.tif"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_changed_is_named_and_nothing_is_lost),
        cmocka_unit_test(test_a_finished_run_says_so_unless_its_outputs_are_gone),
        cmocka_unit_test(test_faults_of_the_disk_leave_a_run_to_go_on_with),
        cmocka_unit_test(test_a_part_file_that_someone_changed_begins_anew),
        cmocka_unit_test(test_an_output_whose_spool_is_gone_or_short_begins_anew),
        cmocka_unit_test(test_an_output_whose_spool_or_part_was_changed_begins_anew),
        cmocka_unit_test(test_a_fault_of_the_data_leaves_nothing_to_go_on_with),
    };
    return cmocka_run_group_tests(tests, resume_setup, sandbox_teardown);
}
