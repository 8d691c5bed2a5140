// Elements, and texts that others wrote: those become text nodes and nothing else.

/** An element with attributes, listeners (`onclick: function`) and children; null children are left out. */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((each) => each !== null && each !== undefined));
  return element;
}

/** A text with all signs escaped that are not seen or turn the direction of others; lines stay lines. */
function printable(text) {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (sign) => {
    if (sign === "\n" || sign === "\t") return sign;
    if (sign === "\r") return "\\r";
    const code = sign.codePointAt(0);
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
    if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
    return `\\u{${code.toString(16)}}`;
  });
}

/** A text in one line, cut at a length. */
function line(text, length) {
  const cut = text.length > length ? `${text.slice(0, length)}…` : text;
  return printable(cut.replace(/\s+/g, " ").trim());
}

/** The text, or its beginning and a button for the rest. */
function folded(text, length = 400) {
  if (text.length <= length * 1.25) return h("span", null, printable(text));
  const rest = number(text.length - length);
  const beginning = h("span", null, printable(text.slice(0, length)));
  const button = h("button", { type: "button", class: "more", "aria-expanded": "false" }, `… ${rest} more characters`);
  const whole = h("span", null, beginning, button);
  button.addEventListener("click", () => shownInstead(whole, h("span", null, printable(text))));
  return whole;
}

/** Put what was unfolded in the place of what was folded, and the focus on it. */
function shownInstead(folded, whole) {
  whole.tabIndex = -1;
  folded.replaceWith(whole);
  whole.focus({ preventScroll: true });
}

/** A block of a text as it is, its long lines wrapped. */
function block(text, length) {
  return h("pre", null, folded(text, length));
}

function number(value) {
  return value.toLocaleString("en-US");
}

function plural(count, one, many) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** An address of the web as a link, anything else as text. */
function link(address, text) {
  if (!/^https?:\/\/[^\s]+$/.test(address)) return h("span", null, printable(text));
  return h("a", { href: address, rel: "noopener noreferrer" }, printable(text));
}

/** A line of a shell with a button that copies it. */
function command(text) {
  const code = h("code", null, printable(text));
  const said = h("span", { role: "status", class: "hidden" });
  const button = h("button", { type: "button", class: "copy", "aria-label": "Copy the command" }, "Copy");
  button.addEventListener("click", async () => {
    const done = await copied(text, code);
    button.textContent = done ? "Copied" : "Select and copy";
    said.textContent = button.textContent;
    setTimeout(() => { button.textContent = "Copy"; said.textContent = ""; }, 1500);
  });
  return h("div", { class: "command" }, code, button, said);
}

async function copied(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(shown);
    return false;
  }
}
