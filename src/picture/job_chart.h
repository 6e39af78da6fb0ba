/* The jobs of a batch over time: who ran when, in lanes, and what they were granted and used of memory.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PICTURE_JOB_CHART_H
#define WEFT_PICTURE_JOB_CHART_H

#include "picture/chart.h"

typedef enum weft_job_look { WEFT_JOB_LOOK_DONE, WEFT_JOB_LOOK_FAILED, WEFT_JOB_LOOK_STOPPED } weft_job_look;

/* One attempt at a job. */
typedef struct weft_job_bar {
    double from_seconds, to_seconds; /* since the batch began */
    double granted, used;            /* bytes */
    weft_job_look look;
    int lane; /* weft_job_bars_lay() fills it in */
} weft_job_bar;

#define WEFT_JOB_CHART_WIDTH         960
#define WEFT_JOB_MEMORY_CHART_HEIGHT 240

/* Gives each bar, sorted by its begin, the first lane that is free; returns how many there are, `max` at most: what
 * finds none goes into the last one. */
int weft_job_bars_lay(weft_job_bar *bars, int count, int max);

double weft_job_lanes_height(int lanes);
weft_drawing_color weft_job_color(weft_job_look look);
/* Draws the bars in their lanes. */
void weft_job_lanes_draw(weft_drawing *drawing, const weft_job_bar *bars, int count, int lanes, double seconds);

/* Draws what all jobs that ran at a time were granted, a line, and what they used at their peaks, an area. Errors:
 * WEFT_ERR_MEMORY. */
weft_status weft_job_memory_draw(weft_drawing *drawing, const weft_job_bar *bars, int count, double seconds,
                                 weft_error *err);

#endif
