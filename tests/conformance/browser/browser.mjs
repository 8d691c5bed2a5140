// A headless browser, and pages of it that note everything a page of a report must not do.

import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { chromium } from "playwright-core";

const QUIET = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM, args: QUIET });
}

/** A page of a file of PAGES, and its `trouble`: dialogs, errors, violations, requests. */
export async function open(browser, name, { hash = "", waitUntilReady = true, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const address = pathToFileURL(join(process.env.PAGES, `${name}.html`)).href;
  page.trouble = [];
  page.on("dialog", (dialog) => {
    page.trouble.push(`dialog ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("console", (message) => page.trouble.push(`console ${message.type()} ${message.text()}`));
  page.on("pageerror", (error) => page.trouble.push(`error ${error.message}`));
  page.on("popup", () => page.trouble.push("popup"));
  page.on("request", (request) => {
    const asked = request.url();
    if (asked.split("#")[0] !== address && asked !== "data:,") page.trouble.push(`request ${asked.slice(0, 200)}`);
  });
  if (options.javaScriptEnabled !== false) {
    await page.addInitScript(() => {
      globalThis.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => globalThis.violations.push(event.violatedDirective));
    });
  }
  await page.goto(address + hash);
  if (options.javaScriptEnabled !== false && waitUntilReady) await page.locator("html[data-ready]").waitFor({ state: "attached" });
  return page;
}
