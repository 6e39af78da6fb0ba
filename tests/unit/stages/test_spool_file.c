/* What is put by is copied and hashed in pieces, and a signal is heard between them.
 *
 * SPDX-License-Identifier: MIT */
#include "stages/writers/spool_file.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdlib.h>
#include <string.h>

#define BYTES (1 << 20)

static weft_spool_file *make_spool(void) {
    weft_spool_file *spool = NULL;
    char *bytes = calloc(1, BYTES);
    assert_non_null(bytes);
    assert_int_equal(weft_spool_file_open(&spool, "spool", 0, NULL), WEFT_OK);
    assert_int_equal(weft_spool_file_append(spool, bytes, BYTES, NULL), WEFT_OK);
    free(bytes);
    return spool;
}

/* In parts or at once, the digest is that of all bytes. */
static void test_a_spool_is_hashed_as_far_as_it_is(void **state) {
    (void)state;
    char hash[WEFT_DIGEST_HEX_BYTES];
    weft_spool_file *spool = make_spool();
    assert_int_equal(weft_spool_file_digest(spool, NULL, hash, NULL), WEFT_OK);
    assert_int_equal(weft_spool_file_append(spool, "more", 4, NULL), WEFT_OK);
    assert_int_equal(weft_spool_file_digest(spool, NULL, hash, NULL), WEFT_OK);
    /* The end of a gzip file is the CRC-32 of what it holds, from the low byte on, and its length (RFC 1952). */
    char *expected = sandbox_succeed(
        "gzip -c spool | tail -c 8 | od -An -tx1 | awk '{printf \"crc32:%%s%%s%%s%%s\", $4, $3, $2, $1}'");
    assert_string_equal(hash, expected);
    free(expected);
    weft_spool_file_close(spool, false);
    assert_false(sandbox_exists("spool"));
}

static void test_a_signal_ends_hashing_and_copying(void **state) {
    (void)state;
    char hash[WEFT_DIGEST_HEX_BYTES];
    weft_cancel cancel = {0};
    weft_output_file *output = NULL;
    weft_spool_file *spool = make_spool();
    weft_cancel_request(&cancel, WEFT_CANCEL_SIGNAL);
    assert_int_equal(weft_spool_file_digest(spool, &cancel, hash, NULL), WEFT_ERR_CANCELLED);
    assert_int_equal(weft_output_file_open(&output, "output", NULL), WEFT_OK);
    weft_output_file_set_cancel(output, &cancel);
    assert_int_equal(weft_spool_file_copy(spool, output, NULL), WEFT_ERR_CANCELLED);
    assert_true(weft_output_file_size(output) == 0);
    weft_output_file_set_cancel(output, NULL);
    assert_int_equal(weft_spool_file_copy(spool, output, NULL), WEFT_OK);
    assert_true(weft_output_file_size(output) == BYTES);
    weft_output_file_close(output);
    weft_spool_file_close(spool, false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_spool_is_hashed_as_far_as_it_is),
        cmocka_unit_test(test_a_signal_ends_hashing_and_copying),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
