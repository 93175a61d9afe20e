/* A wall display: one screen of the page at a time, the whole window large, renewed as soon as the site is published.

   A tiny file, the pulse, is asked for once a second, which costs an answer without a body while nothing is published.
   When it has changed, this page and those that it shows are fetched, and what they hold takes the place of what stands
   here in one go. Whatever fails leaves what stands here, and is told: a page that can't be had keeps no other from it.

   A menu steers it by messages, see `obey`: in the same browser through a channel, from another machine through the
   intake, where the site has one and the address of this page a key: `#key=...`.

   A screen is told that it appears and that it leaves, by the events `almanac:start` and `almanac:stop`. */
"use strict";
{
  const TICK = 1000;
  const PATIENCE = 10000; /* so long a request may take */
  const ANEW = 300000; /* so long after pictures were given up they are asked for again, if nothing is published before */
  const SILENCE = 3000; /* after so long without an answer the server counts as away */
  const AGAIN = 5000; /* so long after it lost the intake, or a page, it asks for it again */

  async function ask(address) {
    const answer = await fetch(address, { cache: "no-cache", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return answer.text();
  }

  /* A page, out of its document: Chromium never lets go of a document, nor of an element that was not removed from where
     it stood, as long as it holds a picture for light and dark. */
  async function read(address) {
    const page = new DOMParser().parseFromString(await ask(address), "text/html").documentElement;
    page.remove();
    return page;
  }

  /* A page that stays open is given each picture as it was first, whatever the server has by now, unless another is asked
     for. The name of a chart tells its content. */
  function renewed(picture) {
    const named = /\.[0-9a-f]{16}\./.test(picture.pathname);
    if (picture.origin === location.origin && !picture.search && !named) picture.search = Date.now();
    return picture.href;
  }

  /* The content of another page, its addresses as from here. */
  async function content(address) {
    const page = await read(address);
    const part = page.querySelector("main, [role=main], article");
    if (!part) throw new Error(`${address}: has no content`);
    for (const element of part.querySelectorAll("script, .headerlink")) element.remove();
    for (const element of part.querySelectorAll("[id]")) element.removeAttribute("id");
    for (const image of part.querySelectorAll("img")) {
      image.loading = "eager";
      if (image.hasAttribute("src")) image.setAttribute("src", renewed(new URL(image.getAttribute("src"), new URL(address, location))));
    }
    const fromHere = (to) => new URL(to, new URL(address, location)).href;
    for (const name of ["src", "href", "poster", "data"]) {
      for (const element of part.querySelectorAll(`[${name}]`)) element.setAttribute(name, fromHere(element.getAttribute(name)));
    }
    for (const element of part.querySelectorAll("[srcset]")) {
      element.srcset = element.srcset.replace(/(^|,\s+)([^\s,]+)/g, (_, before, to) => before + fromHere(to));
    }
    return [...part.childNodes];
  }

  /* Puts other content into a place, whose pictures that have not come yet are given up. */
  function replace(place, nodes) {
    giveUp(place);
    place.replaceChildren(...nodes);
  }

  /* A picture that does not come holds a connection, even when nobody sees it, and browsers have six of them a server.
     Chromium keeps one whose decoding was asked for: another without an address takes its place. Whether there were any. */
  function giveUp(place) {
    const late = [...place.querySelectorAll("img")].filter(({ complete }) => !complete);
    for (const image of late) {
      image.closest("picture")?.querySelectorAll("source").forEach((source) => source.remove());
      image.removeAttribute("srcset");
      image.removeAttribute("src");
      image.replaceWith(image.cloneNode());
    }
    return late.length > 0;
  }

  /* Has a screen show its page, if it is `wanted` still when that comes. One that can't be had stays as it was before, and
     the screen says why. */
  async function bringPage(screen, before, wanted = () => true) {
    try {
      const brought = await content(screen.dataset.page);
      if (wanted()) replace(screen.firstElementChild, brought);
      delete screen.dataset.lacks;
    } catch (error) {
      if (before) screen.firstElementChild.replaceChildren(...before.firstElementChild.cloneNode(true).childNodes);
      screen.dataset.lacks = error.message;
    }
  }

  /* Waits until pictures could be painted, for else they would appear one by one. */
  async function pictured(root) {
    const decoded = [...root.querySelectorAll("img")].map((image) => image.decode());
    await Promise.race([Promise.allSettled(decoded), new Promise((done) => setTimeout(done, PATIENCE))]);
  }

  const STYLE = { hour: "2-digit", minute: "2-digit", weekday: "short", day: "numeric", month: "short" };

  class Display {
    constructor(root) {
      this.root = root;
      this.clock = window.almanacClock(root.dataset.zone, JSON.parse(root.dataset.zones), STYLE);
      this.screen = ""; /* the key of the one shown; `column` is how far it has been turned over */
      this.column = 0;
      this.columns = 1;
      this.until = 0; /* of the clock that nobody sets, which `heard` has beside the time that is told */
      this.paused = false;
      this.pulse = this.assets = null;
      this.bare = Infinity; /* since when pictures are missing that were given up */
      this.answered();
      this.lacks = ""; /* why this page can't be renewed; of another page its screen has it */
      this.shown = null; /* the element of the screen that was told to start */
      this.turns = new Map(); /* what a menu said of screens: whether they are in the slideshow */
      this.unheard = ""; /* why the intake is not heard */
      this.obeyed = []; /* the last messages, of which one may come here by two ways */
      this.channel = new BroadcastChannel(`almanac-display ${root.dataset.display}`);
      this.told = "";
      this.intake = ""; /* the key, while the intake is heard */
      this.unpassed = this.passing = false; /* whether it does not know yet how this stands, and is being told */
    }

    start() {
      document.documentElement.classList.add("kiosk-on");
      document.addEventListener("keydown", (event) => this.key(event));
      window.addEventListener("hashchange", () => location.reload()); /* it may hold another key */
      window.addEventListener("resize", () => this.show(this.screen, this.column));
      this.channel.addEventListener("message", ({ data }) => this.obey(data ?? {}));
      this.show();
      setInterval(() => this.turn(), TICK);
      this.listen();
      this.catchUp();
      const key = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B")).get("key");
      if (key) this.hear(key);
    }

    answered() {
      this.heard = { time: Date.now(), at: performance.now() };
    }

    get silent() {
      return performance.now() - this.heard.at > SILENCE;
    }

    get screens() {
      return [...this.root.querySelectorAll(".screen")];
    }

    get index() {
      return Math.max(0, this.screens.findIndex((screen) => screen.dataset.screen === this.screen));
    }

    /* Whether a screen is in the slideshow. */
    takesTurns(screen) {
      return this.turns.get(screen.dataset.screen) ?? !("off" in screen.dataset);
    }

    /* Shows a screen; one that is no more gives way to the first of the slideshow. */
    show(key = this.screen, column = 0) {
      const screens = this.screens;
      const first = screens.find((screen) => this.takesTurns(screen)) ?? screens[0];
      const shown = screens.find((screen) => screen.dataset.screen === key) ?? first;
      const starts = shown !== this.shown;
      if (starts) this.stop();
      for (const screen of screens) screen.hidden = screen !== shown;
      const flow = shown.firstElementChild;
      const columns = Math.max(1, Math.round(flow.scrollWidth / flow.clientWidth));
      this.screen = shown.dataset.screen;
      this.column = Math.min(column < 0 ? columns - 1 : column, columns - 1);
      this.columns = columns;
      flow.scrollLeft = this.column * flow.clientWidth;
      this.shown = shown;
      if (starts) shown.dispatchEvent(new Event("almanac:start", { bubbles: true }));
      this.tell();
    }

    /* The screen that is seen is about to leave. */
    stop() {
      this.shown?.dispatchEvent(new Event("almanac:stop", { bubbles: true }));
      this.shown = null;
    }

    /* Shows a screen as its turn, for its whole time. */
    enter(key, column = 0) {
      this.show(key, column);
      this.shown.classList.add("entering"); /* moves when it appears; what renews it has no such class */
      this.until = performance.now() + this.shown.dataset.seconds * 1000;
    }

    /* To what comes next, or came before: another column of the same screen, or another screen of the slideshow. */
    step(by) {
      const stays = by > 0 ? this.column < this.columns - 1 : this.column > 0;
      if (stays) this.enter(this.screen, this.column + by);
      else this.enter(this.beside(by), by > 0 ? 0 : -1);
    }

    beside(by) {
      const { screens, index } = this;
      const from = by > 0 ? [...screens.slice(index + 1), ...screens.slice(0, index)] : [...screens.slice(0, index).reverse(), ...screens.slice(index + 1).reverse()];
      return from.find((screen) => this.takesTurns(screen))?.dataset.screen ?? this.screen;
    }

    turn() {
      if (!this.until) this.until = performance.now() + this.screens[this.index].dataset.seconds * 1000;
      if (!this.paused && performance.now() >= this.until) this.step(1);
      else this.tell();
    }

    key(event) {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === " ") this.pause(!this.paused);
      else if (event.key === "ArrowRight" || event.key === "PageDown") this.step(1);
      else if (event.key === "ArrowLeft" || event.key === "PageUp") this.step(-1);
      else return;
      event.preventDefault();
      this.tell();
    }

    /* What a menu says: {do: "show", "enable" or "disable", screen}, or {do: "start", "pause", "next", "previous" or
       "tell"}. What a display has no screen for, or no word, is meant for another; what has an `id` is done once. */
    obey({ do: act, screen, id }) {
      if (id && this.obeyed.includes(id)) return;
      if (id) this.obeyed = [...this.obeyed.slice(-49), id];
      const known = this.screens.some((one) => one.dataset.screen === screen);
      if (act === "show" && known) this.enter(screen);
      else if (act === "enable" && known) this.turns.set(screen, true);
      else if (act === "disable" && known) this.turns.set(screen, false);
      else if (act === "start" || act === "pause") this.pause(act === "pause");
      else if (act === "next" || act === "previous") this.step(act === "next" ? 1 : -1);
      else if (act !== "tell") return;
      this.told = "";
      this.tell();
    }

    /* Hears what the intake passes on. Without it the slideshow goes on, and it is asked for again. */
    async hear(key) {
      this.unpassed = true;
      try {
        const headers = { Authorization: `Bearer ${key}` };
        await window.almanacStream(`${this.root.dataset.steer}/events`, { headers }, (line) => {
          this.unheard = "";
          this.intake = key;
          if (line.startsWith("data:")) this.obey(JSON.parse(line.slice(5)));
          this.pass();
        });
      } catch (error) {
        this.unheard = `Menus on other machines do not reach it: ${error.message}`;
      }
      this.intake = "";
      setTimeout(() => this.hear(key), AGAIN);
    }

    /* Has the intake tell menus on other machines how it stands, the last state first. What it does not take is told
       again when it says something. */
    async pass() {
      if (this.passing) return;
      this.passing = true;
      while (this.intake && this.unpassed) {
        this.unpassed = false;
        const headers = { Authorization: `Bearer ${this.intake}`, "Content-Type": "application/json" };
        const asked = { method: "PUT", headers, body: this.told, signal: AbortSignal.timeout(PATIENCE) };
        const taken = await fetch(`${this.root.dataset.steer}/state`, asked).then(({ ok }) => ok).catch(() => false);
        if (taken) continue;
        this.unpassed = true;
        break;
      }
      this.passing = false;
    }

    pause(paused) {
      this.paused = paused;
      this.until = 0; /* what was held has its whole time again */
    }

    /* What the margins say. */
    tell() {
      const { silent } = this;
      const lacks = this.lacks || this.shown?.dataset.lacks;
      const reached = lacks ? `What is new can't be read: ${lacks}` : "In touch with the server";
      this.say(".clock", this.clock.format(Date.now()));
      this.say(".unheard", this.unheard);
      const part = this.columns > 1 ? `, part ${this.column + 1} of ${this.columns}` : "";
      this.say(".which", `Screen ${this.index + 1} of ${this.screens.length}${part}`);
      this.say(".reach", silent ? `No answer from the server since ${this.clock.format(this.heard.time)}` : reached);
      this.root.querySelector(".paused").hidden = !this.paused;
      this.root.classList.toggle("away", silent || Boolean(lacks));
      this.report();
    }

    /* Says to the menus how it stands, where that is news to them. */
    report() {
      const turns = this.screens.filter((screen) => this.takesTurns(screen)).map((screen) => screen.dataset.screen);
      const told = { screen: this.screen, paused: this.paused, turns };
      if (JSON.stringify(told) === this.told) return;
      this.told = JSON.stringify(told);
      this.channel.postMessage({ told });
      this.unpassed = true;
      this.pass();
    }

    say(place, words) {
      const element = this.root.querySelector(place);
      if (element.textContent !== words) element.textContent = words;
    }

    async listen() {
      const began = performance.now();
      try {
        const pulse = await ask(this.root.dataset.pulse);
        this.answered();
        if (pulse !== this.pulse || performance.now() - this.bare > ANEW) {
          await this.renew().catch((error) => this.lack(error));
          this.lacks = "";
          this.pulse = pulse;
          this.bare = Infinity;
        }
      } catch {
        if (this.silent && giveUp(this.root)) this.bare = performance.now(); /* tell() says so; all else stays */
      }
      setTimeout(() => this.listen(), Math.max(0, TICK - (performance.now() - began)));
    }

    async renew() {
      const page = await read(location.href);
      const fresh = page.querySelector(".kiosk");
      const assets = [...page.querySelectorAll("script[src], link[rel~=stylesheet]")].map((one) => one.outerHTML).join();
      if (!fresh) throw new Error("the page shows no display");
      if (this.assets !== null && this.assets !== assets) return location.reload(); /* Almanac itself is a newer one */
      this.assets = assets;
      document.adoptNode(fresh);
      await Promise.all([...fresh.querySelectorAll("[data-page]")].map((screen) => {
        return bringPage(screen, this.screens.find((one) => one.dataset.screen === screen.dataset.screen));
      }));
      await pictured(fresh);
      this.swap(fresh);
    }

    /* What is published can't be had; it is tried again. */
    lack(error) {
      this.lacks = error.message;
      throw error;
    }

    /* Brings the pages that could not be had. */
    async catchUp() {
      for (const screen of this.screens.filter((one) => one.dataset.lacks)) {
        await bringPage(screen, null, () => screen.isConnected);
        if (screen === this.shown && !screen.dataset.lacks) {
          this.stop();
          this.show();
        }
      }
      setTimeout(() => this.catchUp(), AGAIN);
    }

    swap(fresh) {
      const known = new Set(this.alarms());
      this.stop();
      replace(this.root, fresh.childNodes);
      document.dispatchEvent(new Event("almanac:shown"));
      const news = this.pulse !== null && !this.paused && this.alarms().some((alarm) => !known.has(alarm));
      if (news) this.until = 0;
      this.show(news ? "alarms" : this.screen, news ? 0 : this.column);
    }

    alarms() {
      return [...this.root.querySelectorAll("[data-alarm]")].map((alarm) => alarm.dataset.alarm);
    }
  }

  const root = document.querySelector(".kiosk");
  if (root) new Display(root).start();
}
