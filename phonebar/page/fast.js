/* The speed dial: people whom one press calls. Those that were kept, else the first of the directory. */

import { byId, el } from "./dom.js";
import { grouped } from "./numbers.js";

const FIRST = 6;

export class Fast {
  #first = [];
  #shape = "";

  constructor({ settings, acts, words, people, call }) {
    Object.assign(this, { settings, acts, words, people, call });
  }

  get all() {
    return this.settings.now.fast ?? this.#first;
  }

  /** Look who is first in the directory, once the phonebar can be asked. */
  async load() {
    try {
      const found = await this.people("");
      this.#first = found.filter((one) => one.numbers.length).slice(0, FIRST).map((one) => ({ name: one.name, number: one.numbers[0].number }));
    } catch {
      this.#first = [];
    }
    this.show();
  }

  show() {
    const shape = JSON.stringify([this.words.language, this.all]);
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.acts.changed();
    const nodes = this.all.map((one) => {
      const node = this.#face(one, { "aria-label": this.words.say("call_who", { who: one.name }) });
      this.acts.wire(node, () => this.call(one));
      return node;
    });
    byId("fast").replaceChildren(...(nodes.length ? nodes : [el("p", { class: "quiet", text: this.words.say("fast_none") })]));
  }

  /** Buttons that choose one of them, for a dialog. */
  choices(choose) {
    const nodes = this.all.map((one) => this.#face(one, { onclick: () => choose(one) }));
    return el("div", { class: "fast", role: "group", "data-scan-group": true, "aria-label": this.words.say("fast_title") }, ...nodes);
  }

  keep(one) {
    if (!this.has(one)) this.settings.set({ fast: [...this.all, { name: one.name ?? one.number, number: one.number }] });
    this.show();
  }

  drop(place) {
    this.settings.set({ fast: this.all.filter((_, at) => at !== place) });
    this.show();
  }

  has(one) {
    return this.all.some((kept) => kept.number === one.number);
  }

  #face(one, given) {
    return el("button", { type: "button", ...given }, el("span", { text: one.name }), " ", el("span", { class: "number", text: one.name === one.number ? "" : grouped(one.number) }));
  }
}
