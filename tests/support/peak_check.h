/* A run's peak (VmHWM) beside its limit and the plan's estimate.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_PEAK_CHECK_H
#define WEFT_TESTS_SUPPORT_PEAK_CHECK_H

/* Plans and runs `job`.yml, with the variables of `settings` ("L=96MiB T=2"), to out/; fails the test when the peak is
 * above the limit or above the estimate, or when the estimate is more than half, and more than `grace_bytes`, above
 * the peak. A run does not always meet its peak (a second worker may come too late to need what it may have), so
 * the last is asked of the highest of up to three runs; the others of each. Leaves the last run's outputs. */
void peak_check(const char *settings, const char *job, long grace_bytes);

#endif
