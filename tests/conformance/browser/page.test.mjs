// The page of a report, as a browser shows it and a person uses it.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { contrasts, headings, unnamed } from "./checks.mjs";
import { launch, open } from "./browser.mjs";

const NO_EXP = "token.verify/no-exp-claim";
const CASE = `#case=${NO_EXP}`;
const VIEWS = ["", "#cases", CASE];
let browser;

before(async () => { browser = await launch(); });
after(() => browser.close());

/** A test with a page, which fails too if the page does what no report may. */
function look(name, file, options, check) {
  test(name, async () => {
    const page = await open(browser, file, options);
    try {
      await check(page);
      assert.deepEqual(page.trouble, []);
      if (options.javaScriptEnabled !== false) assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
    } finally {
      await page.context().close();
    }
  });
}

// A click changes the address, and the page follows in a later task.
const settled = (page) => page.evaluate(() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 50)));
const shown = async (page) => {
  await settled(page);
  return page.locator("#list .rows b").allTextContents();
};
const hash = (page) => page.evaluate(() => decodeURIComponent(location.hash));
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.getAttribute("href"));
const opened = (page, id) => page.locator(`#case h2:text-is("${id}")`).waitFor();
const narrow = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
const cell = (page, row, column) => page.locator("#matrix tr", { has: page.locator(`th[scope=row]:has(a:text-is("${row}"))`) }).locator("td").nth(column);

look("the matrix has the numbers of the report", "small", {}, async (page) => {
  const heads = await page.locator("#matrix thead .name").allTextContents();
  assert.deepEqual(heads, ["ours", "theirs", "absent"]);
  assert.equal(await cell(page, "token.verify", 0).innerText(), "7");
  assert.equal((await cell(page, "token.verify", 1).innerText()).replace(/\s+/g, " "), "3/4 1 failed");
  assert.equal((await cell(page, "wire.roundtrip", 1).innerText()).replace(/\s+/g, " "), "0/1 1 known");
  assert.equal(await cell(page, "twirp.serve", 1).innerText(), "–");
  assert.equal(await cell(page, "twirp.serve", 2).innerText(), "no cases");
  assert.equal((await cell(page, "All operations", 1).innerText()).replace(/\s+/g, " "), "5/8 1 failed 1 stale 1 known 1 not run 1 skipped 1 observed");
});

look("a bar shows the shares of a cell, and one failure of many is seen", "full", {}, async (page) => {
  const parts = cell(page, "All operations", 1).locator("rect");
  const widths = await parts.evaluateAll((all) => all.map((each) => [each.classList[0], each.getBoundingClientRect().width]));
  assert.deepEqual(widths.map(([kind]) => kind), ["passed", "failed"]);
  assert.ok(widths[1][1] >= 2, `${widths[1][1]} pixels`);
  const whole = await cell(page, "All operations", 1).locator("svg").evaluate((bar) => bar.getBoundingClientRect().width);
  assert.ok(Math.abs(widths[0][1] + widths[1][1] - whole) < 1);
});

look("a cell leads to its cases", "small", {}, async (page) => {
  await cell(page, "token.verify", 1).locator("a").click();
  assert.equal(await hash(page), "#cases&op=token.verify&in=theirs");
  assert.equal((await shown(page)).length, 4);
  assert.equal(await page.locator("#list [role=status]").innerText(), "4 cases of 11");
  assert.equal(await focused(page), "list-title");
  assert.equal(await page.locator("select[data-filter=op]").inputValue(), "token.verify");
});

look("verdicts filter, several add up, and their numbers follow the other filters", "small", { hash: "#cases" }, async (page) => {
  const chip = (kind) => page.locator(`.chip[data-kind="${kind}"]`);
  assert.equal((await chip("failed").innerText()).replace(/\s+/g, " "), "✕ failed 1");
  await chip("failed").click();
  assert.deepEqual(await shown(page), [NO_EXP]);
  assert.equal(await chip("failed").getAttribute("aria-pressed"), "true");
  await chip("known").click();
  assert.deepEqual(await shown(page), [NO_EXP, "wire.roundtrip/google-protobuf-any"]);
  await chip("failed").click();
  await chip("known").click();
  for (const [kind, id] of [["stale", "kind.parse/agent"], ["not run", "notifier.run/45-at-once"], ["observed", "json.parse/depth-10000"], ["skipped", "twirp.serve/accept-does-not-matter"]]) {
    await chip(kind).click();
    assert.deepEqual(await shown(page), [id], kind);
    await chip(kind).click();
  }
  await page.locator("select[data-filter=in]").selectOption("ours");
  assert.equal(await chip("failed").isHidden(), true);
  await page.locator("#clear").click();
  assert.equal((await shown(page)).length, 11);
  assert.equal(await focused(page), "search");
});

