// The list of cases, with its filters and the search.

const PORTION = 150;
const SIGNS = { passed: "✓", observed: "○", known: "◐", failed: "✕", stale: "!", "not run": "…", skipped: "–" };
const CHOICES = [["in", "Implementation"], ["op", "Operation"], ["profile", "Profile"], ["level", "Level"], ["kind", "Kind of note"], ["flag", "Flag"]];

class List {
  constructor(report, section) {
    Object.assign(this, { report, section, found: [], filter: null, shown: 0 });
    this.rows = h("ol", { class: "rows" });
    this.status = h("p", { role: "status", class: "status" });
    this.end = h("button", { type: "button", class: "more wide", onclick: () => this.#show(true) });
    this.toolbar = this.#toolbar();
    const title = h("h2", { id: "list-title", tabindex: "-1" }, "Cases");
    const clear = h("button", { type: "button", id: "clear", class: "more", onclick: () => this.#clear() }, "Clear filters");
    section.append(title, this.toolbar, h("div", { class: "found" }, this.status, clear), this.#heads(), this.rows, this.end);
    new IntersectionObserver((seen) => {
      if (seen.some((each) => each.isIntersecting)) this.#show(false);
    }, { rootMargin: "600px" }).observe(this.end);
  }

  /** Show the cases that a filter asks for; the same filter changes nothing. */
  show(filter) {
    if (this.filter && addressOf(filter) === addressOf(this.filter)) return;
    this.filter = filter;
    const { found, counts } = this.report.select(filter);
    this.found = found;
    this.rows.replaceChildren();
    this.shown = 0;
    this.status.textContent = found.length
      ? `${plural(found.length, "case", "cases")} of ${number(this.report.cases.length)}`
      : "No case is like that. Fewer filters find more.";
    this.#setToolbar(counts);
    this.#show(false);
  }

  #show(byHand) {
    const first = this.shown;
    const portion = this.found.slice(first, first + PORTION);
    this.rows.append(...portion.map((one) => this.#row(one)));
    this.shown += portion.length;
    const left = this.found.length - this.shown;
    this.end.hidden = left === 0;
    this.end.textContent = `${number(left)} more`;
    if (byHand) this.rows.children[first]?.querySelector("a").focus();
  }

  #heads() {
    const names = this.#columns().map((each) => h("span", { class: "sign", title: printable(each.key) }, h("span", null, line(each.key, 40))));
    return h("div", { class: "heads", "aria-hidden": "true" }, h("span", null, "Case"), ...names);
  }

  #columns() {
    return this.report.testees;
  }

  #row(one) {
    const signs = this.#columns().map((testee) => {
      const results = alike(one.results.filter((each) => each.testee === testee));
      return h("span", { class: "sign", "data-name": line(testee.key, 24) }, results.map((each) => this.#sign(testee, each, results.length)));
    });
    const said = this.#said(one);
    return h("li", null, h("a", { href: addressOfCase(one.id) },
      h("span", { class: "what" }, h("b", null, printable(one.id)), h("span", null, line(one.comment, 200)), said && h("em", null, said)),
      ...signs));
  }

  #sign(testee, result, several) {
    const where = several > 1 ? ` in ${result.profiles.map((each) => each.profile).join(", ")}` : "";
    const words = `${printable(testee.key)}: ${result.kind}${printable(where)}. `;
    return h("i", { class: result.kind.replace(" ", "-"), title: words.trim() },
      h("span", { "aria-hidden": "true" }, SIGNS[result.kind]), h("span", { class: "hidden" }, words));
  }

  /** What the first failure that the filter is about says. */
  #said(one) {
    const bad = one.results.find((each) => concerns(each, this.filter) && (BAD.has(each.kind) || each.kind === "not run"));
    if (!bad) return null;
    return line(`${bad.testee.key}: ${bad.stale || `${bad.verdict} ${bad.detail}`}`, 180);
  }

  #toolbar() {
    const search = h("input", { type: "search", id: "search", placeholder: "Search id, comment or detail", "aria-label": "Search", autocomplete: "off", spellcheck: "false" });
    let waiting = 0;
    search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.#ask({ q: search.value }, true), 120);
    });
    const verdicts = h("div", { class: "verdicts", role: "group", "aria-label": "Verdict" },
      this.report.kinds.map((kind) => h("button", { type: "button", class: `chip ${kind.replace(" ", "-")}`, "data-kind": kind, "aria-pressed": "false", onclick: () => this.#toggle(kind) })));
    const choices = CHOICES.map(([name, label]) => this.#choice(name, label)).filter(Boolean);
    const differ = h("label", { class: "check" }, h("input", { type: "checkbox", id: "differ", onchange: (event) => this.#ask({ differ: event.target.checked ? "1" : "" }) }), " Only where implementations differ");
    return h("form", { class: "toolbar", role: "search", onsubmit: (event) => event.preventDefault() },
      search, verdicts, h("div", { class: "choices" }, choices, this.report.testees.length > 1 ? differ : null));
  }

  #choice(name, label) {
    const values = this.#values(name);
    if (values.length < 2) return null;
    const select = h("select", { "data-filter": name, onchange: () => this.#ask({ [name]: select.value }) },
      h("option", { value: "" }, "any"), values.map((value) => h("option", { value }, line(value, 60))));
    return h("label", null, h("span", null, label), select);
  }

  #values(name) {
    if (name === "in") return this.report.testees.map((each) => each.key);
    const of = { op: (one) => one.op, level: (one) => one.level, flag: (one) => one.flags, profile: (one) => one.profiles, kind: (one) => this.report.kindsOf(one) };
    return [...new Set(this.report.cases.flatMap(of[name]))].sort();
  }

  #setToolbar(counts) {
    const wanted = this.filter.verdict.split(",");
    for (const chip of this.toolbar.querySelectorAll(".chip")) {
      const kind = chip.dataset.kind;
      const pressed = wanted.includes(kind);
      chip.setAttribute("aria-pressed", String(pressed));
      chip.hidden = !counts.get(kind) && !pressed;
      chip.replaceChildren(h("span", { "aria-hidden": "true" }, SIGNS[kind]), ` ${kind} `, h("b", null, number(counts.get(kind))));
    }
    for (const select of this.toolbar.querySelectorAll("select")) select.value = this.filter[select.dataset.filter];
    const differ = this.toolbar.querySelector("#differ");
    if (differ) differ.checked = Boolean(this.filter.differ);
    const search = this.toolbar.querySelector("#search");
    if (search.value !== this.filter.q) search.value = this.filter.q;
    this.section.querySelector("#clear").hidden = addressOf(this.filter) === "#cases";
  }

  #toggle(kind) {
    const wanted = new Set(this.filter.verdict.split(",").filter(Boolean));
    if (!wanted.delete(kind)) wanted.add(kind);
    this.#ask({ verdict: [...wanted].join(",") });
  }

  #clear() {
    this.#ask(filterOf(""));
    this.toolbar.querySelector("#search").focus();
  }

  /** Go to the address of a changed filter; while one types, the address is replaced. */
  #ask(changes, replace = false) {
    const address = addressOf({ ...this.filter, ...changes });
    if (!replace) location.hash = address;
    else {
      history.replaceState(null, "", address);
      dispatchEvent(new HashChangeEvent("hashchange"));
    }
  }
}
