/* The button that has the assistant listen to this PC's microphone, and what that is doing. */

import { byId } from "./dom.js";

const LISTENS = new Set(["listening", "hearing"]);

export class Speak {
  constructor({ state, acts, back, words }) {
    Object.assign(this, { state, back, words });
    this.button = byId("speak-button");
    acts.wire(this.button, () => back.talk(!this.#on));
  }

  get #on() {
    return LISTENS.has(this.state.microphone);
  }

  show() {
    const { link, microphone } = this.state;
    byId("speak").hidden = link !== "up" || !this.back.features.has("sentence");
    this.button.hidden = !microphone;
    this.button.setAttribute("aria-pressed", String(this.#on));
    const text = microphone ? this.words.say(`mic_${microphone}`) : this.words.say("speak_none");
    // A live region that is written anew is read anew.
    if (byId("microphone").textContent !== text) byId("microphone").textContent = text;
  }
}
