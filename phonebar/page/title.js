/* The window's title: what matters most now, then the product's name. */

import { grouped } from "./numbers.js";

export function title(state, words) {
  const product = words.say("product");
  const who = (call) => words.who(call, grouped);
  if (state.link !== "up") return `${words.say("title_offline")} – ${product}`;
  const find = (name) => state.calls.find((call) => call.state === name);
  const found = [["incoming", "tell_incoming"], ["active", "title_active"], ["ringing", "tell_ringing"], ["dialling", "tell_dialling"], ["holding", "title_holding"]]
    .map(([name, word]) => [find(name), word])
    .find(([call]) => call);
  if (found) return `${words.say(found[1], { who: who(found[0]) })} – ${product}`;
  return state.status ? `${words.say(state.status)} – ${product}` : product;
}
