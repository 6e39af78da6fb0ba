/* SPDX-License-Identifier: MIT
 *
 * Memory over time, who holds it stacked, with the lines of the limit and its levels and a mark for each adaptation; and
 * the grid. Colours are those of the page's style, asked for anew when light and dark change. */
"use strict";

const holders = [
  ["unmanaged", "unmanaged_bytes", "--s7"],
  ["other", "other_bytes", "--s6"],
  ["decoders", "decoder_bytes", "--s2"],
  ["block cache", "cache_bytes", "--s1"],
  ["windows", "window_bytes", "--s0"],
  ["layers", "layer_bytes", "--s3"],
  ["chunks", "chunk_bytes", "--s4"],
  ["text", "text_bytes", "--s5"],
];

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function mib(bytes) {
  return bytes == null ? "" : (bytes / 1048576).toFixed(1);
}

/* Sums from below: each series is a holder and all below it; the largest comes first, so that the others are drawn over
 * it. Less than nothing is a reservation that is not touched yet. */
function stack(samples) {
  const times = samples.map((s) => s.sampled_ms / 1000);
  const below = new Array(samples.length).fill(0);
  const sums = holders.map(([, key]) =>
    samples.map((s, i) => (below[i] += Math.max(0, s[key] || 0)) / 1048576));
  return [times, ...sums.reverse()];
}

class MemoryChart {
  constructor(element) {
    this.element = element;
    this.samples = [];
    this.marks = [];
    this.lines = [];
    this.plot = null;
    new ResizeObserver(() => this.resize()).observe(element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.rebuild());
  }

  size() {
    return { width: Math.max(200, this.element.clientWidth), height: 260 };
  }

  resize() {
    if (this.plot && this.size().width !== this.plot.width) this.plot.setSize(this.size());
  }

  rebuild() {
    if (this.plot) this.plot.destroy();
    this.plot = null;
    if (this.samples.length > 1) this.draw();
  }

  top() {
    const held = Math.max(...this.samples.map((s) => s.resident_bytes), 1) / 1048576;
    const limit = this.lines.length ? this.lines[0][1] / 1048576 : held;
    return Math.max(held, limit) * 1.06;
  }

  options() {
    const soft = color("--soft"), grid = color("--line");
    const axis = { stroke: soft, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: "12px system-ui" };
    return {
      ...this.size(),
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: false } },
      scales: { y: { range: () => [0, this.top()] } },
      axes: [{ ...axis }, { ...axis, size: 64, values: (u, v) => v.map((x) => x + " MiB") }],
      series: [{}, ...holders.map(([label, , name]) => ({ label, stroke: color(name), fill: color(name), width: 1, points: { show: false } })).reverse()],
      hooks: { draw: [(u) => this.annotate(u)] },
    };
  }

  annotate(u) {
    const ctx = u.ctx, left = u.bbox.left, width = u.bbox.width, ratio = devicePixelRatio;
    ctx.save();
    ctx.font = 11 * ratio + "px system-ui";
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    for (const [label, bytes, name] of this.lines) {
      if (bytes == null) continue;
      const y = Math.round(u.valToPos(bytes / 1048576, "y", true));
      ctx.strokeStyle = ctx.fillStyle = color(name);
      ctx.setLineDash(label === "limit" ? [] : [6 * ratio, 4 * ratio]);
      ctx.lineWidth = 1.5 * ratio;
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(left + width, y);
      ctx.stroke();
      ctx.fillText(label, left + 4 * ratio, y + 12 * ratio);
    }
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.strokeStyle = ctx.fillStyle = color("--mark");
    for (const mark of this.marks) {
      const x = Math.round(u.valToPos(mark.created_ms / 1000, "x", true));
      if (x < left || x > left + width) continue;
      ctx.beginPath();
      ctx.moveTo(x, u.bbox.top);
      ctx.lineTo(x, u.bbox.top + u.bbox.height);
      ctx.stroke();
      ctx.fillText(mark.new_value < mark.old_value ? "\u25BC" : "\u25B2", x - 4 * ratio, u.bbox.top + 10 * ratio);
    }
    ctx.restore();
  }

  draw() {
    const data = stack(this.samples);
    if (this.plot) this.plot.setData(data);
    else this.plot = new uPlot(this.options(), data, this.element);
  }

  show(samples, marks, lines) {
    this.samples = samples;
    this.marks = marks;
    this.lines = lines;
    if (samples.length > 1) this.draw();
    else if (this.plot) this.rebuild();
  }
}

/* Light and dark change the grid too. */
let lastGrid = null;
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => lastGrid && drawGrid(...lastGrid));

/* Bands that are done, from the top of the grid to its bottom; the darker, the longer its rows took. */
function drawGrid(canvas, bands, cols, rows) {
  lastGrid = [canvas, bands, cols, rows];
  const ratio = devicePixelRatio || 1, width = canvas.clientWidth, height = 140;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.height = height + "px";
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  ctx.fillStyle = color("--tint");
  ctx.fillRect(0, 0, width, height);
  const slowest = Math.max(...bands.map((b) => (b.fill_seconds + b.write_seconds) / b.cells), 1e-12);
  for (const band of bands) {
    const top = (band.first_row / rows) * height, tall = Math.max(1, (band.rows / rows) * height);
    const share = Math.min(1, band.cells / (band.rows * cols));
    ctx.globalAlpha = 0.35 + 0.65 * ((band.fill_seconds + band.write_seconds) / band.cells / slowest);
    ctx.fillStyle = color("--s1");
    ctx.fillRect(0, top, width * share, tall);
  }
  ctx.globalAlpha = 1;
}
