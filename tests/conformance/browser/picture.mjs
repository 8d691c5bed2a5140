// The picture of docs: the matrix of a report and, below it, a case that some implementation fails.

import { writeFileSync } from "node:fs";
import { launch, open } from "./browser.mjs";
import { smaller } from "./png.mjs";

const WIDTH = 1280;
const SHARP = { deviceScaleFactor: 2, colorScheme: "light" };
// Where a case is looked for that shows much: the first of these that is not empty.
const LISTS = ["&kind=AUTH_BYPASS&op=token.verify", "&kind=AUTH_BYPASS", ""].map((more) => `#cases&verdict=failed,known${more}`);

/** The part of a page that a window of some height shows. */
async function part(browser, height, see) {
  const page = await open(browser, "report", { ...SHARP, viewport: { width: WIDTH - 40, height } });
  await see(page);
  const picture = await page.screenshot();
  await page.context().close();
  return picture;
}

async function failing(page) {
  for (const list of LISTS) {
    await page.evaluate((address) => { location.hash = address; }, list);
    await page.locator("#list [role=status]").waitFor();
    const rows = page.locator("#list .rows a");
    if (!(await rows.count())) continue;
    await rows.first().click();
    await page.locator("#case h2").waitFor();
    return;
  }
}

/** Pictures below each other, framed like windows, as one. */
async function framed(browser, pictures) {
  const context = await browser.newContext({ ...SHARP, viewport: { width: WIDTH, height: 100 } });
  const page = await context.newPage();
  const images = pictures.map((each) => `<img src="data:image/png;base64,${each.toString("base64")}">`).join("");
  await page.setContent(`<style>
    body { margin: 0; padding: 20px; background: #eeeeec; display: grid; gap: 20px }
    img { width: 100%; display: block; border-radius: 10px; box-shadow: 0 0 0 1px #d8d8d4 }
  </style>${images}`);
  await page.waitForLoadState();
  const whole = await page.screenshot({ fullPage: true });
  await context.close();
  return whole;
}

const [target] = process.argv.slice(2);
const browser = await launch();
try {
  const parts = [await part(browser, 760, async () => {}), await part(browser, 700, failing)];
  writeFileSync(target, smaller(await framed(browser, parts)));
} finally {
  await browser.close();
}
