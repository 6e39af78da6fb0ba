/* Texts for people.
 *
 * SPDX-License-Identifier: MIT */
#include "core/text.h"
#include "support/cmocka_all.h"

/* A size has the decimals that SQL's round() and printf() give, since views and pages say the same number. Of memory in
 * pages of 4 KiB one value in 128 ends in a half of a tenth. */
static void test_sizes_are_rounded_like_sql(void **state) {
    static const struct {
        int64_t bytes;
        const char *text;
    } sizes[] = {
        {0, "0 B"},
        {1023, "1023 B"},
        {45350912, "43.3 MiB"}, /* 43.25 */
        {45875200, "43.8 MiB"}, /* 43.75 */
        {-45350912, "-43.3 MiB"},
        {104826142, "100 MiB"}, /* 99.97 */
        {105381888, "101 MiB"}, /* 100.5 */
        {1610612736, "1.5 GiB"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char text[WEFT_SIZE_TEXT_BYTES];
        weft_text_size(sizes[i].bytes, text);
        assert_string_equal(text, sizes[i].text);
    }
}

static void test_letters_of_another_case_are_near(void **state) {
    static const char *const words[] = {"elevation", "lc", "NDVI", NULL};
    (void)state;
    assert_string_equal(weft_text_nearest("ELEVATION", words), "elevation");
    assert_string_equal(weft_text_nearest("LC", words), "lc");
    assert_string_equal(weft_text_nearest("ndvi2", words), "NDVI");
    assert_null(weft_text_nearest("slope", words));
}

/* U+0085 and U+009B (CSI) are control characters of two bytes; the letters around them are not. */
static void test_control_characters_are_not_printed(void **state) {
    char text[] = "a\033[31m\tb\n\177\302\233c\302\205\302\240\303\251\007\302";
    (void)state;
    weft_text_make_printable(text, sizeof text - 1);
    assert_string_equal(text, "a?[31m\tb\n?\?\?c\?\?\302\240\303\251?\302");
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_are_rounded_like_sql),
        cmocka_unit_test(test_control_characters_are_not_printed),
        cmocka_unit_test(test_letters_of_another_case_are_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