look("kinds of notes, flags, profiles and differences filter", "small", { hash: "#cases" }, async (page) => {
  await page.locator("select[data-filter=kind]").selectOption("AUTH_BYPASS");
  assert.ok((await shown(page)).includes(NO_EXP));
  assert.ok(!(await shown(page)).includes("kind.parse/agent"));
  await page.locator("select[data-filter=flag]").selectOption("NoExpiry");
  assert.deepEqual(await shown(page), [NO_EXP]);
  await page.locator("#clear").click();
  await page.locator("select[data-filter=profile]").selectOption("strict");
  assert.equal((await shown(page)).length, 10);
  await page.locator("#clear").click();
  await page.locator("#differ").check();
  assert.deepEqual(await shown(page), ["json.parse/depth-10000", NO_EXP, "wire.roundtrip/google-protobuf-any"]);
});

look("the search finds ids, comments and details, each word anywhere", "small", { hash: "#cases" }, async (page) => {
  const search = async (text) => {
    await page.locator("#search").fill(text);
    await page.waitForTimeout(250);
    return shown(page);
  };
  assert.deepEqual(await search("no-exp"), [NO_EXP]);
  assert.deepEqual(await search("EXP is absent"), [NO_EXP]);
  assert.deepEqual(await search("missing_claim expected"), [NO_EXP]);
  assert.deepEqual(await search("broke more"), ["notifier.run/45-at-once"]);
  assert.deepEqual(await search("<b>"), []);
  assert.match(await page.locator("#list [role=status]").innerText(), /^No case is like that/);
  assert.match(await hash(page), /q=<b>/);
});

look("a case has its request, expectation, answers, reasons and a line that repeats it", "small", { hash: CASE }, async (page) => {
  const article = page.locator("#case");
  const text = await article.innerText();
  assert.equal(await article.locator("h2").innerText(), NO_EXP);
  assert.match(text, /exp is absent/);
  const [header, payload] = await article.locator(".token .reading").allInnerTexts();
  assert.match(header, /"alg": "HS256"/);
  assert.match(payload, /"sub": "alice"/);
  assert.match(text, /"kind": "missing_claim"/);
  assert.match(text, /2026-01-01 00:00:00 UTC/);
  const failed = article.locator(".card.failed");
  assert.match(await failed.innerText(), /theirs[^]*go 0\.2 ms[^]*fail:accepted[^]*expected missing_claim/);
  assert.match(await failed.locator(".reply").innerText(), /"big": 9007199254740993/);
  assert.equal(await failed.locator(".command code").innerText(), `lkproto-conformance run --testee 'exec:./theirs --serve' --profile go --filter ${NO_EXP}`);
  assert.match(await article.locator(".card.passed").innerText(), /ours[^]*strict 0\.2 ms · go 0\.2 ms/);
  assert.match(text, /NoExpiry AUTH_BYPASS/);
  assert.match(text, /auth\.ParseAPIToken and Verify, executed/);
  assert.equal(await article.getByRole("link", { name: "auth/verifier.go" }).getAttribute("href"), "https://github.com/livekit/protocol/blob/v1.54.0/auth/verifier.go");
});

look("the line that repeats a case is copied", "small", { hash: CASE, permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
  await page.getByRole("button", { name: "Copy the command" }).click();
  await page.locator(".copy:text-is('Copied')").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await page.locator(".command code").innerText());
});

