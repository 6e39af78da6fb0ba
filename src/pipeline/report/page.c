/* SPDX-License-Identifier: MIT
 *
 * Drawings are images of their own, so that the names of their parts do not meet; each stands in the page twice, and
 * the browser shows the one for the paper that it has. */
#include "pipeline/report/page.h"

#include "pipeline/report/html.h"

#define FIRST_COLOR WEFT_COLOR_PAPER

static const char style[] =
    "body{margin:0 auto;padding:24px 20px 60px;max-width:1040px;background:var(--c0);color:var(--c1);"
    "font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}\n"
    "h1{font-size:26px;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}\n"
    "h2{font-size:18px;margin:36px 0 10px;padding-top:12px;border-top:1px solid var(--c3)}\n"
    "h3{font-size:15px;margin:20px 0 6px}\n"
    "p{margin:6px 0;max-width:75ch}.sub,.note{color:var(--c2)}.note{font-size:13px}\n"
    ".verdict{margin:16px 0;padding:14px 16px;border-left:4px solid var(--c8);background:var(--tint);font-size:16px}\n"
    ".verdict.bad{border-color:var(--c6)}.verdict p{margin:0 0 4px}\n"
    ".figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:16px 0}\n"
    ".figures div{border:1px solid var(--c3);border-radius:6px;padding:8px 12px}.figures "
    "b{display:block;font-size:20px;"
    "font-weight:600}.figures span{color:var(--c2);font-size:13px;display:block}\n"
    "nav{font-size:13px;margin:8px 0}nav a{margin-right:14px;white-space:nowrap}a{color:var(--link)}\n"
    ".wide{overflow-x:auto;margin:8px 0}table{border-collapse:collapse;font-size:13px;min-width:40%}\n"
    "th,td{text-align:left;vertical-align:top;padding:4px 12px 4px 0;border-bottom:1px solid var(--c3)}\n"
    "th{color:var(--c2);font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:"
    "nowrap}"
    "td{overflow-wrap:break-word}td.n+td,th.n+th{padding-left:12px}tr.slow td{color:var(--c6)}\n"
    "code,pre{font:12.5px/1.45 ui-monospace,'DejaVu Sans Mono',monospace}code{overflow-wrap:anywhere}\n"
    "pre{background:var(--tint);padding:12px;overflow-x:auto;margin:8px 0}\n"
    "summary{cursor:pointer;color:var(--link);margin:8px 0}figure{margin:10px 0}figure "
    "img{display:block;max-width:100%;"
    "height:auto}\n"
    ".legend{font-size:13px;color:var(--c2);margin:4px 0 12px}.legend span{display:inline-block;margin-right:16px}\n"
    ".legend i{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:6px;vertical-align:-1px}\n"
    ".looks{display:flex;flex-wrap:wrap;gap:16px}.looks figure{margin:0;max-width:220px}.looks "
    "figcaption{font-size:13px;"
    "color:var(--c2);overflow-wrap:anywhere}.looks img{image-rendering:pixelated;border:1px solid var(--c3)}\n"
    "@media print{body{max-width:none;padding:0}h2{break-after:avoid}figure,.figures,tr{break-inside:avoid}"
    "details>*{display:block}}\n";

static void add_theme(weft_text *out, weft_drawing_theme theme) {
    for (int color = FIRST_COLOR; color < WEFT_COLOR_COUNT; color++)
        weft_text_add(out, "--c%d:#%06x;", color, weft_drawing_rgb(theme, (weft_drawing_color)color));
    weft_text_add(out, theme == WEFT_THEME_LIGHT ? "--tint:#f4f6f8;--link:#1a5fb4;color-scheme:light"
                                                 : "--tint:#1f2329;--link:#7ab1f5;color-scheme:dark");
}

void weft_page_begin(weft_text *out, const char *title) {
    weft_text_add(out, "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
                       "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
                       "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src "
                       "'unsafe-inline'; img-src data:\">\n<title>");
    weft_html_text(out, title, 200);
    weft_text_add(out, "</title>\n<style>\n:root{");
    add_theme(out, WEFT_THEME_LIGHT);
    weft_text_add(out, "}\n@media screen and (prefers-color-scheme:dark){:root{");
    add_theme(out, WEFT_THEME_DARK);
    weft_text_add(out, "}}\n");
    for (int color = FIRST_COLOR; color < WEFT_COLOR_COUNT; color++)
        weft_text_add(out, ".k%d{background:var(--c%d)}", color, color);
    weft_text_add(out, "\n%s</style>\n</head>\n<body>\n", style);
}

void weft_page_end(weft_text *out) {
    weft_text_add(out, "</body>\n</html>\n");
}

void weft_page_section(weft_text *out, const char *id, const char *title) {
    weft_text_add(out, "<section id=%s>\n<h2>%s</h2>\n", id, title);
}

void weft_page_section_end(weft_text *out) {
    weft_text_add(out, "</section>\n");
}

void weft_page_figure(weft_text *out, const char *name, const char *value, const char *note) {
    weft_text_add(out, "<div><span>%s</span><b>", name);
    weft_html_text(out, value, 60);
    weft_text_add(out, "</b><span>");
    weft_html_text(out, note, 80);
    weft_text_add(out, "</span></div>\n");
}

/* --- drawings --- */

typedef struct drawing_request {
    double width, height;
    weft_page_draw draw;
    const void *payload;
} drawing_request;

static weft_status add_drawing(weft_text *out, const drawing_request *request, weft_drawing_theme theme,
                               weft_error *err) {
    weft_drawing *drawing = NULL;
    weft_text svg = {0};
    weft_status status = weft_drawing_new(&drawing, request->width, request->height, theme, err);
    if (status == WEFT_OK) status = request->draw(drawing, request->payload, err);
    if (status == WEFT_OK) status = weft_drawing_finish(drawing, &svg, err);
    if (status == WEFT_OK) {
        weft_text_add(out, "\"data:image/svg+xml;base64,");
        weft_html_base64(out, svg.data, svg.length);
        weft_text_add(out, "\"");
    }
    weft_text_dispose(&svg);
    weft_drawing_free(drawing);
    return status;
}

weft_status weft_page_drawing(weft_text *out, const char *alt, double width, double height, weft_page_draw draw,
                              const void *payload, weft_error *err) {
    drawing_request request = {width, height, draw, payload};
    weft_text_add(out, "<figure><picture><source media=\"screen and (prefers-color-scheme: dark)\" srcset=");
    weft_status status = add_drawing(out, &request, WEFT_THEME_DARK, err);
    if (status != WEFT_OK) return status;
    weft_text_add(out, "><img width=%.0f height=%.0f alt=\"", width, height);
    weft_html_text(out, alt, 0);
    weft_text_add(out, "\" src=");
    status = add_drawing(out, &request, WEFT_THEME_LIGHT, err);
    weft_text_add(out, "></picture></figure>\n");
    return status;
}

void weft_page_legend_begin(weft_text *out) {
    weft_text_add(out, "<p class=legend>");
}

void weft_page_legend(weft_text *out, weft_drawing_color color, const char *name, const char *means) {
    weft_text_add(out, "<span><i class=k%d></i>%s", (int)color, name);
    if (means != NULL) weft_text_add(out, ": %s", means);
    weft_text_add(out, "</span>");
}

void weft_page_legend_end(weft_text *out) {
    weft_text_add(out, "</p>\n");
}
