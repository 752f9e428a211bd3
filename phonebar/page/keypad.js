/* Twelve keys, and the letters, in rows that a switch can go through. */

import { el } from "./dom.js";

const ROWS = ["123", "456", "789", "*0#"];
const LETTERS = ["abcdef", "ghijkl", "mnopqr", "stuvwx", "yz"];

/**
 * A keypad.
 * @param {import("./words.js").Words} words
 * @param {(digit: string, button: HTMLElement) => void} press what a key does
 */
export function keypad(words, press) {
  const names = { "*": words.say("star"), "#": words.say("hash") };
  return el("div", { class: "keypad", role: "group", "aria-label": words.say("keypad") }, ...rows(ROWS, names, press));
}

/** The letters of names, for who has a switch and no keyboard; `press` is what a letter does. */
export function letters(words, press) {
  const about = { role: "group", "aria-label": words.say("letters"), "data-scan-group": true };
  return el("div", { class: "letters", ...about }, ...rows(LETTERS, {}, press));
}

function rows(all, names, press) {
  return all.map((row) => el("div", { class: "row", role: "group", "aria-label": [...row].join(" "), "data-scan-group": true },
    ...[...row].map((key) => el("button", { type: "button", "aria-label": names[key], text: key, onclick: (event) => press(key, event.currentTarget) }))));
}
