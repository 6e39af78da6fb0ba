/* A batch that is killed at any moment, jobs and all, and resumed at once: what was done stays done and is not made
 * again, no attempt fails, and all ends with the bytes of a batch that nobody killed.
 *
 * Twice by default, of small jobs. $WEFT_KILLS says how often else, of a hundred jobs over the sample, 2 at a time in
 * 512 MiB.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/batch_rig.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RECORD ".weft/batch/night/record.sqlite"
#define SQL    "sqlite3 -cmd '.timeout 5000' " RECORD

/* Nothing is tried twice for a failure's sake: that a killed batch left something behind must not be one. */
#define RULES "workers: 2\nmemory: 512MiB\nretry: 0\ndefaults: {config: *base}\n"

static const char few[] = BASE RULES "jobs:\n"
                                     "- name: 'j_${format}_${n}'\n"
                                     "  matrix: {format: [csv, parquet], n: [1, 2]}\n"
                                     "  set: {export.formats: ['${format}'], grid.resolution: 50, output_dir: OUT}\n";

static const char hundred[] =
    "x-base: &base\n"
    "  grid: {crs: 'EPSG:31985', resolution: 15}\n"
    "  datasets: [{name: landsat, path: SAMPLE/landsat7.tif}, {name: dem, path: SAMPLE/dem.tif}]\n" RULES "jobs:\n"
    "- name: 'j_${method}_${format}_${n}'\n"
    "  matrix: {method: [nearest, bilinear, cubic, average, mode], format: [csv, csv.gz, parquet, geotiff], n: {from: "
    "1, to: 5}}\n"
    "  set: {datasets.0.method: '${method}', datasets.1.method: '${method}', export.formats: ['${format}'], "
    "grid.resolution: '15.${n}', output_dir: OUT}\n";

static int wanted_kills(void) {
    const char *text = getenv("WEFT_KILLS");
    return text != NULL ? atoi(text) : 0;
}

static double now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The batch, with outputs in `out`. */
static void write_night(const char *out) {
    sandbox_write("pattern", wanted_kills() > 0 ? hundred : few);
    free(sandbox_succeed("sed \"s|OUT|%s|; s|SAMPLE|$SAMPLE|g\" pattern > night.yml", out));
}

/* False: it ended well before, which a machine that is slower or faster than before may bring about. */
static bool kill_at(long ms) {
    pid_t child = sandbox_start("exec \"$WEFT\" batch night.yml --progress plain > /dev/null 2>> said");
    pause_ms(ms);
    assert_int_equal(kill(child, SIGKILL), 0);
    int code = sandbox_end_of(child);
    if (code == -SIGKILL || code == 0) return code != 0;
    char *said = sandbox_succeed("tail -n 5 said");
    fail_msg("it ended with %d before it was killed:\n%s", code, said);
    return false;
}

/* Outputs that have their names, with time, number and size, and jobs that are done with the last of their attempts. */
static char *list_done(void) {
    return sandbox_succeed(
        "for i in out/merged_data*; do case $i in *.part) ;; *) stat -c '%%n %%y %%i %%s' $i 2> /dev/null ;; esac; "
        "done; [ ! -e " RECORD " ] || " SQL " \"select 'job', j.job, j.attempts, group_concat(f.path) from batch_jobs "
        "as j join batch_job_files as l on l.job = j.job and l.role = 'output' join batch_files as f on f.id = l.file "
        "where j.state = 'done' group by j.job\"");
}

/* Every line of `before` is in `after`. */
static void expect_kept(char *before, const char *after, int kills) {
    for (char *line = strtok(before, "\n"); line != NULL; line = strtok(NULL, "\n"))
        if (strstr(after, line) == NULL) fail_msg("lost or made again after %d kills: %s\n%s", kills, line, after);
}

static void test_killed_batches_lose_nothing_and_repeat_nothing(void **state) {
    (void)state;
    begin_anew();
    int kills = wanted_kills() > 0 ? wanted_kills() : 2;
    write_night("whole");
    double began = now();
    expect(0, "\"$WEFT\" batch night.yml --progress none");
    /* Kills fall into two thirds of the time that all take. */
    long span_ms = (long)((now() - began) * 1000 * 4 / 3 / kills);
    expect_sql("select min(attempt) = 1 and max(attempt) = 1 and min(cause) = 'done' from job_metrics", "1");
    free(sandbox_succeed("rm -rf .weft"));
    write_night("out");
    char *before = sandbox_succeed("true");
    srandom(15);
    for (int killed = 0; killed < kills;) {
        bool was_killed = kill_at(20 + random() % span_ms);
        char *after = was_killed ? list_done() : sandbox_succeed("rm -rf .weft out");
        if (was_killed) expect_kept(before, after, killed + 1);
        free(before);
        before = after;
        killed = was_killed ? killed + 1 : 0; /* all of them in one batch */
        if (!was_killed) span_ms = span_ms > 40 ? span_ms * 3 / 4 : span_ms;
    }
    expect(0, "\"$WEFT\" batch night.yml --progress plain 2>> said");
    char *after = list_done();
    expect_kept(before, after, kills);
    free(before);
    free(after);
    expect_sql("select min(state) = 'done' and max(state) = 'done' from batch_jobs", "1");
    /* An attempt that was killed with its batch has no end; of the others none failed. */
    expect_sql("select count(*) from job_metrics where cause not in ('done', '')", "0");
    expect_sql(
        "select count(*) = count(distinct job) and count(*) = (select count(*) from batch_jobs) from job_metrics "
        "where cause = 'done'",
        "1");
    free(sandbox_succeed(
        "ls whole | grep '^merged_data.*\\.[a-z]*$' | grep -v '\\.json$' > names; test $(wc -l < names) "
        "-ge $(" SQL " 'select count(*) from batch_jobs') || exit 1; while read -r name; do cmp out/$name "
        "whole/$name || exit 1; done < names; ! ls out/*.part"));
}

/* As if jobs of a batch that was killed were still dying: they hold its lock, in which nobody stands who lives. */
static void test_a_batch_waits_for_jobs_of_the_one_before(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("night.yml", BASE RULES "jobs: [{name: a}]\n");
    free(sandbox_succeed("mkdir -p .weft/batch/night; echo '1 1 - -' > .weft/batch/night/lock"));
    int fd = open(".weft/batch/night/lock", O_RDWR | O_CLOEXEC);
    struct flock first = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    assert_int_equal(fcntl(fd, F_SETLK, &first), 0);
    pid_t child = sandbox_start("exec \"$WEFT\" batch night.yml --progress plain > /dev/null 2> waiting");
    free(sandbox_succeed("for i in $(seq 500); do [ -s waiting ] && break; sleep 0.01; done; grep 'waiting until its "
                         "jobs have ended' waiting; test ! -e " RECORD));
    (void)close(fd);
    assert_int_equal(sandbox_end_of(child), 0);
    expect_sql("select job, attempts, cause from v_jobs", "a|1|done");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_killed_batches_lose_nothing_and_repeat_nothing),
        cmocka_unit_test(test_a_batch_waits_for_jobs_of_the_one_before),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
