/* A ring makes do with the slots that it is granted, and fails for none only.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "stages/writers/output_ring.h"

#include <unistd.h>

typedef struct rig {
    weft_context context;
    weft_output_ring ring;
    weft_error err;
    weft_status status;
    int64_t page;
} rig;

/* A ring for two workers, of slots of four pages, one at least, with `pages` in the ledger. */
static void begin(rig *self, int64_t pages) {
    *self = (rig){.page = sysconf(_SC_PAGESIZE), .ring.context = &self->context};
    assert_int_equal(weft_ledger_new(&self->context.ledger, pages * self->page, NULL), WEFT_OK);
    assert_int_equal(weft_work_pool_new(&self->context.pool, 2, NULL), WEFT_OK);
    self->status = weft_output_ring_init(&self->ring, 4 * self->page, self->page, &self->err);
}

static void end(rig *self) {
    weft_output_ring_dispose(&self->ring);
    weft_work_pool_free(self->context.pool);
    assert_int_equal(weft_ledger_used_bytes(self->context.ledger), 0);
    weft_ledger_free(self->context.ledger);
}

static void check(int64_t pages, int slots, int64_t pages_a_slot) {
    rig self;
    begin(&self, pages);
    assert_int_equal(self.status, WEFT_OK);
    assert_int_equal(self.ring.ready, slots);
    assert_int_equal(self.ring.slot_bytes, pages_a_slot * self.page);
    /* Whoever looks at the error finds none. */
    assert_int_equal(self.err.status, WEFT_OK);
    assert_string_equal(self.err.message, "");
    assert_string_equal(self.err.hint, "");
    end(&self);
}

static void test_fewer_and_smaller_slots_are_no_error(void **state) {
    (void)state;
    check(100, 4, 4);
    check(9, 2, 4);
    check(4, 1, 4);
    check(3, 1, 2);
    check(1, 1, 1);
}

static void test_no_slot_at_all_is_one(void **state) {
    (void)state;
    rig self;
    begin(&self, 0);
    assert_int_equal(self.status, WEFT_ERR_MEMORY);
    assert_string_not_equal(self.err.message, "");
    end(&self);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fewer_and_smaller_slots_are_no_error),
        cmocka_unit_test(test_no_slot_at_all_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
