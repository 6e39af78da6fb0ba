/* SPDX-License-Identifier: MIT
 *
 * Asks about once a second, shows what it gets. All text goes in as text, never as HTML. */
"use strict";

const api = "/api/admin/";
const wanted = new URLSearchParams(location.search).get("run_id");
const $ = (id) => document.getElementById(id);
const chart = new MemoryChart($("chart"));
let past = [], pastOf = null, rounds = 0, lost = false;

/* --- words --- */

function size(bytes) {
  if (bytes == null) return "";
  return bytes >= 1073741824 ? (bytes / 1073741824).toFixed(2) + " GiB" : mib(bytes) + " MiB";
}

function time(seconds) {
  if (seconds == null) return "";
  if (seconds < 10) return seconds.toFixed(1) + " s";
  const s = Math.round(seconds);
  if (s < 60) return s + " s";
  if (s < 3600) return Math.floor(s / 60) + " min " + (s % 60) + " s";
  return Math.floor(s / 3600) + " h " + Math.floor((s % 3600) / 60) + " min";
}

function rate(cells) {
  return cells >= 1e5 ? (cells / 1e6).toFixed(2) + " M cells/s" : count(Math.round(cells)) + " cells/s";
}

function clock(ms) {
  return new Date(ms).toLocaleTimeString([], { hour12: false });
}

function words(name) {
  return (name || "").replaceAll("_", " ");
}

function count(number) {
  return number == null ? "" : number.toLocaleString("en");
}

function percent(share) {
  return (100 * share).toFixed(share < 0.1 ? 1 : 0) + " %";
}

/* --- elements --- */

function element(name, text, className) {
  const made = document.createElement(name);
  if (text != null) made.textContent = text;
  if (className) made.className = className;
  return made;
}

/* columns: [heading, row => text or element, is it a number]. What has the same text stays, so that a reader's place and
 * the focus do. */
function table(place, caption, columns, rows, none, mark) {
  const made = element("table");
  made.append(element("caption", caption));
  const head = element("tr"), body = element("tbody");
  for (const [heading, , number] of columns) {
    const cell = element("th", heading, number === true ? "n" : "");
    cell.scope = "col";
    head.append(cell);
  }
  const top = element("thead");
  top.append(head);
  made.append(top, body);
  for (const row of rows) {
    const line = element("tr", null, mark && mark(row) ? "now" : "");
    for (const [, value, number] of columns) {
      const shown = value(row), cell = element("td", null, { true: "n", t: "t", long: "long" }[number] || "");
      cell.append(shown == null ? "" : shown);
      line.append(cell);
    }
    body.append(line);
  }
  const shown = rows.length || !none ? made : element("p", none, "note");
  if (!caption) made.caption.remove();
  if (place.textContent === shown.textContent && place.firstChild) return;
  if (place.contains(document.activeElement)) return;
  place.replaceChildren(shown);
  /* What scrolls can be scrolled by keyboard. */
  const scrolls = place.scrollWidth > place.clientWidth || place.scrollHeight > place.clientHeight;
  place.tabIndex = scrolls ? 0 : -1;
}

function facts(list) {
  $("facts").replaceChildren(...list.filter(([, value]) => value !== "").map(([name, value]) => {
    const made = element("div");
    made.append(element("dt", name), element("dd", value));
    return made;
  }));
}

/* --- asking --- */

async function ask(path, parameters) {
  const all = new URLSearchParams(parameters);
  if (wanted && !["experiments", "jobs"].includes(path)) all.set("run_id", wanted);
  const query = all.toString(), answer = await fetch(api + path + (query ? "?" + query : ""));
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error || "code " + answer.status);
  return answer.json();
}

/* --- what is shown --- */

function showProgress(p) {
  const begun = p.state !== undefined, running = p.state === "running" || (!begun && p.live);
  const share = p.total > 0 ? p.done / p.total : 0;
  $("version").textContent = p.version;
  $("experiment").textContent = p.experiment == null ? "no run yet" : p.experiment;
  document.title = (running && p.total ? percent(share) + " " : "") + (p.experiment || "weft");
  $("bar").value = p.state === "ok" ? 1 : share;
  const state = $("state");
  const silent = running && !p.live && p.silent_seconds > 30;
  state.textContent = !begun ? (p.live ? "planning" : "waiting for a run") : p.state === "ok" ? "done" : silent ? "silent" : p.state;
  state.className = p.state === "ok" ? "good" : running && !silent ? "" : begun ? "bad" : "";
  $("doing").textContent = !begun ? "" : silent ? `nothing was heard of it for ${time(p.silent_seconds)}: it may have been killed` :
    running ? `${words(p.stage)}: ${count(p.done)} of ${count(p.total)} rows, ${percent(share)}` : p.message || "";
  facts([
    ["time left", running && p.seconds_left != null ? time(p.seconds_left) : ""],
    ["since", begun ? time(p.seconds) : ""],
    ["speed", running && p.cells_per_second ? rate(p.cells_per_second) : ""],
    ["grid", begun ? `${count(p.grid_cols)} \u00d7 ${count(p.grid_rows)}` : ""],
    ["layers", begun ? count(p.layers) : ""],
    ["mode", p.mode || ""],
    ["threads", begun ? count(p.threads) : ""],
    ["rows written", p.output_rows != null ? count(p.output_rows) : ""],
    ["peak memory", size(p.peak_bytes)],
  ]);
  $("verdict").textContent = p.verdict || "";
  table($("workers"), p.live ? "What each thread does" : "", [
    ["thread", (w) => w.thread],
    ["stage", (w) => words(w.stage)],
    ["doing", (w) => (w.operation === "none" ? "waits" : words(w.operation))],
  ], p.workers, "Only weft run --serve knows its threads.");
}

