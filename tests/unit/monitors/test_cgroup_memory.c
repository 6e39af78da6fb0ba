/* Trees of /proc and /sys as systems have them: which limit holds, how much is used under it, and what of it `limit:
 * auto` takes. Expected values are worked out by hand from cgroups(7), the kernel's cgroup-v2.rst and memory.rst.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "monitors/cgroup_memory.h"
#include "monitors/memory_probe.h"
#include "monitors/memory_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILES 16

typedef struct planted {
    const char *path, *text;
} planted;

typedef struct tree {
    const char *name;
    planted files[MAX_FILES];
    weft_memory_reading smallest, fullest; /* used, limit; limit 0: none */
} fixture;

#define UNLIMITED_V1 "9223372036854771712\n"
#define MEMORY_V1    "/sys/fs/cgroup/memory"

static const fixture trees[] = {
    {"v2: a limit of its own",
     {{"/proc/self/cgroup", "0::/user.slice/job.scope\n"},
      {"/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"},
      {"/sys/fs/cgroup/user.slice/memory.max", "max\n"},
      {"/sys/fs/cgroup/user.slice/memory.current", "900\n"},
      {"/sys/fs/cgroup/user.slice/job.scope/memory.max", "1000\n"},
      {"/sys/fs/cgroup/user.slice/job.scope/memory.current", "700\n"}},
     {700, 1000},
     {700, 1000}},
    {"v2: an ancestor's limit, and that level's usage without active and inactive file cache",
     {{"/proc/self/cgroup", "0::/jobs/one\n"},
      {"/sys/fs/cgroup/jobs/one/memory.max", "max\n"},
      {"/sys/fs/cgroup/jobs/one/memory.current", "500\n"},
      {"/sys/fs/cgroup/jobs/memory.max", "1000\n"},
      {"/sys/fs/cgroup/jobs/memory.current", "900\n"},
      {"/sys/fs/cgroup/jobs/memory.stat", "anon 600\nfile 300\ninactive_anon 5\ninactive_file 200\nactive_file 100\n"}},
     {600, 1000},
     {600, 1000}},
    {"v2: the smallest of three, while a larger one is fuller with others' memory",
     {{"/proc/self/cgroup", "0::/a/b/c\n"},
      {"/sys/fs/cgroup/a/memory.max", "4000\n"},
      {"/sys/fs/cgroup/a/memory.current", "3900\n"},
      {"/sys/fs/cgroup/a/b/memory.max", "2000\n"},
      {"/sys/fs/cgroup/a/b/memory.current", "1000\n"},
      {"/sys/fs/cgroup/a/b/c/memory.max", "3000\n"},
      {"/sys/fs/cgroup/a/b/c/memory.current", "100\n"}},
     {1000, 2000},
     {3900, 4000}},
    {"v2: nothing but max",
     {{"/proc/self/cgroup", "0::/user.slice\n"},
      {"/sys/fs/cgroup/user.slice/memory.max", "max\n"},
      {"/sys/fs/cgroup/user.slice/memory.high", "max\n"},
      {"/sys/fs/cgroup/user.slice/memory.current", "500\n"}},
     {0, 0},
     {0, 0}},
    {"v2: memory.high under memory.max",
     {{"/proc/self/cgroup", "0::/build\n"},
      {"/sys/fs/cgroup/build/memory.max", "2000\n"},
      {"/sys/fs/cgroup/build/memory.high", "1500\n"},
      {"/sys/fs/cgroup/build/memory.current", "300\n"}},
     {300, 1500},
     {300, 1500}},
    {"v2: a container with its own cgroup namespace sees its level as the root",
     {{"/proc/self/cgroup", "0::/\n"},
      {"/proc/self/mountinfo", "900 899 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate\n"},
      {"/sys/fs/cgroup/memory.max", "512\n"},
      {"/sys/fs/cgroup/memory.current", "128\n"},
      {"/sys/fs/cgroup/memory.stat", "inactive_file 28\n"}},
     {100, 512},
     {100, 512}},
    {"v2: a path outside of the namespace",
     {{"/proc/self/cgroup", "0::/../../other.slice/x\n"},
      {"/sys/other.slice/x/memory.max", "7\n"}, /* where the path leads, taken by the letter */
      {"/sys/other.slice/x/memory.current", "7\n"},
      {"/sys/fs/cgroup/memory.max", "512\n"},
      {"/sys/fs/cgroup/memory.current", "128\n"}},
     {128, 512},
     {128, 512}},
    {"v1: its own files",
     {{"/proc/self/cgroup", "9:cpu,cpuacct:/x\n4:memory:/box\n1:name=systemd:/box\n"},
      {MEMORY_V1 "/box/memory.limit_in_bytes", "2000\n"},
      {MEMORY_V1 "/box/memory.usage_in_bytes", "800\n"},
      {MEMORY_V1 "/box/memory.stat", "cache 5\ninactive_file 1\ntotal_inactive_file 300\ntotal_active_file 50\n"}},
     {450, 2000},
     {450, 2000}},
    {"v1: unlimited by every sentinel",
     {{"/proc/self/cgroup", "4:memory:/a/b\n"},
      {MEMORY_V1 "/memory.limit_in_bytes", UNLIMITED_V1},
      {MEMORY_V1 "/memory.usage_in_bytes", "1\n"},
      {MEMORY_V1 "/memory.stat", "hierarchical_memory_limit " UNLIMITED_V1},
      {MEMORY_V1 "/a/memory.limit_in_bytes", "9223372036854775807\n"},
      {MEMORY_V1 "/a/memory.usage_in_bytes", "1\n"},
      {MEMORY_V1 "/a/b/memory.limit_in_bytes", "18446744073709551615\n"},
      {MEMORY_V1 "/a/b/memory.usage_in_bytes", "1\n"}},
     {0, 0},
     {0, 0}},
    {"v1: Docker shows only the container's level, under the host's path",
     {{"/proc/self/cgroup", "11:memory:/docker/0123\n"},
      {"/proc/self/mountinfo", "48 47 0:33 /docker/0123 /sys/fs/cgroup/memory ro - cgroup memory rw,memory\n"},
      {MEMORY_V1 "/memory.limit_in_bytes", UNLIMITED_V1},
      {MEMORY_V1 "/memory.usage_in_bytes", "700\n"},
      {MEMORY_V1 "/memory.stat", "hierarchical_memory_limit 1600\ntotal_inactive_file 200\n"}},
     {500, 1600}, /* the pod's, which is out of sight */
     {500, 1600}},
    {"v1: an inherited limit counts at the level that has it",
     {{"/proc/self/cgroup", "4:memory:/pod/one\n"},
      {MEMORY_V1 "/memory.limit_in_bytes", UNLIMITED_V1},
      {MEMORY_V1 "/memory.usage_in_bytes", "5000\n"},
      {MEMORY_V1 "/pod/memory.limit_in_bytes", "1600\n"},
      {MEMORY_V1 "/pod/memory.usage_in_bytes", "1500\n"},
      {MEMORY_V1 "/pod/memory.stat", "hierarchical_memory_limit 1600\n"},
      {MEMORY_V1 "/pod/one/memory.limit_in_bytes", UNLIMITED_V1},
      {MEMORY_V1 "/pod/one/memory.usage_in_bytes", "300\n"},
      {MEMORY_V1 "/pod/one/memory.stat", "hierarchical_memory_limit 1600\n"}},
     {1500, 1600},
     {1500, 1600}},
    {"hybrid: version 1 has the memory",
     {{"/proc/self/cgroup", "4:memory:/s/job\n1:name=systemd:/s/job\n0::/s/job\n"},
      {"/proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n"
                               "32 31 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
                               "35 31 0:32 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n"},
      {"/sys/fs/cgroup/unified/s/job/memory.max", "1\n"},
      {"/sys/fs/cgroup/unified/s/job/memory.current", "1\n"},
      {MEMORY_V1 "/s/job/memory.limit_in_bytes", "2000\n"},
      {MEMORY_V1 "/s/job/memory.usage_in_bytes", "40\n"}},
     {40, 2000},
     {40, 2000}},
    {"hybrid: version 2 has the memory, mounted beside",
     {{"/proc/self/cgroup", "2:cpu:/s\n1:name=systemd:/s\n0::/s\n"},
      {"/proc/self/mountinfo", "32 31 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
                               "35 31 0:32 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"},
      {"/sys/fs/cgroup/unified/s/memory.max", "3000\n"},
      {"/sys/fs/cgroup/unified/s/memory.current", "30\n"}},
     {30, 3000},
     {30, 3000}},
    {"Slurm on version 1: the step has no limit, the job has",
     {{"/proc/self/cgroup", "7:memory:/slurm/uid_1000/job_42/step_0/task_0\n"},
      {MEMORY_V1 "/slurm/uid_1000/memory.limit_in_bytes", "8000\n"},
      {MEMORY_V1 "/slurm/uid_1000/memory.usage_in_bytes", "7000\n"},
      {MEMORY_V1 "/slurm/uid_1000/job_42/memory.limit_in_bytes", "4000\n"},
      {MEMORY_V1 "/slurm/uid_1000/job_42/memory.usage_in_bytes", "1000\n"},
      {MEMORY_V1 "/slurm/uid_1000/job_42/step_0/memory.limit_in_bytes", UNLIMITED_V1},
      {MEMORY_V1 "/slurm/uid_1000/job_42/step_0/memory.usage_in_bytes", "900\n"},
      {MEMORY_V1 "/slurm/uid_1000/job_42/step_0/task_0/memory.limit_in_bytes", UNLIMITED_V1},
      {MEMORY_V1 "/slurm/uid_1000/job_42/step_0/task_0/memory.usage_in_bytes", "800\n"}},
     {1000, 4000},
     {7000, 8000}},
    {"Slurm on version 2",
     {{"/proc/self/cgroup", "0::/system.slice/slurmstepd.scope/job_42/step_0/user/task_0\n"},
      {"/sys/fs/cgroup/system.slice/slurmstepd.scope/job_42/memory.max", "4000\n"},
      {"/sys/fs/cgroup/system.slice/slurmstepd.scope/job_42/memory.current", "2000\n"},
      {"/sys/fs/cgroup/system.slice/slurmstepd.scope/job_42/memory.stat", "active_file 500\n"},
      {"/sys/fs/cgroup/system.slice/slurmstepd.scope/job_42/step_0/memory.max", "4000\n"},
      {"/sys/fs/cgroup/system.slice/slurmstepd.scope/job_42/step_0/memory.current", "1000\n"},
      {"/sys/fs/cgroup/system.slice/slurmstepd.scope/job_42/step_0/user/task_0/memory.max", "max\n"},
      {"/sys/fs/cgroup/system.slice/slurmstepd.scope/job_42/step_0/user/task_0/memory.current", "900\n"}},
     {1500, 4000}, /* of two equal limits, the one that others share */
     {1500, 4000}},
    {"a mount point with a blank, of a part of the hierarchy",
     {{"/proc/self/cgroup", "0::/lxc/box/app\n"},
      {"/proc/self/mountinfo", "30 23 0:26 /other /mnt/other rw - cgroup2 cgroup2 rw\n"
                               "31 23 0:26 /lxc/box /mnt/c\\040g rw - cgroup2 cgroup2 rw\n"},
      {"/mnt/c g/memory.max", "600\n"},
      {"/mnt/c g/memory.current", "60\n"},
      {"/mnt/c g/app/memory.max", "max\n"},
      {"/mnt/c g/app/memory.current", "50\n"}},
     {60, 600},
     {60, 600}},
    {"a controller whose name only begins alike",
     {{"/proc/self/cgroup", "3:name=memory_tools:/x\n2:memoryless:/y\n"},
      {MEMORY_V1 "/memory.limit_in_bytes", "10\n"},
      {MEMORY_V1 "/memory.usage_in_bytes", "1\n"}},
     {0, 0},
     {0, 0}},
    {"nothing at all", {{"/proc/meminfo", "MemTotal: 1 kB\n"}}, {0, 0}, {0, 0}},
};

