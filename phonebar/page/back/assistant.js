/* The page's way to an assistant, which drives whatever phonebar there is. It understands sentences,
   asks before what needs a yes, does everything once, and tells in words what became of it.

   What either way has is said in back/phonebar.js. */

import { inOrder, stateOf } from "/call.js";
import { Link } from "/link.js";
import { Refused } from "/stream.js";

const LIFE_SECONDS = 10; // what arrives later is refused
const PATIENCE_MS = 30_000; // an assistant looks for the effect before it answers

export class Back {
  features = new Set(["sentence"]);
  asks = true;

  constructor(words) {
    this.words = words;
  }

  follow(on) {
    let shown = "starting";
    const link = (state) => {
      if (state !== shown) on.link((shown = state));
    };
    // In touch with the assistant is not in touch with the phonebar: its first event tells.
    this.link = new Link((state) => state === "up" || link(state));
    return this.link.follow("/ext/v1/events", ({ name, data }) => {
      if (name === "tell") return on.tell({ ...data, ...this.#inOurs(data.texts) });
      if (name === "lost") return link("phonebar_lost");
      link("up");
      return on.state({ status: data.status, calls: data.calls.map(read), microphone: data.microphone, lacks: new Set(data.lacks) });
    });
  }

  retry() {
    this.link.retry();
  }

  unlock(token) {
    this.link.unlock(token);
  }

  act({ name, call, other, to, confirm }) {
    return this.#ask("do", { name, call: call.id, other: other?.id, ringing: call.state === "incoming", number: to?.number, who: to?.name ?? undefined, confirm });
  }

  dial({ number, name, confirm }) {
    return this.#ask("do", { name: "call", number, who: name ?? undefined, confirm });
  }

  hangupAll() {
    return this.#ask("do", { name: "hangup_all", confirm: ["hangup_all"] });
  }

  sentence(text, confirm) {
    return this.#ask("say", { text, confirm });
  }

  /** Answer a question; null is "cancel". */
  answer(question, text) {
    return this.#ask("answer", { question: question.id, text });
  }

  async setStatus(status) {
    if (!this.link.up) return this.#away();
    try {
      const now = await this.link.post("/ext/v1/status", { status });
      const done = now.status === status;
      return { outcome: done ? "done" : "unknown", text: this.words.say(done ? `done_${status}` : "unknown_effect") };
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Have this PC's microphone listened to, or no more. */
  async talk(on) {
    if (!this.link.up) return this.#away();
    try {
      await this.link.post("/ext/v1/talk", { on });
      return null; // the microphone's state tells
    } catch (error) {
      return this.#failed(error);
    }
  }

  people(text) {
    return this.link.get(`/ext/v1/directory?q=${encodeURIComponent(text.slice(0, 80))}`);
  }

  async history() {
    const found = await this.link.get("/ext/v1/history");
    return found.filter((one) => one.endedAt).map((one) => ({
      number: one.number,
      name: one.name,
      incoming: one.incoming,
      at: one.at,
      seconds: one.answeredAt ? Math.round(one.endedAt - one.answeredAt) : 0,
      reason: one.how === "missed" ? "missed" : null,
    }));
  }

  async #ask(path, body) {
    if (!this.link.up) return this.#away();
    const more = { id: crypto.randomUUID(), deadline: Date.now() / 1000 + LIFE_SECONDS, language: this.words.language };
    try {
      return await this.link.post(`/ext/v1/${path}`, { ...body, ...more }, {}, PATIENCE_MS);
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** What is told in several languages, in the page's or else in the assistant's first. */
  #inOurs(texts) {
    const language = this.words.language in texts ? this.words.language : Object.keys(texts)[0];
    return { text: texts[language], language };
  }

  #away() {
    return { outcome: "failed", text: this.words.say("failed_away") };
  }

  #failed(error) {
    if (!(error instanceof Refused) || error.status >= 500) {
      return error.slug === "away"
        ? this.#away()
        : { outcome: "unknown", text: this.words.say("unknown_unseen") };
    }
    const name = `refused_${error.slug.replaceAll("-", "_")}`;
    return { outcome: "refused", text: this.words.has(name) ? this.words.say(name) : this.words.say("refused_other", { why: error.message }) };
  }
}

function read(call) {
  return { ...call, state: stateOf(call.stateId), seen: performance.now(), muted: false, conference: false, actions: inOrder(call.actions) };
}
