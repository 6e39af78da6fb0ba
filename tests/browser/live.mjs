/* A run that works: progress goes on, the chart grows, an adaptation appears with its reason within two seconds.
 *
 * SPDX-License-Identifier: MIT */
import { expect, open, picture } from "./browser.mjs";

const [executable, url, folder] = process.argv.slice(2);
const { browser, page, mistakes } = await open(executable, url);
const bar = () => page.evaluate(() => document.getElementById("bar").value);
const points = () => page.evaluate(() => (chart.plot ? chart.plot.data[0].length : 0));

await page.waitForFunction(() => document.getElementById("bar").value > 0 && chart.plot, null, { timeout: 10000 });
const first = { bar: await bar(), points: await points() };
await page.waitForTimeout(2500);
const second = { bar: await bar(), points: await points() };
expect(second.bar > first.bar, `progress stays at ${first.bar}`);
expect(second.points > first.points, `the chart stays at ${first.points} points`);
expect((await page.textContent("#experiment")) === "live", "the experiment is not named");
expect((await page.locator("#workers tbody tr").count()) === 3, "two workers and the coordinator are not there");
expect((await page.locator("#pools tbody tr").count()) >= 3, "the pools are not there");
expect((await page.textContent("#facts")).includes("time left"), "the time left is not there");

/* The probe says 84 % after some seconds: what that made change. */
await page.waitForSelector("#adaptations tbody tr", { timeout: 20000 });
const text = await page.textContent("#adaptations tbody");
const made = await page.evaluate(async () => (await (await fetch("/api/admin/adaptations")).json()).items);
const late = (await page.evaluate(() => window.adaptedMs)) - Math.min(...made.map((a) => a.created_ms));
expect(late > 0 && late < 2000, `an adaptation was shown ${late} ms after it was made`);
expect(made[0].reason !== "" && text.includes(made[0].reason), `its reason is not shown: ${text}`);
console.log(`an adaptation was shown after ${late} ms: ${made[0].parameter}, ${made[0].reason}`);
await page.waitForSelector("#alerts tbody tr", { timeout: 3000 });
await picture(page, folder, "live");

/* By keyboard alone: the first stop leads past the head, summaries open. */
await page.keyboard.press("Tab");
expect((await page.evaluate(() => document.activeElement.className)) === "skip", "the first stop is not the skip link");
await page.focus("#memory-table >> xpath=ancestor::details >> summary");
await page.keyboard.press("Enter");
expect(await page.isVisible("#memory-table table"), "the chart's table does not open by keyboard");
expect((await page.getAttribute("#chart", "aria-describedby")) === "memory-words", "the chart has no words");
expect(mistakes.length === 0, mistakes.join("\n"));
await browser.close();
