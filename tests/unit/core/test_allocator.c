/* What libraries free leaves the process: workers that free large buffers, with malloc left to itself and set up.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "core/memory/allocator.h"
#include "core/threads/work_pool.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB     (1 << 20)
#define THREADS 8
#define ROUNDS  5

static pthread_barrier_t freed, seen;

/* What a decoder does: large buffers come and go, small things stay on top of them. The thread lives on. */
static weft_status decode(void *payload, int worker, weft_error *err) {
    (void)payload;
    (void)worker;
    (void)err;
    char *volatile kept[ROUNDS], *volatile large;
    for (int i = 0; i < ROUNDS; i++) {
        large = malloc(16 * MIB);
        if (large != NULL) memset(large, 1, 16 * MIB);
        kept[i] = malloc(1000);
        free(large);
    }
    pthread_barrier_wait(&freed);
    pthread_barrier_wait(&seen);
    for (int i = 0; i < ROUNDS; i++)
        free(kept[i]);
    return WEFT_OK;
}

static int anonymous_mib(void) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    int kib = -1;
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, "RssAnon:", 8) == 0) kib = atoi(line + 8);
    if (status != NULL) (void)fclose(status);
    return kib / 1024;
}

/* Resident MiB, of a process of its own, when all large buffers are freed: before anything else is done, and then after
 * a trim. */
static void measure(bool set_up, int out[2]) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        weft_work_pool *pool;
        weft_task_group group;
        int found[2];
        if (set_up) weft_allocator_setup();
        pthread_barrier_init(&freed, NULL, THREADS + 1);
        pthread_barrier_init(&seen, NULL, THREADS + 1);
        if (weft_work_pool_new(&pool, THREADS, NULL) != WEFT_OK || weft_task_group_init(&group, NULL) != WEFT_OK)
            _exit(1);
        for (int i = 0; i < THREADS; i++)
            weft_work_pool_submit(pool, &group, WEFT_TASK_NORMAL, decode, NULL);
        pthread_barrier_wait(&freed);
        found[0] = anonymous_mib();
        if (!weft_allocator_trim_seldom()) _exit(2);
        found[1] = anonymous_mib();
        if (weft_allocator_trim_seldom()) _exit(3); /* once a second */
        pthread_barrier_wait(&seen);
        (void)weft_task_group_wait(&group, NULL);
        weft_work_pool_free(pool);
        _exit(write(ends[1], found, sizeof found) == (ssize_t)sizeof found ? 0 : 4);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(read(ends[0], out, 2 * sizeof *out), 2 * sizeof *out);
    close(ends[0]);
    close(ends[1]);
}

static void test_freed_buffers_leave_the_process(void **state) {
    (void)state;
#if !defined(__GLIBC__) || defined(WEFT_SANITIZED)
    print_message("skipped: malloc is not glibc's own here\n");
    skip();
#endif
    int alone[2], set_up[2];
    measure(false, alone);
    measure(true, set_up);
    print_message("resident after freeing all: %d MiB left to itself, %d MiB after a trim; %d MiB set up\n", alone[0],
                  alone[1], set_up[0]);
    assert_true(set_up[0] < 16);
    assert_true(alone[1] < 16);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_freed_buffers_leave_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