/* Makes the tree in a folder of its own and says which. */
static void plant(const fixture *tree, int number, char root[64]) {
    (void)snprintf(root, 64, "tree%d", number);
    for (int i = 0; i < MAX_FILES && tree->files[i].path != NULL; i++) {
        char name[512];
        (void)snprintf(name, sizeof name, "%s%s", root, tree->files[i].path);
        free(sandbox_succeed("mkdir -p \"$(dirname '%s')\"", name));
        sandbox_write(name, tree->files[i].text);
    }
}

static void check(const fixture *tree, const char *what, weft_memory_reading found, weft_memory_reading expected) {
    if (found.used_bytes == expected.used_bytes && found.limit_bytes == expected.limit_bytes) return;
    fail_msg("%s: the %s level uses %lld of %lld, not %lld of %lld", tree->name, what, (long long)found.used_bytes,
             (long long)found.limit_bytes, (long long)expected.used_bytes, (long long)expected.limit_bytes);
}

static void test_every_tree_resolves_to_its_limit_and_usage(void **state) {
    (void)state;
    for (int i = 0; i < (int)(sizeof trees / sizeof *trees); i++) {
        char root[64];
        weft_cgroup cgroup;
        weft_cgroup_memory memory;
        weft_memory_room room;
        plant(&trees[i], i, root);
        weft_cgroup_find(root, WEFT_CGROUP_MEMORY, &cgroup);
        bool limited = weft_cgroup_memory_read(root, &cgroup, &memory);
        check(&trees[i], "smallest", memory.smallest, trees[i].smallest);
        check(&trees[i], "fullest", memory.fullest, trees[i].fullest);
        assert_int_equal(limited, trees[i].smallest.limit_bytes > 0);
        weft_memory_room_read(root, &room);
        assert_int_equal(room.cgroup_limit_bytes, trees[i].smallest.limit_bytes);
    }
}

