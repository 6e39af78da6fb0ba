/* weft batch as people use it: what it runs, what it does not run again and why, how jobs fail, and what it keeps.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/batch_rig.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The shim stands before the sanitizer's library, and ends the process as the kernel would: no sanitizer is to make an
 * exit code of its own of that. */
#define WITH_SHIM                                                                                                      \
    "ASAN_OPTIONS=verify_asan_link_order=0:handle_segv=0 TSAN_OPTIONS=$TSAN_OPTIONS:handle_segv=0 "                    \
    "LD_PRELOAD=" WEFT_JOB_SHIM

/* Room for two jobs at least, not for three as they would like to run; a sanitizer's own memory is counted as theirs. */
#ifdef WEFT_SANITIZED
#define BUDGET_MIB "500"
#else
#define BUDGET_MIB "200"
#endif

/* --- running --- */

static void test_all_jobs_run_once_and_grants_stay_inside_the_budget(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("night.yml", BASE "workers: 3\nmemory: " BUDGET_MIB "MiB\ndefaults: {config: *base}\njobs:\n"
                                    "- name: r${r}_${m}\n  set: {grid.resolution: '${r}', datasets.0.method: '${m}'}\n"
                                    "  matrix: {r: [250, 500, 1000], m: [nearest, average, mode]}\n"
                                    "- {name: last, needs: 'r*', set: {grid.resolution: 2000}}\n");
    expect(0, "\"$WEFT\" batch night.yml --progress plain");
    expect_sql("select count(*), sum(state = 'done') from batch_jobs", "10|10");
    expect_sql("select count(*), sum(attempts = 1), sum(cause = 'done') from v_jobs", "10|10|10");
    /* At the moment that each attempt began, all that were under way. */
    expect_sql("select max(total) <= " BUDGET_MIB
               " * 1048576, max(workers) <= 3 and max(workers) > 1 from (select (select "
               "sum(b.granted_bytes) from job_metrics as b where b.started_ms <= a.started_ms and b.ended_ms > "
               "a.started_ms) as total, (select count(*) from job_metrics as b where b.started_ms <= a.started_ms and "
               "b.ended_ms > a.started_ms) as workers from job_metrics as a)",
               "1|1");
    expect_sql("select max(started_ms) >= (select max(ended_ms) from job_metrics where job <> 'last') from job_metrics "
               "where job = 'last'",
               "1");
    expect_sql("select min(peak_bytes <= granted_bytes) from job_metrics", "1");
    /* A name is the experiment's; the outputs are those of a run. */
    free(sandbox_succeed(
        "\"$WEFT\" run .weft/batch/night/jobs/r250_mode.yml --set output_dir=$PWD/alone --progress none && "
        "cmp alone/merged_data_r250_mode.csv out/merged_data_r250_mode.csv"));
    /* The joblog has a line an attempt, with GNU parallel's columns. */
    free(sandbox_succeed("head -n 1 .weft/batch/night/joblog.tsv | grep -P "
                         "'^Seq\\tHost\\tStarttime\\tJobRuntime\\tSend\\tReceive\\tExitval\\tSignal\\tCommand\\t' && "
                         "test $(wc -l < .weft/batch/night/joblog.tsv) = 11"));
    expect(0, "\"$WEFT\" batch night.yml | grep -c unchanged | grep 11");
    expect_sql("select count(*) from job_metrics", "10");
}

static void test_plain_configurations_are_a_batch(void **state) {
    (void)state;
    begin_anew();
    free(
        sandbox_succeed("for i in $(seq 30); do printf 'grid: {crs: \"EPSG:31985\", resolution: 2000, bounds: [288500, "
                        "9110500, 298500, 9120500]}\\ndatasets: [{name: g, path: geoid.tif}]\\n' > c$i.yml; done"));
    expect(0, "\"$WEFT\" batch c*.yml --keep-going --workers 2 --memory 300MiB && test $(ls out/*.csv | wc -l) = 30");
    free(
        sandbox_succeed("test $(sqlite3 .weft/batch/command-line/record.sqlite \"select count(*) from batch_jobs where "
                        "state = 'done'\") = 30"));
}

