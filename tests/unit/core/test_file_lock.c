/* A lock is one process's, and goes with it; a process is known by more than its number.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "core/files/file_lock.h"

#include "core/files/process_identity.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- a file system without locks --- */

int __real_fcntl64(int fd, int command, ...);
int __wrap_fcntl64(int fd, int command, ...);

static int lock_failure; /* what locking fails with; 0: it does not */

/* Only locks come with a pointer here; other commands have a number, or nothing. */
int __wrap_fcntl64(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (lock_failure == 0 || command != F_OFD_SETLK) return __real_fcntl64(fd, command, argument);
    errno = lock_failure;
    return -1;
}

/* --- tests --- */

/* A child that holds the lock until it is killed. */
static pid_t hold(const char *path) {
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        weft_file_lock *lock = NULL;
        int64_t holder;
        if (weft_file_lock_take(&lock, path, &holder, NULL) != WEFT_OK || write(ready[1], "x", 1) != 1) _exit(1);
        for (;;)
            pause();
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return child;
}

static void end(pid_t child) {
    int status;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
}

static void test_a_lock_that_another_process_holds_is_refused_with_its_number(void **state) {
    (void)state;
    weft_file_lock *lock = NULL;
    weft_error err = {0};
    int64_t holder = 0;
    pid_t child = hold("a");
    assert_true(weft_file_lock_is_held("a", &holder));
    assert_int_equal(holder, child);
    assert_int_equal(weft_file_lock_take(&lock, "a", &holder, &err), WEFT_ERR_BUSY);
    assert_int_equal(holder, child);
    assert_null(lock);
    end(child);
}

static void test_a_lock_goes_with_a_killed_process(void **state) {
    (void)state;
    weft_file_lock *lock = NULL;
    int64_t holder;
    end(hold("b"));
    assert_true(sandbox_exists("b"));
    assert_false(weft_file_lock_is_held("b", &holder));
    assert_int_equal(weft_file_lock_take(&lock, "b", &holder, NULL), WEFT_OK);
    weft_file_lock_release(lock);
    assert_false(sandbox_exists("b"));
}

/* The process that took it is dead, also where its parent has not waited for it; its child goes on. */
static void test_a_child_that_keeps_the_descriptor_holds_the_lock(void **state) {
    (void)state;
    weft_file_lock *lock = NULL;
    int64_t holder = 1;
    int told[2];
    pid_t heir;
    assert_int_equal(pipe(told), 0);
    pid_t child = fork();
    if (child == 0) {
        if (weft_file_lock_take(&lock, "h", &holder, NULL) != WEFT_OK) _exit(1);
        heir = fork();
        if (heir == 0) {
            for (int fd = 3; fd < 64; fd++)
                if (fd != weft_file_lock_descriptor(lock)) (void)close(fd);
            for (;;)
                pause();
        }
        (void)!write(told[1], &heir, sizeof heir);
        _exit(0);
    }
    assert_int_equal(read(told[0], &heir, sizeof heir), sizeof heir);
    (void)nanosleep(&(struct timespec){0, 50000000}, NULL);
    assert_int_equal(weft_file_lock_take(&lock, "h", &holder, NULL), WEFT_ERR_BUSY);
    assert_int_equal(holder, 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(weft_file_lock_take(&lock, "h", &holder, NULL), WEFT_ERR_BUSY);
    assert_int_equal(kill(heir, SIGKILL), 0);
    (void)nanosleep(&(struct timespec){0, 50000000}, NULL);
    assert_int_equal(weft_file_lock_take(&lock, "h", &holder, NULL), WEFT_OK);
    weft_file_lock_release(lock);
    close(told[0]);
    close(told[1]);
}

static void test_a_lock_where_there_is_no_folder_names_it(void **state) {
    (void)state;
    weft_file_lock *lock = NULL;
    weft_error err = {0};
    int64_t holder;
    assert_int_equal(weft_file_lock_take(&lock, "absent/c", &holder, &err), WEFT_ERR_IO);
    assert_non_null(strstr(err.message, "absent/c"));
    assert_false(weft_file_lock_is_held("absent/c", &holder));
}

/* NFS without its lock daemon says ENOLCK, some file systems of users ENOSYS: nobody holds it, and waiting is no help.
 */
static void test_a_file_system_without_locks_is_told_from_a_lock_that_is_held(void **state) {
    static const int failures[] = {ENOLCK, ENOSYS};
    (void)state;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        weft_file_lock *lock = NULL;
        weft_error err = {0};
        int64_t holder = 0;
        lock_failure = failures[i];
        weft_status taken = weft_file_lock_take(&lock, "none", &holder, &err);
        int fd = open("none", O_RDWR | O_CREAT, 0666);
        weft_status output = weft_file_lock_output(fd, "none", NULL);
        lock_failure = 0;
        close(fd);
        assert_int_equal(taken, WEFT_ERR_IO);
        assert_int_equal(output, WEFT_ERR_IO);
        assert_null(lock);
        assert_non_null(strstr(err.message, "none: cannot lock"));
        assert_non_null(strstr(err.message, strerror(failures[i])));
        assert_non_null(strstr(err.hint, "no locks"));
    }
}

