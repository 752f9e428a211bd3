/* What this person has set, kept in this browser. */

const PLACE = "phonebar-settings";

export const DEFAULTS = Object.freeze({
  language: "",
  theme: "auto",
  sound: true,
  speech: false,
  askHangup: false,
  askCall: false,
  delay: 0, // seconds before a call is dialled, in which anything cancels
  keys: false,
  keyMap: { answer: "a", decline: "d", hold: "h", hangup: "x", mute: "m", transfer: "t", number: "n", status: "p", repeat: "r", help: "?" },
  fast: null, // the speed dial; null means the first people of the directory
  switchMode: "off", // off, or a method of scanner.js
  switchKey: "Space",
  switchKey2: "Enter",
  switchMouse: false,
  switchPad: false,
  step: 1.0, // seconds
  loops: 3,
  acceptance: 0.0, // seconds a press must last
  release: 0.3, // seconds after a release in which nothing counts
  scanSound: true,
  scanSpeech: false,
});

const NUMBERS = { delay: [0, 10], step: [0.3, 10], loops: [1, 20], acceptance: [0, 2], release: [0, 2] };
const CHOICES = { theme: ["auto", "light", "dark"], switchMode: ["off", "automatic", "step", "two", "inverse"] };

/** What was kept, with everything that is not as it should be left at its default. */
export function checked(kept) {
  const found = { ...DEFAULTS, keyMap: { ...DEFAULTS.keyMap } };
  if (kept === null || typeof kept !== "object") return found;
  for (const [name, value] of Object.entries(kept)) {
    const standard = DEFAULTS[name];
    if (name === "fast") {
      if (Array.isArray(value)) found.fast = value.filter(isPerson).slice(0, 24);
    } else if (name === "keyMap") {
      for (const action of Object.keys(DEFAULTS.keyMap)) {
        if (typeof value?.[action] === "string" && value[action].length <= 1) found.keyMap[action] = value[action];
      }
    } else if (name in NUMBERS) {
      const [low, high] = NUMBERS[name];
      if (typeof value === "number" && value >= low && value <= high) found[name] = value;
    } else if (name in CHOICES) {
      if (CHOICES[name].includes(value)) found[name] = value;
    } else if (name in DEFAULTS && typeof value === typeof standard) {
      found[name] = value;
    }
  }
  return found;
}

function isPerson(value) {
  return typeof value?.name === "string" && typeof value?.number === "string";
}

export class Settings {
  #listeners = [];

  constructor(storage = window.localStorage) {
    this.storage = storage;
    let kept = null;
    try {
      kept = JSON.parse(storage.getItem(PLACE));
    } catch {
      // No storage, or not ours: the defaults apply.
    }
    this.now = checked(kept);
  }

  set(change) {
    this.now = checked({ ...this.now, ...change });
    try {
      this.storage.setItem(PLACE, JSON.stringify(this.now));
    } catch {
      // Private browsing: it holds until the page is left.
    }
    for (const listener of this.#listeners) listener(this.now);
  }

  limits(name) {
    return NUMBERS[name];
  }

  whenChanged(listener) {
    this.#listeners.push(listener);
  }
}
