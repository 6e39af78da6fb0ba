/* The commands that make no output, with each request for memory failing once: they print all that they should, or end
 * with exit code 71 and one message. A sample of the requests, of all places in weft that ask: fault_sample.h.
 * test_command_faults_long (label long) fails every one.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault_sample.h"
#include "fault/faulty_run.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char config_text[] = "experiment: told\n"
                                  "threads: 1\n"
                                  "grid: {crs: 'EPSG:31985', resolution: 90, extent: landsat}\n"
                                  "datasets:\n"
                                  "  - {name: landsat, path: '${SAMPLE}/landsat7.tif'}\n"
                                  "  - {name: geoid, path: '${SAMPLE}/geoid.tif'}\n"
                                  "memory: {limit: 1GiB}\n";

/* What differs from run to run: pages that libraries touch, and what follows from them. */
static char *read_printed(void) {
    return sandbox_succeed("grep -v -e unmanaged_bytes -e peak_estimate -e '^memory ' -e '^   *libraries' out.txt");
}

/* What a plan says of memory begins with what is resident, which a request that fails changes by some KiB: numbers of
 * MiB and of bytes are not compared. */
static void hide_bytes(char *text) {
    char *to = text;
    for (const char *at = text; *at != '\0';) {
        size_t digits = strspn(at, "0123456789.");
        bool bytes = digits > 0 && (strncmp(at + digits, " MiB", 4) == 0 || strncmp(at + digits, " GiB", 4) == 0);
        bool json = digits > 0 && to - text >= 9 && strncmp(to - 9, "_bytes\": ", 9) == 0;
        if (bytes || json) {
            *to++ = '#';
            at += digits;
        } else {
            *to++ = *at++;
        }
    }
    *to = '\0';
}

static const char *judge(const faulty_run *run, const char *expected) {
    const char *wrong = "";
    char *printed = run->exit_code == 0 ? read_printed() : NULL;
    if (printed != NULL) hide_bytes(printed);
    if (run->exit_code == 0 && strcmp(printed, expected) != 0) wrong = "it prints something else";
    if (run->exit_code != 0 && run->exit_code != 71) wrong = "it ends otherwise";
    if (run->exit_code == 71 && strstr(run->error, "weft: error: ") == NULL) wrong = "it gives no reason";
    free(printed);
    return wrong;
}

static void fail_each(const char *const *arguments, int64_t stride) {
    faulty_run calm = faulty_run_make(arguments, FAILING_ALLOCATIONS, 0, false);
    if (calm.exit_code != 0) fail_msg("weft %s: exit code %d: %s", arguments[0], calm.exit_code, calm.error);
    fault_sample sample = faulty_run_sample(stride, 0);
    char *expected = read_printed();
    hide_bytes(expected);
    int wrong = 0, ran = 0, made_do = 0;
    for (int64_t i = 0; i < sample.count; i++) {
        int64_t at = sample.calls[i];
        faulty_run run = faulty_run_make(arguments, FAILING_ALLOCATIONS, at, false);
        if (run.from == 0) continue;
        ran++;
        const char *fault = judge(&run, expected);
        made_do += run.exit_code == 0;
        if (fault[0] == '\0') continue;
        wrong++;
        print_message("weft %s, allocation %lld (addr2line -fe test_command_faults 0x%zx): %s\n  exit code %d\n%s\n",
                      arguments[0], (long long)at, (size_t)run.from, fault, run.exit_code, run.error);
    }
    print_message("weft %s: %d of %lld failed, %d of these made do\n", arguments[0], ran, (long long)calm.asked,
                  made_do);
    free(expected);
    fault_sample_dispose(&sample);
    assert_int_equal(wrong, 0);
    assert_true(ran > 0);
}

#define FAIL_EACH(...) fail_each((const char *const[]){__VA_ARGS__, NULL}, fault_stride(SELDOM))

#define SELDOM 7

static void test_validate_and_schema(void **state) {
    (void)state;
    FAIL_EACH("validate", "config.yml");
    FAIL_EACH("schema");
}

static void test_plan_for_people_and_for_programs(void **state) {
    (void)state;
    FAIL_EACH("plan", "config.yml");
    FAIL_EACH("plan", "config.yml", "--json");
    FAIL_EACH("columns", "config.yml");
}

static void test_memory_in_each_format(void **state) {
    (void)state;
    free(sandbox_succeed("\"$WEFT\" run config.yml --progress none"));
    FAIL_EACH("memory", "pools");
    FAIL_EACH("memory", "pools", "--format", "csv");
    FAIL_EACH("memory", "pools", "--format", "json");
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    sandbox_write("config.yml", config_text);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validate_and_schema),
        cmocka_unit_test(test_plan_for_people_and_for_programs),
        cmocka_unit_test(test_memory_in_each_format),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
