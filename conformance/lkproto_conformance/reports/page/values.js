// Bytes and tokens, as people read them.

const TOKEN = /^(?:Bearer )?[\w-]*\.[\w-]*\.[^.]*$/;

/** The bytes of base64 of either alphabet, or null. */
function fromBase64(text) {
  try {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  } catch {
    return null;
  }
}

/** The bytes of hexadecimal digits, or null. */
function fromHex(text) {
  if (!/^(?:[0-9a-f]{2})+$/i.test(text)) return null;
  return Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
}

/** The text that bytes are, or null if they are none that one can read. */
function asText(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return /[^\P{C}\r\n\t]/u.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** Bytes as rows of sixteen: where, hexadecimal, and as text. */
function dump(bytes, rows = 8) {
  const lines = [];
  for (let at = 0; at < bytes.length && lines.length < rows; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const pairs = row.map((each) => each.toString(16).padStart(2, "0")).join(" ");
    const signs = row.map((each) => (each > 0x1f && each < 0x7f ? String.fromCharCode(each) : "·")).join("");
    lines.push(`${at.toString(16).padStart(4, "0")}  ${pairs.padEnd(47)}  ${signs}`);
  }
  const shown = h("pre", { class: "bytes" }, lines.join("\n"));
  if (bytes.length <= rows * 16) return shown;
  const button = h("button", { type: "button", class: "more", "aria-expanded": "false" }, `… ${number(bytes.length - rows * 16)} more bytes`);
  const whole = h("div", null, shown, button);
  button.addEventListener("click", () => shownInstead(whole, dump(bytes, Infinity)));
  return whole;
}

/** Bytes as text where they are text; the head of a message of HTTP as text, and its body by itself. */
function bytesView(bytes) {
  const end = headEnd(bytes);
  if (end) {
    const body = bytes.subarray(end);
    return h("div", null, block(asText(bytes.subarray(0, end)) ?? "", 2000), body.length ? bytesView(body) : null);
  }
  const text = asText(bytes);
  return text === null ? dump(bytes) : block(text, 2000);
}

function headEnd(bytes) {
  const begin = String.fromCharCode(...bytes.subarray(0, 8192));
  const found = /^(?:HTTP\/1\.\d |[A-Z]+ \/)[^]*?\r\n\r\n/.exec(begin);
  return found && asText(bytes.subarray(0, found[0].length)) !== null ? found[0].length : 0;
}

/** A labelled reading of a value, below the value. */
function reading(label, ...content) {
  return h("div", { class: "reading" }, h("span", { class: "label" }, label), ...content);
}

/** Header and payload of a text that looks like a token, or null. */
function tokenView(text) {
  if (!TOKEN.test(text.trim())) return null;
  const [header, payload] = text.trim().replace(/^Bearer /, "").split(".");
  const parts = [header, payload].map((part) => fromBase64(part));
  const texts = parts.map((bytes) => bytes && new TextDecoder().decode(bytes));
  if (!texts[0]?.trim().startsWith("{")) return null;
  return h("div", { class: "token" },
    reading("header", parsedView(texts[0], {})),
    reading("payload", texts[1] === null ? block(payload) : parsedView(texts[1], { dates: true })));
}

/** The moment of a number of Unix seconds, where it is one. */
function moment(text) {
  const seconds = Number(text);
  if (!(seconds > 1e8 && seconds < 1e11)) return "";
  return new Date(seconds * 1000).toISOString().replace("T", " ").replace(/(\.000)?Z$/, " UTC");
}
