/* A text field that finds people while one types. Source: ARIA Authoring Practices, "Editable
   Combobox With List Autocomplete". Nothing is chosen until it is chosen. */

import { el } from "./dom.js";
import { dialled, grouped } from "./numbers.js";

const WAIT_MS = 120;
let count = 0;

export class Combobox {
  #options = [];
  #active = -1;
  #chosen = null;
  #timer = null;
  #asked = 0;
  #found = () => {};

  /**
   * @param {object} parts words, say, and `people(text)` that finds them
   * @param {string} label what the field is for
   */
  constructor({ words, say, people }, label, hint) {
    this.words = words;
    this.say = say;
    this.people = people;
    const id = `who-${++count}`;
    this.input = el("input", {
      id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", autocapitalize: "none",
      "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": `${id}-list`, "aria-describedby": `${id}-hint`,
    });
    this.list = el("ul", { id: `${id}-list`, role: "listbox", class: "options", "aria-label": words.say("people"), hidden: true });
    this.node = el("div", { class: "combobox" },
      el("label", { for: id, text: label }),
      el("p", { id: `${id}-hint`, class: "quiet", text: hint }),
      this.input, this.list);
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.#shut());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // keep the focus
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(Number(option.dataset.place));
    });
  }

  /** Who is meant: {number, name}; or, in words, why nobody is. */
  party() {
    const typed = this.input.value.trim();
    if (this.#chosen && typed === this.#chosen.name) return this.#chosen;
    const number = dialled(typed);
    if (number) return { number, name: null };
    if (!typed) return { why: this.words.say("whom") };
    const exact = this.#options.filter((one) => one.name.toLowerCase() === typed.toLowerCase());
    if (exact.length === 1) return exact[0];
    return { why: this.words.say(this.#options.length ? "choose_one" : "nobody_so", { who: typed }) };
  }

  set(text) {
    this.input.value = text;
    this.#chosen = null;
    this.#offer([]);
    this.#shut();
  }

  /** Type one more letter. */
  add(letter) {
    this.input.value += letter;
    this.#chosen = null;
    return this.#find();
  }

  /** Choose one of those who were found. */
  take(one) {
    this.set(one.name);
    this.#chosen = one;
    this.say.tell(this.named(one));
  }

  /** Have `found` called with the people that there are to choose from. */
  whenFound(found) {
    this.#found = found;
  }

  /** A person and a number, in words. */
  named(one) {
    return `${one.name} ${this.#label(one.label)} ${grouped(one.number)}`.replace(/ +/g, " ");
  }

  #offer(options) {
    this.#options = options;
    this.#found(options);
  }

  #typed() {
    this.#chosen = null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#find(), WAIT_MS);
  }

  async #find() {
    const text = this.input.value.trim();
    const asked = ++this.#asked;
    if (!text || dialled(text)) {
      this.#offer([]);
      return this.#shut();
    }
    let found = [];
    try {
      found = await this.people(text);
    } catch {
      // The line says that it is down; a number can still be typed.
    }
    if (asked !== this.#asked) return;
    this.#offer(found.flatMap((one) => one.numbers.map(({ number, label }) => ({ name: one.name, number, label, many: one.numbers.length > 1 }))));
    this.#show();
    this.say.tell(this.words.say(this.#options.length ? "found" : "found_none", { n: this.#options.length }));
  }

  #show() {
    this.#active = -1;
    this.list.replaceChildren(...this.#options.map((one, place) => el("li", {
      id: `${this.list.id}-${place}`, role: "option", "aria-selected": "false", dataset: { place },
    }, el("span", { text: one.name }), " ", el("span", { class: "number", text: `${this.#label(one.label)} ${grouped(one.number)}`.trim() }))));
    this.list.hidden = this.#options.length === 0 || document.activeElement !== this.input;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.input.removeAttribute("aria-activedescendant");
  }

  #label(label) {
    return this.words.has(`label_${label}`) ? this.words.say(`label_${label}`) : label;
  }

  #shut() {
    this.list.hidden = true;
    this.#active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #move(to) {
    if (this.list.hidden) this.#show();
    const all = this.list.children;
    if (!all.length) return;
    this.#active = (to + all.length) % all.length;
    for (const [place, node] of [...all].entries()) node.setAttribute("aria-selected", String(place === this.#active));
    this.input.setAttribute("aria-activedescendant", all[this.#active].id);
    all[this.#active].scrollIntoView({ block: "nearest" });
  }

  #choose(place) {
    this.#chosen = this.#options[place];
    this.input.value = this.#chosen.name;
    this.input.focus();
    this.#shut();
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") this.#move(this.#active + 1);
    else if (event.key === "ArrowUp") this.#move(this.#active < 0 ? -1 : this.#active - 1);
    else if (event.key === "Enter" && this.#active >= 0) this.#choose(this.#active);
    else if (event.key === "Escape" && !this.list.hidden) this.#shut();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
