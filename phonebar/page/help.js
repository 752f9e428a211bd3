/* The help: what is where, every key, the switch, and what to do when something is wrong. */

import { byId, el } from "./dom.js";

export function showHelp(words, settings) {
  const { keys, keyMap } = settings.now;
  const table = el("table", {},
    el("caption", { text: words.say(keys ? "help_keys_on" : "help_keys_off") }),
    el("thead", {}, el("tr", {}, el("th", { scope: "col", text: words.say("help_key") }), el("th", { scope: "col", text: words.say("help_does") }))),
    el("tbody", {}, ...Object.entries(keyMap).map(([name, key]) => el("tr", {}, el("td", {}, key ? el("kbd", { text: key.toUpperCase() }) : "–"), el("td", { text: words.say(`key_${name}`) })))));
  const part = (title, ...texts) => [el("h3", { text: words.say(title) }), ...texts.map((name) => el("p", { text: words.say(name) }))];
  byId("help-text").replaceChildren(
    ...part("help_calls", "help_calls_1", "help_calls_2"),
    ...part("help_keyboard", "help_keyboard_1"), table,
    ...part("set_switch", "help_switch_1", "help_switch_2"),
    ...part("help_wrong", "help_wrong_1", "help_wrong_2"));
}
