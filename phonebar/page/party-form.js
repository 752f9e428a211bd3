/* Whom? A number, a name, or the keys of a keypad: to call, and to transfer to. */

import { Combobox } from "./combobox.js";
import { el } from "./dom.js";
import { keypad, letters } from "./keypad.js";

/**
 * A form that asks for a person or a number.
 * @param {object} parts words, say, people
 * @param {object} texts `label` of the field, `go` of the button
 * @param {Node[]} more further buttons beside it
 */
export function partyForm(parts, { label, go }, more = []) {
  const { words } = parts;
  const box = new Combobox(parts, label, words.say("who_hint"));
  const button = el("button", { type: "submit", class: "go", text: go });
  const add = (digit) => box.set(box.input.value + digit);
  const rub = el("button", { type: "button", text: words.say("rub_out"), onclick: () => box.set(box.input.value.slice(0, -1)) });
  const pad = el("details", { class: "pad" }, el("summary", { text: words.say("keypad") }),
    keypad(words, add));
  // A list under a field is chosen from by arrow keys; a switch has these buttons.
  const people = el("div", { class: "row found", role: "group", "aria-label": words.say("people"), "data-scan-group": true });
  box.whenFound((found) => people.replaceChildren(...found.map((one) => el("button", { type: "button", text: box.named(one), onclick: () => box.take(one) }))));
  const node = el("form", { class: "party", novalidate: true, "data-scan-group": true, "data-scan-stay": true, "aria-label": label },
    box.node, people, el("div", { class: "row" }, button, rub, ...more), pad, letters(words, (letter) => box.add(letter)));
  node.addEventListener("submit", (event) => event.preventDefault());
  return { node, box, button, pad };
}

/** Read a form; when nobody is meant, say why and go to the field. */
export function partyOf({ box }, say) {
  const party = box.party();
  if (!party.why) return party;
  box.input.setAttribute("aria-invalid", "true");
  box.input.addEventListener("input", () => box.input.removeAttribute("aria-invalid"), { once: true });
  say.tell(party.why);
  box.input.focus();
  return null;
}
