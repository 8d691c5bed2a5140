// What is looked for inside of a page. Each function runs there, so it uses nothing of this file.

/** Texts whose contrast to what is behind them is below a bound, and how many were looked at. */
export function contrasts(bound) {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = color;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((each, at) => (each * a + under[at] * (255 - a)) / 255);
  const behind = (element) => {
    if (!element) return [255, 255, 255];
    const color = rgba(getComputedStyle(element).backgroundColor);
    return color[3] === 255 ? color.slice(0, 3) : over(color, behind(element.parentElement));
  };
  const luminance = (color) => {
    const [r, g, b] = color.map((each) => (each / 255 <= 0.03928 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const low = [];
  let seen = 0;
  for (const element of document.body.querySelectorAll("*")) {
    const text = [...element.childNodes].filter((each) => each.nodeType === 3).map((each) => each.data).join("").trim();
    if (!text || !element.checkVisibility() || element.closest(".hidden, .skip, [aria-hidden=true].off, script, noscript, option")) continue;
    seen += 1;
    const ground = behind(element);
    const [one, other] = [over(rgba(getComputedStyle(element).color), ground), ground].map(luminance).sort((a, b) => b - a);
    const contrast = (one + 0.05) / (other + 0.05);
    if (contrast < bound) low.push(`${contrast.toFixed(2)} ${element.tagName} ${element.className} ${text.slice(0, 30)}`);
  }
  return { seen, low: [...new Set(low)].slice(0, 10) };
}

/** Elements that one can use and that have no name; ids that are there twice; lists with other children. */
export function unnamed() {
  const problems = [];
  const usable = document.querySelectorAll("a, button, input, select, textarea, [role=region], nav, [role=group], section:not(.part), article");
  for (const element of usable) {
    if (!element.checkVisibility()) continue;
    const label = element.getAttribute("aria-label") || document.getElementById(element.getAttribute("aria-labelledby"))?.textContent;
    const name = label || [...(element.labels ?? [])].map((each) => each.textContent).join("") || element.textContent;
    if (!name.trim() || (element.matches("select, input") && !label && !element.labels.length)) problems.push(element.outerHTML.slice(0, 120));
  }
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  problems.push(...ids.filter((id, at) => ids.indexOf(id) !== at));
  for (const list of document.querySelectorAll("ul, ol")) for (const child of list.children) if (child.tagName !== "LI") problems.push(child.outerHTML.slice(0, 120));
  for (const head of document.querySelectorAll("th")) if (!head.scope) problems.push(head.outerHTML.slice(0, 120));
  for (const inner of document.querySelectorAll("a a, a button, button button, button a")) problems.push(inner.outerHTML.slice(0, 120));
  if (!document.documentElement.lang || document.querySelectorAll("main").length !== 1) problems.push("no language, or not one main");
  return problems;
}

/** Visible headings that skip a level, or a page without exactly one first. */
export function headings() {
  const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((each) => each.checkVisibility()).map((each) => Number(each.tagName[1]));
  const problems = levels.filter((level, at) => at > 0 && level > levels[at - 1] + 1).map((level) => `h${level} skips a level`);
  if (levels.filter((level) => level === 1).length !== 1) problems.push("not one h1");
  return problems;
}
