/* SPDX-License-Identifier: MIT */
#include "pipeline/slurm/slurm_queue.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define NOT_FOUND 127 /* a shell's exit code */

/* The first line that a command prints, without its line break. Returns its wait status, -1 and errno on failure. */
static int first_line(const char *command, char *out, size_t capacity) {
    FILE *pipe = popen(command, "re");
    int byte;
    if (pipe == NULL) return -1;
    if (fgets(out, (int)capacity, pipe) == NULL) out[0] = '\0';
    out[strcspn(out, "\n")] = '\0';
    while ((byte = fgetc(pipe)) != EOF)
        ;
    return pclose(pipe);
}

weft_status weft_slurm_sbatch(const char *command, char id[WEFT_SLURM_ID_BYTES], weft_error *err) {
    int state = first_line(command, id, WEFT_SLURM_ID_BYTES);
    if (state == -1) return weft_error_set_errno(err, errno, "sbatch cannot be started");
    if (WIFEXITED(state) && WEXITSTATUS(state) == NOT_FOUND) {
        weft_error_set(err, WEFT_ERR_NO_INPUT, "there is no sbatch");
        weft_error_hint(err, "submit where Slurm is; weft batch without --slurm runs the jobs here");
        return WEFT_ERR_NO_INPUT;
    }
    /* --parsable: NUMBER, or NUMBER;CLUSTER */
    id[strspn(id, "0123456789")] = '\0';
    if (state == 0 && id[0] != '\0') return WEFT_OK;
    if (WIFEXITED(state))
        return weft_error_set(err, WEFT_ERR_IO, "sbatch ends with exit code %d and gives %s", WEXITSTATUS(state),
                              id[0] != '\0' ? id : "no number");
    return weft_error_set(err, WEFT_ERR_IO, "sbatch was ended by signal %d", WTERMSIG(state));
}

bool weft_slurm_has_jobs(const char *ids) {
    char line[WEFT_SLURM_ID_BYTES];
    char *command = weft_text_format("squeue --noheader --format=%%i --jobs=%s 2>/dev/null", ids);
    if (command == NULL) return false;
    int state = first_line(command, line, sizeof line);
    free(command);
    return state == 0 && isdigit((unsigned char)line[0]);
}