/* The probe warns of the level that the kernel will act on first. */
static void test_the_probe_takes_the_fullest_level(void **state) {
    (void)state;
    weft_memory_probe *probe = NULL;
    weft_memory_reading reading;
    char root[64];
    plant(&trees[2], 100, root);
    assert_int_equal(weft_memory_probe_new(&probe, "cgroup", &(weft_probe_setup){.root = root}, NULL), WEFT_OK);
    assert_true(probe->read(probe, &reading));
    assert_int_equal(reading.used_bytes, 3900);
    assert_int_equal(reading.limit_bytes, 4000);
    weft_memory_probe_free(probe);
    plant(&trees[3], 101, root);
    assert_int_equal(weft_memory_probe_new(&probe, "cgroup", &(weft_probe_setup){.root = root}, NULL), WEFT_OK);
    assert_false(probe->read(probe, &reading));
    weft_memory_probe_free(probe);
}

/* In a hybrid system stalls are told of in version 2, whoever has the memory. */
static void test_the_unified_place_is_found_beside_version_1(void **state) {
    (void)state;
    const fixture *hybrid = trees;
    weft_cgroup cgroup;
    char root[64];
    while (strncmp(hybrid->name, "hybrid: version 1", 17) != 0)
        hybrid++;
    plant(hybrid, 102, root);
    weft_cgroup_find(root, WEFT_CGROUP_UNIFIED, &cgroup);
    assert_int_equal(cgroup.version, 2);
    assert_string_equal(cgroup.folder, "/sys/fs/cgroup/unified/s/job");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_tree_resolves_to_its_limit_and_usage),
        cmocka_unit_test(test_the_probe_takes_the_fullest_level),
        cmocka_unit_test(test_the_unified_place_is_found_beside_version_1),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
