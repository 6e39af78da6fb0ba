/* A file has its final name when it is complete, and never before.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "core/files/output_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void check_content(const char *path, const char *expected) {
    char *text = sandbox_read(path, NULL);
    assert_string_equal(text, expected);
    free(text);
}

static void test_a_committed_file_replaces_the_old_one_whole(void **state) {
    (void)state;
    weft_output_file *file = NULL;
    sandbox_write("a", "old");
    assert_int_equal(weft_output_file_open(&file, "a", NULL), WEFT_OK);
    assert_int_equal(weft_output_file_write(file, "new", 3, NULL), WEFT_OK);
    check_content("a", "old");
    assert_int_equal(weft_output_file_size(file), 3);
    assert_int_equal(weft_output_file_commit(file, NULL), WEFT_OK);
    weft_output_file_close(file);
    check_content("a", "new");
    assert_false(sandbox_exists("a.part"));
}

static void test_a_file_that_is_not_committed_leaves_nothing(void **state) {
    (void)state;
    weft_output_file *file = NULL;
    assert_int_equal(weft_output_file_open(&file, "b", NULL), WEFT_OK);
    assert_int_equal(weft_output_file_write(file, "half", 4, NULL), WEFT_OK);
    weft_output_file_close(file);
    assert_false(sandbox_exists("b"));
    assert_false(sandbox_exists("b.part"));
}

/* Over several of the parts that go to disk early, in pieces that meet no part's end. */
static void test_a_large_file_holds_every_byte(void **state) {
    (void)state;
    enum { PIECE = 1234567, PIECES = 30 };
    weft_output_file *file = NULL;
    unsigned char *piece = malloc(PIECE);
    assert_int_equal(weft_output_file_open(&file, "large", NULL), WEFT_OK);
    for (int i = 0; i < PIECES; i++) {
        memset(piece, 'a' + i % 26, PIECE);
        assert_int_equal(weft_output_file_write(file, piece, PIECE, NULL), WEFT_OK);
    }
    assert_int_equal(weft_output_file_size(file), (int64_t)PIECE * PIECES);
    assert_int_equal(weft_output_file_commit(file, NULL), WEFT_OK);
    weft_output_file_close(file);
    size_t length;
    char *text = sandbox_read("large", &length);
    assert_int_equal(length, (size_t)PIECE * PIECES);
    for (size_t i = 0; i < length; i++)
        if (text[i] != 'a' + (int)(i / PIECE) % 26) fail_msg("byte %zu is %c", i, text[i]);
    free(text);
    free(piece);
}

