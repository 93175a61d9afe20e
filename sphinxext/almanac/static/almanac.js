/* What is small and on each page; what is larger is loaded when it is near: tables, charts and the search.
   What only a reader's clock can tell: how long ago a time was, and whether the next pass is overdue.
   Pages are whole without it. Read from data attributes, refreshed each minute. */
"use strict";
{
  const MINUTE = 60000;
  const SLACK = 0.1; /* a pass may be late by a tenth of its interval before the banner says so */

  function span(milliseconds) {
    const minutes = Math.round(milliseconds / MINUTE);
    if (minutes < 60) return `${minutes} min`;
    if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`;
    return `${Math.round(minutes / 1440)} d`;
  }

  const ago = (milliseconds) => (milliseconds < MINUTE / 2 ? "just now" : `${span(milliseconds)} ago`);

  function refresh() {
    const now = Date.now();
    for (const element of document.querySelectorAll("[data-ago]")) {
      const since = now - Date.parse(element.dataset.ago);
      element.textContent = since >= 0 ? (element.dataset.before || "") + ago(since) : "";
    }
    for (const banner of document.querySelectorAll("[data-due]")) {
      const due = Date.parse(banner.dataset.due);
      const interval = due - Date.parse(banner.dataset.made);
      banner.hidden = !(now > due + interval * SLACK);
    }
    if (document.querySelector("[data-due]:not([hidden])")) return; /* whether what was wrong then still is, nobody knows */
    for (const lasting of document.querySelectorAll("[data-lasts]")) {
      const since = now - Date.parse(lasting.parentElement.querySelector("time").dateTime);
      if (since >= MINUTE) lasting.textContent = span(since);
    }
  }

  refresh();
  document.addEventListener("almanac:shown", refresh);
  setInterval(refresh, MINUTE);

  /* What is wider than its place scrolls, by the keyboard too. */
  function reach() {
    for (const box of document.querySelectorAll(".tablebox, pre, picture")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }

  reach();
  addEventListener("resize", reach);

  /* A script or a style sheet beside this one, once. */
  const beside = document.currentScript.src;
  const loaded = new Map();
  function load(name) {
    if (!loaded.has(name)) {
      const isStyle = name.endsWith(".css");
      const element = document.createElement(isStyle ? "link" : "script");
      loaded.set(name, new Promise((onload, onerror) => Object.assign(element, { onload, onerror })));
      Object.assign(element, isStyle ? { rel: "stylesheet", href: new URL(name, beside) } : { src: new URL(name, beside) });
      document.head.append(element);
    }
    return loaded.get(name);
  }

  window.almanacLoad = load;

  /* What a script adds is dressed when it appears. */
  const loadTool = (name) => load("almanac-tools.css").finally(() => load(name));

  function whenNear(selector, name) {
    const near = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        near.disconnect();
        loadTool(name);
      },
      { rootMargin: "100%" },
    );
    for (const element of document.querySelectorAll(selector)) near.observe(element);
  }

  const SORTED = ".tablebox, ol.problems:not(.foremost)";
  if (location.search && document.querySelector(SORTED)) loadTool("almanac-tables.js");
  else whenNear(SORTED, "almanac-tables.js");

  /* Numbers can be fetched from a server only. */
  if (location.protocol !== "file:") whenNear("[data-series]", "almanac-zoom.js");

  /* The field of the search stands where its link was; what it finds is loaded when somebody goes there. */
  function addField(box) {
    const field = Object.assign(document.createElement("input"), { type: "search", placeholder: "Search", ariaLabel: "Search" });
    Object.assign(field, { autocomplete: "off", spellcheck: false });
    box.append(field);
    field.addEventListener("focus", () => loadTool("almanac-search.js"));
    field.addEventListener("keydown", ({ key, isComposing }) => {
      if (key !== "Enter" || isComposing || field.hasAttribute("aria-activedescendant") || "all" in box.dataset) return;
      location.href = new URL(`../search.html?q=${encodeURIComponent(field.value)}`, beside);
    });
    return field;
  }

  const link = document.querySelector("header.top a.finder");
  if (link) {
    const box = Object.assign(document.createElement("div"), { className: "finder", role: "search", ariaLabel: "This site" });
    link.replaceWith(box);
    const field = addField(box);
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
      event.preventDefault();
      field.focus();
    });
  }
  for (const box of document.querySelectorAll(".finder[data-all]")) {
    const field = addField(box);
    field.value = new URLSearchParams(location.search).get("q") || "";
    field.focus();
  }
}
