// The report: cases with their results, and which of them are asked for.

const BAD = new Set(["failed", "known", "stale"]);
const FILTERS = ["op", "in", "verdict", "profile", "level", "kind", "flag", "differ", "q"];

/** The tables of the page, unpacked. */
async function unpacked() {
  const plain = atob(document.getElementById("data").textContent);
  const bytes = new Uint8Array(plain.length);
  for (let at = 0; at < plain.length; at += 1) bytes[at] = plain.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

class Report {
  constructor(tables) {
    this.texts = tables.texts;
    this.kinds = tables.kinds;
    this.hex = tables.hex;
    this.testees = tables.testees;
    this.cases = tables.cases.id.map((_, at) => this.#case(tables.cases, at));
    this.byId = new Map(this.cases.map((each) => [each.id, each]));
    for (const testee of this.testees) this.#addResults(testee);
    this.notes = new Map();
  }

  #case(columns, at) {
    const text = (name) => this.texts[columns[name][at]];
    const list = (name) => columns[name][at].map((each) => this.texts[each]);
    return {
      id: text("id"), op: text("op"), comment: text("comment"), level: text("level"),
      result: text("result"), oracle: text("oracle"), flags: list("flags"),
      profiles: list("profiles"), spec: list("spec"), args: text("args"),
      expect: text("expect"), note: columns.notes[at], results: [],
    };
  }

  #addResults(testee) {
    const [cases = [], profiles, kinds, verdicts, details, knowns, stales, replies, times] = testee.results;
    cases.forEach((number, at) => {
      this.cases[number].results.push({
        testee, profile: this.texts[profiles[at]], kind: this.kinds[kinds[at]],
        verdict: this.texts[verdicts[at]], detail: this.texts[details[at]],
        known: this.texts[knowns[at]], stale: this.texts[stales[at]],
        reply: replies[at] < 0 ? null : this.texts[replies[at]], tenths: times[at],
      });
    });
    testee.results = null;
    testee.profiles = [...new Set(profiles ?? [])].map((each) => this.texts[each]);
  }

  /** The notes of a case: an object by flag. */
  notesOf(one) {
    if (!this.notes.has(one.note)) {
      let read = {};
      try {
        read = JSON.parse(this.texts[one.note]);
      } catch {
        // Too long to be kept whole; then there is none.
      }
      this.notes.set(one.note, read);
    }
    return this.notes.get(one.note);
  }

  /** The kinds of the notes of a case. */
  kindsOf(one) {
    return Object.values(this.notesOf(one)).map((note) => String(note?.kind ?? ""));
  }

  /** The cases that a filter asks for, and how many there would be of each verdict. */
  select(filter) {
    const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(filter.verdict.split(",").filter(Boolean));
    const counts = new Map(this.kinds.map((kind) => [kind, 0]));
    const found = this.cases.filter((one) => {
      if (!this.#isOf(one, filter) || (filter.differ && !differs(one))) return false;
      const results = one.results.filter((each) => concerns(each, filter));
      if ((filter.in || filter.profile) && !results.length) return false;
      if (words.length && !this.#says(one, results, words)) return false;
      const kinds = new Set(results.map((each) => each.kind));
      for (const kind of kinds) counts.set(kind, counts.get(kind) + 1);
      return !wanted.size || [...kinds].some((kind) => wanted.has(kind));
    });
    return { found, counts };
  }

  #isOf(one, { op, level, flag, kind }) {
    return (!op || one.op === op) && (!level || one.level === level) &&
      (!flag || one.flags.includes(flag)) && (!kind || this.kindsOf(one).includes(kind));
  }

  #says(one, results, words) {
    const details = new Set(results.flatMap((each) => [each.verdict, each.detail, each.known, each.stale]));
    const all = [one.id, one.comment, ...details].join("\n").toLowerCase();
    return words.every((word) => all.includes(word));
  }
}

/** Whether a result is of the implementation and profile that a filter names. */
function concerns(result, filter) {
  return (!filter.in || result.testee.key === filter.in) &&
    (!filter.profile || result.profile === filter.profile);
}

/** Whether implementations that answered a case in the same profile did not fare alike. */
function differs(one) {
  const seen = new Map();
  for (const each of one.results) {
    if (each.kind === "skipped" || each.kind === "not run") continue;
    const passed = each.kind === "passed" || each.verdict === "pass";
    const fate = passed ? "passed" : each.kind === "observed" ? each.reply : "failed";
    if (seen.has(each.profile) && seen.get(each.profile) !== fate) return true;
    seen.set(each.profile, fate);
  }
  return false;
}

/** The results of a testee in a case; those that are alike, in several profiles, are one. */
function alike(results) {
  const found = new Map();
  for (const each of results) {
    const key = JSON.stringify([each.kind, each.verdict, each.detail, each.reply, each.known, each.stale]);
    if (found.has(key)) found.get(key).profiles.push(each);
    else found.set(key, { ...each, profiles: [each] });
  }
  return [...found.values()];
}

/** What an address asks for. */
function filterOf(fragment) {
  const asked = new URLSearchParams(fragment);
  return Object.fromEntries(FILTERS.map((name) => [name, asked.get(name) ?? ""]));
}

/** The address of the cases that a filter asks for. */
function addressOf(filter) {
  const asked = new URLSearchParams();
  for (const name of FILTERS) if (filter[name]) asked.set(name, filter[name]);
  return `#cases${asked.size ? `&${asked}` : ""}`;
}

/** The address of a case; a slash stays one. */
function addressOfCase(id) {
  return `#case=${encodeURIComponent(id).replaceAll("%2F", "/")}`;
}
