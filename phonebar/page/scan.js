/* The page by one switch or two: shows what the scanner lights, and presses what it selects. */

import { byId } from "./dom.js";
import { entries, stillThere } from "./scan-list.js";
import { PACE, Scanner } from "./scanner.js";

const now = () => performance.now() / 1000;

export class Scan {
  #scanner = null;
  #pace = "";
  #path = [];
  #list = [];
  #timer = null;
  #gap = null;
  #ringing = 0;

  constructor({ settings, words, say, sound, switches }) {
    Object.assign(this, { settings, words, say, sound });
    switches.listen((down, at, moves) => this.#scanner && this.#signs(this.#scanner.press(down, at, { moves })));
    // Dialogs, views and buttons come and go: whatever does it, the list is looked at again.
    const watch = new MutationObserver(() => this.#look());
    watch.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["open", "hidden", "aria-label"] });
  }

  /** The calls have changed. */
  changed(state) {
    const ringing = state.link === "up" ? state.ringing.length : 0;
    if (ringing > this.#ringing) {
      this.#path = [];
      this.#look(true);
    }
    this.#ringing = ringing;
  }

  /** The settings have changed. */
  settle() {
    const { switchMode, step, loops, acceptance, release } = this.settings.now;
    const pace = JSON.stringify([switchMode, step, loops, acceptance, release]);
    if (pace === this.#pace) return;
    this.#pace = pace;
    this.#dark();
    clearTimeout(this.#timer);
    clearTimeout(this.#gap);
    this.#list = [];
    document.body.dataset.switch = switchMode;
    this.#scanner = switchMode === "off" ? null : new Scanner({ method: switchMode, step, loops, acceptance, release });
    byId("scanbar").hidden = !this.#scanner;
    this.#look();
  }

  /** See what there is to choose from; when it is something else, begin at its top. */
  #look(wake = false) {
    if (!this.#scanner) return;
    for (const pad of document.querySelectorAll("details.pad:not([open])")) pad.open = true;
    this.#path = stillThere(this.#path);
    const list = entries(this.#path, this.words.say("back"));
    const same = list.length === this.#list.length && list.every((one, at) => one.node === this.#list[at].node && one.kind === this.#list[at].kind);
    if (same && !wake) return;
    const first = this.#list.length === 0;
    this.#begin(list, first ? 0 : PACE.grace, wake || first);
  }

  #begin(list, grace, wake) {
    this.#list = list;
    clearTimeout(this.#gap);
    if (!list.length) return;
    if (grace === 0 || (this.#scanner.paused && !wake)) return this.#show(wake);
    // Nothing is lit before a press counts, so that nobody presses in vain.
    this.#dark();
    byId("scanbar").textContent = "";
    this.#scanner.wait(now());
    this.#signs([]);
    this.#gap = setTimeout(() => this.#show(wake), grace * 1000);
  }

  #show(wake) {
    this.#signs(this.#scanner.show(this.#list.length, now(), { wake }));
  }

  #signs(signs) {
    for (const { kind, item } of signs) {
      if (kind === "lit") this.#light(this.#list[item]);
      else if (kind === "selected") this.#select(this.#list[item]);
      else if (kind === "paused") this.#tell(this.words.say("scan_paused"), "paused");
      else if (kind === "woken") this.#cue("select");
    }
    clearTimeout(this.#timer);
    const due = this.#scanner?.due();
    if (due != null) this.#timer = setTimeout(() => this.#signs(this.#scanner.tick(now())), Math.max(0, (due - now()) * 1000));
  }

  #light({ kind, node, label }) {
    this.#dark();
    node.classList.add(kind === "back" ? "scan-back" : "scan-lit");
    node.scrollIntoView({ block: "nearest" });
    byId("scanbar").textContent = kind === "group" ? `${label} …` : label;
    this.#cue("tick");
    if (this.settings.now.scanSpeech) this.sound.speak(label, null, true);
  }

  #select({ kind, node }) {
    this.#dark();
    this.#cue(kind === "back" ? "back" : "select");
    if (kind === "group") this.#path = [...this.#path, node];
    else if (kind === "back") this.#path = this.#path.slice(0, -1);
    else {
      this.#path = this.#path.slice(0, this.#staying(node));
      node.click();
    }
    this.#path = stillThere(this.#path);
    this.#begin(entries(this.#path, this.words.say("back")), 0, true);
  }

  /** How many of the groups that were entered stay open after that choice. */
  #staying(node) {
    return node.type === "submit" ? 0 : this.#path.findIndex((group) => group.hasAttribute("data-scan-stay")) + 1;
  }

  #tell(text, cue) {
    this.#dark();
    byId("scanbar").textContent = text;
    this.#cue(cue);
  }

  #cue(name) {
    if (this.settings.now.scanSound) this.sound.cue(name, true);
  }

  #dark() {
    for (const node of document.querySelectorAll(".scan-lit, .scan-back")) node.classList.remove("scan-lit", "scan-back");
  }
}
