/* What happened to the calls between two looks at them: [{kind, call}]. */

import { ended } from "./call.js";

/** Compare; `before` null is the first look, at which only what needs an answer is told. */
export function changes(before, after) {
  const found = [];
  const was = new Map((before ?? []).map((call) => [call.id, call]));
  for (const call of after) {
    const old = was.get(call.id);
    was.delete(call.id);
    const kind = change(old, call, before === null);
    if (kind) found.push({ kind, call });
    if (call.problem && call.problem !== old?.problem && before !== null) found.push({ kind: "problem", call });
  }
  for (const gone of was.values()) if (!ended(gone)) found.push({ kind: over(gone, gone.reason), call: gone });
  return found;
}

function change(old, call, first) {
  if (call.state === "incoming") return old ? null : "incoming";
  if (first || call.state === old?.state) return null;
  switch (call.state) {
    case "dialling": return "dialling";
    case "ringing": return "ringing";
    case "active": return old?.state === "holding" ? "resumed" : "connected";
    case "holding": return "held";
    case "ended": return old && !ended(old) ? over(old, call.reason) : null;
    default: return null;
  }
}

function over(old, reason) {
  const missed = old.state === "incoming" && (reason === "missed" || reason === "no_answer");
  return missed ? "missed" : "ended";
}
