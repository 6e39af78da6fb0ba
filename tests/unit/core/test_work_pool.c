/* Every task runs once, on a worker that knows its number; a failure stops its group and no other.
 *
 * SPDX-License-Identifier: MIT */
#include "core/threads/work_pool.h"
#include "support/cmocka_all.h"

#include <stdatomic.h>

#define TASKS 1000

static _Atomic int ran;

static weft_status count_up(void *payload, int worker, weft_error *err) {
    (void)err;
    assert_between(worker, 0, 2);
    atomic_fetch_add((_Atomic int *)payload, 1);
    return WEFT_OK;
}

static weft_status break_off(void *payload, int worker, weft_error *err) {
    (void)payload;
    (void)worker;
    return weft_error_set(err, WEFT_ERR_IO, "planned");
}

static void test_every_task_runs_once(void **state) {
    (void)state;
    weft_work_pool *pool = NULL;
    weft_task_group group;
    weft_error err = {0};
    atomic_store(&ran, 0);
    assert_int_equal(weft_work_pool_new(&pool, 3, &err), WEFT_OK);
    assert_int_equal(weft_task_group_init(&group, &err), WEFT_OK);
    for (int i = 0; i < TASKS; i++)
        weft_work_pool_submit(pool, &group, (weft_task_priority)(i % 2), count_up, &ran);
    assert_int_equal(weft_task_group_wait(&group, &err), WEFT_OK);
    assert_int_equal(atomic_load(&ran), TASKS);
    weft_task_group_dispose(&group);
    weft_work_pool_free(pool);
}

static void test_a_failure_reaches_whoever_waits_and_is_then_forgotten(void **state) {
    (void)state;
    weft_work_pool *pool = NULL;
    weft_task_group group;
    weft_error err = {0};
    assert_int_equal(weft_work_pool_new(&pool, 2, &err), WEFT_OK);
    assert_int_equal(weft_task_group_init(&group, &err), WEFT_OK);
    weft_work_pool_submit(pool, &group, WEFT_TASK_NORMAL, break_off, NULL);
    assert_int_equal(weft_task_group_wait(&group, &err), WEFT_ERR_IO);
    assert_string_equal(err.message, "planned");
    assert_int_equal(weft_task_group_wait(&group, &err), WEFT_OK);
    weft_task_group_dispose(&group);
    weft_work_pool_free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_task_runs_once),
        cmocka_unit_test(test_a_failure_reaches_whoever_waits_and_is_then_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