static void test_twenty_workers_in_little_memory(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("night.yml", BASE "memory: 300MiB\nworkers: 20\ndefaults: {config: *base}\njobs:\n"
                                    "- {name: 'j${n}', matrix: {n: {from: 01, to: 24}}}\n");
    expect(0, "\"$WEFT\" batch night.yml");
#ifdef WEFT_SANITIZED /* it takes memory of its own, for want of which an attempt may fail */
    expect_sql("select count(*), count(distinct job) from job_metrics where cause = 'done'", "24|24");
#else
    expect_sql("select count(*), count(distinct job), min(cause = 'done') from job_metrics", "24|24|1");
#endif
    expect_sql(
        "select max(total) <= 300 * 1048576 from (select (select sum(b.granted_bytes) from job_metrics as b where "
        "b.started_ms <= a.started_ms and b.ended_ms > a.started_ms) as total from job_metrics as a)",
        "1");
}

/* --- failing --- */

static void test_each_cause_is_told_and_the_others_finish(void **state) {
    (void)state;
    begin_anew();
    free(sandbox_succeed("head -c 3000 geoid.tif > broken.tif; printf 'xx' > times"));
    sandbox_write("night.yml", BASE "retry_pause: 100ms\nmemory: 400MiB\nworkers: 2\ndefaults: {config: *base}\njobs:\n"
                                    "- {name: crash}\n"
                                    "- {name: small, set: {memory.limit: 12MiB, grid.resolution: 501}}\n"
                                    "- {name: corrupt, set: {datasets.0.path: broken.tif}}\n"
                                    "- {name: wrong, set: {grid.resolutoin: 5}}\n"
                                    "- {name: absent, set: {datasets.0.path: nowhere.tif}}\n"
                                    "- {name: busy, set: {grid.resolution: 499}}\n"
                                    "- {name: after, needs: [good1, corrupt]}\n"
                                    "- {name: 'good${n}', matrix: {n: [1, 2, 3]}}\n");
    /* Another run has the output of `busy`: it is held where it is. Its metrics are elsewhere: held in the middle of a
     * transaction, it would keep all jobs waiting for their database. */
    free(sandbox_succeed(
        "sed 's/night/x/' night.yml > /dev/null; printf 'experiment: busy\\noutput_dir: out\\ngrid: {crs: "
        "\"EPSG:31985\", resolution: 2, bounds: [288500, 9110500, 298500, 9120500]}\\ndatasets: [{name: "
        "g, path: geoid.tif}]\\nmerge: {enable_streaming: true}\\nthreads: 1\\nmetrics: {database: holder.sqlite}\\n' "
        "> holder.yml; "
        "\"$WEFT\" run holder.yml --progress none > /dev/null 2>&1 & run=$!; echo $run > holder; for i in "
        "$(seq 500); do [ -e out/merged_data_busy.csv.part ] && break; sleep 0.01; done; "
        "kill -STOP $run"));
    sandbox_result result = sandbox_run(WITH_SHIM " WEFT_TEST_DO=crash WEFT_TEST_JOB=/crash.yml \"$WEFT\" "
                                                  "batch night.yml --keep-going --retry 1 --progress plain");
    free(sandbox_succeed("kill -KILL $(cat holder)"));
    if (result.exit_code != 70) fail_msg("%d: %s", result.exit_code, result.err);
    sandbox_result_free(&result);
    expect_sql("select group_concat(job, ' ') from (select job from batch_jobs where state = 'done' order by job)",
               "good1 good2 good3 small");
    expect_sql("select attempts, cause, signal from v_jobs where job = 'crash'", "2|crash|11");
    expect_sql("select attempts, cause, exit_code from v_jobs where job = 'corrupt'", "1|data|65");
    expect_sql("select attempts, cause, exit_code from v_jobs where job = 'absent'", "1|input missing|66");
    expect_sql("select attempts, cause, exit_code from v_jobs where job = 'busy'", "2|in use|73");
    expect_sql(
        "select group_concat(cause, ' '), count(*), max(granted_bytes) > 2 * min(granted_bytes) from (select * from "
        "job_metrics where job = 'small' order by attempt)",
        "memory done|2|1");
    expect_sql("select count(*) from v_jobs where job in ('wrong', 'after')", "0");
    expect_sql("select message like '%signal 11%' from v_jobs where job = 'crash'", "1");
    expect_sql("select message like '%broken.tif%' from v_jobs where job = 'corrupt'", "1");
    expect_sql("select message like '%least%' from job_metrics where job = 'small' and cause = 'memory'", "1");
    expect_sql("select message like '%another run%' from v_jobs where job = 'busy'", "1");
    /* One log an attempt. */
    free(sandbox_succeed("ls .weft/batch/night/logs/crash.1.log .weft/batch/night/logs/crash.2.log "
                         ".weft/batch/night/logs/small.2.log"));
    /* What is wrong by itself stops everything before it begins, unless others are to go on. */
    free(sandbox_succeed("rm -rf .weft out"));
    result = sandbox_run("\"$WEFT\" batch night.yml");
    assert_int_equal(result.exit_code, 65);
    assert_non_null(strstr(result.err, "night.yml:12:40: grid: there is no key \"resolutoin\""));
    assert_non_null(strstr(result.err, "no job was started"));
    assert_false(sandbox_exists("out"));
    sandbox_result_free(&result);
}

