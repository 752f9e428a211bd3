/* The page's way to the phonebar that served it: its /ext/v1, with every safeguard it has.

   This and back/assistant.js are the two that the page knows, as /back.js. Either has:

     features      Set of: status, mute, dtmf, fullHistory, sentence
     asks          whether it asks before risky things by itself
     follow(on)    on.state({status, calls}), on.link(state), on.tell({text, incoming, language, cue})
     act(deed)     {name, call, other, to: {number, name}, digits, confirm} → {outcome, text, language?, question?}
     dial(party)   {number, name, confirm} → the same
     setStatus(s)  "ready" or "pause" → the same
     hangupAll()   → the same
     people(text)  → [{name, numbers: [{number, label}]}]
     history()     → [{number, name, incoming, at, seconds, reason}], the latest first

   An outcome is done (seen in the calls), asked, refused or failed (nothing was done), or unknown. */

import { ended, inOrder, stateOf } from "/call.js";
import { changes } from "/changes.js";
import { Link } from "/link.js";
import { grouped } from "/numbers.js";
import { Refused } from "/stream.js";

const LIFE_SECONDS = 5; // a command that arrives later is refused
const SEEN_WITHIN_MS = 5000;

/** What the calls show once an action has had its effect; given the call then, or undefined. */
const EFFECTS = {
  answer: (call) => call?.state === "active",
  decline: (call) => !call || ended(call),
  hangup: (call) => !call || ended(call),
  hold: (call) => call?.state === "holding",
  resume: (call) => call?.state === "active",
  mute: (call) => call?.muted === true,
  unmute: (call) => call?.muted === false,
  transfer: (call) => call?.reason === "transferred",
  connect: (call) => call?.reason === "transferred",
  conference: (call) => call?.conference === true,
};
const PATHS = { answer: "answer", decline: "reject", hangup: "hangup", hold: "hold", resume: "resume", mute: "mute", unmute: "unmute", dtmf: "dtmf", connect: "attended" };
const EXPECTED = { hangup: "1,2,4,8,64", mute: "8,64", unmute: "8,64", conference: "8,64" }; // else as shown
const TOLD = { mute: "done_muted", unmute: "done_unmuted" }; // what the calls' changes do not tell

export class Back {
  features = new Set(["status", "mute", "dtmf", "fullHistory"]);
  asks = false;
  #calls = null;
  #status = null;
  #waiting = new Set();

  constructor(words) {
    this.words = words;
  }

