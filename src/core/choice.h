/* A word that a configuration may say for a member of a registry, or for one of a few values.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_CHOICE_H
#define WEFT_CORE_CHOICE_H

/* aliases and synonyms are words with commas between them, or NULL. */
typedef struct weft_choice {
    const char *word;
    const char *aliases;  /* these are taken as well */
    const char *synonyms; /* these are not taken: other programs' words, for which the message names `word` */
} weft_choice;

#endif
