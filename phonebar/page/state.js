/* What the page knows now: the calls, the status, and whether it is in touch. */

import { ended } from "./call.js";

export class State {
  calls = [];
  status = null;
  microphone = null; // what it is doing, where an assistant listens to it
  link = "starting"; // up, away, locked, foreign
  lacks = new Set(); // what the phonebar's interface cannot do

  find(id) {
    return this.calls.find((call) => call.id === id);
  }

  get live() {
    return this.calls.filter((call) => !ended(call));
  }

  get ringing() {
    return this.calls.filter((call) => call.state === "incoming");
  }

  /** Whether that can be done with that call now. */
  allows(id, name, other) {
    return this.find(id)?.actions.some((one) => one.name === name && one.other === other) ?? false;
  }
}