function showMemory(m, samples, adaptations) {
  const lines = m.limit_bytes == null ? [] : [["limit", m.limit_bytes, "--bad"], ["critical", m.critical_bytes, "--bad"], ["warning", m.warning_bytes, "--warn"]];
  if (m.resident_bytes != null) {
    const held = m.limit_bytes ? m.resident_bytes / m.limit_bytes : 0, level = m.level === "warning" || m.level === "critical" ? m.level : "normal";
    $("memory-words").textContent = `${size(m.resident_bytes)} of ${size(m.limit_bytes)} (${percent(held)}), level ${level}; fullest: ${m.probe} at ${m.usage_percent.toFixed(0)} %.`;
    $("memory-words").className = level === "critical" ? "bad" : level === "warning" ? "warn" : "";
  }
  chart.show(samples, adaptations, lines);
  $("legend").replaceChildren(...holders.map(([label, key, name]) => {
    const item = element("li"), box = element("i");
    box.style.backgroundColor = color(name);
    item.append(box, m[key] == null ? label : `${label} ${size(m[key])}`);
    return item;
  }));
  table($("memory-table"), "The latest 50 samples, in MiB", [
    ["time", (s) => clock(s.sampled_ms), "t"],
    ["resident", (s) => mib(s.resident_bytes), true],
    ...holders.map(([label, key]) => [label, (s) => mib(s[key]), true]),
    ["stage", (s) => words(s.stage)],
  ], samples.slice(-50).reverse(), "There are no samples yet.");
}

function showChanges(adaptations, alerts) {
  table($("adaptations"), "", [
    ["time", (a) => clock(a.created_ms), "t"],
    ["size", (a) => words(a.parameter)],
    ["before", (a) => count(a.old_value), true],
    ["after", (a) => count(a.new_value), true],
    ["reason", (a) => a.reason, "long"],
  ], adaptations.slice(0, 20), "None: memory made nothing change.");
  table($("alerts"), "", [
    ["time", (a) => clock(a.created_ms), "t"],
    ["level", (a) => element("span", a.level, a.level === "critical" ? "bad" : a.level === "warning" ? "warn" : "good")],
    ["usage", (a) => a.usage_percent.toFixed(0) + " %", true],
    ["fullest", (a) => a.probe],
    ["stage", (a) => words(a.stage)],
  ], alerts.slice(0, 20), "None: no level was entered.");
}

function showGrid(p, bands) {
  const cells = bands.reduce((sum, b) => sum + b.cells, 0), all = p.grid_cols * p.grid_rows;
  $("grid-words").textContent = p.grid_rows ? `${percent(cells / all)} of ${count(all)} cells have gone through all writers; the darker, the longer a row took.` : "";
  if (p.grid_rows) drawGrid($("grid"), bands, p.grid_cols, p.grid_rows);
  table($("grid-table"), "The latest 50 bands", [
    ["rows", (b) => `${count(b.first_row)} to ${count(b.first_row + b.rows - 1)}`, "t"],
    ["chunks", (b) => count(b.chunks), true],
    ["filling", (b) => time(b.fill_seconds), true],
    ["writing", (b) => time(b.write_seconds), true],
  ], bands.slice(-50).reverse(), "No chunk is done yet.");
}

function showCounted(pools, operations) {
  table($("pools"), "", [
    ["pool", (p) => p.pool, "long"],
    ["made", (p) => count(p.created), true],
    ["given out", (p) => count(p.acquired), true],
    ["used again", (p) => (p.acquired ? percent(p.reused / p.acquired) : ""), true],
    ["in use", (p) => count(p.in_use), true],
  ], pools, "They are counted at a run's end; weft run --serve has them while it works.");
  table($("operations"), "Over all threads", [
    ["operation", (o) => words(o.operation)],
    ["calls", (o) => count(o.calls), true],
    ["time", (o) => time(o.seconds), true],
    ["median", (o) => (1000 * o.p50_seconds).toFixed(2) + " ms", true],
    ["95 %", (o) => (1000 * o.p95_seconds).toFixed(2) + " ms", true],
    ["slow", (o) => count(o.slow_calls), true],
  ], [...operations].sort((a, b) => b.seconds - a.seconds), "They are counted at a run's end; weft run --serve has them while it works.");
}