static void test_a_job_that_is_killed_for_memory_gets_more(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("times", "xx");
    sandbox_write("night.yml",
                  BASE "retry_pause: 50ms\nmemory: 1GiB\nworkers: 1\ndefaults: {config: *base}\njobs:\n- {name: a}\n");
    expect(0, WITH_SHIM " WEFT_TEST_DO=full WEFT_TEST_JOB=/a.yml WEFT_TEST_TIMES=times \"$WEFT\" batch "
                        "night.yml --retry 2");
    expect_sql("select group_concat(cause, ' '), max(granted_bytes) = 4 * min(granted_bytes) from (select * from "
               "job_metrics order by attempt)",
               "memory memory done|1");
#ifndef WEFT_SANITIZED /* under which the first attempt takes all that it may have */
    /* There is no more than all: it is not tried for ever. All is a quarter more than the first attempt took above. */
    char *all = sandbox_succeed("sqlite3 .weft/batch/night/record.sqlite "
                                "'select min(granted_bytes) / 1048576 * 5 / 4 from job_metrics'");
    char job[1024], sql[128];
    (void)snprintf(job, sizeof job,
                   BASE "retry_pause: 50ms\nmemory: %dMiB\nworkers: 1\ndefaults: {config: *base}\njobs:\n- {name: a}\n",
                   atoi(all));
    (void)snprintf(sql, sizeof sql, "select count(*), max(granted_bytes) = %d * 1048576 from job_metrics", atoi(all));
    free(all);
    begin_anew();
    sandbox_write("night.yml", job);
    expect(71, WITH_SHIM " WEFT_TEST_DO=full WEFT_TEST_JOB=/a.yml \"$WEFT\" batch night.yml --retry 9");
    expect_sql(sql, "2|1");
    expect(71, "\"$WEFT\" batch night.yml --memory 20MiB 2> said; code=$?; grep 'is the least for this run' said && "
               "exit $code");
#endif
}

static void test_a_job_that_somebody_kills_is_tried_as_it_is_and_a_crash_once_more(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("times", "xx");
    sandbox_write("night.yml",
                  BASE "retry_pause: 50ms\nmemory: 1GiB\nworkers: 1\ndefaults: {config: *base}\njobs:\n- {name: a}\n");
    expect(0, WITH_SHIM " WEFT_TEST_DO=killed WEFT_TEST_JOB=/a.yml WEFT_TEST_TIMES=times \"$WEFT\" batch "
                        "night.yml --retry 2");
    expect_sql(
        "select group_concat(cause, ' '), max(granted_bytes) = min(granted_bytes), max(message like '%memory was "
        "not short%') from (select * from job_metrics order by attempt)",
        "killed killed done|1|1");
    begin_anew();
    sandbox_write("night.yml",
                  BASE "retry_pause: 50ms\nmemory: 1GiB\nworkers: 1\ndefaults: {config: *base}\njobs:\n- {name: a}\n");
    expect(70, WITH_SHIM " WEFT_TEST_DO=crash WEFT_TEST_JOB=/a.yml \"$WEFT\" batch night.yml --retry 5");
    expect_sql("select group_concat(cause, ' ') from job_metrics", "crash crash");
}

