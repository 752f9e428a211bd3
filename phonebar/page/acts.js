/* Buttons that do something: once, not late, and never what they did not say a moment ago. */

import { nameOf } from "./dom.js";

/** So long after something has changed a press was aimed at what was there before. */
export const CALM_MS = 500;

export class Acts {
  #changedAt = -Infinity;
  #timer = null;

  /** What is told after each act. */
  constructor(say, sound, words) {
    this.say = say;
    this.sound = sound;
    this.words = words;
  }

  /** The calls, their buttons or what lies above them have changed: what is pressed right now was aimed at something else. */
  changed() {
    this.#changedAt = performance.now();
    document.body.dataset.calm = "no";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (document.body.dataset.calm = "yes"), CALM_MS);
  }

  /** Have a button do something, once each time it is pressed. */
  wire(button, deed) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      // A form that Enter sends in its text field clicks its button too, and a switch has a time of
      // grace of its own: nobody aimed at those.
      const aimed = event.isTrusted && (event.detail > 0 || document.activeElement === button);
      if (aimed && this.#tooSoon) this.ignored(button);
      else this.run(button, deed);
    });
  }

  /** Press a button for somebody who pressed a key that stands for it. */
  press(button) {
    if (this.#tooSoon) this.ignored(button);
    else button.click();
  }

  get #tooSoon() {
    return performance.now() - this.#changedAt < CALM_MS;
  }

  ignored(button) {
    this.sound.cue("failed");
    this.say.tell(this.words.say("changed_under_finger", { button: nameOf(button) }));
  }

  /** Do it, with the button dead until there is an answer. */
  async run(button, deed) {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    try {
      this.told(await deed());
    } catch (error) {
      console.error(error);
      this.told({ outcome: "unknown", text: this.words.say("unknown_unseen") });
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  told(result) {
    if (!result) return; // nothing was wanted after all
    if (result.outcome !== "done" && result.outcome !== "asked") this.sound.cue("failed");
    this.say.tell(result.text, result.language);
  }
}
