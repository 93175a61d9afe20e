/* A touch menu: of each display its screens as buttons, and what turns and holds its slideshow.

   A display in the same browser hears it at once through a channel, and says how it stands. One on another machine does
   both through the intake, where the address of this page has a key for it: `#kiosk=...&halls/north=...`. */
"use strict";
{
  const EACH = 15000; /* between two looks at what there is to show */
  const PATIENCE = 10000; /* so long a request may take */
  const ALONE = "No display in this browser shows this page. One on another machine needs its key in the address of this menu.";
  const NOBODY = "No display listens";
  const SILENT = 2000; /* so long a display of this browser may take to answer */
  const AGAIN = 5000; /* so long after it lost the intake it asks for it again */

  /* A page, out of its document: as long as that holds a picture for light and dark, Chromium never lets go of it. */
  async function read(address) {
    const answer = await fetch(address, { cache: "no-cache", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").documentElement;
    page.remove();
    return page;
  }

  function heading(page) {
    const found = page.querySelector("h1");
    for (const link of found.querySelectorAll(".headerlink")) link.remove();
    return found.textContent.trim();
  }

  /* What a display has to show by its page: key and title of each screen, whether it is in the slideshow. */
  function screensOf(page, address) {
    return Promise.all([...page.querySelectorAll(".kiosk .screen")].map(async ({ dataset }) => ({
      key: dataset.screen,
      title: dataset.page ? await read(new URL(dataset.page, new URL(address, location))).then(heading).catch(() => dataset.title) : dataset.title,
      turns: !("off" in dataset),
    })));
  }

  function button(words, press) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: words });
    made.addEventListener("click", press);
    return made;
  }

  class Steering {
    constructor(section, key) {
      this.section = section;
      this.key = key;
      this.screens = this.assets = "";
      this.turns = new Map(); /* by key of a screen: its button, and the box that has it in the slideshow */
      this.heard = false; /* whether a display of this browser says how it stands */
      this.afar = null; /* how one on another machine stands, as far as that is known */
      this.channel = new BroadcastChannel(`almanac-display ${section.dataset.display}`);
      this.channel.addEventListener("message", ({ data }) => data?.told && this.near(data.told));
      this.hold = button("Pause", () => this.send({ do: this.hold.ariaPressed === "true" ? "start" : "pause" }, () => this.holds(this.hold.ariaPressed !== "true")));
      this.keys = Object.assign(document.createElement("ul"), { className: "keys" });
      const moves = Object.assign(document.createElement("div"), { className: "moves" });
      moves.append(button("Previous", () => this.send({ do: "previous" })), this.hold, button("Next", () => this.send({ do: "next" })));
      section.append(moves, this.keys);
      this.holds(false);
    }

    async start() {
      await this.renew();
      setTimeout(() => this.start(), EACH);
    }

    /* The buttons of tonight's screens, and whether a display still answers. */
    async renew() {
      try {
        const page = await read(this.section.dataset.page);
        this.reloadFor(page);
        const screens = await screensOf(page, this.section.dataset.page);
        this.section.querySelector("h2 a").textContent = heading(page);
        if (JSON.stringify(screens) !== this.screens) this.lay(screens);
        this.screens = JSON.stringify(screens);
        this.heard = false;
        this.channel.postMessage({ do: "tell" });
        if (this.failed) this.say("");
        this.failed = false;
        setTimeout(() => this.heard || this.missed(), SILENT);
      } catch (error) {
        this.failed = true;
        const opened = location.protocol === "file:";
        this.say(`Its screens can't be read: ${opened ? "a menu needs a web server" : error.message}`);
      }
    }

    /* Almanac itself is a newer one where pages have other scripts than before. */
    reloadFor(page) {
      const assets = [...page.querySelectorAll("script[src], link[rel~=stylesheet]")].map((one) => one.outerHTML).join();
      if (this.assets && this.assets !== assets) location.reload();
      this.assets = assets;
    }

    lay(screens) {
      const lines = screens.map((screen) => this.line(screen));
      const there = new Set(screens.map(({ key }) => key));
      for (const key of this.turns.keys()) if (!there.has(key)) this.turns.delete(key);
      this.keys.replaceChildren(...lines);
    }

    /* What was said of a screen before stays. */
    line({ key, title, turns }) {
      const shows = button(title, () => this.send({ do: "show", screen: key }));
      const checked = this.turns.get(key)?.box.checked ?? turns;
      const box = Object.assign(document.createElement("input"), { type: "checkbox", checked });
      box.addEventListener("change", () => this.send({ do: box.checked ? "enable" : "disable", screen: key }));
      const label = document.createElement("label");
      label.append(box, " In the slideshow");
      box.ariaLabel = `${title} in the slideshow`;
      const line = document.createElement("li");
      line.append(shows, label);
      this.turns.set(key, { shows, box });
      return line;
    }

    /* No display of this browser has answered. */
    missed() {
      if (this.afar) this.stands(this.afar);
      else if (!this.key) this.loses(ALONE);
    }

    /* What a display showed is not known any more. */
    loses(words) {
      for (const { shows } of this.turns.values()) shows.ariaCurrent = "false";
      this.holds(false);
      this.say(words);
    }

    near(told) {
      this.heard = true;
      this.stands(told);
    }

    /* How many displays on other machines listen, and how the last that said so stands. One of this browser comes first. */
    far({ displays, told }) {
      this.afar = told;
      if (this.heard) return;
      if (told) this.stands(told);
      else if (!displays) this.loses(NOBODY);
    }

    /* What is afar is heard no more; whoever presses is told why. */
    misses() {
      if (this.afar && !this.heard) this.loses("How it stands is not known now");
      this.afar = null;
    }

    /* How a display says that it stands. */
    stands({ screen, paused, turns }) {
      for (const [key, { shows, box }] of this.turns) {
        shows.ariaCurrent = String(key === screen);
        box.checked = turns.includes(key);
      }
      this.holds(paused);
      this.say(paused ? "Held" : "Runs");
    }

    holds(paused) {
      this.hold.ariaPressed = String(paused);
    }

    /* By its id a display that hears a message by both ways does it once. */
    async send(wish, sent = () => {}) {
      const message = { ...wish, id: Math.random().toString(36).slice(2) };
      this.channel.postMessage(message);
      if (!this.key) return;
      const headers = { Authorization: `Bearer ${this.key}`, "Content-Type": "application/json" };
      try {
        const answer = await fetch(this.section.dataset.steer, { method: "POST", headers, body: JSON.stringify(message), signal: AbortSignal.timeout(PATIENCE) });
        const told = await answer.json().catch(() => ({}));
        if (!answer.ok) throw new Error(told.detail || `status ${answer.status}`);
        if (!this.heard && !this.afar) sent();
        if (!told.displays) this.say(NOBODY);
        else if (!this.afar) this.say("Sent");
      } catch (error) {
        this.say(`Other machines were not told: ${error.message}`);
      }
    }

    say(words) {
      this.section.querySelector(".told").textContent = words;
    }
  }

  /* Other keys in the address are taken at once; a jump within the page drops none. */
  const given = location.hash;
  window.addEventListener("hashchange", () => {
    if (location.hash.includes("=")) location.reload();
    else if (given.includes("=")) history.replaceState(null, "", given);
  });

  /* Hears how the displays of those keys stand that are on other machines, by one stream for all. */
  async function watch(address, keys, steering) {
    const asked = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(keys) };
    await window.almanacStream(address, asked, (line) => {
      if (!line.startsWith("data:")) return;
      const standing = JSON.parse(line.slice(5));
      steering.get(standing.display)?.far(standing);
    }).catch(() => {});
    for (const one of steering.values()) one.misses();
    setTimeout(() => watch(address, keys, steering), AGAIN);
  }

  const menu = document.querySelector(".menu");
  const keys = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
  const steering = new Map([...document.querySelectorAll(".menu .steer")].map((section) => {
    return [section.dataset.display, new Steering(section, keys.get(section.dataset.display))];
  }));
  const known = Object.fromEntries([...keys].filter(([display]) => steering.has(display)));
  Promise.all([...steering.values()].map((one) => one.start())).then(() => {
    if (Object.keys(known).length) watch(menu.dataset.watch, known, steering);
  });
}
