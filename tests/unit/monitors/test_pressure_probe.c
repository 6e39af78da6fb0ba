/* Stalls as the kernel and systemd tell of them: triggers, counters, files, FIFOs and sockets in a tree of the test's.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "monitors/memory_probe.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define COUNTER "some avg10=0.00 avg60=0.00 avg300=0.00 total=%d\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"

static void sleep_ms(long ms) {
    (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

/* The probe's percentage with a warning at 80 %; -1: it has no say. */
static double percent(weft_memory_probe *probe) {
    weft_memory_reading reading;
    return probe->read(probe, &reading) ? 100.0 * (double)reading.used_bytes / (double)reading.limit_bytes : -1;
}

static weft_memory_probe *make_probe(const char *root) {
    weft_memory_probe *probe = NULL;
    assert_int_equal(
        weft_memory_probe_new(&probe, "pressure", &(weft_probe_setup){.root = root, .warning_percent = 80}, NULL),
        WEFT_OK);
    return probe;
}

static void write_counter(const char *path, int stalled_us) {
    char text[256];
    (void)snprintf(text, sizeof text, COUNTER, stalled_us);
    sandbox_write(path, text);
}

static void plant_system(const char *root) {
    char path[256];
    free(sandbox_succeed("mkdir -p %s/proc/pressure", root));
    (void)snprintf(path, sizeof path, "%s/proc/pressure/memory", root);
    write_counter(path, 0);
}

static void check_text(const char *path, const char *expected) {
    char *text = sandbox_read(path, NULL);
    assert_string_equal(text, expected);
    free(text);
}

static void test_a_trigger_of_one_second_is_asked_for(void **state) {
    (void)state;
    plant_system("machine");
    weft_memory_probe *probe = make_probe("machine");
    /* As much as a fifth of a second in any second; written over the fixture's text, with its NUL. */
    check_text("machine/proc/pressure/memory", "some 200000 1000000");
    assert_true(percent(probe) == 0);
    weft_memory_probe_free(probe);
}

static void test_the_cgroup_comes_before_the_machine(void **state) {
    (void)state;
    plant_system("box");
    free(sandbox_succeed("mkdir -p box/proc/self box/sys/fs/cgroup/job && echo 0::/job > box/proc/self/cgroup"));
    write_counter("box/sys/fs/cgroup/job/memory.pressure", 0);
    weft_memory_probe *probe = make_probe("box");
    check_text("box/sys/fs/cgroup/job/memory.pressure", "some 200000 1000000");
    char *machine = sandbox_read("box/proc/pressure/memory", NULL);
    assert_int_equal(strncmp(machine, "some avg10", 10), 0);
    free(machine);
    weft_memory_probe_free(probe);
}

/* Who may only read looks at the counter: 20 % of the time stalled is the warning level, 10 % half of it. */
static void test_without_a_trigger_the_counter_is_read(void **state) {
    (void)state;
    plant_system("guest");
    assert_int_equal(chmod(sandbox_folder(), 0755), 0);
    assert_int_equal(chmod("guest/proc/pressure/memory", 0444), 0);
    bool root = geteuid() == 0;
    if (root) assert_int_equal(seteuid(65534), 0);
    weft_memory_probe *probe = make_probe("guest");
    if (root) assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod("guest/proc/pressure/memory", 0644), 0);
    for (int i = 0; i < 30; i++) {
        assert_true(percent(probe) == 0);
        sleep_ms(50);
    }
    /* Over the last second to second and a quarter, and what this test takes to write it. */
    write_counter("guest/proc/pressure/memory", 120000);
    double tenth = percent(probe);
    write_counter("guest/proc/pressure/memory", 900000);
    double max = percent(probe);
    weft_memory_probe_free(probe);
    assert_true(tenth > 25 && tenth < 50);
    assert_true(max == 80);
}

static void test_nothing_to_see_has_no_say(void **state) {
    (void)state;
    free(sandbox_succeed("mkdir -p bare/proc"));
    weft_memory_probe *probe = make_probe("bare");
    assert_true(percent(probe) < 0);
    weft_memory_probe_free(probe);
}

/* --- systemd's protocol --- */

static void follow(const char *watch, const char *write) {
    assert_int_equal(setenv("MEMORY_PRESSURE_WATCH", watch, 1), 0);
    if (write != NULL) assert_int_equal(setenv("MEMORY_PRESSURE_WRITE", write, 1), 0);
}