look("bytes are shown as bytes, and what is sent over HTTP as text", "small", { hash: "#case=wire.roundtrip/google-protobuf-any" }, async (page) => {
  assert.match(await page.locator("#case .bytes").first().innerText(), /^0000 {2}0a 2d 74 79 70 65 .* {2}·-type\.googleapi\n0010 /);
  await page.goto(`${page.url().split("#")[0]}#case=twirp.serve/accept-does-not-matter`);
  assert.match(await page.locator("#case .reading").first().innerText(), /POST \/twirp\/livekit\.RoomService\/CreateRoom HTTP\/1\.1\\r\nHost/);
});

look("long values are folded and unfold", "small", { hash: "#case=token.verify/depth-10000-objects" }, async (page) => {
  const size = () => page.locator("#case").innerText().then((text) => text.length);
  const folded = await size();
  assert.ok(folded < 10_000, String(folded));
  await page.locator("#case .more").first().click();
  assert.ok(await size() > folded + 50_000);
});

look("an address of a case that the report does not have says so", "small", { hash: "#case=token.verify/<img src=x>" }, async (page) => {
  assert.match(await page.locator("#case").innerText(), /No such case[^]*token\.verify\/<img src=x>/);
});

look("back and forward go through views as one came, with filter, focus and place", "full", { hash: "" }, async (page) => {
  await cell(page, "token.verify", 1).locator("a").click();
  await page.locator('.chip[data-kind="failed"]').click();
  const ids = await shown(page);
  assert.ok(ids.length > 10);
  const row = page.locator("#list .rows a").nth(9);
  await row.scrollIntoViewIfNeeded();
  const place = await page.evaluate(() => scrollY);
  assert.ok(place > 100, String(place));
  await row.click();
  await opened(page, ids[9]);
  assert.equal(await hash(page), `#case=${ids[9]}`);
  assert.equal(await page.locator(".steps .place").innerText(), `10 of ${ids.length}`);
  await page.goBack();
  await page.locator("#list").waitFor();
  assert.equal(await hash(page), "#cases&op=token.verify&in=testee-1&verdict=failed");
  assert.deepEqual(await shown(page), ids);
  assert.equal(await focused(page), `#case=${ids[9]}`);
  assert.equal(await page.evaluate(() => scrollY), place);
  await page.goBack();
  assert.equal(await hash(page), "#cases&op=token.verify&in=testee-1");
  await page.goBack();
  await page.locator("#matrix").waitFor();
  await page.goForward();
  await page.goForward();
  await page.goForward();
  await opened(page, ids[9]);
  assert.match(await page.title(), new RegExp(`^${ids[9]} · `));
});

look("the keyboard alone is enough", "small", {}, async (page) => {
  const press = (...keys) => keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  await press("Tab");
  assert.equal(await focused(page), "#main");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineWidth);
  assert.notEqual(outline, "0px");
  await press("/");
  await page.waitForTimeout(50);
  assert.equal(await focused(page), "search");
  await page.keyboard.type("token.verify");
  await page.waitForTimeout(250);
  await press("Escape", "j", "j");
  const second = (await shown(page))[1];
  assert.equal(await focused(page), `#case=${second}`);
  await press("ArrowDown", "k", "Enter");
  await opened(page, second);
  assert.equal(await focused(page), "case-title");
  await press("j");
  await opened(page, (await shown(page))[2]);
  await press("k");
  await opened(page, second);
  await press("k");
  await opened(page, (await shown(page))[0]);
  await press("Escape");
  await page.locator("#list").waitFor();
  assert.equal(await focused(page), `#case=${(await shown(page))[0]}`);
  await press("Escape");
  await page.locator("#matrix").waitFor();
});

look("more rows come as one scrolls, and by a button", "full", { hash: "#cases" }, async (page) => {
  const first = (await shown(page)).length;
  assert.ok(first < 500);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await page.waitForFunction((before) => document.querySelectorAll("#list .rows li").length > before, first, { polling: 50 });
  const before = (await shown(page)).length;
  await page.locator("#list button.wide").press("Enter");
  assert.ok((await shown(page)).length > before);
});

for (const colorScheme of ["light", "dark"]) {
  for (const view of VIEWS) {
    look(`texts of ${view || "the matrix"} have a contrast of 4.5 in ${colorScheme}`, "small", { colorScheme, hash: view }, async (page) => {
      const { seen, low } = await page.evaluate(contrasts, 4.5);
      assert.ok(seen > 20, String(seen));
      assert.deepEqual(low, []);
    });
  }
}

