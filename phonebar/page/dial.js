/* Calling somebody: the form, and what keeps a person in the speed dial. */

import { byId, el } from "./dom.js";
import { partyForm, partyOf } from "./party-form.js";

export class Dial {
  constructor(parts) {
    this.parts = parts; // words, say, people, acts, call, fast
  }

  /** Make the form, in the language of now. */
  show() {
    const { words, say, acts, call, fast } = this.parts;
    const keep = el("button", { type: "button", text: words.say("keep") });
    this.form = partyForm(this.parts, { label: words.say("dial_label"), go: words.say("call") }, [keep]);
    acts.wire(this.form.button, async () => {
      const party = partyOf(this.form, say);
      if (!party) return null;
      const result = await call(party);
      // A second press of the same button must not call a second time.
      if (result.called) this.form.box.set("");
      return result;
    });
    keep.addEventListener("click", () => {
      const party = partyOf(this.form, say);
      if (!party) return;
      fast.keep(party);
      say.tell(words.say("kept", { who: party.name ?? party.number }));
    });
    byId("dial").replaceChildren(this.form.node);
  }

  focus() {
    this.form.box.input.focus();
  }
}
