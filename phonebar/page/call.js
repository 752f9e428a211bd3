/* A call as the page knows it, whoever told of it:

   {id, session, number, name, state, incoming, seconds, seen, muted, conference, reason, note,
    problem, actions: [{name, other}]}

   `id` is never used again; `state` is one of those below; `seconds` is its duration when it was
   `seen` (performance.now()); `actions` is what can be done with it now, `other` the id of the
   second call that an action is about. */

const STATES = { 0: "ended", 1: "dialling", 2: "dialling", 4: "ringing", 8: "active", 16: "ended", 32: "incoming", 64: "holding", 128: "ended" };

/** The state of a call by the vendor's id; what is not in the vendor's table is unknown. */
export const stateOf = (id) => STATES[id] ?? "unknown";

const ORDER = ["answer", "decline", "hold", "resume", "mute", "unmute", "dtmf", "connect", "conference", "transfer", "hangup"];

/** Actions in the order in which they are shown: the likeliest first, the end last. */
export const inOrder = (actions) => [...actions].sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));

/** Actions that cannot be undone: another button in between. */
export const RISKY = new Set(["connect", "conference"]);

export const ended = (call) => call.state === "ended";

/** Whole seconds since it was answered, by now. */
export function lasted(call, now = performance.now()) {
  const running = call.state === "active" || call.state === "holding";
  return call.seconds + (running ? Math.max(0, Math.floor((now - call.seen) / 1000)) : 0);
}

/** Those that ring here first, then as they came, those that are over last. */
export function sorted(calls) {
  const rank = (call) => (call.state === "incoming" ? 0 : ended(call) ? 2 : 1);
  return [...calls].sort((a, b) => rank(a) - rank(b));
}
