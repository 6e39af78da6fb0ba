/* What libraries free leaves the process: workers that free large buffers, with malloc left to itself and set up.
 *
 * SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "support/cmocka_all.h"

#include "core/memory/allocator.h"
#include "core/threads/work_pool.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

static int anonymous_kib(void) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    int kib = -1;
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, "RssAnon:", 8) == 0) kib = atoi(line + 8);
    if (status != NULL) (void)fclose(status);
    return kib;
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
        found[0] = anonymous_kib() / 1024;
        if (!weft_allocator_trim_seldom()) _exit(2);
        found[1] = anonymous_kib() / 1024;
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

/* Of a thread's arena: KiB when its end is free, after all heap is trimmed, and after its end is. */
static void *free_an_end(void *payload) {
    int *found = payload;
    char *volatile blocks[4];
    for (int i = 0; i < 4; i++) {
        blocks[i] = malloc(200 << 10);
        if (blocks[i] != NULL) memset(blocks[i], 1, 200 << 10);
    }
    for (int i = 3; i >= 0; i--)
        free(blocks[i]);
    found[0] = anonymous_kib();
    weft_allocator_trim();
    found[1] = anonymous_kib();
    weft_allocator_trim_own();
    found[2] = anonymous_kib();
    return NULL;
}

static void test_a_threads_free_end_leaves_when_it_is_told(void **state) {
    (void)state;
#if !defined(__GLIBC__) || defined(WEFT_SANITIZED)
    print_message("skipped: malloc is not glibc's own here\n");
    skip();
#endif
    int *found = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), status = -1;
    assert_true(found != MAP_FAILED);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        pthread_t thread;
        weft_allocator_setup();
        _exit(pthread_create(&thread, NULL, free_an_end, found) == 0 && pthread_join(thread, NULL) == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    print_message("resident: %d KiB, trimmed %d, and its end %d\n", found[0], found[1], found[2]);
    assert_true(found[2] <= found[1] - 500);
    (void)munmap(found, 4096);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_freed_buffers_leave_the_process),
        cmocka_unit_test(test_a_threads_free_end_leaves_when_it_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
