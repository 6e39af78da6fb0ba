/* What the process's own limits leave is what can be mapped: a mapping of a little less works, of a little more does
 * not.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "support/cmocka_all.h"

#include "monitors/process_limits.h"
#include "monitors/process_memory.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (INT64_C(1) << 20)

static bool can_map(int64_t bytes) {
    return mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

/* glibc has a type of its own for what is limited, other libraries have int. */
static bool set_limit(bool data, int64_t bytes) {
    struct rlimit limit;
    if ((data ? getrlimit(RLIMIT_DATA, &limit) : getrlimit(RLIMIT_AS, &limit)) != 0) return false;
    limit.rlim_cur = (rlim_t)bytes;
    return (data ? setrlimit(RLIMIT_DATA, &limit) : setrlimit(RLIMIT_AS, &limit)) == 0;
}

/* 0, or what is wrong. In a process of its own. */
static int try_limit(bool data, const char *name) {
    weft_process_limit found;
    weft_process_memory now = {0};
    if (!set_limit(data, 2048 * MIB)) return 1;
    weft_process_limit_read("", &found);
    if (!weft_process_memory_read(&now)) return 2;
    if (found.bytes <= 0 || strcmp(found.name, name) != 0) return 3;
    int64_t left = found.bytes - now.resident_bytes;
    if (can_map(left + 2 * MIB)) return 4;
    if (!can_map(left - 2 * MIB)) return 5;
    /* Mapped and not touched: next to nothing is left, though little is resident. */
    weft_process_limit_read("", &found);
    return found.bytes < now.resident_bytes + 8 * MIB ? 0 : 6;
}

static void check_limit(bool data, const char *name) {
    int status = -1;
    pid_t child = fork();
    if (child == 0) _exit(try_limit(data, name));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_address_space_leaves_what_can_be_mapped(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer takes terabytes of address space\n");
    skip();
#endif
    check_limit(false, "ulimit -v");
}

static void test_data_leaves_what_can_be_mapped(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer's shadow counts as data\n");
    skip();
#endif
    check_limit(true, "ulimit -d");
}

static void test_without_limits_there_is_none(void **state) {
    (void)state;
    struct rlimit space, data;
    weft_process_limit found;
    assert_int_equal(getrlimit(RLIMIT_AS, &space), 0);
    assert_int_equal(getrlimit(RLIMIT_DATA, &data), 0);
    if (space.rlim_cur != RLIM_INFINITY || data.rlim_cur != RLIM_INFINITY) {
        print_message("SKIPPED: this shell has limits\n");
        skip();
    }
    weft_process_limit_read("", &found);
    assert_int_equal(found.bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address_space_leaves_what_can_be_mapped),
        cmocka_unit_test(test_data_leaves_what_can_be_mapped),
        cmocka_unit_test(test_without_limits_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
