/* What is told: a status line for progress, an alert for an incoming call, and a voice if wanted.

   Both regions are always there and mostly empty. They are cleared, and filled 50 ms later, so that
   the same words are told again when they come again. While a dialog is open the rest of the page
   is hidden from screen readers, so the dialog has regions of its own. */

import { spoken } from "./numbers.js";

const GAP_MS = 50;

export class Say {
  #waiting = [];
  #timer = null;
  #alarmTimer = null;
  #speech;
  last = "";

  /** @param {import("./sound.js").Sound} sound */
  constructor(sound) {
    this.#speech = sound;
    this.progress = document.querySelectorAll("[role=status]");
    this.alerts = document.querySelectorAll("[role=alert]");
  }

  /** Tell what happened, or what became of something. */
  tell(text, language = null) {
    if (!text) return;
    this.#waiting.push(text);
    this.last = text;
    this.#speech.speak(spoken(text), language);
    clearTimeout(this.#timer);
    for (const node of this.progress) node.textContent = "";
    this.#timer = setTimeout(() => {
      const all = this.#waiting.join(" ");
      this.#waiting = [];
      for (const node of this.progress) {
        if (language) node.lang = language;
        else node.removeAttribute("lang");
        node.textContent = all;
      }
    }, GAP_MS);
  }

  /** Tell that a call comes in. */
  alarm(text, language = null) {
    this.last = text;
    this.#speech.speak(spoken(text), language);
    this.calm();
    this.#alarmTimer = setTimeout(() => {
      for (const node of this.alerts) {
        if (language) node.lang = language;
        else node.removeAttribute("lang");
        node.textContent = text;
      }
    }, GAP_MS);
  }

  /** Nothing rings any more. */
  calm() {
    clearTimeout(this.#alarmTimer);
    for (const node of this.alerts) node.textContent = "";
  }
}