function showJobs(j) {
  $("jobs-section").hidden = j.items.length === 0 && !j.live;
  $("jobs-words").textContent = !j.live ? "" : `${j.batch}: ` + Object.entries(j.counts).filter(([, n]) => n).map(([s, n]) => `${n} ${s}`).join(", ") +
    ` of ${j.total}; ${size(j.granted_bytes)} of ${size(j.budget_bytes)} granted` + (j.seconds_left != null ? `; ${time(j.seconds_left)} left` : "");
  table($("jobs"), "", [
    ["job", (x) => x.job],
    ["state", (x) => element("span", x.state || (x.exit_code === 0 ? "done" : "failed"), x.state === "failed" || (!x.state && x.exit_code !== 0) ? "bad" : "")],
    ["done", (x) => (x.done != null ? percent(x.done) : ""), true],
    ["attempts", (x) => count(x.attempts), true],
    ["time", (x) => time(x.seconds), true],
    ["granted", (x) => size(x.granted_bytes), true],
    ["peak", (x) => (x.peak_bytes ? size(x.peak_bytes) : ""), true],
    ["what it said", (x) => x.message || "", "long"],
  ], j.items, "", (x) => x.state === "running");
}

function link(href, text) {
  const made = element("a", text);
  made.href = href;
  return made;
}

function showRuns(runs, current) {
  table($("runs"), "The latest first", [
    ["run", (r) => link("/?run_id=" + r.run_id, r.experiment)],
    ["began", (r) => new Date(r.started_ms).toLocaleString([], { hour12: false }), "t"],
    ["state", (r) => element("span", r.state === "ok" ? "done" : r.state, r.state === "ok" ? "good" : r.state === "running" ? "" : "bad")],
    ["time", (r) => time(r.seconds), true],
    ["rows", (r) => count(r.output_rows), true],
    ["peak", (r) => size(r.peak_bytes), true],
    ["bound by", (r) => r.bound_by || ""],
    ["report", (r) => (r.state === "running" ? "" : link("/report?run_id=" + r.run_id, "report of " + r.experiment))],
  ], runs, "There are no runs yet.", (r) => r.run_id === current);
}

/* --- a round --- */

async function readPast(runId) {
  if (runId !== pastOf) {
    past = [];
    pastOf = runId;
  }
  if (runId == null) return;
  const last = past.length ? past[past.length - 1].sampled_ms : 0;
  const more = (await ask("memory-history", { since: last, limit: 1000 })).items;
  /* One look may be charged to several operations: it is one point of the chart. */
  for (const sample of more)
    if (!past.length || sample.sampled_ms > past[past.length - 1].sampled_ms) past.push(sample);
  /* As many as there are pixels: half of them go, the larger of each two stays. */
  if (past.length > 2000)
    past = past.filter((s, i) => i > 1900 || s.resident_bytes >= (past[i % 2 ? i - 1 : i + 1] || s).resident_bytes);
}

let progress = null, memory = null, adaptations = [];

/* What a person waits for, twice a second: what changes is shown within two seconds, on a busy machine too, with a fifth
 * of one until it is on disk. */
async function quick() {
  const [p, changes, alerts] = await Promise.all([ask("progress"), ask("adaptations"), ask("alerts")]);
  adaptations = changes.items;
  showChanges(adaptations, alerts.items);
  showProgress(p);
  progress = p;
}

async function slow() {
  if (!progress) return;
  memory = await ask("memory-stats");
  await readPast(progress.run_id);
  showMemory(memory, past, adaptations);
  const [grid, pools, operations, jobs] = await Promise.all([ask("grid"), ask("pool-stats"), ask("operations"), ask("jobs")]);
  showGrid(progress, grid.items);
  showCounted(pools.items, operations.items);
  showJobs(jobs);
  if (rounds++ % 5 === 0) showRuns((await ask("experiments")).items, progress.run_id);
}

function told(error) {
  const status = $("link");
  lost = Boolean(error);
  status.className = error ? "lost" : "";
  const text = !error ? "updated each second" :
    error instanceof TypeError ? "The server has ended (a run's ends with it): weft serve shows what it left." : "The server says: " + error.message;
  if (status.textContent !== text) status.textContent = text;
}

/* Again and again, `ms` from one beginning to the next. */
async function every(ms, work) {
  const began = performance.now();
  try {
    await work();
    told(null);
  } catch (error) {
    told(error);
  }
  const pause = document.hidden ? 5000 : lost ? 3000 : ms - (performance.now() - began);
  setTimeout(() => every(ms, work), Math.max(50, pause));
}

every(500, quick);
every(1000, slow);