look("light and dark are chosen, and kept", "small", { colorScheme: "light" }, async (page) => {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.locator("#theme").selectOption("dark");
  const dark = await background();
  assert.notEqual(dark, light);
  await page.reload();
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  assert.equal(await background(), dark);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator("#theme").selectOption("light");
  assert.equal(await background(), light);
  await page.locator("#theme").selectOption("auto");
  assert.equal(await background(), dark);
});

for (const file of ["small", "hostile"]) {
  for (const view of [...VIEWS, "#case=twirp.serve/accept-does-not-matter", "#case=notifier.run/45-at-once"]) {
    look(`${view || "the matrix"} of ${file} fits a phone`, file, { viewport: { width: 360, height: 740 }, hash: view }, async (page) => {
      assert.ok(await narrow(page));
    });
  }
}

for (const file of ["small", "hostile"]) {
  for (const view of VIEWS) {
    look(`${view || "the matrix"} of ${file} tells assistive technology what everything is`, file, { hash: view }, async (page) => {
      assert.deepEqual(await page.evaluate(unnamed), []);
      assert.deepEqual(await page.evaluate(headings), []);
    });
  }
}

look("whatever a testee sends stays text", "hostile", {}, async (page) => {
  const address = page.url().split("#")[0];
  const scripts = await page.locator("script").count();
  for (const view of ["", "#cases", CASE]) {
    await page.goto(address + view);
    assert.ok(await narrow(page), view);
  }
  await page.goto(`${address}#cases`);
  await page.locator("#list .rows a").first().click();
  await page.locator("#case h2").waitFor();
  const text = await page.locator("#case").innerText();
  assert.match(text, /<script>alert\(1\)<\/script>/);
  assert.match(text, /\\x1b\[31mred\\x1b\[0m \\u202edesrever\\u202c/);
  assert.match(text, /NaN/);
  for (let at = 0; at < 40 && await page.locator("#case .more").count(); at += 1) await page.locator("#case .more").first().click();
  assert.ok(await narrow(page));
  assert.equal(await page.locator("img, iframe, object, embed").count(), 0);
  assert.equal(await page.locator("script").count(), scripts);
  const links = await page.locator("a").evaluateAll((all) => all.map((each) => each.protocol));
  assert.deepEqual([...new Set(links)].sort(), ["file:", "https:"].filter((each) => links.includes(each)));
  const marks = await page.evaluate(() => /[\x00-\x08\x0e-\x1f\u202a-\u202e\u2066-\u2069]/.test(document.body.innerText));
  assert.equal(marks, false);
});

look("without JavaScript the matrix is there, and what is missing is said", "small", { javaScriptEnabled: false }, async (page) => {
  assert.equal(await cell(page, "token.verify", 0).innerText(), "7");
  assert.match(await page.locator("main").innerText(), /The cases behind its numbers need JavaScript/);
  assert.equal(await page.locator("#list").isVisible(), false);
});

look("on paper there are no controls", "small", { hash: CASE }, async (page) => {
  await page.emulateMedia({ media: "print" });
  for (const control of [".top nav", "#theme", ".steps", ".copy"]) assert.equal(await page.locator(control).first().isVisible(), false, control);
  assert.ok(await page.locator("#case h2").isVisible());
  assert.ok((await page.pdf()).length > 10_000);
});

test("cases that cannot be read are said to be missing, and the matrix stays", async () => {
  const text = readFileSync(join(process.env.PAGES, "small.html"), "utf-8");
  writeFileSync(join(process.env.PAGES, "broken.html"), text.replace(/(id="data">.{40})[^<]*/, "$1"));
  const page = await open(browser, "broken", { waitUntilReady: false });
  assert.match(await page.locator("#trouble").innerText(), /^The cases cannot be read/);
  assert.equal(await cell(page, "token.verify", 0).innerText(), "7");
  await page.context().close();
});

test("the page of a full run is painted within a second", async () => {
  // A machine that is busy with other tests paints late: the best of some attempts counts.
  const times = [];
  while (times.length < 8 && !(Math.min(...times) < 1000)) {
    const page = await open(browser, "full", {});
    times.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime));
    await page.context().close();
  }
  assert.ok(Math.min(...times) < 1000, times.join(", "));
});
