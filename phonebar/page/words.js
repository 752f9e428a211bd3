/* The page's words, in the reader's language. */

export const LANGUAGES = { en: "English", it: "Italiano", es: "Español", fr: "Français", de: "Deutsch", pt: "Português" };

/** The language that is set, else the first of the browser's that we have, else English. */
export function chosen(setting, offered = navigator.languages) {
  if (setting in LANGUAGES) return setting;
  const known = offered.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in LANGUAGES);
  return known ?? "en";
}

export class Words {
  #messages = {};
  language = "en";

  /** Read a language's words. */
  async load(language) {
    const answer = await fetch(`/words/${language}.json`);
    if (!answer.ok) throw new Error(`no words for ${language}`);
    this.#messages = await answer.json();
    this.language = language;
    document.documentElement.lang = language;
  }

  /** The message of that name, with what stands in it. */
  say(name, given = {}) {
    const message = this.#messages[name] ?? name;
    return message.replace(/\{(\w+)\}/g, (whole, key) => given[key] ?? whole);
  }

  has(name) {
    return name in this.#messages;
  }

  /** Fill what the document says by itself. */
  fill(root = document) {
    for (const node of root.querySelectorAll("[data-word]")) node.textContent = this.say(node.dataset.word);
    for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", this.say(node.dataset.label));
  }

  /** Who is at the other end: the name, or the number. */
  who(call, grouped) {
    return call.name || grouped(call.number) || this.say("hidden_number");
  }
}
