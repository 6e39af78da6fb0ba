/* The time left counts the whole run, not the stage.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "pipeline/run/run_pace.h"

/* 4 layers of 100 rows: at 0.01 s a row of one layer, the rest of resampling, and as much again for export. */
static void test_resampling_leaves_the_export_to_do(void **state) {
    (void)state;
    weft_run_pace pace = {.layer_rows = 400};
    assert_float_equal(weft_run_pace_left(&pace, WEFT_STAGE_RESAMPLE, 100, 400, 0.01), 3 + 4, 1e-9);
    assert_float_equal(weft_run_pace_left(&pace, WEFT_STAGE_RESAMPLE, 400, 400, 0.01), 4, 1e-9);
    assert_float_equal(weft_run_pace_left(&pace, WEFT_STAGE_EXPORT, 25, 100, 0.04), 3, 1e-9);
    assert_float_equal(weft_run_pace_left(&pace, WEFT_STAGE_EXPORT, 100, 100, 0.04), 0, 1e-9);
}

static void test_the_last_chunk_leaves_the_end_of_the_outputs_to_do(void **state) {
    (void)state;
    weft_run_pace pace = {.layer_rows = 400, .ending = 1};
    assert_float_equal(weft_run_pace_left(&pace, WEFT_STAGE_EXPORT, 100, 100, 0.04), 4, 1e-9);
    assert_float_equal(weft_run_pace_left(&pace, WEFT_STAGE_RESAMPLE, 400, 400, 0.01), 8, 1e-9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resampling_leaves_the_export_to_do),
        cmocka_unit_test(test_the_last_chunk_leaves_the_end_of_the_outputs_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