  follow(on) {
    this.link = new Link(on.link);
    let last = null;
    return this.link.follow("/ext/v1/events", ({ name, data }) => {
      const calls = read(data.calls);
      // After a gap nobody was told of, the calls are told like those of a page just opened.
      const news = changes(name === "snapshot" ? null : last, calls);
      this.#calls = last = calls;
      this.#status = data.status;
      on.state({ status: data.status, calls });
      for (const { kind, call } of news) on.tell(this.#told(kind, call));
      for (const check of [...this.#waiting]) check();
    });
  }

  retry() {
    this.link.retry();
  }

  unlock(token) {
    this.link.unlock(token);
  }

  act({ name, call, other, to, digits }) {
    const meant = other ? [call, other] : [call];
    const headers = {
      "If-Match": meant.map((one) => `"${one.id}"`).join(", "),
      "X-Expected-State": EXPECTED[name] ?? String(call.stateId),
    };
    let path = `calls/${call.session}/${PATHS[name]}`;
    let body = {};
    if (name === "transfer") {
      path = `calls/${call.session}/${call.state === "incoming" ? "deflect" : "transfer"}`;
      body = { number: to.number };
    } else if (name === "dtmf") body = { digits };
    else if (name === "connect") body = { partner: other.session };
    else if (name === "conference") {
      path = "conference";
      body = { sessions: [call.session, other.session] };
    }
    const effect = EFFECTS[name] && (() => {
      const now = this.#find(call.id);
      if (EFFECTS[name](now)) return "done";
      if (now?.problem && now.problem !== call.problem) return "told";
      return !now || ended(now) ? "over" : null;
    });
    const text = name === "dtmf" ? this.words.say("done_tones", { digits }) : TOLD[name] && this.words.say(TOLD[name]);
    return this.#do(path, body, headers, effect, text, name === "transfer");
  }

  dial({ number }) {
    return this.#do("calls", { number }, {}, (made) => (this.#find(made.callId) ? "done" : null));
  }

  setStatus(status) {
    const text = this.words.say(`done_${status}`);
    return this.#do("status", { status }, {}, () => (this.#status === status ? "done" : null), text);
  }

  async hangupAll() {
    const calls = this.#calls.filter((call) => !ended(call));
    const results = await Promise.all(calls.map((call) => this.act({ name: "hangup", call })));
    return results.find((result) => result.outcome !== "done") ?? { outcome: "done", text: "" };
  }

  people(text) {
    return this.link.get(`/ext/v1/directory?q=${encodeURIComponent(text.slice(0, 80))}`);
  }

  async history() {
    const found = await this.link.get("/ext/v1/history");
    return found.reverse().map((one) => ({
      number: one.number,
      name: one.name,
      incoming: one.direction === "incoming",
      at: one.started,
      seconds: one.duration,
      reason: one.reason,
    }));
  }

  async #do(path, body, headers, effect, text = "", slow = false) {
    if (!this.link.up) return { outcome: "failed", text: this.words.say("failed_away") };
    const safeguards = {
      ...headers,
      "X-Request-Deadline": (Date.now() / 1000 + LIFE_SECONDS).toFixed(3),
      "Idempotency-Key": crypto.randomUUID(),
    };
    let made;
    try {
      made = await this.link.post(`/ext/v1/${path}`, body, safeguards);
    } catch (error) {
      if (error instanceof Refused && error.status < 500) {
        const name = `refused_${error.slug.replaceAll("-", "_")}`;
        return { outcome: "refused", text: this.words.has(name) ? this.words.say(name) : this.words.say("refused_other", { why: error.message }) };
      }
      return { outcome: "unknown", text: this.words.say("unknown_unseen") };
    }
    if (!effect) return { outcome: "done", text };
    switch (await this.#seen(() => effect(made))) {
      case "done": return { outcome: "done", text };
      case "told": return { outcome: "failed", text: "" };
      case "over": return { outcome: "failed", text: this.words.say("failed_over") };
      default: return { outcome: "unknown", text: this.words.say(slow ? "under_way" : "unknown_effect") };
    }
  }

  /** Wait until the calls show something; null when they do not in time. */
  #seen(look) {
    return new Promise((resolve) => {
      const end = (found) => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(found);
      };
      const check = () => {
        const found = this.link.up && look();
        if (found) end(found);
      };
      const timer = setTimeout(() => end(null), SEEN_WITHIN_MS);
      this.#waiting.add(check);
      check();
    });
  }

  #find(id) {
    return this.#calls?.find((call) => call.id === id);
  }

  #told(kind, call) {
    const known = call.reason && call.reason !== "hangup" && this.words.has(`why_${call.reason}`);
    const why = known ? this.words.say("because", { why: this.words.say(`why_${call.reason}`) }) : "";
    const text = this.words.say(`tell_${kind}`, { who: this.words.who(call, grouped), why });
    const cue = kind === "connected" ? "done" : kind === "problem" ? "failed" : null;
    return { text, incoming: kind === "incoming", cue };
  }
}

function read(told) {
  const calls = told.map((call) => ({
    id: call.callId,
    session: call.sessionId,
    number: call.callingNumber,
    name: call.name,
    stateId: call.stateId,
    state: stateOf(call.stateId),
    incoming: call.incoming,
    seconds: call.duration,
    seen: performance.now(),
    muted: call.muted,
    conference: call.conference,
    reason: call.reason,
    note: call.note,
    problem: call.transferError,
    allowed: call.allowed,
  }));
  for (const call of calls) call.actions = inOrder(actions(call, calls));
  return calls;
}

function actions(call, calls) {
  const may = new Set(call.allowed);
  const found = ["answer", "hold", "resume", "mute", "unmute", "dtmf"].filter((name) => may.has(name)).map((name) => ({ name }));
  if (may.has("reject")) found.push({ name: "decline" });
  else if (may.has("hangup")) found.push({ name: "hangup" });
  if (may.has("transfer") || may.has("deflect")) found.push({ name: "transfer" });
  if (call.state === "active") {
    for (const other of calls.filter((one) => one.state === "holding")) {
      if (may.has("attended")) found.push({ name: "connect", other: other.id });
      if (may.has("conference") && other.allowed.includes("conference")) found.push({ name: "conference", other: other.id });
    }
  }
  return found;
}
