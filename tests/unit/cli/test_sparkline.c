/* Bars of text: as high as the largest value of their part.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "cli/terminal/sparkline.h"

static void expect(const double *values, int count, double max, int width, const char *line) {
    weft_text out = {0};
    weft_sparkline(&out, values, count, max, width);
    assert_string_equal(out.data != NULL ? out.data : "", line);
    weft_text_dispose(&out);
}

/* Eight bars: the first for what is under an eighth of the most, the last from seven eighths on. */
static void test_a_bar_is_as_high_as_its_value(void **state) {
    (void)state;
    const double values[] = {0, 0.9, 1, 3.9, 4, 6.9, 7, 8};
    expect(values, 8, 8, 60, "\u2581\u2581\u2582\u2584\u2585\u2587\u2588\u2588");
    expect(values, 0, 8, 60, "");
    expect(values, 2, 0, 60, "\u2581\u2581");
}

/* Four bars of two values each; a peak in one of them is not lost. */
static void test_the_largest_of_a_part_counts(void **state) {
    (void)state;
    const double values[] = {8, 0, 0, 0, 0, 4, 0, 1};
    expect(values, 8, 8, 4, "\u2588\u2581\u2585\u2582");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bar_is_as_high_as_its_value),
        cmocka_unit_test(test_the_largest_of_a_part_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
