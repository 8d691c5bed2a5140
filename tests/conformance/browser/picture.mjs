// The picture of docs: the top of the matrix of a report, twice as sharp as it is large.

import { launch, open } from "./browser.mjs";

const [target] = process.argv.slice(2);
const browser = await launch();
try {
  const page = await open(browser, "report", { viewport: { width: 1280, height: 900 }, deviceScaleFactor: 2, colorScheme: "light" });
  await page.screenshot({ path: target });
} finally {
  await browser.close();
}
