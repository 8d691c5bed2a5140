// One case: what was asked, what is expected and why, and what each implementation answered.

const PATH = /^[\w.-]+(?:\/[\w.@-]+)+\.\w+$/;
const UPSTREAM = /^([\w.-]+\/[\w.-]+) (v?[\w.-]+)$/;

/** The content of the article of a case. */
function caseView(report, one, neighbours) {
  const context = { hex: [...(report.hex[one.op] ?? []), ...(one.op.startsWith("twirp.") ? ["message"] : [])] };
  return [
    h("nav", { class: "steps", "aria-label": "Cases" }, neighbours),
    h("h2", { id: "case-title", tabindex: "-1" }, printable(one.id)),
    h("p", { class: "comment" }, printable(one.comment)),
    facts(one),
    resultsView(report, one, context),
    h("div", { class: "two" },
      part("Request", parsedView(one.args, context)),
      part(expectation(one), parsedView(one.expect, context))),
    whyView(report, one),
  ];
}

function part(title, ...content) {
  return h("section", { class: "part" }, h("h3", null, title), ...content);
}

function expectation(one) {
  return { invalid: "Expectation: a rejection", unspecified: "Expectation: none, this is what the reference answers" }[one.result] ?? "Expectation";
}

function facts(one) {
  const pairs = [
    ["Operation", h("a", { href: addressOf({ op: one.op }) }, printable(one.op))],
    ["Level", printable(one.level)], ["Result", printable(one.result)],
    ["Profiles", printable(one.profiles.join(", "))],
  ];
  if (one.flags.length) pairs.push(["Flags", one.flags.map((flag) => h("a", { class: "flag", href: addressOf({ flag }) }, printable(flag)))]);
  return h("dl", { class: "facts" }, pairs.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value))));
}

function resultsView(report, one, context) {
  const results = report.testees.flatMap((testee) => alike(one.results.filter((each) => each.testee === testee)));
  const cards = results.filter((each) => each.kind !== "skipped").map((each) => card(one, each, context));
  cards.push(...skips(results.filter((each) => each.kind === "skipped")));
  const content = cards.length ? h("ul", { class: "cards" }, cards) : h("p", null, "No implementation was asked.");
  return h("section", { class: "part plain" }, h("h3", null, "Results"), content);
}

/** What was skipped, those for the same reason together. */
function skips(results) {
  const reasons = new Map();
  for (const each of results) reasons.set(each.detail, [...(reasons.get(each.detail) ?? []), each]);
  return [...reasons].map(([reason, some]) => h("li", { class: "card skipped" },
    h("div", { class: "card-head" }, badge("skipped"), h("span", null, some.map(who).join(", ")), h("span", { class: "about" }, folded(reason, 300)))));
}

function who({ testee, profiles }) {
  const partly = testee.profiles.length > profiles.length ? ` (${profiles.map((each) => each.profile).join(", ")})` : "";
  return line(`${testee.key}${partly}`, 60);
}

function badge(kind) {
  return h("span", { class: "badge" }, h("span", { "aria-hidden": "true" }, `${SIGNS[kind]} `), kind);
}

function time({ tenths }) {
  return tenths ? `${(tenths / 10).toLocaleString("en-US", { minimumFractionDigits: 1 })} ms` : "< 0.1 ms";
}

function card(one, result, context) {
  const { testee, kind } = result;
  const version = [testee.implementation.version, testee.implementation.language].filter(Boolean).join(" · ");
  const times = result.profiles.map((each) => printable(each.profile) + (kind === "not run" ? "" : ` ${time(each)}`));
  return h("li", { class: `card ${kind.replace(" ", "-")}` },
    h("div", { class: "card-head" },
      badge(kind),
      h("strong", null, line(testee.key, 60)),
      h("span", { class: "about" }, line(version, 80)),
      h("span", { class: "times" }, times.join(" · "))),
    verdictLine(result),
    result.stale ? remark("Stale", result.stale) : null,
    result.known ? remark("Known", result.known) : null,
    result.reply === null ? null : h("div", { class: "reply" }, h("h4", null, "Reply"), parsedView(result.reply, context)),
    BAD.has(kind) || kind === "observed" ? h("div", { class: "again" }, h("h4", null, "Reproduce"), command(again(one, result))) : null);
}

function verdictLine({ kind, verdict, detail }) {
  const named = !["pass", "observed"].includes(verdict);
  if (!named && !(detail && kind !== "passed")) return null;
  return h("div", { class: "verdict" }, named ? h("code", { class: "name" }, line(verdict, 80)) : null, detail ? block(detail, 1200) : null);
}

function remark(label, text) {
  return h("div", { class: "verdict" }, h("strong", null, `${label}: `), folded(text, 600));
}

/** The line that asks one testee this case again. */
function again(one, result) {
  const testee = result.testee.connector || "CONNECTOR";
  const profile = result.profiles.length === 1 ? ` --profile ${quoted(result.profile)}` : "";
  return `lkproto-conformance run --testee ${testee}${profile} --filter ${quoted(one.id)}`;
}

function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** Where the expectation is from. */
function whyView(report, one) {
  const notes = Object.entries(report.notesOf(one)).map(([flag, note]) => noteView(report, one, flag, note ?? {}));
  const specs = one.spec.map((each) => h("li", null, specLink(report, each)));
  return part("Why", ...notes, h("dl", { class: "why" },
    h("dt", null, "Oracle"), h("dd", null, printable(one.oracle)),
    specs.length ? h("dt", null, "Specification") : null, specs.length ? h("dd", null, h("ul", null, specs)) : null));
}

function noteView(report, one, flag, note) {
  const links = Array.isArray(note.links) ? note.links.map((each) => h("li", null, specLink(report, String(each)))) : [];
  return h("div", { class: "note-of" },
    h("p", null, h("strong", null, printable(flag)), " ", h("span", { class: "kind" }, printable(String(note.kind ?? "")))),
    h("p", null, printable(String(note.description ?? ""))),
    note.effect ? h("p", null, h("span", { class: "label" }, "Effect "), printable(String(note.effect))) : null,
    links.length ? h("ul", null, links) : null);
}

/** A file of upstream as a link to it at its version, an address as a link, else text. */
function specLink(report, text) {
  const upstream = UPSTREAM.exec(report.testees[0]?.upstream ?? "");
  if (upstream && PATH.test(text) && !text.includes("..")) return link(`https://github.com/${upstream[1]}/blob/${upstream[2]}/${text}`, text);
  return link(text, text);
}
