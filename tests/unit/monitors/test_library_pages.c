/* What an smaps of the test's own says of a page that was written to decides whether that page is thrown away.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "monitors/library_pages.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page;

/* A private mapping of a file of blanks, one page. Its first byte is written to where `changed`, and then it is as
 * read-only as a relocated page of constants. */
static char *map_file(bool changed) {
    char *text = malloc(page + 1);
    assert_non_null(text);
    memset(text, ' ', page);
    text[page] = '\0';
    sandbox_write("library.so", text);
    free(text);
    int fd = open("library.so", O_RDONLY);
    assert_true(fd >= 0);
    char *data = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    assert_true(data != MAP_FAILED);
    close(fd);
    if (changed) data[0] = 'x';
    assert_int_equal(mprotect(data, page, PROT_READ), 0);
    return data;
}

/* Says of `data` what `lines` are, between two other mappings, and has what it believes to be clean dropped. Returns
 * the first byte that is there then. */
static char drop(char *data, const char *permissions, const char *lines) {
    char text[1024];
    (void)snprintf(text, sizeof text,
                   "00400000-00401000 rw-p 00000000 00:00 0\nAnonymous: 4 kB\nSwap: 0 kB\n"
                   "%lx-%lx %s 00000000 08:01 1234 /usr/lib/library.so\nRss: 4 kB\n%s"
                   "7ff000000000-7ff000001000 rw-p 00000000 00:00 0 [stack]\nAnonymous: 4 kB\nSwap: 0 kB\n",
                   (unsigned long)data, (unsigned long)(data + page), permissions, lines);
    free(sandbox_succeed("mkdir -p tree/proc/self"));
    sandbox_write("tree/proc/self/smaps", text);
    weft_library_pages_drop("tree");
    char first = data[0];
    munmap(data, page);
    return first;
}

static void test_a_mapping_that_is_as_in_its_file_is_dropped(void **state) {
    (void)state;
    /* It is not, so that the drop can be seen: the file's blank is back. */
    assert_int_equal(drop(map_file(true), "r--p", "Anonymous: 0 kB\nSwap: 0 kB\nSwapPss: 0 kB\n"), ' ');
    assert_int_equal(drop(map_file(true), "r-xp", "Anonymous: 0 kB\nSwap: 0 kB\n"), ' ');
    assert_int_equal(drop(map_file(false), "r--p", "Anonymous: 0 kB\nSwap: 0 kB\n"), ' ');
}

static void test_a_page_that_was_written_to_stays_in_memory_or_in_swap(void **state) {
    (void)state;
    assert_int_equal(drop(map_file(true), "r--p", "Anonymous: 4 kB\nSwap: 0 kB\n"), 'x');
    assert_int_equal(drop(map_file(true), "r--p", "Anonymous: 0 kB\nSwap: 4 kB\nSwapPss: 4 kB\n"), 'x');
    assert_int_equal(drop(map_file(true), "rw-p", "Anonymous: 0 kB\nSwap: 0 kB\n"), 'x');
}

static void test_what_is_not_said_counts_as_written_to(void **state) {
    (void)state;
    assert_int_equal(drop(map_file(true), "r--p", ""), 'x');
    assert_int_equal(drop(map_file(true), "r--p", "Swap: 0 kB\n"), 'x');
    assert_int_equal(drop(map_file(true), "r--p", "Anonymous: 0 kB\nSwapPss: 0 kB\n"), 'x');
    weft_library_pages_drop("nowhere");
}

static int setup(void **state) {
    page = (size_t)sysconf(_SC_PAGESIZE);
    return sandbox_setup(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_mapping_that_is_as_in_its_file_is_dropped),
        cmocka_unit_test(test_a_page_that_was_written_to_stays_in_memory_or_in_swap),
        cmocka_unit_test(test_what_is_not_said_counts_as_written_to),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
