/* SPDX-License-Identifier: MIT
 *
 * Slurm sends its signals to the shell that runs the script: this one takes them, and hands them on. */
#include "pipeline/slurm/slurm_script.h"

#include <stddef.h>

void weft_slurm_script_head(weft_text *out, const weft_slurm_head *head) {
    weft_text_add(out, "#!/bin/sh\n#SBATCH --job-name=%s\n#SBATCH --nodes=1\n#SBATCH --ntasks=1\n", head->name);
    weft_text_add(out, "#SBATCH --cpus-per-task=%d\n#SBATCH --mem=%lldM\n", head->threads, (long long)head->mebibytes);
    if (head->minutes > 0) weft_text_add(out, "#SBATCH --time=%lld\n", (long long)head->minutes);
    if (head->indices > 0) weft_text_add(out, "#SBATCH --array=1-%d", head->indices);
    if (head->indices > 0 && head->at_once > 0) weft_text_add(out, "%%%d", head->at_once);
    if (head->indices > 0) weft_text_add(out, "\n");
    weft_text_add(out, "#SBATCH --output=\"%s/slurm-%s.log\"\n", head->log_folder, head->indices > 0 ? "%A_%a" : "%j");
    weft_text_add(out, "#SBATCH --open-mode=append\n#SBATCH --requeue\n#SBATCH --signal=B:TERM@60\n\n");
}

/* `weft`: the program, unless the environment names another one. */
static void add_program(weft_text *out, const char *program) {
    weft_text_add(out, "weft=");
    weft_text_add_shell_word(out, program);
    weft_text_add(out, "\nweft=${WEFT:-$weft}\n");
}

/* `run WORDS`: weft as a child, whose exit code is in $code. */
static void add_run(weft_text *out) {
    weft_text_add(out, "trap 'kill -TERM \"$child\" 2>/dev/null' TERM\n"
                       "run() {\n"
                       "    \"$weft\" run --progress plain \"$@\" &\n"
                       "    child=$!\n"
                       "    wait \"$child\"\n"
                       "    code=$?\n"
                       "    # A signal ended the waiting, not the child.\n"
                       "    while [ $code -gt 128 ] && kill -0 \"$child\" 2>/dev/null; do\n"
                       "        wait \"$child\"\n"
                       "        code=$?\n"
                       "    done\n"
                       "}\n");
}

void weft_slurm_script_jobs(weft_text *out, const char *program, const char *list) {
    add_program(out, program);
    add_run(out);
    weft_text_add(out, "list=");
    weft_text_add_shell_word(out, list);
    weft_text_add(out, "\nconfig=$(sed -n \"${SLURM_ARRAY_TASK_ID}p\" \"$list\")\n"
                       "run --resume \"$config\"\n"
                       "# What a run with another configuration or other inputs left cannot be resumed.\n"
                       "[ $code -ne 65 ] || run \"$config\"\n"
                       "exit $code\n");
}

void weft_slurm_script_shard(weft_text *out, const char *program, const char *config) {
    add_program(out, program);
    add_run(out);
    weft_text_add(out, "config=");
    weft_text_add_shell_word(out, config);
    weft_text_add(out, "\nrun --shard auto --resume \"$config\"\n"
                       "[ $code -ne 65 ] || run --shard auto \"$config\"\n"
                       "exit $code\n");
}

void weft_slurm_script_command(weft_text *out, const char *program, const char *const *words) {
    add_program(out, program);
    weft_text_add(out, "exec \"$weft\"");
    for (int i = 0; words[i] != NULL; i++) {
        weft_text_add(out, " ");
        weft_text_add_shell_word(out, words[i]);
    }
    weft_text_add(out, "\n");
}
