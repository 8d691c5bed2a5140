// JSON as it was written: numbers keep all digits, duplicate keys are all there.

const DEEPEST = 100;
const SHORT = 60;
const MANY = 40;
const BUDGET = 80;
const READING = 16;
const DATES = new Set(["exp", "nbf", "iat", "now"]);

/** The tree of a JSON text: {members}, {items}, {text} or {raw}. Throws SyntaxError. */
function parseJson(source) {
  const token = /\s*(?:("[^"\\]*(?:\\[^][^"\\]*)*")|([[\]{},:])|([-+\w.]+))/y;
  let sign;
  const next = () => {
    const found = token.exec(source);
    if (!found) throw new SyntaxError("not JSON");
    sign = found;
  };
  const value = (depth) => {
    if (depth > DEEPEST) throw new SyntaxError("too deep");
    if (sign[1] !== undefined) return { text: JSON.parse(sign[1]) };
    if (sign[3] !== undefined) return { raw: sign[3] };
    if (sign[2] === "[") return { items: sequence("]", () => value(depth + 1)) };
    if (sign[2] === "{") return { members: sequence("}", () => member(depth + 1)) };
    throw new SyntaxError("not a value");
  };
  const member = (depth) => {
    if (sign[1] === undefined) throw new SyntaxError("not a key");
    const key = JSON.parse(sign[1]);
    next();
    if (sign[2] !== ":") throw new SyntaxError("no colon");
    next();
    return [key, value(depth)];
  };
  const sequence = (end, one) => {
    const found = [];
    next();
    while (sign[2] !== end) {
      found.push(one());
      next();
      if (sign[2] === ",") next();
      else if (sign[2] !== end) throw new SyntaxError("no comma");
    }
    return found;
  };
  next();
  const tree = value(0);
  if (source.slice(token.lastIndex).trim()) throw new SyntaxError("more than a value");
  return tree;
}

/** A JSON text, pretty; what is none is shown as it is. */
function parsedView(source, context) {
  let tree;
  try {
    tree = parseJson(source);
  } catch {
    return block(source);
  }
  return h("div", { class: "json" }, node(tree, "", { ...context, left: BUDGET }));
}

/** A value. `context.left` is how many more are shown before they are folded. */
function node(tree, key, context) {
  context.left -= 1;
  if (tree.text !== undefined) return stringView(tree.text, key, context);
  if (tree.raw !== undefined) return rawView(tree.raw, key, context);
  const [open, close] = tree.items ? "[]" : "{}";
  const children = tree.items ?? tree.members;
  const flat = oneLine(tree);
  if (flat !== null && flat.length <= SHORT && !context.dates) return h("span", null, printable(flat));
  if (context.left < 0) return unfold(`${open} ${number(children.length)} … ${close}`, () => node(tree, key, { ...context, left: BUDGET }));
  const inside = h("div", { class: "in" });
  addSome(inside, children, 0, (child, last) => {
    const [name, value] = tree.items ? ["", child] : child;
    const label = tree.items ? null : h("span", { class: "key" }, `${printable(JSON.stringify(name))}: `);
    return h("div", null, label, node(value, name || key, context), last ? null : ",");
  });
  return h("span", null, open, inside, close);
}

/** A button in the place of what it shows. */
function unfold(label, view) {
  const button = h("button", { type: "button", class: "more", "aria-expanded": "false" }, label);
  button.addEventListener("click", () => shownInstead(button, view()));
  return button;
}

/** Children in portions, so that a list of a million does not stop the page. */
function addSome(parent, children, from, view) {
  const to = Math.min(children.length, from + MANY);
  for (let at = from; at < to; at += 1) parent.append(view(children[at], at === children.length - 1));
  if (to === children.length) return;
  const button = h("button", { type: "button", class: "more" }, `… ${number(children.length - to)} more`);
  button.addEventListener("click", () => {
    button.remove();
    addSome(parent, children, to, view);
  });
  parent.append(button);
}

/** A small tree in one line, or null if it is not small or has what is shown in more than one way. */
function oneLine(tree, depth = 0) {
  if (tree.raw !== undefined) return tree.raw;
  if (tree.text !== undefined) return plain(tree.text) ? JSON.stringify(tree.text) : null;
  const children = tree.items ?? tree.members;
  if (children.length > 8 || (children.length && depth > 1)) return null;
  const parts = children.map((child) => {
    const flat = oneLine(tree.items ? child : child[1], depth + 1);
    if (flat === null || tree.items) return flat;
    return special(child[0]) ? null : `${JSON.stringify(child[0])}: ${flat}`;
  });
  if (parts.includes(null)) return null;
  const inside = parts.join(", ");
  return tree.items ? `[${inside}]` : inside && `{ ${inside} }` || "{}";
}

function plain(text) {
  return text.length < SHORT && !text.includes("\n") && !TOKEN.test(text);
}

function special(key) {
  return key.endsWith("_b64") || key.endsWith("_hex") || DATES.has(key);
}

function rawView(raw, key, context) {
  const when = DATES.has(key) || context.dates ? moment(raw) : "";
  return h("span", null, h("span", { class: "literal" }, printable(raw)), when ? h("span", { class: "remark" }, `  ${when}`) : null);
}

function stringView(text, key, context) {
  const quoted = h("span", { class: "string" }, folded(JSON.stringify(text), 240));
  const read = context.left < 0 ? null : readings(text, key, context);
  if (read) context.left -= READING;
  return read ? h("span", null, quoted, read) : quoted;
}

/** What else a text says: a token its claims, base64 and hexadecimal their bytes, lines as lines. */
function readings(text, key, context) {
  const token = tokenView(text);
  if (token) return token;
  if (key.endsWith("_b64")) return bytesReading("bytes", fromBase64(text));
  if (key.endsWith("_hex") || context.hex?.includes(key)) return bytesReading("bytes", fromHex(text));
  if (/^\s*[[{]/.test(text) && text.length > SHORT) {
    try {
      return reading("as JSON", h("div", { class: "json" }, node(parseJson(text), "", { left: BUDGET })));
    } catch {
      return null;
    }
  }
  return text.includes("\n") ? reading("as text", block(text)) : null;
}

function bytesReading(label, bytes) {
  if (!bytes?.length) return null;
  return reading(`${plural(bytes.length, "byte", label)}`, bytesView(bytes));
}
