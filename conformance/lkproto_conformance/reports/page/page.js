// The page: which of its three views an address shows, the keyboard, light and dark.

const VIEWS = ["matrix", "list", "case"];
const THEMES = { auto: "System", light: "Light", dark: "Dark" };
const byId = (id) => document.getElementById(id);
const state = { report: null, list: null, listAddress: "#cases", view: "matrix", opened: null, scroll: {} };

function show(view, title) {
  state.scroll[state.view] = scrollY;
  const changed = view !== state.view;
  state.view = view;
  for (const each of VIEWS) byId(each).hidden = each !== view;
  mark(byId("to-matrix"), view === "matrix");
  mark(byId("to-cases"), view === "list");
  document.title = title ? `${title} · Conformance report` : "Conformance report";
  return changed;
}

function mark(anchor, current) {
  if (current) anchor.setAttribute("aria-current", "page");
  else anchor.removeAttribute("aria-current");
}

function route() {
  const fragment = location.hash.slice(1);
  const asked = new URLSearchParams(fragment);
  if (asked.has("case")) showCase(asked.get("case"));
  else if (asked.has("cases")) showList(fragment);
  else if (fragment !== "main" && show("matrix")) focusOn(byId("matrix-title"), state.scroll.matrix ?? 0);
}

function showList(fragment) {
  const filter = filterOf(fragment);
  const address = addressOf(filter);
  const same = address === state.listAddress;
  state.listAddress = address;
  byId("to-cases").href = address;
  const changed = show("list", "Cases");
  state.list.show(filter);
  if (!changed) return;
  const row = same && state.opened && state.list.rows.querySelector(`a[href="${CSS.escape(state.opened)}"]`);
  focusOn(row || byId("list-title"), same ? state.scroll.list ?? 0 : 0);
  state.opened = null;
}

function showCase(id) {
  const one = state.report.byId.get(id);
  const article = byId("case");
  show("case", printable(id));
  state.opened = addressOfCase(id);
  if (one) article.replaceChildren(...caseView(state.report, one, steps(one)));
  else article.replaceChildren(h("h2", { id: "case-title", tabindex: "-1" }, "No such case"), h("p", null, "The report has no case called ", h("code", null, line(id, 200)), ". ", h("a", { href: "#cases" }, "All cases")));
  focusOn(byId("case-title"), 0);
}

/** The way back, and to the cases before and after, as the list had them. */
function steps(one) {
  const listed = state.list.found.includes(one) ? state.list.found : state.report.cases;
  const at = listed.indexOf(one);
  const step = (id, other, label, sign) => other
    ? h("a", { id, href: addressOfCase(other.id), title: printable(other.id), "aria-label": label }, sign)
    : h("span", { class: "off", "aria-hidden": "true" }, sign);
  return [
    h("a", { id: "back", href: state.listAddress }, "← Cases"),
    h("span", { class: "place" }, `${number(at + 1)} of ${number(listed.length)}`),
    step("previous", listed[at - 1], "Previous case", "↑"), step("next", listed[at + 1], "Next case", "↓"),
  ];
}

function focusOn(element, top) {
  element.focus({ preventScroll: true });
  scrollTo(0, top);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
  if (event.key === "Escape") goUp(typing, event.target);
  else if (!typing && event.key === "/") {
    event.preventDefault();
    if (state.view !== "list") location.hash = state.listAddress;
    setTimeout(() => byId("search")?.focus(), 0);
  } else if (!typing && "jk".includes(event.key)) step(event.key === "j" ? 1 : -1);
  else if (state.view === "list" && event.target.closest(".rows") && /^Arrow(Up|Down)$/.test(event.key)) {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  }
}

/** One level up: out of the search, from a case to the list, from the list to the matrix. */
function goUp(typing, target) {
  if (typing) target.blur();
  else if (state.view === "case") location.hash = state.listAddress;
  else if (state.view === "list") location.hash = "";
}

function step(direction) {
  if (state.view === "case") byId(direction > 0 ? "next" : "previous")?.click();
  if (state.view !== "list") return;
  const rows = [...state.list.rows.querySelectorAll("a")];
  const at = rows.indexOf(document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, at + direction))]?.focus();
}

/** A choice of light and dark, which the browser keeps where it may. */
function themes() {
  const stored = (value) => {
    try {
      if (value) localStorage.setItem("theme", value);
      return localStorage.getItem("theme");
    } catch {
      return value;
    }
  };
  const select = h("select", { id: "theme", "aria-label": "Colours of the page" }, Object.entries(THEMES).map(([value, name]) => h("option", { value }, name)));
  const apply = (theme) => {
    const known = theme in THEMES ? theme : "auto";
    document.documentElement.dataset.theme = known;
    select.value = known;
  };
  select.addEventListener("change", () => apply(stored(select.value) ?? select.value));
  apply(stored("") ?? "auto");
  byId("tools").append(select);
}

/** When the matrix is on the screen, or a moment later where the page is in the background. */
function painted() {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 300);
  });
}

async function begin() {
  themes();
  await painted();
  try {
    state.report = new Report(await unpacked());
  } catch (error) {
    byId("trouble").textContent = `The cases cannot be read: ${printable(String(error))}. A browser of 2024 or later can.`;
    byId("trouble").hidden = false;
    return;
  }
  state.list = new List(state.report, byId("list"));
  state.list.show(filterOf(""));
  addEventListener("hashchange", route);
  addEventListener("keydown", onKey);
  history.scrollRestoration = "manual";
  route();
  document.documentElement.dataset.ready = "yes";
}

begin();
