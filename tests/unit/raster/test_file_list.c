/* The files that a raster is made of: itself, its companions, and what VRTs name, however deep.
 *
 * SPDX-License-Identifier: MIT */
#include "raster/files/file_list.h"

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

static weft_status add(void *payload, const char *path, const weft_file_facts *facts, weft_error *err) {
    listing *list = payload;
    const char *name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    size_t used = strlen(list->text);
    (void)err;
    (void)snprintf(list->text + used, sizeof list->text - used, "%s %lld\n", name, (long long)facts->bytes);
    list->modified_ns = facts->modified_ns;
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
    assert_int_equal(weft_file_list_visit("dem.tif", add, &list, NULL, NULL), WEFT_OK);
    assert_true(lists(&list, "dem.tif"));
    assert_true(lists(&list, "dem.tif.aux.xml"));
}

static void test_times_are_in_nanoseconds(void **state) {
    (void)state;
    listing list = {0};
    struct stat info;
    assert_int_equal(weft_file_list_visit("absent.vrt", add, &list, NULL, NULL), WEFT_OK);
    assert_int_equal(weft_file_list_visit("/vsigzip/dem.tif.gz", add, &list, NULL, NULL), WEFT_OK);
    assert_int_equal(weft_file_list_visit("inner.vrt", add, &list, NULL, NULL), WEFT_OK); /* the last is dem.tif */
    assert_int_equal(stat("dem.tif", &info), 0);
    assert_true(list.modified_ns == (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec);
}

/* The digest of a folder notices another file in it, of the same size and time too. */
static void test_a_folder_is_known_by_all_that_is_in_it(void **state) {
    weft_file_facts then, now;
    (void)state;
    free(sandbox_succeed("mkdir -p a.zarr/v && echo 1 > a.zarr/v/0 && echo 2 > a.zarr/v/1"));
    assert_int_equal(weft_file_facts_read(&then, "a.zarr", NULL, NULL), WEFT_OK);
    assert_int_equal(then.bytes, 4);
    assert_int_equal(weft_file_facts_read(&now, "a.zarr", NULL, NULL), WEFT_OK);
    assert_true(then.contents == now.contents && then.contents != 0);
    free(sandbox_succeed("echo 3 > t && touch -r a.zarr/v/0 t && mv t a.zarr/v/0"));
    assert_int_equal(weft_file_facts_read(&now, "a.zarr", NULL, NULL), WEFT_OK);
    assert_true(then.bytes == now.bytes && then.contents != now.contents);
}

/* A folder of a hundred thousand chunk files takes a while. */
static void test_a_signal_ends_looking_through_a_folder(void **state) {
    (void)state;
    weft_file_facts facts;
    weft_error err = {0};
    weft_cancel cancel = {0};
    free(sandbox_succeed("mkdir -p b.zarr/v/0/0 && echo 1 > b.zarr/v/0/0/0"));
    assert_int_equal(weft_file_facts_read(&facts, "b.zarr", &cancel, &err), WEFT_OK);
    assert_int_equal(facts.bytes, 2);
    weft_cancel_request(&cancel, WEFT_CANCEL_SIGNAL);
    assert_int_equal(weft_file_facts_read(&facts, "b.zarr", &cancel, &err), WEFT_ERR_CANCELLED);
    assert_int_equal(weft_file_facts_read(&facts, "dem.tif", &cancel, &err), WEFT_OK);
}

static void expect_file(const char *name, const char *file) {
    char *found = weft_file_in_name(name);
    if ((found == NULL) != (file == NULL) || (file != NULL && strcmp(found, file) != 0))
        fail_msg("%s: found %s, not %s", name, found != NULL ? found : "nothing", file != NULL ? file : "nothing");
    free(found);
}

static void test_the_file_in_a_name_of_gdals_is_found(void **state) {
    char name[2048], file[1024];
    (void)state;
    (void)snprintf(file, sizeof file, "%s/dem.tif", sandbox_folder());
    expect_file(file, file);
    (void)snprintf(name, sizeof name, "NETCDF:\"%s\":t", file);
    expect_file(name, file);
    (void)snprintf(name, sizeof name, "HDF5:%s://t", file);
    expect_file(name, file);
    (void)snprintf(name, sizeof name, "/vsizip%s/a/b.tif", file);
    expect_file(name, file);
    (void)snprintf(name, sizeof name, "/vsizip/vsicurl/https://example.org%s/absent.tif", "/x");
    expect_file(name, NULL);
    expect_file("<VRTDataset/>", NULL);
    expect_file("/absent/folder/of/a.tif", NULL);
}

static void test_what_a_vrt_under_a_vrt_names_is_listed(void **state) {
    (void)state;
    listing list = {0};
    assert_int_equal(weft_file_list_visit("outer.vrt", add, &list, NULL, NULL), WEFT_OK);
    assert_true(lists(&list, "outer.vrt"));
    assert_true(lists(&list, "inner.vrt"));
    assert_true(lists(&list, "dem.tif"));
}

static void test_what_is_not_there_is_listed_as_that(void **state) {
    (void)state;
    listing list = {0};
    assert_int_equal(weft_file_list_visit("absent.tif", add, &list, NULL, NULL), WEFT_OK);
    assert_string_equal(list.text, "absent.tif -1\n");
}

static void test_a_file_in_an_archive_is_listed(void **state) {
    (void)state;
    listing list = {0};
    assert_int_equal(weft_file_list_visit("/vsigzip/dem.tif.gz", add, &list, NULL, NULL), WEFT_OK);
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
        cmocka_unit_test(test_times_are_in_nanoseconds),
        cmocka_unit_test(test_a_folder_is_known_by_all_that_is_in_it),
        cmocka_unit_test(test_a_signal_ends_looking_through_a_folder),
        cmocka_unit_test(test_the_file_in_a_name_of_gdals_is_found),
        cmocka_unit_test(test_what_a_vrt_under_a_vrt_names_is_listed),
        cmocka_unit_test(test_what_is_not_there_is_listed_as_that),
        cmocka_unit_test(test_a_file_in_an_archive_is_listed),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
