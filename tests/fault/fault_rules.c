/* SPDX-License-Identifier: MIT
 *
 * Read when the library is loaded, or by the server of runs when it has forked one. The report goes through plain
 * system calls, which the shim does not see. */
#define _GNU_SOURCE
#include "fault/fault_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
    char folder[4096];
    const char *match, *save, *report;
    bool counted[FAULT_KIND_COUNT];
    long at, times;
    fault_verdict verdict;
    int errno_value;
    int signals[2]; /* 0: none */
    bool power, drop, limited;
    int64_t space;
    unsigned seed;
    long calls, faults;
} rules;

static _Atomic int64_t slept_ns;

/* Of the calls that are counted, where nothing goes wrong. */
static uint32_t places[8192];
#define PLACES (long)(sizeof places / sizeof *places)

static const char *const kind_names[FAULT_KIND_COUNT] = {
    [FAULT_OPEN] = "open",     [FAULT_WRITE] = "write",       [FAULT_SYNC] = "sync",
    [FAULT_RENAME] = "rename", [FAULT_TRUNCATE] = "truncate", [FAULT_CLOSE] = "close",
    [FAULT_UNLINK] = "unlink", [FAULT_MKDIR] = "mkdir",       [FAULT_READ] = "read"};

static const struct {
    const char *name;
    int value;
} errnos[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EINTR", EINTR},
              {"EAGAIN", EAGAIN}, {"ESTALE", ESTALE}, {"EACCES", EACCES}, {"EROFS", EROFS}};

static const struct {
    const char *name;
    int number;
} signals[] = {{"SIGINT", SIGINT}, {"SIGTERM", SIGTERM}, {"SIGHUP", SIGHUP}};

static void misused(const char *what) {
    (void)dprintf(STDERR_FILENO, "fault shim: %s\n", what);
    _exit(99);
}

static long number(const char *name, long otherwise) {
    const char *text = getenv(name);
    return text != NULL ? atol(text) : otherwise;
}

static void read_kinds(const char *text) {
    bool all = text == NULL || strcmp(text, "all") == 0;
    for (int kind = 0; kind < FAULT_KIND_COUNT; kind++) {
        const char *found = all ? NULL : strstr(text, kind_names[kind]);
        rules.counted[kind] = all ? kind != FAULT_READ : found != NULL;
    }
}

/* The signal that `text` begins with, up to its end or a plus; 0: none. */
static int signal_of(const char *text) {
    size_t length = strcspn(text, "+");
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (strlen(signals[i].name) == length && strncmp(text, signals[i].name, length) == 0) return signals[i].number;
    return 0;
}

static bool read_signals(const char *text) {
    const char *plus = strchr(text, '+');
    rules.signals[0] = signal_of(text);
    rules.signals[1] = plus != NULL ? signal_of(plus + 1) : 0;
    return rules.signals[0] != 0;
}

static void read_action(const char *text) {
    if (text == NULL) return;
    if (read_signals(text)) return;
    rules.verdict = strcmp(text, "short") == 0  ? FAULT_SHORT
                    : strcmp(text, "tear") == 0 ? FAULT_TEARS
                    : strcmp(text, "kill") == 0 ? FAULT_KILLS
                                                : FAULT_FAILS;
    rules.power = strcmp(text, "power") == 0;
    if (rules.power) rules.verdict = FAULT_KILLS;
    rules.drop = strcmp(text, "drop") == 0;
    if (rules.drop) rules.errno_value = EIO;
    if (rules.verdict != FAULT_FAILS) return;
    for (size_t i = 0; i < sizeof errnos / sizeof *errnos; i++)
        if (strcmp(text, errnos[i].name) == 0) rules.errno_value = errnos[i].value;
    if (rules.errno_value == 0) misused("WEFT_FAULT_DO is none of its words");
}

