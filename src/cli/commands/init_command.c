/* weft init: a first configuration for the rasters of a folder.
 *
 * What is written has been planned: it loads, its grid stands, and what the plan warns of is told in it.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/init/starter_config.h"
#include "config/config_load.h"
#include "config/config_name.h"
#include "core/clock.h"
#include "core/text.h"
#include "pipeline/formats/formats.h"
#include "pipeline/planner/planner.h"
#include "pipeline/run/run_threads.h"
#include "raster/gdal/gdal_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char file_name[] = "config.yml";

static weft_status write_all(int fd, const weft_text *text, const char *path, weft_error *err) {
    for (size_t done = 0; done < text->length;) {
        ssize_t now = write(fd, text->data + done, text->length - done);
        if (now < 0 && errno == EINTR) continue;
        if (now <= 0) return weft_error_set_errno(err, errno, "%s", path);
        done += (size_t)now;
    }
    return WEFT_OK;
}

/* Plans the configuration in `file`. */
static weft_status plan_file(weft_plan **out, weft_config **config, const char *file, weft_error *err) {
    weft_problems problems = {0};
    const weft_config_request request = {
        .file = file, .now_ms = weft_clock_wall_ms(), .registries = &weft_all_registries};
    weft_status status = weft_config_load(config, &request, &problems, err);
    if (status != WEFT_OK && problems.text.length > 0)
        weft_error_set(err, status, "%.*s", (int)problems.text.length - 1, problems.text.data);
    weft_problems_dispose(&problems);
    return status == WEFT_OK ? weft_plan_new(out, *config, NULL, weft_run_threads(*config), NULL, err) : status;
}

/* Adds the configuration to `out`, with what a plan of it warns of. The plan is of a copy with absolute paths, in the
 * folder for temporary files. */
static weft_status write_planned(weft_text *out, weft_starter starter, const char *folder, weft_error *err) {
    const char *place = getenv("TMPDIR");
    char *path = weft_text_format("%s/weft-init-XXXXXX", place != NULL && place[0] != '\0' ? place : "/tmp");
    char *absolute = realpath(folder, NULL);
    weft_config *config = NULL;
    weft_plan *plan = NULL;
    weft_text copy = {0};
    int fd = -1;
    weft_status status = WEFT_OK;
    if (path == NULL || absolute == NULL) {
        status = weft_error_no_memory(err, "the configuration");
        goto done;
    }
    fd = mkstemp(path);
    if (fd < 0) {
        status = weft_error_set_errno(err, errno, "%s", path);
        goto done;
    }
    if (!weft_text_is_utf8(absolute)) {
        status =
            weft_error_set(err, WEFT_ERR_DATA, "%s: its name is not UTF-8, as a configuration has to be", absolute);
        goto done;
    }
    starter.folder = absolute;
    weft_starter_write(&copy, &starter);
    status = copy.failed ? weft_error_no_memory(err, "the configuration") : write_all(fd, &copy, path, err);
    if (status == WEFT_OK) status = plan_file(&plan, &config, path, err);
    if (status == WEFT_OK) {
        starter.folder = NULL;
        starter.warnings = plan->warnings;
        starter.warning_count = plan->warning_count;
        weft_starter_write(out, &starter);
        if (out->failed) status = weft_error_no_memory(err, "the configuration");
    }
done:
    if (fd >= 0) {
        (void)close(fd);
        (void)unlink(path);
    }
    weft_plan_free(plan);
    weft_config_free(config);
    weft_text_dispose(&copy);
    free(absolute);
    free(path);
    return status;
}

/* The folder's own name, as an experiment's may be written; NULL: no memory. */
static char *experiment_of(const char *folder) {
    char *absolute = realpath(folder, NULL);
    const char *slash = absolute != NULL ? strrchr(absolute, '/') : NULL;
    char *name = weft_text_format("%s", slash != NULL && slash[1] != '\0' ? slash + 1 : "first");
    if (name != NULL) weft_config_make_name(name);
    free(absolute);
    return name;
}

