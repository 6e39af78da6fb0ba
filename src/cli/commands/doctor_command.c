/* weft doctor: what weft runs on here, and what is wrong with it.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/surroundings.h"
#include "core/text.h"
#include "pipeline/outputs/versions.h"

#include <stdlib.h>
#include <string.h>

/* --- for people --- */

static void print_size(const char *before, int64_t bytes, const char *after) {
    char text[WEFT_SIZE_TEXT_BYTES];
    weft_text_size(bytes, text);
    printf("%s%s%s", before, text, after);
}

static void print_facts(const weft_surroundings *found) {
    const weft_proj_database *proj = &found->proj;
    for (const weft_version *version = weft_versions(); version->name != NULL; version++)
        printf("%-10s %s\n", version->name, version->version);
    printf("drivers    %d for rasters: %s\n", found->raster_drivers, found->drivers);
    if (proj->path[0] != '\0') printf("proj.db    %s, EPSG %s\n", proj->path, proj->epsg);
    printf("grids      %d in %s; network %s\n", proj->grids, proj->folders, proj->network ? "on" : "off");
    if (found->memory_limit_bytes > 0) {
        print_size("memory     ", found->memory_limit_bytes, " with memory.limit: auto");
        printf(", 75 %% of %s\n", found->memory_origin);
    }
    printf("CPUs       %d of %d\n", found->cpus, found->machine_cpus);
    if (found->disk_free_bytes >= 0) print_size("disk       ", found->disk_free_bytes, "");
    if (found->disk_free_bytes >= 0) printf(" free in %s\n", found->folder);
    if (found->most_open_files >= 0) printf("files      %lld open at once\n", (long long)found->most_open_files);
    for (int i = 0; i < found->trouble_count; i++) {
        const weft_trouble *trouble = &found->troubles[i];
        printf("\n%s %s\n", trouble->ends_runs ? "wrong:    " : "beware:   ", trouble->error.message);
        if (trouble->error.hint[0] != '\0') printf("           %s\n", trouble->error.hint);
    }
    if (found->trouble_count == 0) printf("\nNothing is wrong.\n");
}

/* --- for programs --- */

/* The text without the comma in front. */
static void print_object(const weft_text *members) {
    printf("{%s}", members->data != NULL ? members->data + 2 : "");
}

static bool add_versions(weft_text *out) {
    weft_text versions = {0};
    for (const weft_version *version = weft_versions(); version->name != NULL; version++)
        weft_text_add_json_member(&versions, version->name, version->version);
    if (!versions.failed) weft_text_add(out, ", \"versions\": {%s}", versions.data + 2);
    bool failed = versions.failed;
    weft_text_dispose(&versions);
    return !failed;
}

static void add_number(weft_text *out, const char *name, int64_t value) {
    if (value >= 0)
        weft_text_add(out, ", \"%s\": %lld", name, (long long)value);
    else
        weft_text_add(out, ", \"%s\": null", name);
}

static bool add_troubles(weft_text *out, const weft_surroundings *found) {
    bool failed = false;
    weft_text_add(out, ", \"troubles\": [");
    for (int i = 0; i < found->trouble_count; i++) {
        const weft_trouble *trouble = &found->troubles[i];
        weft_text members = {0};
        weft_text_add(&members, ", \"ends_runs\": %s", trouble->ends_runs ? "true" : "false");
        add_number(&members, "exit_code", weft_status_exit_code(trouble->error.status));
        weft_text_add_json_member(&members, "message", trouble->error.message);
        weft_text_add_json_member(&members, "hint", trouble->error.hint[0] != '\0' ? trouble->error.hint : NULL);
        failed = failed || members.failed;
        if (!failed) weft_text_add(out, "%s{%s}", i > 0 ? ", " : "", members.data + 2);
        weft_text_dispose(&members);
    }
    weft_text_add(out, "]");
    return !failed;
}

static weft_status print_json(const weft_surroundings *found, weft_error *err) {
    const weft_proj_database *proj = &found->proj;
    weft_text out = {0};
    bool ok = add_versions(&out);
    add_number(&out, "raster_drivers", found->raster_drivers);
    weft_text_add_json_member(&out, "drivers", found->drivers);
    weft_text_add_json_member(&out, "proj_database", proj->path[0] != '\0' ? proj->path : NULL);
    weft_text_add_json_member(&out, "epsg", proj->epsg[0] != '\0' ? proj->epsg : NULL);
    weft_text_add_json_member(&out, "proj_folders", proj->folders);
    add_number(&out, "proj_grids", proj->grids);
    weft_text_add(&out, ", \"proj_network\": %s", proj->network ? "true" : "false");
    add_number(&out, "memory_limit_bytes", found->memory_limit_bytes > 0 ? found->memory_limit_bytes : -1);
    weft_text_add_json_member(&out, "memory_limit_from", found->memory_origin);
    add_number(&out, "cpus", found->cpus);
    add_number(&out, "machine_cpus", found->machine_cpus);
    weft_text_add_json_member(&out, "folder", found->folder);
    add_number(&out, "disk_free_bytes", found->disk_free_bytes);
    add_number(&out, "most_open_files", found->most_open_files);
    add_number(&out, "largest_file_bytes", found->largest_file_bytes);
    ok = add_troubles(&out, found) && ok && !out.failed;
    if (ok) print_object(&out);
    if (ok) printf("\n");
    weft_text_dispose(&out);
    return ok ? WEFT_OK : weft_error_set(err, WEFT_ERR_MEMORY, "no memory for what weft runs on");
}

extern const weft_command weft_doctor_command;

static int run_doctor(int argc, char **argv) {
    weft_surroundings found;
    weft_arguments arguments;
    weft_error err = {0};
    bool json = false;
    if (!weft_arguments_read(&arguments, &weft_doctor_command, &json, argc, argv)) return arguments.exit_code;
    weft_surroundings_read(&found, arguments.file_count == 1 ? arguments.files[0] : ".");
    if (!json)
        print_facts(&found);
    else if (print_json(&found, &err) != WEFT_OK)
        return weft_fail(&err);
    for (int i = 0; i < found.trouble_count; i++)
        if (found.troubles[i].ends_runs) return weft_status_exit_code(found.troubles[i].error.status);
    return 0;
}

static const weft_option options[] = {{"json", NULL, "print one JSON object, for scripts", false, 0, weft_take_flag},
                                      {0}};

const weft_command weft_doctor_command = {
    .name = "doctor",
    .summary = "print what weft runs on, and what is wrong with it",
    .argument = "[DIR]",
    .takes = "looks at one output folder at a time",
    .example = "weft doctor /data/out",
    .description =
        "Prints the libraries and their versions, GDAL's drivers, PROJ's database and datum shift grids, the memory "
        "limit that memory.limit: auto gives and where it comes from, the CPUs that may be used, and the disk of the "
        "folder where outputs would go; then what is wrong with it and what mends it. Exits with what a run would end "
        "with for it (66 where PROJ has no database), else 0.",
    .options = options,
    .run = run_doctor};