__attribute__((constructor)) void fault_rules_read(void) {
    const char *folder = getenv("WEFT_FAULT_FOLDER");
    if (folder == NULL) return;
    if (folder[0] != '/' || strlen(folder) >= sizeof rules.folder) misused("WEFT_FAULT_FOLDER is not absolute");
    (void)snprintf(rules.folder, sizeof rules.folder, "%s", folder);
    rules.match = getenv("WEFT_FAULT_MATCH");
    rules.save = getenv("WEFT_FAULT_SAVE");
    rules.report = getenv("WEFT_FAULT_REPORT");
    rules.at = number("WEFT_FAULT_AT", 0);
    rules.times = number("WEFT_FAULT_TIMES", 1);
    rules.seed = (unsigned)number("WEFT_FAULT_KEEP", 0);
    rules.limited = getenv("WEFT_FAULT_SPACE") != NULL;
    rules.space = number("WEFT_FAULT_SPACE", 0);
    read_kinds(getenv("WEFT_FAULT_ON"));
    read_action(getenv("WEFT_FAULT_DO"));
    if (fault_rules_track_power() && rules.save == NULL) misused("WEFT_FAULT_SAVE is missing");
}

__attribute__((destructor)) static void report_at_exit(void) {
    fault_rules_report();
}

void fault_rules_report(void) {
    char text[64];
    if (rules.report == NULL) return;
    int length = snprintf(text, sizeof text, "%ld %ld %lld\n", rules.calls, rules.faults,
                          (long long)(atomic_load(&slept_ns) / 1000000));
    int fd = (int)syscall(SYS_openat, AT_FDCWD, rules.report, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0) return;
    (void)!syscall(SYS_write, fd, text, (size_t)length);
    for (long i = 0; rules.at == 0 && i < rules.calls && i < PLACES; i++) {
        length = snprintf(text, sizeof text, "%lu\n", (unsigned long)places[i]);
        (void)!syscall(SYS_write, fd, text, (size_t)length);
    }
    (void)syscall(SYS_close, fd);
}

bool fault_rules_cover_any(void) {
    return rules.folder[0] != '\0';
}

bool fault_rules_cover(const char *path) {
    size_t length = strlen(rules.folder);
    return length > 0 && strncmp(path, rules.folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

bool fault_rules_cover_above(const char *path) {
    return fault_rules_cover(path) && strcmp(path, rules.folder) != 0;
}

/* The handler runs before this returns, in the thread whose call it is, so that all that the program does behind it is
 * counted behind it. The signal may be the end, so the report is written before. */
static void send_signal(int number) {
    if (number == 0) return;
    rules.faults++;
    fault_rules_report();
    (void)raise(number);
}

/* A number of the kind of call and the file, whatever digits are in its name. */
static uint32_t place_of(fault_kind kind, const char *path) {
    uint32_t sum = 2166136261u + (uint32_t)kind;
    for (const char *at = path; *at != '\0'; at++)
        if (*at < '0' || *at > '9') sum = (sum ^ (unsigned char)*at) * 16777619u;
    return sum;
}

fault_verdict fault_rules_judge(fault_kind kind, const char *path) {
    if (!rules.counted[kind] || (rules.match != NULL && strstr(path, rules.match) == NULL)) return FAULT_PASSES;
    if (rules.at == 0 && rules.calls < PLACES) places[rules.calls] = place_of(kind, path + strlen(rules.folder));
    rules.calls++;
    if (rules.signals[0] != 0) {
        if (rules.calls == rules.at) send_signal(rules.signals[0]);
        if (rules.calls == rules.at + 1) send_signal(rules.signals[1]);
        return FAULT_PASSES;
    }
    if (rules.at == 0 || rules.calls < rules.at) return FAULT_PASSES;
    if (rules.times > 0 && rules.calls >= rules.at + rules.times) return FAULT_PASSES;
    rules.faults++;
    errno = rules.errno_value;
    return rules.verdict;
}

int64_t fault_rules_take_space(int64_t growth) {
    if (!rules.limited || growth <= 0) return growth;
    int64_t taken = growth < rules.space ? growth : rules.space;
    rules.space -= taken;
    if (taken < growth) rules.faults++;
    return taken;
}

void fault_rules_sleep(int64_t nanoseconds) {
    atomic_fetch_add(&slept_ns, nanoseconds);
}

bool fault_rules_track_power(void) {
    return rules.power || rules.drop;
}

bool fault_rules_drop(void) {
    return rules.drop;
}

unsigned fault_rules_seed(void) {
    return rules.seed;
}

const char *fault_rules_save_folder(void) {
    return rules.save;
}
