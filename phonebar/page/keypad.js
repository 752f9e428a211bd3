/* Twelve keys, in rows that a switch can go through. */

import { el } from "./dom.js";

const ROWS = ["123", "456", "789", "*0#"];

/**
 * A keypad.
 * @param {import("./words.js").Words} words
 * @param {(digit: string, button: HTMLElement) => void} press what a key does
 */
export function keypad(words, press) {
  const pad = el("div", { class: "keypad", role: "group", "aria-label": words.say("keypad") });
  for (const row of ROWS) {
    const group = el("div", { class: "row", role: "group", "aria-label": [...row].join(" "), "data-scan-group": true });
    for (const digit of row) {
      const name = { "*": words.say("star"), "#": words.say("hash") }[digit];
      group.append(el("button", { type: "button", "aria-label": name, text: digit, onclick: (event) => press(digit, event.currentTarget) }));
    }
    pad.append(group);
  }
  return pad;
}
