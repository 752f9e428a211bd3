/* The calls, a card each, with what can be done with it now.

   Cards and buttons are kept while their call and action live, so that focus stays where it is and
   a button never turns into another one. */

import { ended, lasted, sorted } from "./call.js";
import { byId, el, setText } from "./dom.js";
import { clock, grouped } from "./numbers.js";
import { makeToolbar, rove } from "./toolbar.js";

const SIGNS = { incoming: "◀", dialling: "…", ringing: "▶", active: "●", holding: "Ⅱ", ended: "■", unknown: "?" };

export class CallsView {
  #cards = new Map();
  #shape = "";

  constructor({ state, acts, deeds, words }) {
    Object.assign(this, { state, acts, deeds, words });
    this.list = byId("call-list");
    setInterval(() => this.#clocks(), 1000);
  }

  /** Show the calls as they are now. */
  show() {
    const calls = this.state.link === "up" ? sorted(this.state.calls) : [];
    const had = this.list.contains(document.activeElement) ? document.activeElement : null;
    const card = had?.closest("li");
    const nodes = calls.map((call) => this.#card(call));
    for (const [id, gone] of this.#cards) {
      if (calls.some((call) => call.id === id)) continue;
      gone.node.remove();
      this.#cards.delete(id);
    }
    // A node that is moved loses the focus: move only those that are in the wrong place.
    for (const [place, node] of nodes.entries()) {
      if (this.list.children[place] !== node) this.list.insertBefore(node, this.list.children[place] ?? null);
    }
    byId("no-calls").hidden = calls.length > 0 || this.state.link !== "up";
    byId("all-calls").hidden = this.state.live.length < 2 || this.state.link !== "up";
    this.#clocks();
    if (had && document.activeElement !== had) this.#refocus(card);
    const shape = JSON.stringify(calls.map((call) => [call.id, call.actions]));
    if (shape !== this.#shape) this.acts.changed();
    this.#shape = shape;
  }

  /** Start again, in another language. */
  renew() {
    for (const { node } of this.#cards.values()) node.remove();
    this.#cards.clear();
    this.show();
  }

  #refocus(card) {
    const next = card?.isConnected ? (card.querySelector("button[tabindex='0']") ?? card.querySelector("h3")) : null;
    (next ?? byId("calls-title")).focus();
  }

  #card(call) {
    const known = this.#cards.get(call.id) ?? this.#made(call);
    const { node, who, state, sign, note, bar } = known;
    known.call = call;
    const name = this.words.who(call, grouped);
    setText(who, name);
    setText(known.number, call.name ? grouped(call.number) : "");
    setText(sign, SIGNS[call.state] ?? SIGNS.unknown);
    setText(state, this.#said(call));
    setText(note, [call.note, call.problem].filter(Boolean).join(" "));
    note.hidden = note.textContent === "";
    node.dataset.state = call.state;
    bar.setAttribute("aria-label", this.words.say("actions_for", { who: name }));
    bar.dataset.scanName = name;
    this.#buttons(bar, call, name);
    return node;
  }

  #said(call) {
    const parts = [this.words.say(`state_${call.state}`)];
    if (call.muted && !ended(call)) parts.push(this.words.say("muted"));
    if (call.conference && !ended(call)) parts.push(this.words.say("in_conference"));
    if (ended(call) && call.reason && this.words.has(`why_${call.reason}`)) parts.push(this.words.say(`why_${call.reason}`));
    return parts.filter(Boolean).join(", ");
  }

  #made(call) {
    const id = `call-${call.id}`;
    const known = {
      who: el("h3", { id, tabindex: "-1" }),
      number: el("span", { class: "number" }),
      sign: el("span", { class: "sign", "aria-hidden": "true" }),
      state: el("span", { class: "state" }),
      time: el("span", { class: "time", role: "timer" }),
      note: el("p", { class: "note", hidden: true }),
      bar: el("div", { class: "toolbar", "data-scan-group": true }),
    };
    makeToolbar(known.bar);
    known.node = el("li", { class: "call", "aria-labelledby": id },
      el("div", { class: "head" }, known.sign, el("div", { class: "who" }, known.who, known.number)),
      el("p", { class: "facts" }, known.state, " ", known.time), known.note, known.bar);
    this.#cards.set(call.id, known);
    return known;
  }

  #buttons(bar, call, who) {
    const wanted = new Map(call.actions.map((action) => [`${action.name} ${action.other ?? ""}`, action]));
    const have = new Map([...bar.children].map((node) => [node.dataset.key, node]));
    for (const [key, node] of have) if (!wanted.has(key)) node.remove();
    let place = 0;
    for (const [key, action] of wanted) {
      const node = have.get(key) ?? this.#button(call.id, key, action);
      const second = action.other && this.state.find(action.other);
      setText(node, this.deeds.label(action.name, second));
      node.setAttribute("aria-label", `${node.textContent}, ${who}`);
      if (bar.children[place] !== node) bar.insertBefore(node, bar.children[place] ?? null);
      place += 1;
    }
    rove(bar);
    bar.hidden = wanted.size === 0;
  }

  #button(id, key, { name, other }) {
    const node = el("button", { type: "button", class: `act-${name}`, dataset: { key, act: name } });
    this.acts.wire(node, () => this.deeds.press(id, name, other));
    return node;
  }

  #clocks() {
    for (const { call, time } of this.#cards.values()) {
      const shown = call.seconds > 0 || call.state === "active" || call.state === "holding";
      setText(time, shown ? clock(lasted(call)) : "");
      time.hidden = !shown;
    }
  }
}
