/* weft doctor: what weft runs on here, and what is wrong with it.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/surroundings.h"
#include "core/text.h"
#include "pipeline/outputs/versions.h"
#include "pipeline/plan/plan_json.h"

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
    if (found->max_open_files >= 0) printf("files      %lld open at once\n", (long long)found->max_open_files);
    for (int i = 0; i < found->trouble_count; i++) {
        const weft_trouble *trouble = &found->troubles[i];
        printf("\n%s %s\n", trouble->ends_runs ? "wrong:    " : "beware:   ", trouble->error.message);
        if (trouble->error.hint[0] != '\0') printf("           %s\n", trouble->error.hint);
    }
    if (found->trouble_count == 0) printf("\nNothing is wrong.\n");
}

/* --- for programs --- */

/* A number that is known, or null. */
static json_t *known(int64_t value) {
    return value >= 0 ? json_integer((json_int_t)value) : json_null();
}

static json_t *text_of(const char *text) {
    return text != NULL && text[0] != '\0' ? weft_plan_json_text(text) : json_null();
}

static json_t *json_troubles(const weft_surroundings *found) {
    json_t *out = json_array();
    for (int i = 0; i < found->trouble_count; i++) {
        const weft_trouble *trouble = &found->troubles[i];
        weft_plan_json_append(&out, json_pack("{s:b, s:i, s:o, s:o}", "ends_runs", trouble->ends_runs, "exit_code",
                                              weft_status_exit_code(trouble->error.status), "message",
                                              text_of(trouble->error.message), "hint", text_of(trouble->error.hint)));
    }
    return out;
}

static int print_json(const weft_surroundings *found) {
    const weft_proj_database *proj = &found->proj;
    weft_text text = {0};
    json_t *root = json_pack("{s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:i, s:i, s:o, s:o, s:o, s:o, s:o}",
                             "versions", weft_versions_json(), "raster_drivers", found->raster_drivers, "drivers",
                             weft_plan_json_text(found->drivers), "proj_database", text_of(proj->path), "epsg",
                             text_of(proj->epsg), "proj_folders", weft_plan_json_text(proj->folders), "proj_grids",
                             known(proj->grids), "proj_network", proj->network, "memory_limit_bytes",
                             known(found->memory_limit_bytes > 0 ? found->memory_limit_bytes : -1), "memory_limit_from",
                             text_of(found->memory_origin), "cpus", found->cpus, "machine_cpus", found->machine_cpus,
                             "folder", weft_plan_json_text(found->folder), "disk_free_bytes",
                             known(found->disk_free_bytes), "max_open_files", known(found->max_open_files),
                             "largest_file_bytes", known(found->largest_file_bytes), "troubles", json_troubles(found));
    weft_plan_json_print(root, 0, &text);
    weft_text_add(&text, "\n");
    json_decref(root);
    return weft_print_text(&text, stdout, "what weft runs on");
}

extern const weft_command weft_doctor_command;

static int run_doctor(int argc, char **argv) {
    weft_surroundings found;
    weft_arguments arguments;
    bool json = false;
    if (!weft_arguments_read(&arguments, &weft_doctor_command, &json, argc, argv)) return arguments.exit_code;
    weft_surroundings_read(&found, arguments.file_count == 1 ? arguments.files[0] : ".");
    int exit_code = json ? print_json(&found) : 0;
    if (!json) print_facts(&found);
    for (int i = 0; i < found.trouble_count && exit_code == 0; i++)
        if (found.troubles[i].ends_runs) return weft_status_exit_code(found.troubles[i].error.status);
    return exit_code;
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
