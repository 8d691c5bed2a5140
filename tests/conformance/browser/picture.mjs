// The picture of docs: the top of the matrix of a report, twice as sharp as it is large.

import { writeFileSync } from "node:fs";
import { launch, open } from "./browser.mjs";
import { smaller } from "./png.mjs";

const [target] = process.argv.slice(2);
const browser = await launch();
try {
  const page = await open(browser, "report", { viewport: { width: 1280, height: 900 }, deviceScaleFactor: 2, colorScheme: "light" });
  writeFileSync(target, smaller(await page.screenshot()));
} finally {
  await browser.close();
}
