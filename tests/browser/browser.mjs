/* SPDX-License-Identifier: MIT */
import { chromium } from "playwright-core";

export const widths = [1280, 390];
export const schemes = ["light", "dark"];

/* Fails the test, and says what was seen. */
export function expect(holds, what) {
  if (holds) return;
  console.error("browser: " + what);
  process.exit(1);
}

/* A page whose mistakes are the test's: what its script throws, what its policy refuses, what does not load. */
export async function open(executablePath, url, scheme = "light") {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: scheme });
  const mistakes = [];
  page.on("pageerror", (error) => mistakes.push(String(error)));
  page.on("console", (message) => message.type() === "error" && mistakes.push(message.text()));
  page.on("response", (answer) => answer.status() >= 400 && !answer.url().endsWith("favicon.ico") && mistakes.push(`${answer.status()} ${answer.url()}`));
  /* When the first adaptation stands in the page. */
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (!window.adaptedMs && document.querySelector("#adaptations tbody tr")) window.adaptedMs = Date.now();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(url);
  return { browser, page, mistakes };
}

/* Pictures at both widths, light and dark, where a folder is given; nothing may be wider than the page. */
export async function picture(page, folder, name) {
  for (const width of widths) {
    for (const scheme of schemes) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(400);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide <= width, `the page is ${wide} pixels wide on ${width}`);
      if (folder) await page.screenshot({ path: `${folder}/${name}-${width}-${scheme}.png`, fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 900 });
}
