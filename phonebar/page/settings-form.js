/* The settings, as a form: everything counts at once, nothing needs to be sent. */

import { byId, el } from "./dom.js";
import { grouped } from "./numbers.js";
import { LANGUAGES } from "./words.js";

export class SettingsForm {
  constructor({ settings, words, say, fast, capture }) {
    Object.assign(this, { settings, words, say, fast, capture });
    byId("settings-form").addEventListener("submit", (event) => event.preventDefault());
  }

  show() {
    const w = (name, given) => this.words.say(name, given);
    byId("settings-form").replaceChildren(
      this.#part("set_look",
        this.#choice("language", w("set_language"), [["", w("set_language_auto")], ...Object.entries(LANGUAGES)]),
        this.#choice("theme", w("set_theme"), [["auto", w("theme_auto")], ["light", w("theme_light")], ["dark", w("theme_dark")]])),
      this.#part("set_hear", this.#check("sound"), this.#check("speech")),
      this.#part("set_ask", this.#check("askHangup"), this.#check("askCall"), this.#number("delay", 1)),
      this.#part("set_keys", this.#check("keys"), ...Object.keys(this.settings.now.keyMap).map((name) => this.#letter(name))),
      this.#part("set_switch",
        this.#choice("switchMode", w("set_switchMode"), ["off", "automatic", "step", "two", "inverse"].map((mode) => [mode, w(`switch_${mode}`)])),
        this.#press("switchKey"), this.#press("switchKey2"), this.#check("switchMouse"), this.#check("switchPad"),
        this.#number("step", 0.1), this.#number("loops", 1), this.#number("acceptance", 0.05), this.#number("release", 0.05),
        this.#check("scanSound"), this.#check("scanSpeech")),
      this.#part("fast_title", this.#people()));
  }

  #part(title, ...fields) {
    return el("fieldset", {}, el("legend", { text: this.words.say(title) }), ...fields);
  }

  #check(name) {
    const box = el("input", { type: "checkbox", id: `set-${name}`, checked: this.settings.now[name] });
    box.addEventListener("change", () => this.#set(name, box.checked));
    return el("p", { class: "check" }, box, el("label", { for: box.id, text: this.words.say(`set_${name}`) }));
  }

  #choice(name, label, options) {
    const box = el("select", { id: `set-${name}` }, ...options.map(([value, text]) => el("option", { value, text, selected: value === this.settings.now[name], lang: value in LANGUAGES ? value : null })));
    box.addEventListener("change", () => this.#set(name, box.value));
    return el("p", {}, el("label", { for: box.id, text: label }), box);
  }

  #number(name, step) {
    const [min, max] = this.settings.limits(name);
    const box = el("input", { type: "number", id: `set-${name}`, min, max, step, value: this.settings.now[name], required: true });
    box.addEventListener("change", () => {
      const value = Number(box.value);
      if (box.value !== "" && value >= min && value <= max) this.#set(name, value);
      else {
        this.say.tell(this.words.say("set_between", { min, max }));
        box.value = this.settings.now[name];
      }
    });
    return el("p", {}, el("label", { for: box.id, text: this.words.say(`set_${name}`) }), box);
  }

  #letter(name) {
    const box = el("input", { type: "text", id: `key-${name}`, maxlength: 1, class: "letter", autocomplete: "off", value: this.settings.now.keyMap[name] });
    box.addEventListener("input", () => {
      const key = box.value.trim().toLowerCase();
      const { keyMap } = this.settings.now;
      const taken = Object.keys(keyMap).find((other) => other !== name && key && keyMap[other] === key);
      if (taken) {
        this.say.tell(this.words.say("key_taken", { key, what: this.words.say(`key_${taken}`) }));
        box.value = keyMap[name];
      } else this.#set("keyMap", { ...keyMap, [name]: key });
    });
    return el("p", { class: "key" }, box, el("label", { for: box.id, text: this.words.say(`key_${name}`) }));
  }

  #press(name) {
    const button = el("button", { type: "button", id: `set-${name}` });
    const label = () => (button.textContent = this.words.say(`set_${name}`, { key: this.settings.now[name] }));
    label();
    button.addEventListener("click", async () => {
      this.say.tell(this.words.say("press_switch"));
      const code = await this.capture();
      if (code) this.#set(name, code);
      label();
    });
    return el("p", {}, button);
  }

  #people() {
    const rows = this.fast.all.map((one, place) => el("li", {},
      el("span", { text: `${one.name} ${one.name === one.number ? "" : grouped(one.number)}` }),
      el("button", {
        type: "button", text: this.words.say("drop"), "aria-label": this.words.say("drop_who", { who: one.name }),
        onclick: () => {
          this.fast.drop(place);
          this.say.tell(this.words.say("dropped", { who: one.name }));
          this.show();
          (byId("settings-form").querySelectorAll(".people button")[place] ?? byId("settings-title")).focus();
        },
      })));
    return rows.length ? el("ul", { class: "people" }, ...rows) : el("p", { class: "quiet", text: this.words.say("fast_none") });
  }

  #set(name, value) {
    this.settings.set({ [name]: value });
  }
}
