/* The search: as one types, from search-index.js, which lies at the root of the site and loads from a folder too. */
"use strict";
{
  const MOST = 12;
  const ROOT = document.documentElement.dataset.content_root || "";

  /* All that can be found: [what it is, its words, where, the same in small letters, words found but not shown]. */
  function entries(index) {
    const found = [];
    const add = (kind, text, url, hidden = "") => found.push({ kind, text, url, key: text.toLowerCase(), hidden });
    for (const [name, title, url] of index.nodes) add("Node", title === name ? name : `${name}: ${title}`, url);
    for (const thing of index.things) add(...thing);
    for (const [text, anchor, numbers] of index.subjects) {
      for (const [name, , url, slug] of numbers.map((number) => index.nodes[number])) {
        const page = index.subject?.replace("SLUG", () => slug).replace("ANCHOR", () => anchor);
        add("Subject", `${text} on ${name}`, page || `${url}#${anchor}`);
      }
    }
    for (const [title, url, headings, words] of index.pages) {
      add("Page", title, url, words);
      for (const [heading, anchor] of headings) add(title, heading, url + anchor);
    }
    return found.filter((entry) => entry.url);
  }

  /* How well an entry fits, 0 best; Infinity if a word is nowhere. */
  function distance({ key, hidden }, words) {
    let sum = 0;
    for (const word of words) {
      const at = key.indexOf(word);
      if (at < 0 && !hidden.includes(word)) return Infinity;
      if (at < 0) sum += 8;
      else if (at > 0) sum += /[\p{L}\p{N}]/u.test(key[at - 1]) ? 4 : 2;
    }
    return sum + (key === words.join(" ") ? -1 : key.length / 1000);
  }

  function sought(all, text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const fit = all.map((entry) => [distance(entry, words), entry]).filter(([far]) => far < Infinity);
    return fit.sort(([one], [other]) => one - other).map(([, entry]) => entry);
  }

  class Finder {
    constructor(box, all) {
      Object.assign(this, { field: box.querySelector("input"), all, most: "all" in box.dataset ? 500 : MOST, at: -1 });
      const id = this.most === MOST ? "found" : "found-all";
      this.list = Object.assign(document.createElement("div"), { id, className: "found", role: "listbox", ariaLabel: "Found", hidden: true });
      this.count = Object.assign(document.createElement("output"), { className: this.most === MOST ? "unseen" : "count" });
      box.append(this.count, this.list);
      Object.assign(this.field, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" });
      this.field.setAttribute("aria-controls", id);
      this.field.addEventListener("input", () => this.show());
      this.field.addEventListener("keydown", (event) => this.press(event));
      if (this.most === MOST) box.addEventListener("focusout", (event) => box.contains(event.relatedTarget) || this.open(false));
    }

    show() {
      const found = sought(this.all, this.field.value);
      this.at = -1;
      this.list.replaceChildren(...found.slice(0, this.most).map((entry, number) => this.option(entry, number)));
      const asked = this.field.value.trim() !== "";
      this.count.textContent = found.length ? `${found.length} found` : "";
      if (asked && !found.length) this.list.append("Nothing found");
      this.open(asked);
      this.point(-1);
      if (this.most !== MOST) history.replaceState(null, "", asked ? `?q=${encodeURIComponent(this.field.value)}` : location.pathname);
    }

    option({ kind, text, url }, number) {
      const link = Object.assign(document.createElement("a"), { href: ROOT + url, id: `${this.list.id}-${number}`, role: "option", tabIndex: -1 });
      link.append(text, " ", Object.assign(document.createElement("small"), { textContent: kind }));
      return link;
    }

    open(wanted) {
      this.list.hidden = !wanted;
      this.field.ariaExpanded = String(wanted && this.list.children.length > 0);
      this.list.role = this.list.children.length ? "listbox" : "status";
    }

    point(at) {
      this.list.children[this.at]?.removeAttribute("aria-selected");
      const option = this.list.children[(this.at = at)];
      if (!option) return this.field.removeAttribute("aria-activedescendant");
      option.ariaSelected = "true";
      option.scrollIntoView({ block: "nearest" });
      this.field.setAttribute("aria-activedescendant", option.id);
    }

    press(event) {
      const last = this.list.children.length - 1;
      const steps = { ArrowDown: this.at < last ? this.at + 1 : 0, ArrowUp: this.at > 0 ? this.at - 1 : last };
      if (event.key in steps && last >= 0) {
        event.preventDefault();
        this.open(true);
        this.point(steps[event.key]);
      } else if (event.key === "Enter" && !event.isComposing) {
        this.list.children[this.at]?.click();
      } else if (event.key === "Escape") this.open(false);
    }
  }

  almanacLoad("../search-index.js").then(
    () => {
      const all = entries(almanacIndex);
      for (const box of document.querySelectorAll(".finder")) {
        const finder = new Finder(box, all);
        if (finder.field.value) finder.show();
      }
    },
    () => document.querySelectorAll(".finder input").forEach((field) => (field.placeholder = "No index")),
  );
}