static void test_a_part_that_a_dead_run_left_is_begun_anew(void **state) {
    (void)state;
    weft_output_file *file = NULL;
    sandbox_write("c.part", "left over and long");
    assert_int_equal(weft_output_file_open(&file, "c", NULL), WEFT_OK);
    assert_int_equal(weft_output_file_write(file, "x", 1, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_commit(file, NULL), WEFT_OK);
    weft_output_file_close(file);
    check_content("c", "x");
}

/* Over several of the parts that go to disk early. */
static void test_a_part_that_is_kept_goes_on_where_it_was(void **state) {
    (void)state;
    enum { KEPT = 9000000 };
    weft_output_file *file = NULL;
    char *piece = malloc(KEPT);
    memset(piece, 'k', KEPT);
    assert_int_equal(weft_output_file_open(&file, "kept", NULL), WEFT_OK);
    assert_int_equal(weft_output_file_write(file, piece, KEPT, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_write(file, "to be cut", 9, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_sync(file, NULL), WEFT_OK);
    weft_output_file_keep(file, true);
    weft_output_file_close(file);
    assert_true(sandbox_exists("kept.part"));
    assert_int_equal(weft_output_file_open_at(&file, "kept", KEPT, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_size(file), KEPT);
    for (int i = 0; i < 3; i++)
        assert_int_equal(weft_output_file_write(file, piece, KEPT, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_write(file, "end", 3, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_commit(file, NULL), WEFT_OK);
    weft_output_file_close(file);
    size_t length;
    char *text = sandbox_read("kept", &length);
    assert_int_equal(length, 4 * KEPT + 3);
    for (int i = 0; i < 4; i++)
        assert_memory_equal(text + (size_t)i * KEPT, piece, KEPT);
    assert_string_equal(text + 4 * KEPT, "end");
    free(text);
    free(piece);
}

static void test_a_part_that_is_shorter_than_noted_is_left_alone(void **state) {
    (void)state;
    weft_output_file *file = NULL;
    weft_error err = {0};
    sandbox_write("short.part", "12345");
    assert_int_equal(weft_output_file_open_at(&file, "short", 6, &err), WEFT_ERR_DATA);
    assert_string_equal(err.message, "short.part: 5 bytes are there, 6 were noted");
    check_content("short.part", "12345");
}

static void test_a_second_run_is_refused(void **state) {
    (void)state;
    weft_output_file *file = NULL;
    assert_int_equal(weft_output_file_open(&file, "d", NULL), WEFT_OK);
    pid_t child = fork();
    if (child == 0) {
        weft_output_file *other = NULL;
        weft_error err = {0};
        bool refused = weft_output_file_open(&other, "d", &err) == WEFT_ERR_BUSY;
        _exit(refused && strstr(err.message, "another run is writing it") != NULL ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(weft_output_file_commit(file, NULL), WEFT_OK);
    weft_output_file_close(file);
}

/* A library writes the part file by its name; what lies under another name's file is not what is locked and synced. */
static void test_what_a_library_wrote_is_taken_from_the_same_file_alone(void **state) {
    (void)state;
    static const char *const swaps[] = {"rm e.part", "rm e.part; echo other > e.part",
                                        "rm e.part; echo other > there; ln -s there e.part"};
    weft_output_file *file = NULL;
    assert_int_equal(weft_output_file_open(&file, "e", NULL), WEFT_OK);
    sandbox_write("e.part", "a library's");
    assert_int_equal(weft_output_file_adopt(file, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_size(file), 11);
    assert_int_equal(weft_output_file_commit(file, NULL), WEFT_OK);
    weft_output_file_close(file);
    check_content("e", "a library's");
    for (size_t i = 0; i < sizeof swaps / sizeof *swaps; i++) {
        weft_error err = {0};
        assert_int_equal(weft_output_file_open(&file, "e", NULL), WEFT_OK);
        free(sandbox_succeed("%s", swaps[i]));
        assert_int_equal(weft_output_file_adopt(file, &err), WEFT_ERR_IO);
        assert_non_null(strstr(err.message, "e.part: was removed or replaced"));
        weft_output_file_close(file);
        check_content("e", "a library's");
    }
}

static void test_folders_are_made_or_the_one_in_the_way_is_named(void **state) {
    (void)state;
    weft_error err = {0};
    assert_int_equal(weft_make_folders("one/two/three", NULL), WEFT_OK);
    assert_int_equal(weft_make_folders("one/two/three", NULL), WEFT_OK);
    sandbox_write("one/file", "");
    assert_int_equal(weft_make_folders("one/file/four", &err), WEFT_ERR_IO);
    assert_non_null(strstr(err.message, "one/file"));
}

/* Each would be written through, emptied, or waited for. What it leads to stays as it is. */
static void test_what_is_no_file_of_its_own_is_refused_and_not_followed(void **state) {
    (void)state;
    static const char *const made[] = {"ln -s canary p.part", "ln -s nowhere p.part", "mkfifo p.part",
                                       "mkdir p.part",        "ln canary p.part",     "ln -s /dev/null p.part"};
    static const char *const named[] = {"link", "link", "pipe", "folder", "second name", "link"};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        weft_output_file *file = NULL;
        weft_error err = {0};
        free(sandbox_succeed("rm -rf p.part canary; echo alive >canary; %s", made[i]));
        assert_int_equal(weft_output_file_open(&file, "p", &err), WEFT_ERR_IO);
        assert_non_null(strstr(err.message, "p.part: is a"));
        assert_non_null(strstr(err.message, named[i]));
        check_content("canary", "alive\n");
        assert_false(sandbox_exists("nowhere"));
        free(sandbox_succeed("[ -e p.part ] || [ -L p.part ]"));
    }
}

static void test_a_full_disk_is_named_with_what_was_needed(void **state) {
    (void)state;
    weft_output_file *file = NULL;
    weft_error err = {0};
    /* A device cannot be a part file: one is put under the open file, whose number is the next that is free. */
    int full = open("/dev/full", O_WRONLY), next = dup(full);
    if (full < 0) skip();
    assert_int_equal(close(next), 0);
    assert_int_equal(weft_output_file_open(&file, "full", &err), WEFT_OK);
    assert_int_equal(dup2(full, next), next);
    close(full);
    assert_int_equal(weft_output_file_write(file, "text", 4, &err), WEFT_ERR_IO);
    assert_non_null(strstr(err.message, "full.part"));
    assert_non_null(strstr(err.hint, "4 bytes more were needed"));
    weft_output_file_close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_committed_file_replaces_the_old_one_whole),
        cmocka_unit_test(test_a_file_that_is_not_committed_leaves_nothing),
        cmocka_unit_test(test_a_large_file_holds_every_byte),
        cmocka_unit_test(test_a_part_that_a_dead_run_left_is_begun_anew),
        cmocka_unit_test(test_a_part_that_is_kept_goes_on_where_it_was),
        cmocka_unit_test(test_a_part_that_is_shorter_than_noted_is_left_alone),
        cmocka_unit_test(test_a_second_run_is_refused),
        cmocka_unit_test(test_what_a_library_wrote_is_taken_from_the_same_file_alone),
        cmocka_unit_test(test_folders_are_made_or_the_one_in_the_way_is_named),
        cmocka_unit_test(test_what_is_no_file_of_its_own_is_refused_and_not_followed),
        cmocka_unit_test(test_a_full_disk_is_named_with_what_was_needed),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
