/* The connection to whoever served the page: kept up, and its state known.

   Each time it comes up it asks for the token anew, so that a server that was started again is
   understood; a command with an old token is refused and nothing is done. */

import { Refused, events, refusal } from "./stream.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;
const ANSWER_MS = 6000;
const OWNERS_TOKEN = "phonebar-token";

export class Link {
  #token = "";
  #wake = () => {};
  #control = null;
  up = false;

  /** @param {(state: "up"|"away"|"locked"|"foreign") => void} changed */
  constructor(changed) {
    this.changed = changed;
    window.addEventListener("online", () => this.retry());
    // A page that comes back from sleep must not show yesterday's calls.
    document.addEventListener("visibilitychange", () => document.hidden || this.up || this.retry());
  }

  /** Follow the events for ever. */
  async follow(path, take) {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      let state = "away";
      try {
        await this.#open();
        this.#control = new AbortController();
        for await (const event of events(path, this.#headers(), this.#control)) {
          wait = FIRST_WAIT_MS;
          if (!this.up) {
            this.up = true;
            this.changed("up");
          }
          take(event);
        }
      } catch (error) {
        if (error instanceof Refused) state = { 401: "locked", 403: "foreign" }[error.status] ?? "away";
        else if (!(error instanceof TypeError) && error.name !== "AbortError") console.error(error);
      }
      this.up = false;
      this.changed(state);
      await new Promise((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, wait);
      });
    }
  }

  /** Try now instead of later. */
  retry() {
    this.#wake();
  }

  /** Use the token that the phonebar's owner chose. */
  unlock(token) {
    try {
      sessionStorage.setItem(OWNERS_TOKEN, token);
    } catch {
      // It holds until the page is left.
    }
    this.#token = token;
    this.retry();
  }

  /** Read JSON. */
  async get(path) {
    const answer = await fetch(path, { headers: this.#headers(), cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
    if (!answer.ok) throw await refusal(answer);
    return answer.json();
  }

  /** Act. Raises Refused when the server said no, and another error when it is not known. */
  async post(path, body, headers = {}, patience = ANSWER_MS) {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...this.#headers(), ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    });
    if (!answer.ok) throw await refusal(answer);
    return answer.json();
  }

  async #open() {
    try {
      this.#token = sessionStorage.getItem(OWNERS_TOKEN) ?? this.#token;
    } catch {
      // No storage: as above.
    }
    try {
      this.#token = (await this.get("/ext/v1/session")).token;
    } catch (error) {
      // The owner's token is right, and is told to nobody.
      if (!(error instanceof Refused && error.slug === "token-not-told")) throw error;
    }
  }

  #headers() {
    return this.#token ? { "X-Phonebar-Token": this.#token } : {};
  }
}
