/* The calls that are over, each with a button that calls back. */

import { byId, el } from "./dom.js";
import { clock, grouped } from "./numbers.js";

const SHOWN = 50;

export class History {
  #shape = "";

  constructor({ back, acts, words, call }) {
    Object.assign(this, { back, acts, words, call });
  }

  async show() {
    let found;
    try {
      found = await this.back.history();
    } catch {
      return this.#put("", el("p", { text: this.words.say("history_lost") }));
    }
    const shape = JSON.stringify([this.words.language, found]);
    if (shape === this.#shape) return;
    const when = new Intl.DateTimeFormat(this.words.language, { dateStyle: "medium", timeStyle: "short" });
    const rows = found.slice(0, SHOWN).map((one) => this.#row(one, when));
    this.#put(shape, rows.length
      ? el("ul", { class: "past" }, ...rows)
      : el("p", { class: "quiet", text: this.words.say("history_none") }));
  }

  /** Rows have moved under whoever was about to press; whoever was at one stays at it. */
  #put(shape, node) {
    const list = byId("history-list");
    const had = list.contains(document.activeElement) ? document.activeElement.dataset.past : null;
    this.#shape = shape;
    this.acts.changed();
    list.replaceChildren(node);
    if (had === null) return;
    const same = [...list.querySelectorAll("button")].find((button) => button.dataset.past === had);
    (same ?? byId("history-title")).focus();
  }

  #row(one, when) {
    const who = this.words.who(one, grouped);
    const why = one.reason && this.words.has(`why_${one.reason}`) ? this.words.say(`why_${one.reason}`) : "";
    const facts = [this.words.say(one.incoming ? "incoming" : "outgoing"), when.format(new Date(one.at * 1000)), one.seconds ? clock(one.seconds) : "", why];
    const row = el("li", {}, el("div", { class: "who" },
      el("span", { class: "sign", "aria-hidden": "true", text: one.incoming ? "◀" : "▶" }),
      el("strong", { text: who }), " ", el("span", { class: "number", text: one.name ? grouped(one.number) : "" }),
      el("p", { class: "quiet", text: facts.filter(Boolean).join(", ") })));
    if (one.number) {
      const button = el("button", { type: "button", dataset: { past: `${one.at} ${one.number}` }, "aria-label": this.words.say("call_who", { who }), text: this.words.say("call") });
      this.acts.wire(button, () => this.call({ number: one.number, name: one.name }));
      row.append(button);
    }
    return row;
  }
}