/* Whoever looks for the dead does not get the lock of one that lives, and is not taken for one that works there. */
static void test_who_looks_is_not_taken_for_who_works(void **state) {
    (void)state;
    weft_file_lock *lock = NULL, *other = NULL;
    int64_t holder;
    int folder = open(".", O_RDONLY | O_DIRECTORY);
    assert_false(weft_file_lock_take_dead(&lock, folder, "d"));
    pid_t child = hold("d");
    assert_false(weft_file_lock_take_dead(&lock, folder, "d"));
    end(child);
    assert_true(weft_file_lock_take_dead(&lock, folder, "d"));
    assert_false(weft_file_lock_is_held("d", &holder));
    assert_false(weft_file_lock_take_dead(&other, folder, "d"));
    /* One who comes to work waits for it, and then has a file of its own. */
    child = fork();
    if (child == 0) {
        /* A fork has the parent's open files, and their locks with them. */
        for (int fd = 3; fd < 64; fd++)
            (void)close(fd);
        _exit(weft_file_lock_take(&other, "d", &holder, NULL) == WEFT_OK ? 0 : 1);
    }
    (void)nanosleep(&(struct timespec){0, 50000000}, NULL);
    weft_file_lock_release(lock);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(sandbox_exists("d"));
    close(folder);
}

static void test_what_is_no_file_is_no_lock(void **state) {
    (void)state;
    static const char *const made[] = {"ln -s canary e", "mkfifo e", "mkdir e", "ln canary e"};
    int folder = open(".", O_RDONLY | O_DIRECTORY);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        weft_file_lock *lock = NULL;
        weft_error err = {0};
        int64_t holder;
        free(sandbox_succeed("rm -rf e; echo alive >canary; %s", made[i]));
        assert_int_equal(weft_file_lock_take(&lock, "e", &holder, &err), WEFT_ERR_IO);
        assert_non_null(strstr(err.message, "e: is a"));
        free(sandbox_succeed("[ $(cat canary) = alive ]"));
    }
    close(folder);
}

static void test_a_process_is_known_by_its_start_its_machine_and_its_boot(void **state) {
    (void)state;
    weft_process_identity own, other;
    weft_process_identity_read(&own);
    assert_int_equal(own.pid, getpid());
    assert_true(weft_process_identity_is_alive(&own));
    other = own;
    other.start_ticks++;
    assert_false(weft_process_identity_is_alive(&other));
    other = own;
    other.boot_id[0]++;
    assert_false(weft_process_identity_is_alive(&other));
    other = own;
    (void)strcpy(other.host, "another");
    assert_false(weft_process_identity_is_alive(&other));
    other = own;
    other.pid = 4000000000;
    assert_false(weft_process_identity_is_alive(&other));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_lock_that_another_process_holds_is_refused_with_its_number),
        cmocka_unit_test(test_a_lock_goes_with_a_killed_process),
        cmocka_unit_test(test_a_child_that_keeps_the_descriptor_holds_the_lock),
        cmocka_unit_test(test_a_lock_where_there_is_no_folder_names_it),
        cmocka_unit_test(test_a_file_system_without_locks_is_told_from_a_lock_that_is_held),
        cmocka_unit_test(test_who_looks_is_not_taken_for_who_works),
        cmocka_unit_test(test_what_is_no_file_is_no_lock),
        cmocka_unit_test(test_a_process_is_known_by_its_start_its_machine_and_its_boot),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
