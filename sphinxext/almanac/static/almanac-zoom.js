/* A chart that can be looked into: drawn from the numbers of data/series, in the colours of the page. Drag over a range,
   or point at it with the arrow keys and Shift, and it fills the chart. Whoever has no script keeps the pictures. */
"use strict";
{
  const DAY = 86400;
  const HEIGHT = 260;
  const EDGE = { left: 4.5, right: 0.6, top: 0.8, bottom: 1.8 }; /* in letters of the page */
  const STEPS = [300, 900, 1800, 3600, 10800, 21600, 43200, DAY, 2 * DAY, 7 * DAY, 14 * DAY];
  const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120];
  const SIZES = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
  const SPANS = [[DAY, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const PERIODS = [[9 * DAY, 7 * DAY, "the week before"], [45 * DAY, 31 * DAY, "the month before"], [400 * DAY, 365 * DAY, "the year before"]];
  const MINUS = "\u2212";

  /* What would round to zero, and is none, has its first digit. */
  const places = (number, most) => (number && Math.abs(number) < 0.5 * 10 ** -most ? -Math.floor(Math.log10(Math.abs(number))) : most);
  const short = (number) => (Math.abs(number) < 99.95 ? number.toFixed(Math.min(places(number, 1), 12)).replace(/\.0$/, "") : number.toFixed(0)).replace("-", MINUS);
  const grouped = (number) => number.toLocaleString("en", { maximumFractionDigits: Math.min(places(number, 2), 12) }).replaceAll(",", "\u202f").replace("-", MINUS);

  function size(bytes) {
    const place = bytes ? Math.min(Math.floor(Math.log10(Math.abs(bytes)) / 3 + 1e-9), SIZES.length - 1) : 0;
    const amount = bytes / 1000 ** Math.max(place, 0);
    return `${Number(amount.toPrecision(4)).toString().replace("-", MINUS)} ${SIZES[Math.max(place, 0)]}`;
  }

  function duration(seconds) {
    const [length, unit] = SPANS.find(([span]) => Math.abs(seconds) >= 2 * span) || SPANS.at(-1);
    return `${short(seconds / length)} ${unit}`;
  }

  const UNITS = {
    bytes: size,
    seconds: duration,
    ratio: (ratio) => (ratio > 0 && ratio < 0.0005 ? "<0.1 %" : `${short(ratio * 100)} %`),
    celsius: (degrees) => `${short(degrees)} °C`,
    load: (load) => load.toFixed(2),
    count: grouped,
    "": grouped,
  };
  const written = (value, unit) => (UNITS[unit] ? UNITS[unit](value) : `${grouped(value)} ${unit}`);

  /* 1, 2 or 5 of the unit's own steps: bytes by tens, durations by minutes, hours and days. */
  function stepOf(range, unit) {
    const rough = range / 4 || 1;
    const base = unit === "seconds" ? (SPANS.find(([span]) => rough >= span) || [1])[0] : 1;
    const power = 10 ** Math.floor(Math.log10(rough / base));
    return base * power * [1, 2, 5, 10].find((times) => times * power * base >= rough);
  }

  class Clock {
    constructor(zone, names) {
      const format = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options });
      this.full = window.almanacClock(zone, names, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
      this.day = format({ day: "numeric", month: "short" });
      this.hour = format({ hour: "2-digit", minute: "2-digit" });
      this.month = format({ month: "short", year: "numeric" });
      this.year = format({ year: "numeric" });
      this.parts = format({ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" });
    }

    /* Seconds by which the zone is ahead of UTC. */
    ahead(time) {
      const part = Object.fromEntries(this.parts.formatToParts(time * 1000).map(({ type, value }) => [type, Number(value)]));
      return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) / 1000 - Math.floor(time);
    }

    /* Round times of the zone, at most `most` of them, each with its words. */
    ticks(start, end, most) {
      const step = STEPS.find((seconds) => (end - start) / seconds <= most);
      return step ? this.even(start, end, step) : this.months(start, end, most);
    }

    even(start, end, step) {
      const words = step < DAY ? this.hour : this.day;
      const found = [];
      for (let local = Math.ceil((start + this.ahead(start)) / step) * step; ; local += step) {
        const time = local - this.ahead(local - this.ahead(start));
        if (time > end) return found;
        found.push([time, (step < DAY && local % DAY === 0 ? this.day : words).format(time * 1000)]);
      }
    }

    months(start, end, most) {
      const step = MONTHS.find((months) => (end - start) / (months * 30.4 * DAY) <= most) || 240;
      const words = step < 12 ? this.month : this.year;
      const first = new Date(start * 1000);
      const found = [];
      for (let month = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step; ; month += step) {
        const local = Date.UTC(Math.floor(month / 12), month % 12) / 1000;
        const time = local - this.ahead(local);
        if (time > end) return found;
        if (time >= start) found.push([time, words.format(time * 1000)]);
      }
    }
  }

  /* Where a line breaks: an interval well above the usual ones around it; nights may run late. */
  function gapsOf(times) {
    const intervals = times.slice(1).map((time, index) => time - times[index]);
    return intervals.map((interval, index) => {
      const around = intervals.slice(Math.max(0, index - 7), index + 8).sort((one, other) => one - other);
      const [usual, longer] = [0.5, 0.75].map((share) => around[Math.floor((around.length - 1) * share)]);
      return interval > Math.max(2.5 * usual, longer >= 21600 ? 1.5 * DAY : 0);
    });
  }

  async function fetched({ series, years, metric }) {
    const files = years.split(" ").map(async (some) => {
      const answer = await fetch(`${series}.${some}.json`);
      if (!answer.ok) throw new Error(answer.statusText);
      return answer.json();
    });
    const told = await Promise.all(files);
    const known = told.map(({ metrics }) => metrics[metric]).filter(Boolean);
    return {
      times: known.flatMap(({ times }) => times),
      values: known.flatMap(({ values }) => values),
      events: await happened(series, told[0].subject),
    };
  }

  /* What happened to a subject, by the document of its node; nothing where that can't be read. */
  async function happened(series, subject) {
    try {
      const answer = await fetch(series.replace(/series\/([^/]+)\/[^/]+$/, "nodes/$1.json"));
      const { events } = await answer.json();
      return events.filter((event) => event.subject === subject).map(({ time, text }) => ({ time: Date.parse(time) / 1000, text }));
    } catch {
      return [];
    }
  }

  function drawn(tag, attributes, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  const nearest = (times, time) => {
    const after = times.findIndex((one) => one >= time);
    if (after < 0) return times.length - 1;
    return after && time - times[after - 1] < times[after] - time ? after - 1 : after;
  };

  class View {
    constructor(box, { times, values, events }) {
      const { unit, zone, zones, levels, name } = box.dataset;
      Object.assign(this, { times, values, events, unit, clock: new Clock(zone, JSON.parse(zones)), gaps: gapsOf(times), name });
      this.levels = JSON.parse(levels || "[]");
      this.at = times.length - 1;
      this.svg = drawn("svg", { class: "zoom", role: "slider", tabindex: 0, "aria-label": `${name}, value by value`, "aria-valuemin": 0, "aria-valuemax": this.at });
      this.said = document.createElement("span");
      this.back = Object.assign(document.createElement("button"), { type: "button", textContent: "Whole", className: "quiet" });
      this.back.addEventListener("click", () => this.show(0, times.length - 1));
      const hint = Object.assign(document.createElement("small"), { textContent: "Drag over a range to look into it, or use the arrow keys, Shift and Enter; Escape shows the whole." });
      const line = Object.assign(document.createElement("p"), { className: "reading" });
      line.append(this.said, this.back);
      this.element = Object.assign(document.createElement("div"), { className: "zoomed" });
      this.element.append(line, this.svg, hint);
      this.listen();
    }

    listen() {
      const { svg } = this;
      svg.addEventListener("pointermove", (event) => this.move(this.indexAt(event), this.held !== undefined));
      svg.addEventListener("pointerdown", (event) => this.hold(event));
      svg.addEventListener("pointerup", () => this.release());
      svg.addEventListener("pointercancel", () => this.select(undefined));
      svg.addEventListener("dblclick", () => this.show(0, this.times.length - 1));
      svg.addEventListener("keydown", (event) => this.press(event));
      new ResizeObserver(() => this.draw()).observe(this.element);
    }

    hold(event) {
      if (event.button) return;
      this.svg.setPointerCapture(event.pointerId);
      this.held = this.indexAt(event);
      this.move(this.held, true);
    }

    release() {
      const { held, at } = this;
      this.select(undefined);
      if (held !== undefined && Math.abs(held - at) > 1) this.show(Math.min(held, at), Math.max(held, at));
    }

    press(event) {
      const page = Math.max(1, Math.round((this.last - this.first) / 10));
      const ways = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: page, PageDown: -page, Home: -Infinity, End: Infinity };
      const { key, shiftKey } = event;
      if (key in ways) {
        if (shiftKey && this.held === undefined) this.held = this.at;
        this.move(Math.min(this.last, Math.max(this.first, this.at + ways[key])), shiftKey);
      } else if (key === "Enter") this.release();
      else if (key === "Escape" && this.held === undefined) this.show(0, this.times.length - 1);
      else if (key === "Escape") this.select(undefined);
      else return;
      event.preventDefault();
    }

    show(first, last) {
      Object.assign(this, { first, last, at: Math.min(last, Math.max(first, this.at)) });
      this.back.hidden = first === 0 && last === this.times.length - 1;
      this.draw();
    }

    select(held) {
      this.held = held;
      this.move(this.at, held !== undefined);
    }

    indexAt(event) {
      const x = event.clientX - this.svg.getBoundingClientRect().left;
      const time = this.times[this.first] + ((x - this.left) / this.width) * this.span;
      return Math.min(this.last, Math.max(this.first, nearest(this.times, time)));
    }

    x(index) {
      return this.left + ((this.times[index] - this.times[this.first]) / this.span) * this.width;
    }

    y(value) {
      return this.top + ((this.high - value) / (this.high - this.low)) * this.height;
    }

    draw() {
      if (this.first === undefined || !this.element.clientWidth) return;
      this.measure();
      this.svg.replaceChildren(...this.grid(), ...this.thresholds(), ...this.before(), this.line(), ...this.happened());
      this.mark = this.svg.appendChild(drawn("rect", { class: "range", y: this.top, height: this.height, width: 0 }));
      this.dot = this.svg.appendChild(drawn("circle", { r: 4 }));
      this.move(this.at, this.held !== undefined);
    }

    measure() {
      const letter = parseFloat(getComputedStyle(this.svg).fontSize);
      const width = this.element.clientWidth;
      this.svg.setAttribute("width", width);
      this.svg.setAttribute("height", HEIGHT);
      Object.assign(this, { letter, left: EDGE.left * letter, top: EDGE.top * letter });
      this.width = width - this.left - EDGE.right * letter;
      this.height = HEIGHT - this.top - EDGE.bottom * letter;
      this.span = this.times[this.last] - this.times[this.first] || 1;
      const { past } = this;
      const seen = this.values.slice(this.first, this.last + 1).concat(past ? this.values.slice(past.first, past.last + 1) : []);
      let [low, high] = seen.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
      if (low === high) [low, high] = [low - (Math.abs(low) * 0.05 || 1), high + (Math.abs(high) * 0.05 || 1)];
      const room = (high - low) * 0.06;
      Object.assign(this, { low: low >= 0 ? Math.max(0, low - room) : low - room, high: high + room });
    }

    grid() {
      const { left, top, width, height, unit } = this;
      const step = stepOf(this.high - this.low, unit);
      const found = [];
      for (let value = Math.ceil(this.low / step) * step; value <= this.high; value += step) {
        const y = this.y(value);
        found.push(drawn("path", { class: "grid", d: `M${left} ${y}h${width}` }));
        found.push(drawn("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, written(value, unit)));
      }
      const start = this.times[this.first];
      for (const [time, words] of this.clock.ticks(start, start + this.span, Math.max(2, width / (6 * this.letter)))) {
        const x = left + ((time - start) / this.span) * width;
        found.push(drawn("path", { class: "grid", d: `M${x} ${top}v${height}` }));
        found.push(drawn("text", { x, y: top + height + 1.3 * this.letter, "text-anchor": "middle" }, words));
      }
      return found;
    }

    thresholds() {
      return this.levels
        .filter(({ value }) => value > this.low && value < this.high)
        .map(({ value, level, side }) => {
          const words = drawn("title", {}, `${level} ${side === "below" ? "below" : "from"} ${written(value, this.unit)}`);
          return drawn("path", { class: `level ${level}`, d: `M${this.left} ${this.y(value)}h${this.width}` }, words);
        });
    }

    path(first, last, shift = 0) {
      const path = [];
      for (let index = first; index <= last; index++) {
        const begins = index === first || this.gaps[index - 1];
        const x = this.left + ((this.times[index] + shift - this.times[this.first]) / this.span) * this.width;
        path.push(`${begins ? "M" : "L"}${x.toFixed(1)} ${this.y(this.values[index]).toFixed(1)}${begins ? "h0" : ""}`);
      }
      return path.join("");
    }

    line() {
      return drawn("path", { class: "line", d: this.path(this.first, this.last) });
    }

    /* The same period before, as far as it was recorded: numbers of its first and last value, and how long ago it was. */
    get past() {
      const found = PERIODS.find(([longest]) => this.times[this.last] - this.times[this.first] <= longest);
      if (!found) return null;
      const [, shift, words] = found;
      const first = this.times.findIndex((time) => time >= this.times[this.first] - shift);
      const last = this.times.findLastIndex((time) => time <= this.times[this.last] - shift);
      return last > first ? { first, last, shift, words } : null;
    }

    before() {
      const { past } = this;
      return past ? [drawn("path", { class: "before", d: this.path(past.first, past.last, past.shift) }, drawn("title", {}, past.words))] : [];
    }

    happened() {
      const start = this.times[this.first];
      return this.events.filter(({ time }) => time >= start && time <= start + this.span).map(({ time, text }) => {
        const x = this.left + ((time - start) / this.span) * this.width;
        const words = drawn("title", {}, `${this.clock.full.format(time * 1000)}: ${text}`);
        return drawn("path", { class: "event", d: `M${x.toFixed(1)} ${this.top + this.height}v-9` }, words);
      });
    }

    /* The value that is pointed at, with its time; `selecting` keeps the other end of a range. */
    move(at, selecting = false) {
      if (!selecting) this.held = undefined;
      this.at = at;
      const words = `${this.clock.full.format(this.times[at] * 1000)}: ${written(this.values[at], this.unit)}`;
      const from = this.held === undefined || this.held === at ? "" : `, selected from ${this.clock.full.format(this.times[this.held] * 1000)}`;
      this.said.textContent = words + from;
      this.svg.setAttribute("aria-valuenow", at);
      this.svg.setAttribute("aria-valuetext", words + from);
      if (!this.dot) return;
      this.dot.setAttribute("cx", this.x(at));
      this.dot.setAttribute("cy", this.y(this.values[at]));
      const [start, end] = [this.x(at), this.x(this.held ?? at)].sort((one, other) => one - other);
      this.mark.setAttribute("x", start);
      this.mark.setAttribute("width", end - start);
    }
  }

  function offer(box) {
    const head = box.querySelector(":scope > figcaption");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet" });
    const say = (words, opened) => Object.assign(button, { textContent: words, ariaLabel: `${words}: ${box.dataset.name}`, ariaExpanded: String(opened) });
    say("Zoom in", false);
    let view;
    button.addEventListener("click", async () => {
      try {
        await window.almanacLoad("almanac-clock.js");
        view ||= new View(box, await fetched(box.dataset));
      } catch {
        button.remove(); /* the numbers can't be had: the pictures stay */
        return;
      }
      const opens = !view.element.isConnected;
      say(opens ? "Back to the pictures" : "Zoom in", opens);
      if (!opens) return view.element.remove();
      (head || button).after(view.element);
      view.show(0, view.times.length - 1);
      view.svg.focus({ preventScroll: true });
    });
    /* A figure has it beside its title, what holds several above the first. */
    if (head) head.firstElementChild.after(button);
    else box.prepend(button);
  }

  for (const box of document.querySelectorAll("[data-series]")) offer(box);
}