static weft_status make(weft_text *out, const char *folder, weft_error *err) {
    weft_found_rasters found = {0};
    weft_raster_groups groups = {0};
    char *experiment = experiment_of(folder);
    weft_status status = experiment != NULL ? weft_raster_init(err) : weft_error_no_memory(err, "the configuration");
    if (status == WEFT_OK) status = weft_found_rasters_read(&found, folder, err);
    if (status == WEFT_OK && found.count == 0) {
        status = weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: there is no raster that can be used", folder);
        if (found.left_out_count > 0)
            weft_error_hint(err, "%s: %s", found.left_out[0].name, found.left_out[0].why);
        else
            weft_error_hint(err, "name the folder that they lie in: weft init FOLDER");
    }
    if (status == WEFT_OK) status = weft_raster_groups_make(&groups, &found, err);
    if (status == WEFT_OK)
        status = write_planned(out, (weft_starter){.found = &found, .groups = &groups, .experiment = experiment},
                               folder, err);
    weft_raster_groups_dispose(&groups);
    weft_found_rasters_dispose(&found);
    free(experiment);
    return status;
}

/* A file that is there stays as it is, whatever it is. */
static weft_status save(const weft_text *text, const char *path, weft_error *err) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST) {
        weft_error_set(err, WEFT_ERR_IO, "%s is there already", path);
        weft_error_hint(err, "weft init prints with -: weft init - > other.yml");
        return WEFT_ERR_IO;
    }
    if (fd < 0) return weft_error_set_errno(err, errno, "%s", path);
    weft_status status = write_all(fd, text, path, err);
    if (close(fd) != 0 && status == WEFT_OK) status = weft_error_set_errno(err, errno, "%s", path);
    if (status != WEFT_OK) (void)unlink(path);
    return status;
}

extern const weft_command weft_init_command;

static int run_init(int argc, char **argv) {
    weft_arguments arguments;
    weft_text text = {0};
    weft_error err = {0};
    char *path = NULL;
    const char *folder = ".";
    bool print = false;
    int folders = 0;
    if (!weft_arguments_read(&arguments, &weft_init_command, NULL, argc, argv)) return arguments.exit_code;
    for (int i = 0; i < arguments.file_count; i++) {
        bool dash = strcmp(arguments.files[i], "-") == 0;
        print = print || dash;
        if (!dash) folder = arguments.files[i];
        folders += !dash;
    }
    if (folders > 1) {
        weft_error_set(&err, WEFT_ERR_USAGE, "weft init %s", weft_init_command.takes);
        return weft_fail(&err);
    }
    path = strcmp(folder, ".") == 0 ? weft_text_format("%s", file_name) : weft_text_format("%s/%s", folder, file_name);
    weft_status status = path != NULL ? WEFT_OK : weft_error_no_memory(&err, "the configuration");
    /* Before the work, and again when it is written. */
    if (status == WEFT_OK && !print && access(path, F_OK) == 0) status = save(&text, path, &err);
    if (status == WEFT_OK) status = make(&text, folder, &err);
    if (status == WEFT_OK && !print) status = save(&text, path, &err);
    if (status == WEFT_OK && print) fputs(text.data, stdout);
    if (status == WEFT_OK && !print) printf("%s\n", path);
    weft_text_dispose(&text);
    free(path);
    return status == WEFT_OK ? 0 : weft_fail(&err);
}

const weft_command weft_init_command = {
    .name = "init",
    .summary = "write a first configuration for the rasters of a folder",
    .argument = "[DIR|-]..",
    .takes = "looks at one folder",
    .example = "weft init && weft plan config.yml",
    .description =
        "Writes a commented config.yml beside the rasters that lie in a folder, or here; with - it prints it. It runs "
        "as "
        "it is: the grid is that of the finest raster, each file is a dataset, or each group of files that lie side by "
        "side, classes (a palette, class names) are not calculated with, and what weft plan warns of is written into "
        "it. "
        "A file that is there is not overwritten (exit code 74). Reads no pixels.",
    .run = run_init};
