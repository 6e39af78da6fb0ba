/* A run that fails after it has begun to write.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_BROKEN_RUN_H
#define WEFT_TESTS_SUPPORT_BROKEN_RUN_H

/* Runs the sandbox's config.yml, whose output folder is `out`, with blocks in its first raster that do not decode.
 * Fails the test unless that fails and leaves nothing but the metrics. */
void broken_run_leaves_nothing(void);

#endif
