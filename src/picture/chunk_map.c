/* SPDX-License-Identifier: MIT
 *
 * The grid keeps its proportions, as far as it can be seen: one that is a hundred times as long as wide is drawn wider.
 */
#include "picture/chunk_map.h"

#include "picture/chart.h"
#include "picture/color_ramp.h"

#include <math.h>
#include <stdio.h>

#define LEFT     76
#define TOP      10
#define ROOM     380 /* for the map, wide */
#define TALL     330
#define THINNEST 60

static void say_rows(weft_drawing *drawing, double x, double y, double height, int64_t rows) {
    char text[WEFT_CHART_TEXT_BYTES];
    for (int i = 0; i <= 4; i++) {
        if (i % 2 == 1 && height < 120) continue;
        (void)snprintf(text, sizeof text, "%lld", (long long)(rows * i / 4));
        weft_drawing_text(drawing, x - 8, y + height * i / 4 + 4, WEFT_COLOR_SOFT, WEFT_DRAW_RIGHT, text);
    }
}

static void draw_legend(weft_drawing *drawing, const weft_chunk_map *map, double x, double y) {
    char text[2 * WEFT_CHART_TEXT_BYTES];
    if (map->count == 0) return;
    weft_drawing_text(drawing, x, y + 8, WEFT_COLOR_SOFT, WEFT_DRAW_LEFT, "s a million cells");
    for (int i = 0; i < 24; i++)
        weft_drawing_box_rgb(drawing, x, y + 20 + 6 * i, 14, 6.3, weft_color_ramp((23 - i) / 23.0) & 0xffffff);
    (void)snprintf(text, sizeof text, "%.3g", map->high);
    weft_drawing_text(drawing, x + 20, y + 28, WEFT_COLOR_INK, WEFT_DRAW_LEFT, text);
    (void)snprintf(text, sizeof text, "%.3g", map->low);
    weft_drawing_text(drawing, x + 20, y + 164, WEFT_COLOR_INK, WEFT_DRAW_LEFT, text);
}

void weft_chunk_map_draw(weft_drawing *drawing, const weft_chunk_map *map) {
    double rows = (double)map->rows, cols = (double)map->cols;
    double scale = fmin(ROOM / cols, TALL / rows);
    double width = fmax(cols * scale, THINNEST), height = fmax(rows * scale, THINNEST);
    for (int i = 0; i < map->count; i++) {
        const weft_chunk_part *part = &map->parts[i];
        double x = LEFT + width * (double)part->first_col / cols, y = TOP + height * (double)part->first_row / rows;
        double wide = width * (double)(part->end_col - part->first_col) / cols;
        double high = height * (double)(part->end_row - part->first_row) / rows;
        double share = map->high > map->low ? (part->seconds_a_million - map->low) / (map->high - map->low) : 0.5;
        double gap_x = wide > 12 && part->end_col < map->cols ? 0.75 : -0.4, gap_y = high > 12 ? 0.75 : -0.4;
        weft_drawing_box_rgb(drawing, x, y, wide - gap_x, high - gap_y, weft_color_ramp(share) & 0xffffff);
    }
    weft_drawing_point border[] = {
        {LEFT, TOP}, {LEFT + width, TOP}, {LEFT + width, TOP + height}, {LEFT, TOP + height}, {LEFT, TOP}};
    weft_drawing_line(drawing, border, 5, 1, WEFT_COLOR_REST, false);
    say_rows(drawing, LEFT, TOP, height, map->rows);
    char text[WEFT_CHART_TEXT_BYTES];
    (void)snprintf(text, sizeof text, "%lld columns", (long long)map->cols);
    weft_drawing_text(drawing, LEFT + width / 2, TOP + height + 18, WEFT_COLOR_SOFT, WEFT_DRAW_CENTER, text);
    draw_legend(drawing, map, LEFT + width + 24, TOP);
}
