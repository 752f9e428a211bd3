/* Server-sent events over fetch, which, unlike EventSource, can carry a token and be watched. */

const SILENCE_MS = 40_000; // the server gives a sign of life every 15 s

/**
 * Every event of a stream, as {name, data}, until it ends.
 * @param {string} path
 * @param {object} headers
 * @param {AbortController} control aborts it
 */
export async function* events(path, headers, control) {
  const answer = await fetch(path, { headers, signal: control.signal, cache: "no-store" });
  if (!answer.ok) throw await refusal(answer);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const watch = setTimeout(() => control.abort(), SILENCE_MS);
    const { value, done } = await reader.read().finally(() => clearTimeout(watch));
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const found = parse(block);
      if (found) yield found;
    }
  }
}

function parse(block) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice(7);
    else if (line.startsWith("data: ")) data.push(line.slice(6));
  }
  return data.length ? { name, data: JSON.parse(data.join("\n")) } : null;
}

/** A server's "no", by the name that its problem has. */
export class Refused extends Error {
  constructor(status, slug, detail) {
    super(detail);
    this.status = status;
    this.slug = slug;
  }
}

/** Read a problem+json. */
export async function refusal(answer) {
  const body = await answer.json().catch(() => ({}));
  const slug = String(body.type ?? "").split(":").pop() || "other";
  return new Refused(answer.status, slug, String(body.detail ?? answer.status));
}
