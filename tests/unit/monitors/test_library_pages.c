/* What a pagemap of the test's own says of a page that was written to decides whether that page is thrown away.
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

/* What pagemap says of a page (Documentation/admin-guide/mm/pagemap.rst). */
#define IN_MEMORY (UINT64_C(1) << 63)
#define IN_SWAP   (UINT64_C(1) << 62)
#define IN_FILE   (UINT64_C(1) << 61)

/* Lists `data` in maps, between two other mappings. */
static void write_maps(const char *data, const char *permissions) {
    char text[1024];
    (void)snprintf(text, sizeof text,
                   "00400000-00401000 rw-p 00000000 00:00 0\n"
                   "%lx-%lx %s 00000000 08:01 1234 /usr/lib/library.so\n"
                   "7ff000000000-7ff000001000 rw-p 00000000 00:00 0 [stack]\n",
                   (unsigned long)data, (unsigned long)(data + page), permissions);
    free(sandbox_succeed("mkdir -p tree/proc/self && rm -f tree/proc/self/pagemap"));
    sandbox_write("tree/proc/self/maps", text);
}

/* Has what the tree believes to be clean dropped. Returns the first byte that is there then. */
static char drop_listed(char *data) {
    weft_library_pages_drop("tree");
    char first = data[0];
    munmap(data, page);
    return first;
}

/* Has maps and pagemap say this of `data`. */
static char drop(char *data, const char *permissions, uint64_t says) {
    write_maps(data, permissions);
    sandbox_write("tree/proc/self/pagemap", "");
    int fd = open("tree/proc/self/pagemap", O_WRONLY);
    off_t at = (off_t)((unsigned long)data / page * sizeof says); /* a file of holes before */
    assert_int_equal(pwrite(fd, &says, sizeof says, at), sizeof says);
    close(fd);
    return drop_listed(data);
}

static void test_a_mapping_that_is_as_in_its_file_is_dropped(void **state) {
    (void)state;
    /* It is not, so that the drop can be seen: the file's blank is back. */
    assert_int_equal(drop(map_file(true), "r--p", IN_MEMORY | IN_FILE), ' ');
    assert_int_equal(drop(map_file(true), "r-xp", 0), ' ');
    assert_int_equal(drop(map_file(false), "r--p", IN_MEMORY | IN_FILE), ' ');
}

static void test_a_page_that_was_written_to_stays_in_memory_or_in_swap(void **state) {
    (void)state;
    assert_int_equal(drop(map_file(true), "r--p", IN_MEMORY), 'x');
    assert_int_equal(drop(map_file(true), "r--p", IN_SWAP), 'x');
    assert_int_equal(drop(map_file(true), "rw-p", IN_MEMORY | IN_FILE), 'x');
    assert_int_equal(drop(map_file(true), "r--s", IN_MEMORY | IN_FILE), 'x');
}

static void test_what_is_not_said_counts_as_written_to(void **state) {
    (void)state;
    char *data = map_file(true);
    write_maps(data, "r--p");
    assert_int_equal(drop_listed(data), 'x');
    data = map_file(true);
    write_maps(data, "r--p");
    sandbox_write("tree/proc/self/pagemap", "cut off");
    assert_int_equal(drop_listed(data), 'x');
    weft_library_pages_drop("nowhere");
}

/* As the system itself has it. */
static void test_the_process_keeps_what_it_wrote(void **state) {
    (void)state;
    char *clean = map_file(false), *changed = map_file(true); /* writing the file drops what others wrote */
    assert_int_equal(clean[0], ' ');
    weft_library_pages_drop("");
    assert_int_equal(changed[0], 'x');
    assert_int_equal(clean[0], ' ');
    munmap(changed, page);
    munmap(clean, page);
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
        cmocka_unit_test(test_the_process_keeps_what_it_wrote),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
