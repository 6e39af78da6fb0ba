/* The files that a raster is made of: itself, its companions, and what VRTs name, however deep.
 *
 * SPDX-License-Identifier: MIT */
#include "raster/file_list.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct listing {
    char text[8192]; /* a line "name bytes" a file, without folders */
    int64_t modified_ns;
} listing;

static weft_status add(void *payload, const char *path, int64_t bytes, int64_t modified_ns, weft_error *err) {
    listing *list = payload;
    const char *name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    size_t used = strlen(list->text);
    (void)err;
    (void)snprintf(list->text + used, sizeof list->text - used, "%s %lld\n", name, (long long)bytes);
    list->modified_ns = modified_ns;
    return WEFT_OK;
}

static bool lists(const listing *list, const char *name) {
    char line[256];
    struct stat info;
    assert_int_equal(stat(name, &info), 0);
    (void)snprintf(line, sizeof line, "%s %lld\n", name, (long long)info.st_size);
    return strstr(list->text, line) != NULL;
}

static void test_a_file_is_listed_with_its_companions(void **state) {
    (void)state;
    listing list = {0};
    assert_int_equal(weft_file_list_visit("dem.tif", false, add, &list, NULL), WEFT_OK);
    assert_true(lists(&list, "dem.tif"));
    assert_true(lists(&list, "dem.tif.aux.xml"));
}

static void test_one_of_many_is_listed_alone(void **state) {
    (void)state;
    listing list = {0};
    struct stat info;
    assert_int_equal(weft_file_list_visit("dem.tif", true, add, &list, NULL), WEFT_OK);
    assert_true(lists(&list, "dem.tif"));
    assert_null(strstr(list.text, "aux.xml"));
    assert_int_equal(stat("dem.tif", &info), 0);
    assert_true(list.modified_ns == (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec);
}

static void test_what_a_vrt_under_a_vrt_names_is_listed(void **state) {
    (void)state;
    for (int one_of_many = 0; one_of_many < 2; one_of_many++) {
        listing list = {0};
        assert_int_equal(weft_file_list_visit("outer.vrt", one_of_many, add, &list, NULL), WEFT_OK);
        assert_true(lists(&list, "outer.vrt"));
        assert_true(lists(&list, "inner.vrt"));
        assert_true(lists(&list, "dem.tif"));
    }
}

static void test_what_is_not_there_is_listed_as_that(void **state) {
    (void)state;
    listing list = {0};
    assert_int_equal(weft_file_list_visit("absent.tif", false, add, &list, NULL), WEFT_OK);
    assert_string_equal(list.text, "absent.tif -1\n");
}

static void test_a_file_in_an_archive_is_listed(void **state) {
    (void)state;
    listing list = {0};
    assert_int_equal(weft_file_list_visit("/vsigzip/dem.tif.gz", false, add, &list, NULL), WEFT_OK);
    assert_non_null(strstr(list.text, "dem.tif.gz "));
    assert_null(strstr(list.text, "-1"));
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    free(sandbox_succeed("cp \"$SAMPLE/dem.tif\" .; gzip -k dem.tif; gdalinfo -stats dem.tif; "
                         "gdalbuildvrt -q inner.vrt dem.tif; gdalbuildvrt -q outer.vrt inner.vrt"));
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_is_listed_with_its_companions),
        cmocka_unit_test(test_one_of_many_is_listed_alone),
        cmocka_unit_test(test_what_a_vrt_under_a_vrt_names_is_listed),
        cmocka_unit_test(test_what_is_not_there_is_listed_as_that),
        cmocka_unit_test(test_a_file_in_an_archive_is_listed),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
