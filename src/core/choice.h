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
    const char *example;  /* the whole that it is a word of, as a user writes it; NULL: the word says enough */
    int first, last; /* last > 0: a number from first to last stands after the word ("p5"), which is no word alone */
} weft_choice;

#endif