static int forget(void **state) {
    (void)state;
    return unsetenv("MEMORY_PRESSURE_WATCH") | unsetenv("MEMORY_PRESSURE_WRITE");
}

static void test_a_file_gets_the_decoded_data(void **state) {
    (void)state;
    free(sandbox_succeed("mkdir -p told && touch told/memory.pressure"));
    /* base64 < <(printf 'some 100000 2000000\0') */
    follow("/memory.pressure", "c29tZSAxMDAwMDAgMjAwMDAwMAA=");
    weft_memory_probe *probe = make_probe("told");
    size_t length;
    char *text = sandbox_read("told/memory.pressure", &length);
    assert_int_equal(length, 20);
    assert_memory_equal(text, "some 100000 2000000", 20);
    free(text);
    weft_memory_probe_free(probe);
}

static void test_dev_null_turns_it_off(void **state) {
    (void)state;
    plant_system("off");
    follow("/dev/null", NULL);
    weft_memory_probe *probe = make_probe("off");
    assert_true(percent(probe) < 0);
    char *text = sandbox_read("off/proc/pressure/memory", NULL);
    assert_int_equal(strncmp(text, "some avg10", 10), 0);
    free(text);
    weft_memory_probe_free(probe);
}

/* What the probe itself wrote comes back from a FIFO and says nothing. */
static void test_a_fifo_tells_of_pressure(void **state) {
    (void)state;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    follow("/fifo", "aGVsbG8");
    weft_memory_probe *probe = make_probe(".");
    assert_true(percent(probe) == 0);
    int fd = open("fifo", O_WRONLY | O_NONBLOCK);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "x", 1), 1);
    assert_true(percent(probe) == 80);
    /* It counts for three seconds, drained or not. */
    assert_true(percent(probe) == 80);
    sleep_ms(3050);
    assert_true(percent(probe) == 0);
    close(fd);
    weft_memory_probe_free(probe);
}

static void test_a_socket_tells_of_pressure_until_it_is_closed(void **state) {
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    char said[16] = "";
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server, 1), 0);
    follow("/socket", "aGVsbG8=");
    weft_memory_probe *probe = make_probe(".");
    int peer = accept(server, NULL, NULL);
    assert_true(peer >= 0);
    assert_int_equal(read(peer, said, sizeof said), 5);
    assert_string_equal(said, "hello");
    assert_true(percent(probe) == 0);
    assert_int_equal(write(peer, "x", 1), 1);
    assert_true(percent(probe) == 80);
    close(peer);
    close(server);
    (void)percent(probe);
    assert_true(percent(probe) < 0);
    weft_memory_probe_free(probe);
}

/* What cannot be followed is no reason to see nothing. */
static void test_a_protocol_that_fails_leaves_the_kernel_to_ask(void **state) {
    (void)state;
    static const char *const data[] = {"not base64!", NULL};
    for (int i = 0; i < 2; i++) {
        plant_system("fallback");
        free(sandbox_succeed("touch fallback/watched"));
        follow(data[i] != NULL ? "/watched" : "/nowhere", data[i]);
        weft_memory_probe *probe = make_probe("fallback");
        check_text("fallback/proc/pressure/memory", "some 200000 1000000");
        check_text("fallback/watched", "");
        weft_memory_probe_free(probe);
    }
}

/* The machine's own, where it has one: whatever it says, it says it. */
static void test_the_real_machine_can_be_asked(void **state) {
    (void)state;
    weft_memory_probe *probe = make_probe("");
    double said = percent(probe);
    if (said < 0) print_message("skipped: this kernel keeps no pressure stall information\n");
    assert_true(said <= 80);
    weft_memory_probe_free(probe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_trigger_of_one_second_is_asked_for),
        cmocka_unit_test(test_the_cgroup_comes_before_the_machine),
        cmocka_unit_test(test_without_a_trigger_the_counter_is_read),
        cmocka_unit_test(test_nothing_to_see_has_no_say),
        cmocka_unit_test_teardown(test_a_file_gets_the_decoded_data, forget),
        cmocka_unit_test_teardown(test_dev_null_turns_it_off, forget),
        cmocka_unit_test_teardown(test_a_fifo_tells_of_pressure, forget),
        cmocka_unit_test_teardown(test_a_socket_tells_of_pressure_until_it_is_closed, forget),
        cmocka_unit_test_teardown(test_a_protocol_that_fails_leaves_the_kernel_to_ask, forget),
        cmocka_unit_test(test_the_real_machine_can_be_asked),
    };
    forget(NULL);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
