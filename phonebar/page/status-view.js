/* The phonebar's status: ready or pause, or, where it has none, words that say so. */

import { byId, el } from "./dom.js";

export class StatusView {
  #buttons = {};

  constructor({ state, acts, back, words }) {
    Object.assign(this, { state, words });
    this.node = byId("status");
    for (const name of ["ready", "pause"]) {
      const button = el("button", { type: "button", dataset: { status: name } });
      acts.wire(button, () => back.setStatus(name));
      this.#buttons[name] = button;
    }
    this.text = el("p", { class: "quiet" });
  }

  show() {
    const { link, status, lacks } = this.state;
    this.node.setAttribute("role", "group");
    this.node.setAttribute("aria-label", this.words.say("status"));
    if (link !== "up") {
      this.text.textContent = this.words.say("title_offline");
      this.node.replaceChildren(this.text);
    } else if (lacks.has("status")) {
      this.text.textContent = this.words.say("status_none");
      this.node.replaceChildren(this.text);
    } else {
      for (const [name, button] of Object.entries(this.#buttons)) {
        button.textContent = this.words.say(name);
        button.setAttribute("aria-pressed", String(name === status));
      }
      if (!this.node.contains(this.#buttons.ready)) this.node.replaceChildren(this.#buttons.ready, this.#buttons.pause);
    }
  }
}
