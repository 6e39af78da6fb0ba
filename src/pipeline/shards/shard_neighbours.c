/* SPDX-License-Identifier: MIT */
#include "pipeline/shards/shard_neighbours.h"

#include "core/log.h"
#include "core/text.h"
#include "pipeline/memory/memory_limit.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMMAND_BYTES 8192

/* Where schedulers say what memory a task has. */
static const char *const grants[] = {"SLURM_MEM_PER_NODE", "SLURM_MEM_PER_CPU"};

static bool has_word(const char *command, size_t length, const char *word) {
    for (const char *at = command; at < command + length; at += strlen(at) + 1)
        if (strncmp(at, word, strlen(word)) == 0) return true;
    return false;
}

static bool is_shard(const char *pid, const struct stat *own) {
    char path[64], command[COMMAND_BYTES];
    struct stat program;
    (void)snprintf(path, sizeof path, "/proc/%.20s/exe", pid);
    if (stat(path, &program) != 0 || program.st_ino != own->st_ino || program.st_dev != own->st_dev) return false;
    (void)snprintf(path, sizeof path, "/proc/%.20s/cmdline", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, command, sizeof command - 1);
    if (fd >= 0) (void)close(fd);
    if (length <= 0) return false;
    command[length] = '\0';
    return has_word(command, (size_t)length, "--shard");
}

/* How many other processes of this program, that this user may see, have --shard on their command line. 0 where that
 * cannot be told. */
static int count_neighbours(void) {
    struct stat own;
    int count = 0;
    DIR *processes = stat("/proc/self/exe", &own) == 0 ? opendir("/proc") : NULL;
    for (struct dirent *entry; processes != NULL && (entry = readdir(processes)) != NULL;)
        if (isdigit((unsigned char)entry->d_name[0]) && atoll(entry->d_name) != (long long)getpid())
            count += is_shard(entry->d_name, &own);
    if (processes != NULL) (void)closedir(processes);
    return count;
}

void weft_shard_warn_of_neighbours(const weft_config *config) {
    char each[WEFT_SIZE_TEXT_BYTES];
    int64_t limit;
    if (config->memory_limit.kind == WEFT_SIZE_BYTES) return;
    for (size_t i = 0; i < sizeof grants / sizeof *grants; i++)
        if (getenv(grants[i]) != NULL) return;
    int others = count_neighbours();
    if (others == 0 || weft_memory_limit(&limit, config->memory_limit, "", NULL) != WEFT_OK) return;
    weft_text_size(limit / (others + 1), each);
    weft_log(WEFT_LOG_WARNING,
             "%d other %s at work on this machine, and memory.limit leaves to each what there is: --set "
             "memory.limit=.. says what is its own, %s of as many as there are now",
             others, others == 1 ? "shard is" : "shards are", each);
}
