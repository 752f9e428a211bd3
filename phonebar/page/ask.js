/* The one dialog. Focus is kept in it by the browser, Escape is "no", and focus goes back after.

   A question belongs to something (a call, mostly). When that is over, the dialog closes by itself,
   says so, and nothing is done. The second press of two in haste was meant for what the dialog covers,
   or for what is seen again once it is closed: neither answers anything. */

import { CALM_MS } from "./acts.js";
import { byId, el } from "./dom.js";

export class Ask {
  #answer = null;
  #ticket = null; // of the question that is open: an answer to an earlier one counts for nothing
  #still = () => true;
  #before = null;
  #openedAt = -Infinity;

  constructor(words, say, sound, acts) {
    this.words = words;
    this.say = say;
    this.sound = sound;
    this.acts = acts;
    this.dialog = byId("ask");
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close(null);
    });
    this.dialog.addEventListener("click", (event) => this.#early(event), { capture: true });
    // Without scripts of ours it could also be closed by the browser: that is no answer.
    this.dialog.addEventListener("close", () => this.close(null));
  }

  get open() {
    return this.dialog.open;
  }

  /**
   * Ask something, and wait for what `close` is called with; null is "no".
   * @param {string} title
   * @param {(close: (answer: any) => void) => Node[]} fill what stands under the title
   * @param {() => boolean} still whether the question is still about something
   */
  show(title, fill, still = () => true) {
    this.close(null);
    this.#before = document.activeElement;
    this.#still = still;
    byId("ask-title").textContent = title;
    this.dialog.querySelector("[role=status]").textContent = ""; // what was told before is not about this
    byId("ask-title").lang = this.words.language;
    const ticket = (this.#ticket = {});
    const close = (answer) => this.#ticket === ticket && this.close(answer);
    byId("ask-body").replaceChildren(...fill(close));
    this.dialog.showModal();
    this.#openedAt = performance.now();
    this.acts.changed();
    (this.dialog.querySelector("[data-first]") ?? byId("ask-title")).focus();
    this.sound.cue("asked");
    return new Promise((resolve) => (this.#answer = resolve));
  }

  /** End it with an answer. */
  close(answer) {
    const resolve = this.#answer;
    this.#answer = this.#ticket = null;
    if (this.dialog.open) this.dialog.close();
    if (!resolve) return;
    this.acts.changed();
    byId("ask-body").replaceChildren();
    if (this.#before?.isConnected) this.#before.focus();
    if (!document.activeElement || document.activeElement === document.body) byId("calls-title").focus();
    resolve(answer);
  }

  /** The calls have changed. */
  check() {
    if (!this.#answer || this.#still()) return;
    this.close(null);
    this.say.tell(this.words.say("question_over"));
  }

  /** Yes or no: "no" is what is reached first. */
  confirm(title, yes, still) {
    return this.show(title, (close) => [
      el("div", { class: "row" },
        el("button", { type: "button", "data-first": true, text: this.words.say("cancel"), onclick: () => close(null) }),
        el("button", { type: "button", class: "risky", text: yes, onclick: () => close(true) })),
    ], still);
  }

  /** Wait some seconds in which anything cancels; true when nothing did. */
  async pause(title, seconds) {
    let end;
    const answer = this.show(title, (close) => {
      end = close;
      return [el("button", { type: "button", "data-first": true, text: this.words.say("cancel"), onclick: () => close(null) })];
    });
    const timer = setTimeout(() => end(true), seconds * 1000);
    const anything = (event) => event.repeat || (this.#tooSoon && sameAgain(event)) || end(null);
    const names = ["keydown", "pointerdown"];
    for (const name of names) window.addEventListener(name, anything);
    const found = await answer;
    clearTimeout(timer);
    for (const name of names) window.removeEventListener(name, anything);
    return found;
  }

  get #tooSoon() {
    return performance.now() - this.#openedAt < CALM_MS;
  }

  #early(event) {
    // A switch's selections come from a script, and have a time of grace of their own.
    if (!event.isTrusted || !this.#tooSoon || !event.target.closest("button")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.say.tell(this.words.say("question_too_soon"));
  }
}

/** Whether it may be the second press of two, the first of which opened the dialog. */
const sameAgain = ({ type, key }) => type === "pointerdown" || key === "Enter";
