/* What a switch is: a key, the mouse's buttons, or a gamepad's. */

import { byId } from "./dom.js";

const seconds = (event) => event.timeStamp / 1000; // the same clock as performance.now()

export class Switches {
  #press = () => {};
  #captured = null;
  #pad = [false, false];

  constructor(settings) {
    this.settings = settings;
    for (const name of ["keydown", "keyup"]) window.addEventListener(name, (event) => this.#key(event), { capture: true });
    for (const name of ["pointerdown", "pointerup", "click", "contextmenu"]) window.addEventListener(name, (event) => this.#mouse(event), { capture: true });
    window.addEventListener("gamepadconnected", () => this.#poll());
    window.addEventListener("blur", () => this.#release());
  }

  /** Have every press told: whether down, when, and whether it is the switch that moves, of two. */
  listen(press) {
    this.#press = press;
  }

  /** The next key that is pressed, by its place on the keyboard; null for Escape. */
  capture() {
    return new Promise((resolve) => (this.#captured = resolve));
  }

  get #on() {
    return this.settings.now.switchMode !== "off";
  }

  #key(event) {
    if (this.#captured && event.type === "keydown") {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.#captured(event.code === "Escape" ? null : event.code);
      this.#captured = null;
      return;
    }
    const { switchMode, switchKey, switchKey2 } = this.settings.now;
    const moves = switchMode === "two" && event.code === switchKey2;
    if (!this.#on || (event.code !== switchKey && !moves) || inSettings(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) this.#press(event.type === "keydown", seconds(event), moves);
  }

  #mouse(event) {
    if (!this.#on || !this.settings.now.switchMouse || !event.isTrusted || inSettings(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type === "pointerdown" || event.type === "pointerup") this.#press(event.type === "pointerdown", seconds(event), event.button === 2);
  }

  #poll() {
    const pads = navigator.getGamepads().filter(Boolean);
    if (!pads.length) return;
    if (this.#on && this.settings.now.switchPad) {
      for (const moves of [0, 1]) {
        const down = pads.some((pad) => pad.buttons[moves]?.pressed);
        if (down !== this.#pad[moves]) this.#press(down, performance.now() / 1000, moves === 1);
        this.#pad[moves] = down;
      }
    }
    requestAnimationFrame(() => this.#poll());
  }

  /** What happens while another window has the keys is not seen: nothing stays pressed. */
  #release() {
    const at = performance.now() / 1000;
    this.#press(false, at, false);
    this.#press(false, at, true);
  }
}

/** Whoever fits the switch to somebody uses the settings and the way there by hand. */
function inSettings(event) {
  return [byId("settings-form"), byId("views")].some((node) => event.target instanceof Node && node.contains(event.target));
}