static void test_the_first_failure_stops_what_has_not_begun(void **state) {
    (void)state;
    begin_anew();
    free(sandbox_succeed("head -c 3000 geoid.tif > broken.tif"));
    sandbox_write("night.yml", BASE "workers: 1\ndefaults: {config: *base}\njobs:\n- {name: a}\n- {name: b, set: "
                                    "{datasets.0.path: broken.tif}}\n- {name: c}\n");
    expect(65, "\"$WEFT\" batch night.yml");
    expect_sql("select group_concat(job || ' ' || state, ', ') from (select * from batch_jobs order by job)",
               "a done, b failed");
    expect(65, "\"$WEFT\" batch night.yml --keep-going");
    expect_sql("select group_concat(job || ' ' || attempts, ', ') from (select * from v_jobs order by job)",
               "a 1, b 2, c 1");
}

static void test_an_attempt_has_its_time(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("night.yml", BASE "workers: 2\ntimeout: 1h\nkeep_going: true\ndefaults: {config: *base}\njobs:\n"
                                    "- {name: slow, timeout: 1s}\n- {name: quick}\n");
    expect(75, WITH_SHIM " WEFT_TEST_DO=hang WEFT_TEST_JOB=/slow.yml \"$WEFT\" batch night.yml");
    expect_sql("select attempts, cause, signal, message from v_jobs where job = 'slow'",
               "1|timeout|15|it ran longer than its timeout");
    /* It goes on, with more time. */
    expect(0, "sed -i 's/, timeout: 1s//' night.yml; \"$WEFT\" batch night.yml --timeout 30min");
}

/* --- being stopped --- */

static const char long_night[] =
    BASE "workers: 2\nmemory: 300MiB\ndefaults: {config: *base, set: {merge.enable_streaming: true, "
         "merge.streaming_chunk_size: 200, export.checkpoint_interval: 0s}}\njobs:\n"
         "- {name: 'j${n}', matrix: {n: {from: 01, to: 08}}, set: {grid.resolution: 10}}\n";

static void test_a_signal_stops_resumable_and_the_same_command_goes_on(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("night.yml", long_night);
    pid_t child = sandbox_start("exec \"$WEFT\" batch night.yml --progress none > /dev/null 2> said");
    for (int i = 0; i < 1000 && !sandbox_exists("out/merged_data_j03.csv.part"); i++)
        pause_ms(5);
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(sandbox_end_of(child), 75);
    /* Nobody is left. */
    expect(1, "pgrep -f $PWD/.weft/batch/night/jobs");
    expect_sql("select count(*) > 0 from batch_jobs where state = 'interrupted'", "1");
    expect(0, "\"$WEFT\" batch night.yml --progress none");
    expect_sql("select count(*), sum(state = 'done') from batch_jobs", "8|8");
    expect_sql("select count(*), count(distinct job) from job_metrics where cause = 'done'", "8|8");
    expect(0, "for i in out/*.csv; do cmp $i out/merged_data_j01.csv || exit 1; done");
}

/* A run of that name in the same folder would clear the batch's record away. */
static void test_no_run_is_called_batch_where_one_is_kept(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("night.yml", BASE "defaults: {config: *base, set: {output_dir: .}}\njobs:\n- {name: a}\n");
    expect(0, "\"$WEFT\" batch night.yml");
    expect(
        65,
        "\"$WEFT\" run .weft/batch/night/jobs/a.yml --set experiment=batch 2> said; code=$?; grep 'records of batches' "
        "said && exit $code");
    expect_would_run("");
    expect(0, "cd out 2> /dev/null; \"$WEFT\" run .weft/batch/night/jobs/a.yml --set experiment=batch --set "
              "output_dir=$PWD/x");
}

