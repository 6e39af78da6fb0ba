/* SPDX-License-Identifier: MIT
 *
 * The child does what main() does and leaves through exit(), so that a leak is found where a sanitizer looks. */
#include "fault/faulty_run.h"

#include "cli/manual/command.h"
#include "core/memory/allocator.h"
#include "raster/gdal/gdal_setup.h"
#include "support/cmocka_all.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_SECONDS 60

/* cmocka catches crashes and goes on with the next test, which is the parent's business. */
static void leave_signals(void) {
    static const int caught[] = {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS};
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        (void)signal(caught[i], SIG_DFL);
}

static void run_child(const char *const *arguments, failing_memory *plan) {
    const weft_command *command = weft_command_find(arguments[0]);
    int argc = 0;
    while (arguments[argc] != NULL)
        argc++;
    if (command == NULL || freopen("out.txt", "w", stdout) == NULL || freopen("err.txt", "w", stderr) == NULL)
        _exit(99);
    leave_signals();
    (void)alarm(MAX_SECONDS);
    failing_memory_start(plan);
    int exit_code = command->run(argc, (char **)arguments);
    failing_memory_start(NULL);
    exit(exit_code);
}

static failing_memory *share(void) {
    static failing_memory *shared;
    if (shared != NULL) return shared;
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(ftruncate(fileno(file), (off_t)sizeof *shared), 0);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
    (void)fclose(file);
    assert_true(shared != MAP_FAILED);
    failing_memory_enter_libraries();
    weft_allocator_setup();
    assert_int_equal(weft_raster_init(NULL), WEFT_OK);
    return shared;
}

static void read_error(faulty_run *run) {
    FILE *file = fopen("err.txt", "r");
    assert_non_null(file);
    run->error[fread(run->error, 1, sizeof run->error - 1, file)] = '\0';
    (void)fclose(file);
}

faulty_run faulty_run_make(const char *const *arguments, failing_kind kind, int64_t at, bool lasting) {
    faulty_run run = {0};
    failing_memory *plan = share();
    int status;
    memset(plan, 0, offsetof(failing_memory, callers));
    plan->kind = kind;
    plan->at = at;
    plan->lasting = lasting;
    (void)fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) run_child(arguments, plan);
    assert_int_equal(waitpid(child, &status, 0), child);
    run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    run.asked = atomic_load(&plan->asked);
    run.from = atomic_load(&plan->from);
    read_error(&run);
    return run;
}

fault_sample faulty_run_sample(int64_t stride, int64_t first) {
    const failing_memory *plan = share();
    int64_t asked = atomic_load(&plan->asked);
    assert_true(asked <= FAILING_REQUESTS);
    return fault_sample_new(plan->callers, asked, stride, first);
}
