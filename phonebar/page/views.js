/* The page's four views; the calls stay above all of them. */

import { byId } from "./dom.js";

export class Views {
  #open = "phone";

  /** @param {Object<string, () => void>} table what fills each view when it opens */
  constructor(table) {
    this.table = table;
    byId("views").addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link) return;
      event.preventDefault();
      this.open(link.hash.slice(1));
    });
    this.#mark();
  }

  /** Open one, and go to its heading. */
  open(name) {
    this.#open = name;
    this.refresh();
    byId(`${name}-title`).focus();
  }

  refresh() {
    for (const name of Object.keys(this.table)) byId(name).hidden = name !== this.#open;
    this.#mark();
    this.table[this.#open]();
  }

  #mark() {
    for (const link of byId("views").querySelectorAll("a")) {
      if (link.hash === `#${this.#open}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }
}
