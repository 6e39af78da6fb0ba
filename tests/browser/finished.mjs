/* What a run left: it is in the list, and opens its report.
 *
 * SPDX-License-Identifier: MIT */
import { expect, open, picture } from "./browser.mjs";

const [executable, url, folder] = process.argv.slice(2);
const { browser, page, mistakes } = await open(executable, url);
await page.waitForSelector("#runs tbody tr", { timeout: 10000 });
await page.waitForFunction(() => document.getElementById("state").textContent === "done");
expect((await page.textContent("#verdict")).startsWith("bound by"), "the verdict is not there");
await picture(page, folder, "finished");
await page.click("text=report of live");
await page.waitForLoadState();
expect(page.url().includes("/report?run_id="), "the report did not open");
expect((await page.textContent("body")).includes("Bound by"), "the report has no verdict");
expect((await page.locator("img").count()) > 0, "the report has no drawings");
/* The report's own policy stands in it, too; both refuse scripts. */
expect(mistakes.length === 0, mistakes.join("\n"));
await browser.close();