static void test_two_batches_of_one_name_do_not_meet(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("night.yml", long_night);
    pid_t child = sandbox_start("exec \"$WEFT\" batch night.yml --progress none > /dev/null 2> said");
    for (int i = 0; i < 1000 && !sandbox_exists("out/merged_data_j01.csv.part"); i++)
        pause_ms(5);
    sandbox_result result = sandbox_run("\"$WEFT\" batch night.yml");
    assert_int_equal(result.exit_code, 73);
    assert_non_null(strstr(result.err, "this batch is running: process "));
    sandbox_result_free(&result);
    /* Jobs hold the lock as well, which whoever resumes a killed batch waits for. */
    free(sandbox_succeed("for job in $(pgrep -P %d); do ls -l /proc/$job/fd | grep -q '/batch/night/lock$' && exit 0; "
                         "done; exit 1",
                         (int)child));
    assert_int_equal(kill(child, SIGTERM), 0);
    (void)sandbox_end_of(child);
}

/* Thousands of jobs: ten thousand with WEFT_LONG_TESTS=1. `before` is a job in front of them, or "". */
static int write_thousands(const char *workers, const char *before) {
    int jobs = getenv("WEFT_LONG_TESTS") != NULL ? 10000 : 500;
    char text[2048];
    (void)snprintf(text, sizeof text,
                   BASE "workers: %s\ndefaults: {config: *base}\njobs:\n%s"
                        "- {name: 'j${n}', matrix: {n: {from: 1, to: %d}}}\n",
                   workers, before, jobs);
    sandbox_write("night.yml", text);
    return jobs;
}

/* The first of them fails: all are listed and looked at, and their configurations are read. */
static void test_thousands_of_jobs_take_little_time(void **state) {
    (void)state;
    begin_anew();
    free(sandbox_succeed("head -c 3000 geoid.tif > broken.tif"));
    int jobs = write_thousands("1", "- {name: first, set: {datasets.0.path: broken.tif}}\n");
    struct rusage before, after;
    assert_int_equal(getrusage(RUSAGE_CHILDREN, &before), 0);
    pid_t child = sandbox_start("exec \"$WEFT\" batch night.yml --progress none > /dev/null 2>&1");
    assert_int_equal(sandbox_end_of(child), 65);
    assert_int_equal(getrusage(RUSAGE_CHILDREN, &after), 0);
    double seconds = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
                     (double)(after.ru_stime.tv_sec - before.ru_stime.tv_sec);
#ifndef WEFT_SANITIZED /* which takes several times as long */
    if (seconds > 0.01 * jobs) fail_msg("%.0f s for %d jobs", seconds, jobs);
#else
    (void)seconds;
    (void)jobs;
#endif
    expect_sql("select count(*) from job_metrics", "1");
}

/* The batch's own memory is looked at while jobs run: theirs is not in it. */
static void test_a_long_list_of_jobs_does_not_grow(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    skip(); /* its own memory is not weft's */
#endif
    begin_anew();
    (void)write_thousands("2", "");
    pid_t child = sandbox_start("exec \"$WEFT\" batch night.yml --progress none > /dev/null 2>&1");
    for (int i = 0; i < 6000 && !sandbox_exists("out/merged_data_j20.csv"); i++)
        pause_ms(10);
    char *peak = sandbox_succeed("sed -n 's/^VmHWM:[^0-9]*\\([0-9]*\\) kB/\\1/p' /proc/%d/status", (int)child);
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(sandbox_end_of(child), 75);
    if (atoi(peak) == 0 || atoi(peak) > 64 * 1024) fail_msg("%s kB", peak);
    free(peak);
}

