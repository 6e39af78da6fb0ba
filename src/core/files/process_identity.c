/* SPDX-License-Identifier: MIT
 *
 * /proc/PID/stat's 22nd field is when a process began; names in its second may hold anything, so fields are counted
 * from the last parenthesis on (proc(5)). */
#include "core/files/process_identity.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define START_FIELD 22

static bool read_text(const char *path, char *out, size_t capacity) {
    FILE *file = fopen(path, "re");
    if (file == NULL) return false;
    size_t length = fread(out, 1, capacity - 1, file);
    (void)fclose(file);
    out[length] = '\0';
    return length > 0;
}

static int64_t start_ticks(int64_t pid) {
    char path[64], text[1024];
    (void)snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
    if (!read_text(path, text, sizeof text)) return 0;
    const char *at = strrchr(text, ')');
    if (at != NULL && strncmp(at, ") Z", 3) == 0) return 0;
    for (int field = 2; at != NULL && field < START_FIELD; field++)
        at = strchr(at + 1, ' ');
    long long ticks = 0;
    return at != NULL && sscanf(at, "%lld", &ticks) == 1 ? (int64_t)ticks : 0;
}

void weft_process_identity_read(weft_process_identity *out) {
    *out = (weft_process_identity){.pid = (int64_t)getpid()};
    out->start_ticks = start_ticks(out->pid);
    if (read_text("/proc/sys/kernel/random/boot_id", out->boot_id, sizeof out->boot_id))
        out->boot_id[strcspn(out->boot_id, "\n")] = '\0';
    if (gethostname(out->host, sizeof out->host) != 0) out->host[0] = '\0';
    out->host[sizeof out->host - 1] = '\0';
}

bool weft_process_identity_is_alive(const weft_process_identity *identity) {
    weft_process_identity own;
    weft_process_identity_read(&own);
    return identity->start_ticks > 0 && strcmp(identity->boot_id, own.boot_id) == 0 &&
           strcmp(identity->host, own.host) == 0 && start_ticks(identity->pid) == identity->start_ticks;
}
