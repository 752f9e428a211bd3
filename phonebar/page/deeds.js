/* What pressing a button comes to: the questions before it, and the request. */

import { RISKY } from "./call.js";
import { byId, el } from "./dom.js";
import { keypad } from "./keypad.js";
import { grouped } from "./numbers.js";
import { partyForm, partyOf } from "./party-form.js";

export class Deeds {
  constructor(parts) {
    Object.assign(this, parts); // back, state, ask, acts, say, words, settings, people, fast
  }

  who(call) {
    return this.words.who(call, grouped);
  }

  /** An action of a call's toolbar. */
  async press(id, name, other) {
    const call = this.state.find(id);
    if (name === "transfer") return this.transfer(call);
    if (name === "dtmf") return this.tones(call);
    const second = other && this.state.find(other);
    const wanted = RISKY.has(name) || (name === "hangup" && this.settings.now.askHangup);
    const still = () => this.state.allows(id, name, other);
    if (wanted && !this.back.asks) {
      const title = this.words.say(`sure_${name}`, { who: this.who(call), to: second && this.who(second) });
      if (!(await this.ask.confirm(title, this.label(name, second), still))) return this.nothing();
      if (!still()) return this.over();
    }
    return this.settled(await this.back.act({ name, call: this.state.find(id), other: other && this.state.find(other), confirm: this.confirm }));
  }

  label(name, second) {
    return this.words.say(`action_${name}`, { to: second ? this.who(second) : "" });
  }

  async transfer(call) {
    const still = () => this.state.allows(call.id, "transfer");
    const party = await this.ask.show(this.words.say("transfer_title", { who: this.who(call) }), (close) => {
      const form = partyForm(this, { label: this.words.say("transfer_label"), go: this.words.say("transfer_go") });
      form.node.addEventListener("submit", () => {
        const found = partyOf(form, this.say);
        if (found) close(found);
      });
      form.box.input.dataset.first = "1";
      return [this.fast.choices(close), form.node, this.cancel(close)];
    }, still);
    if (!party) return this.nothing();
    if (!still()) return this.over();
    return this.settled(await this.back.act({ name: "transfer", call: this.state.find(call.id), to: party, confirm: this.confirm }));
  }

  async tones(call) {
    await this.ask.show(this.words.say("tones_title", { who: this.who(call) }), (close) => [
      keypad(this.words, (digits, button) => this.acts.run(button, () => {
        const now = this.state.find(call.id);
        return now ? this.back.act({ name: "dtmf", call: now, digits }) : this.over();
      })),
      this.cancel(close, "close"),
    ], () => this.state.allows(call.id, "dtmf"));
    return null;
  }

  /** Call somebody. */
  async call(party) {
    const who = this.words.who(party, grouped);
    const { delay, askCall } = this.settings.now;
    if (askCall && !this.back.asks) {
      const sure = await this.ask.confirm(this.words.say("sure_call", { who }), this.words.say("call"));
      if (!sure) return this.nothing();
    }
    if (delay && !(await this.ask.pause(this.words.say("about_to_call", { who, n: delay }), delay))) return this.nothing();
    const result = await this.settled(await this.back.dial({ ...party, confirm: this.confirm }));
    return { ...result, called: result.outcome === "done" || result.outcome === "unknown" };
  }

  async hangupAll() {
    const live = this.state.live.map((call) => call.id).join();
    const still = () => this.state.live.map((call) => call.id).join() === live;
    if (!this.back.asks) {
      const names = this.state.live.map((call) => this.who(call)).join(", ");
      const sure = await this.ask.confirm(this.words.say("sure_hangup_all", { n: this.state.live.length, names }), this.words.say("hangup_all"), still);
      if (!sure) return this.nothing();
      if (!still()) return this.over();
    }
    return this.settled(await this.back.hangupAll());
  }

  /** Any sentence; only an assistant understands it. */
  async sentence(text) {
    return this.settled(await this.back.sentence(text, this.confirm));
  }

  /** What came of it, after every question that it led to. */
  async settled(result) {
    let now = result;
    while (now.question) {
      const { question } = now;
      const said = await this.ask.show(question.text.split("\n")[0], (close) => {
        byId("ask-title").lang = question.language;
        return this.#question(close, question);
      });
      now = await this.back.answer(now.question, said);
    }
    return now;
  }

  #question(close, { text, choices }) {
    const field = el("input", { id: "answer", autocomplete: "off", spellcheck: "false", required: true });
    const form = el("form", { "data-scan-skip": true },
      el("label", { for: "answer", text: this.words.say("answer_label") }),
      el("div", { class: "row" }, field, el("button", { type: "submit", text: this.words.say("answer_send") })));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      close(field.value);
    });
    const button = (choice) => el("button", { type: "button", text: choice.label, onclick: () => close(choice.say) });
    const group = (nodes) => el("div", { class: "choices", role: "group", "data-scan-group": true, "aria-label": this.words.say("answers") }, ...nodes);
    // Numbered answers are listed in the text too; a yes has its "cancel" among the answers.
    if (/^\d+$/.test(choices[0]?.say ?? "1")) return [group(choices.map(button)), form, this.cancel(close)];
    const nodes = [...choices].reverse().map(button);
    nodes[0].dataset.first = "1";
    const more = text.split("\n").slice(1).map((line) => el("p", { text: line }));
    return [...more, el("div", { class: "row" }, ...nodes), form];
  }

  cancel(close, word = "cancel") {
    return el("button", { type: "button", text: this.words.say(word), onclick: () => close(null) });
  }

  /** What this person wants asked back, in the assistant's terms. */
  get confirm() {
    const { askHangup, askCall } = this.settings.now;
    return ["conference", "attended_transfer", "hangup_all", ...(askHangup ? ["hangup"] : []), ...(askCall ? ["call", "call_number"] : [])];
  }

  nothing() {
    return { outcome: "done", text: this.words.say("cancelled") };
  }

  over() {
    return { outcome: "refused", text: this.words.say("question_over") };
  }
}
