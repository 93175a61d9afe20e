/* Tables and lists of problems sort by any column and filter by words and state, and the address tells how: ?backups.by=-size
   &backups.has=svn&backups.is=Late. Each is named after its heading. Whole without this: every control is made here. */
"use strict";
{
  const SEVERITY = ["ok", "unknown", "warn", "crit"];
  const TIMES = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15, EB: 1e18, min: 60, h: 3600, d: 86400 };
  const NUMBER = /^([+<−-]*)\s*([\d\u202f]+(?:\.\d+)?)\s*(\S*)/;
  const ABSENT = ".none, .never, .unknown:not(.state)";
  const byWords = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;

  const slug = (words) => words.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  const words = (element) => element.textContent.trim().replace(/\s+/g, " ");

  /* Of names that are alike the second is name-2. */
  function apart() {
    const taken = new Set();
    return (name) => {
      let one = name;
      for (let times = 2; taken.has(one); times += 1) one = `${name}-${times}`;
      taken.add(one);
      return one;
    };
  }

  function made(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  function read(text) {
    const [, sign, digits, unit] = text.match(NUMBER) || [];
    if (digits === undefined) return null;
    const number = Number(digits.replaceAll("\u202f", "")) * (TIMES[unit] || 1);
    return /[−-]/.test(sign) || text.endsWith(" less") ? -number : number;
  }

  /* What a cell sorts by: a number, a text, or null, which stays last. */
  function keyOf(cell) {
    if (cell.dataset.v) return Number(cell.dataset.v);
    if (cell.tagName === "TH") return words(cell);
    const state = cell.querySelector(".state");
    if (state) return SEVERITY.findIndex((style) => state.classList.contains(style));
    const exact = cell.querySelector("button[value]:not([value=''])");
    if (exact) return Number(exact.value);
    const time = cell.querySelector("time");
    if (time && !cell.classList.contains("num")) return Date.parse(time.dateTime);
    if (cell.querySelector(ABSENT) || !words(cell)) return null;
    return read(words(cell)) ?? words(cell);
  }

  const cellsOf = (row) => [...row.cells].flatMap((cell) => Array(cell.colSpan).fill(cell));

  /* Both ways words stand behind numbers, and what is not known behind all; equals keep the order of the page. */
  function compared(one, other, way) {
    const rank = (key) => (key === null ? 2 : typeof key === "string" ? 1 : 0);
    if (rank(one) || rank(other)) return rank(one) - rank(other) || (one && way * byWords(one, other)) || 0;
    return way * (one - other);
  }

  function headingOf(table) {
    const before = [...document.querySelectorAll("h1, h2, h3, h4")].filter(
      (heading) => heading.compareDocumentPosition(table) & Node.DOCUMENT_POSITION_FOLLOWING,
    );
    const text = before.at(-1)?.cloneNode(true);
    text?.querySelector(".headerlink")?.remove();
    return text ? words(text) : "Table";
  }

  /* What rows sort by: of each row its cell, or what stands for one. */
  class Column {
    constructor(name, rows, cellOf, head = null) {
      Object.assign(this, { head, name });
      const cells = new Map(rows.map((row) => [row, cellOf(row)]));
      this.keys = new Map(rows.map((row) => [row, cells.get(row) ? keyOf(cells.get(row)) : null]));
      const told = [...cells.values()].filter(Boolean);
      this.sorts = name !== "" && told.some((cell) => words(cell) !== "");
      /* The worst and the largest are looked for first, names from the front. */
      const states = told.some((cell) => cell.tagName !== "TH" && cell.querySelector(".state"));
      this.first = states || head?.classList.contains("num") ? -1 : 1;
    }
  }

  class Rows {
    constructor(body, rows, columns, name, id) {
      Object.assign(this, { body, rows, name, id, by: null, way: 1 });
      this.texts = new Map(rows.map((row) => [row, `${words(row)} ${row.dataset.in || ""}`.toLowerCase()]));
      const named = apart();
      for (const column of columns) column.id = named(slug(column.name));
      this.columns = columns.filter((column) => column.sorts);
      for (const column of this.columns) if (column.head) this.addButton(column);
      this.addControls();
    }

    addButton(column) {
      const button = made("button", { type: "button", className: "sort", title: `Sort by ${column.name}` });
      if (column.head.querySelector("a")) button.setAttribute("aria-label", `Sort by ${column.name}`);
      else button.append(...column.head.childNodes);
      column.head.append(button);
      button.addEventListener("click", () => this.turn(column));
    }

    /* One way, then the other, then the order of the page. */
    turn(column) {
      const turned = this.by === column;
      if (turned && this.way !== column.first) this.by = null;
      else Object.assign(this, { by: column, way: turned ? -this.way : column.first });
      this.show();
    }

    addControls() {
      const told = { spellcheck: false, autocomplete: "off", ariaLabel: `Filter ${this.name}` };
      this.field = made("input", { type: "search", placeholder: "Filter", ...told });
      const noun = this.body.parentElement.dataset.states || "State";
      this.state = this.choice(noun, [`Any ${noun.toLowerCase()}`, ...this.wordsOfStates()]);
      this.order = this.choice("Sort", ["In the usual order", ...this.columns.flatMap(({ name }) => [`${name} ↑`, `${name} ↓`])]);
      if (this.columns.some(({ head }) => head)) this.order.className = "narrow";
      this.count = made("output", { className: "count" });
      this.field.addEventListener("input", () => this.show());
      this.state.addEventListener("change", () => this.show());
      this.order.addEventListener("change", () => this.choose(this.order.selectedIndex - 1));
      const shown = [this.field, ...(this.state.length > 2 ? [this.state] : []), this.order, this.count];
      const box = this.body.closest(".tablebox") || this.body;
      box.before(made("div", { className: "controls", role: "search", ariaLabel: this.name }, ...shown));
    }

    choice(what, options) {
      const made_ = options.map((text, index) => made("option", { value: index ? text : "" }, text));
      return made("select", { ariaLabel: `${what}: ${this.name}` }, ...made_);
    }

    choose(index) {
      this.by = this.columns[index >> 1] || null;
      this.way = index % 2 ? -1 : 1;
      this.show();
    }

    statesOf(row) {
      return [...row.querySelectorAll("td .state, li > .state")].map(words);
    }

    wordsOfStates() {
      const states = this.rows.flatMap((row) => this.statesOf(row));
      return [...new Set(states)].sort(byWords);
    }

    fits(row) {
      const asked = this.field.value.toLowerCase().split(/\s+/);
      return (
        asked.every((word) => this.texts.get(row).includes(word)) &&
        (!this.state.value || this.statesOf(row).includes(this.state.value))
      );
    }

    show() {
      const rows = [...this.rows];
      if (this.by) rows.sort((one, other) => compared(this.by.keys.get(one), this.by.keys.get(other), this.way));
      for (const row of rows) row.hidden = !this.fits(row);
      this.body.append(...rows);
      for (const column of this.columns) {
        if (!column.head) continue;
        if (column === this.by) column.head.ariaSort = this.way > 0 ? "ascending" : "descending";
        else column.head.removeAttribute("aria-sort");
      }
      this.order.selectedIndex = this.by ? 2 * this.columns.indexOf(this.by) + (this.way > 0 ? 1 : 2) : 0;
      this.tell(rows.filter((row) => !row.hidden).length);
      remember(this);
    }

    tell(seen) {
      const filtered = this.field.value.trim() || this.state.value;
      const sorted = this.by ? `sorted by ${this.by.name}, ${this.way > 0 ? "ascending" : "descending"}` : "in the usual order";
      this.count.replaceChildren(
        filtered ? `${seen} of ${this.rows.length} ${this.body.matches("ol") ? "problems" : "rows"}` : "",
        made("span", { className: "unseen" }, ` ${sorted}`),
      );
    }

    restore(asked) {
      const by = asked.get(`${this.id}.by`) || "";
      this.field.value = asked.get(`${this.id}.has`) || "";
      this.state.value = asked.get(`${this.id}.is`) || "";
      if (this.state.selectedIndex < 0) this.state.value = "";
      this.by = this.columns.find((column) => column.id === by.replace(/^-/, "")) || null;
      this.way = by.startsWith("-") ? -1 : 1;
      if (this.by || this.field.value || this.state.value) this.show();
    }

    told() {
      const by = this.by && (this.way < 0 ? "-" : "") + this.by.id;
      return Object.entries({ by, has: this.field.value.trim(), is: this.state.value });
    }
  }

  function remember(table) {
    const address = new URL(location.href);
    for (const [key, value] of table.told()) {
      if (value) address.searchParams.set(`${table.id}.${key}`, value);
      else address.searchParams.delete(`${table.id}.${key}`);
    }
    history.replaceState(history.state, "", address);
  }

  function ofTable(table) {
    const [body] = table.tBodies;
    if (table.tHead?.rows.length !== 1 || !(body?.rows.length > 1)) return null;
    const rows = [...body.rows];
    const columns = cellsOf(table.tHead.rows[0]).map((head, index) => new Column(words(head), rows, (row) => cellsOf(row)[index], head));
    return [body, rows, columns];
  }

  const FEW = 4; /* so many problems are seen at once; the template knows it too */

  function ofProblems(list) {
    const rows = [...list.children];
    if (rows.length <= FEW) return null;
    const columns = [["State", (row) => row], ["Since", (row) => row.querySelector(".since")], ["What", (row) => row.querySelector(".what")]];
    return [list, rows, columns.map(([name, cellOf]) => new Column(name, rows, cellOf))];
  }

  const named = apart();
  const asked = new URLSearchParams(location.search);
  for (const element of document.querySelectorAll(".tablebox table, ol.problems:not(.foremost)")) {
    const found = element.matches("ol") ? ofProblems(element) : ofTable(element);
    if (!found) continue;
    const name = headingOf(element);
    new Rows(...found, name, named(slug(name))).restore(asked);
  }
}
