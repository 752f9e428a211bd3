/* Single keys that act without looking: off unless switched on, and each can be another one.
   Source: WCAG 2.2, 2.1.4 "Character Key Shortcuts". */

const TYPING = "input, textarea, select, [contenteditable]";

export class Keys {
  /** @param {object} parts settings, ask, words, say, acts, and `table`: what each action does */
  constructor(parts) {
    Object.assign(this, parts);
    window.addEventListener("keydown", (event) => this.#pressed(event));
  }

  #pressed(event) {
    const { keys, keyMap, switchMode, switchKey, switchKey2 } = this.settings.now;
    if (!keys || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (this.ask.open || event.target.closest?.(TYPING)) return;
    if (switchMode !== "off" && [switchKey, switchKey2].includes(event.code)) return;
    const action = Object.keys(keyMap).find((name) => keyMap[name] && keyMap[name] === event.key.toLowerCase());
    if (!action) return;
    event.preventDefault();
    this.table[action]();
  }
}

/** The button of an action, when it is clear which call is meant; else, in words, why not. */
export function buttonFor(names, words) {
  const found = names.flatMap((name) => [...document.querySelectorAll(`.call button[data-act="${name}"]`)]);
  if (found.length === 1) return { button: found[0] };
  return { why: words.say(found.length ? "which_call" : "not_now") };
}
