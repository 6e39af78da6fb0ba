/* SHA-256 against FIPS 180's examples and sha256sum; CRC-32 against its check value.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "core/files/digest_thread.h"
#include "core/files/output_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
/* A million times "a". */
#define MILLION "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void test_the_digests_of_the_standard_come_out(void **state) {
    (void)state;
    weft_digest *digest = NULL;
    char hex[WEFT_DIGEST_HEX_BYTES];
    assert_int_equal(weft_digest_new(&digest, WEFT_DIGEST_SHA256, NULL), WEFT_OK);
    assert_int_equal(weft_digest_finish_hex(digest, hex, NULL), WEFT_OK);
    assert_string_equal(hex, EMPTY);
    assert_int_equal(weft_digest_add(digest, "a", 1, NULL), WEFT_OK);
    assert_int_equal(weft_digest_finish_hex(digest, hex, NULL), WEFT_OK);
    assert_int_equal(weft_digest_add(digest, "bc", 2, NULL), WEFT_OK);
    assert_int_equal(weft_digest_finish_hex(digest, hex, NULL), WEFT_OK);
    assert_string_equal(hex, ABC);
    weft_digest_free(digest);
}

static void test_a_thread_adds_what_is_long_and_what_is_short_in_order(void **state) {
    (void)state;
    static const size_t lengths[] = {1, 400000, 99, 0, 16384, 583516};
    weft_digest *digest = NULL;
    weft_digest_thread *thread = NULL;
    char hex[WEFT_DIGEST_HEX_BYTES], *as = malloc(600000);
    memset(as, 'a', 600000);
    assert_int_equal(weft_digest_new(&digest, WEFT_DIGEST_SHA256, NULL), WEFT_OK);
    assert_int_equal(weft_digest_thread_new(&thread, digest, NULL), WEFT_OK);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        weft_digest_thread_start(thread, as, lengths[i]);
        assert_int_equal(weft_digest_thread_wait(thread, NULL), WEFT_OK);
    }
    assert_int_equal(weft_digest_finish_hex(weft_digest_thread_digest(thread), hex, NULL), WEFT_OK);
    assert_string_equal(hex, MILLION);
    weft_digest_thread_free(thread);
    free(as);
}

static void expect_sha256sum(const char *path, const char *hex) {
    char command[128], *said;
    (void)snprintf(command, sizeof command, "sha256sum < %s", path);
    said = sandbox_succeed("%s", command);
    said[64] = '\0';
    assert_string_equal(hex, said);
    free(said);
}

static void test_an_output_knows_its_digest_however_it_came_about(void **state) {
    (void)state;
    weft_output_file *file = NULL;
    char hex[WEFT_DIGEST_HEX_BYTES], *bytes = malloc(300000);
    for (int i = 0; i < 300000; i++)
        bytes[i] = (char)(i * 7 % 251);
    assert_int_equal(weft_output_file_open(&file, "out", NULL), WEFT_OK);
    assert_int_equal(weft_output_file_digest(file, hex, NULL), WEFT_OK);
    assert_string_equal(hex, "");
    /* Written before it is asked for, then behind that, then by somebody else. */
    assert_int_equal(weft_output_file_write(file, bytes, 300000, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_keep_digest(file, WEFT_DIGEST_SHA256, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_write(file, bytes, 200000, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_digest(file, hex, NULL), WEFT_OK);
    expect_sha256sum("out.part", hex);
    free(sandbox_succeed("echo more >> %s", weft_output_file_part_path(file)));
    assert_int_equal(weft_output_file_adopt(file, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_size(file), 500005);
    assert_int_equal(weft_output_file_digest(file, hex, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_commit(file, NULL), WEFT_OK);
    expect_sha256sum("out", hex);
    weft_output_file_close(file);
    free(bytes);
}

/* The check value of https://reveng.sourceforge.io/crc-catalogue/all.htm#crc.cat.crc-32-iso-hdlc. */
static void test_a_crc_is_told_from_a_sha256(void **state) {
    (void)state;
    weft_digest *digest = NULL;
    char hex[WEFT_DIGEST_HEX_BYTES];
    assert_int_equal(weft_digest_new(&digest, WEFT_DIGEST_CRC32, NULL), WEFT_OK);
    assert_int_equal(weft_digest_add(digest, "1234", 4, NULL), WEFT_OK);
    assert_int_equal(weft_digest_add(digest, "56789", 5, NULL), WEFT_OK);
    assert_int_equal(weft_digest_finish_hex(digest, hex, NULL), WEFT_OK);
    assert_string_equal(hex, "crc32:cbf43926");
    assert_int_equal(weft_digest_hex_kind(hex), WEFT_DIGEST_CRC32);
    assert_int_equal(weft_digest_hex_kind(ABC), WEFT_DIGEST_SHA256);
    assert_int_equal(weft_digest_kind_of(digest), WEFT_DIGEST_CRC32);
    weft_digest_free(digest);
}

static void test_an_output_takes_a_digest_of_another_kind(void **state) {
    (void)state;
    weft_output_file *file = NULL;
    char hex[WEFT_DIGEST_HEX_BYTES];
    assert_int_equal(weft_output_file_open(&file, "other", NULL), WEFT_OK);
    assert_int_equal(weft_output_file_keep_digest(file, WEFT_DIGEST_CRC32, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_write(file, "123456789", 9, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_digest(file, hex, NULL), WEFT_OK);
    assert_string_equal(hex, "crc32:cbf43926");
    assert_int_equal(weft_output_file_keep_digest(file, WEFT_DIGEST_SHA256, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_write(file, "0", 1, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_digest(file, hex, NULL), WEFT_OK);
    assert_int_equal(weft_output_file_commit(file, NULL), WEFT_OK);
    expect_sha256sum("other", hex);
    weft_output_file_close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_digests_of_the_standard_come_out),
        cmocka_unit_test(test_a_thread_adds_what_is_long_and_what_is_short_in_order),
        cmocka_unit_test(test_an_output_knows_its_digest_however_it_came_about),
        cmocka_unit_test(test_a_crc_is_told_from_a_sha256),
        cmocka_unit_test(test_an_output_takes_a_digest_of_another_kind),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