/* No job has begun: nothing is made. */
static void test_one_output_however_its_folder_is_spelled(void **state) {
    static const char *const spelled[] = {"./out",      "out/",     "out//", "out/../out",
                                          "new/../out", "$PWD/out", "link",  "link/"};
    (void)state;
    begin_anew();
    sandbox_write("same.yml", BASE "defaults: {config: *base, set: {export: {name: t}}}\njobs:\n"
                                   "- {name: a, set: {output_dir: out}}\n- {name: b, set: {output_dir: SPELLED}}\n");
    for (int there = 0; there < 2; there++) {
        free(sandbox_succeed("rm -rf out link; ln -s out link; %s", there ? "mkdir out" : "true"));
        for (size_t i = 0; i < sizeof spelled / sizeof *spelled; i++) {
            sandbox_result result =
                sandbox_run("sed \"s,SPELLED,%s,\" same.yml > night.yml; \"$WEFT\" batch night.yml", spelled[i]);
            if (result.exit_code != 65 || strstr(result.err, "night.yml: jobs a and b write one output: ") == NULL)
                fail_msg("%s: %d\n%s", spelled[i], result.exit_code, result.err);
            sandbox_result_free(&result);
        }
        free(sandbox_succeed("[ ! -e out ] || rmdir out"));
    }
    free(sandbox_succeed(
        "rm link; sed 's,SPELLED,out/b,' same.yml > night.yml; \"$WEFT\" batch night.yml --progress none"));
}

static void test_what_a_program_reads(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("night.yml", BASE "defaults: {config: *base}\njobs:\n- {name: a}\n- {name: b}\n");
    free(
        sandbox_succeed("\"$WEFT\" batch night.yml --progress json --format json > out.json 2> events && python3 -c '\n"
                        "import json\n"
                        "jobs = json.load(open(\"out.json\"))\n"
                        "assert [j[\"job\"] for j in jobs] == [\"a\", \"b\"], jobs\n"
                        "assert all(j[\"state\"] == \"done\" and j[\"attempts\"] == 1 for j in jobs), jobs\n"
                        "events = [json.loads(line) for line in open(\"events\")]\n"
                        "states = [(e[\"job\"], e[\"state\"]) for e in events if e[\"event\"] == \"job\"]\n"
                        "assert sorted(states) == [(\"a\", \"done\"), (\"a\", \"running\"), (\"b\", \"done\"), (\"b\", "
                        "\"running\")], states'"));
    sandbox_result result =
        sandbox_run("printf 'defaults: {config: one.yml}\\njobs: [{name: a}, {name: b}, {nam: c}]\\n' > w.yml; "
                    "\"$WEFT\" batch w.yml");
    assert_int_equal(result.exit_code, 65);
    assert_string_equal(result.err, "w.yml:2:31: a job: there is no key \"nam\"\n  hint: did you mean name?\n");
    sandbox_result_free(&result);
    sandbox_write("night.yml",
                  BASE "defaults: {config: *base, set: {experiment: same}}\njobs:\n- {name: a}\n- {name: b}\n");
    result = sandbox_run("\"$WEFT\" batch night.yml");
    assert_int_equal(result.exit_code, 65);
    assert_non_null(strstr(result.err, "night.yml: jobs a and b write one output: "));
    sandbox_result_free(&result);
    expect(64, "\"$WEFT\" batch");
    expect(64, "\"$WEFT\" batch night.yml --workers none");
    expect(66, "\"$WEFT\" batch nowhere.yml");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_jobs_run_once_and_grants_stay_inside_the_budget),
        cmocka_unit_test(test_plain_configurations_are_a_batch),
        cmocka_unit_test(test_twenty_workers_in_little_memory),
        cmocka_unit_test(test_each_cause_is_told_and_the_others_finish),
        cmocka_unit_test(test_a_job_that_is_killed_for_memory_gets_more),
        cmocka_unit_test(test_a_job_that_somebody_kills_is_tried_as_it_is_and_a_crash_once_more),
        cmocka_unit_test(test_the_first_failure_stops_what_has_not_begun),
        cmocka_unit_test(test_an_attempt_has_its_time),
        cmocka_unit_test(test_a_signal_stops_resumable_and_the_same_command_goes_on),
        cmocka_unit_test(test_no_run_is_called_batch_where_one_is_kept),
        cmocka_unit_test(test_two_batches_of_one_name_do_not_meet),
        cmocka_unit_test(test_thousands_of_jobs_take_little_time),
        cmocka_unit_test(test_a_long_list_of_jobs_does_not_grow),
        cmocka_unit_test(test_one_output_however_its_folder_is_spelled),
        cmocka_unit_test(test_what_a_program_reads),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
