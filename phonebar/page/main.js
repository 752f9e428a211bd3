/* Puts the page together. */

import { Back } from "/back.js";

import { Acts } from "./acts.js";
import { Ask } from "./ask.js";
import { CallsView } from "./calls-view.js";
import { Deeds } from "./deeds.js";
import { Dial } from "./dial.js";
import { byId } from "./dom.js";
import { Fast } from "./fast.js";
import { showHelp } from "./help.js";
import { History } from "./history.js";
import { Keys, buttonFor } from "./keys.js";
import { Say } from "./say.js";
import { Scan } from "./scan.js";
import { Settings } from "./settings.js";
import { SettingsForm } from "./settings-form.js";
import { Sound } from "./sound.js";
import { Speak } from "./speak.js";
import { State } from "./state.js";
import { StatusView } from "./status-view.js";
import { Switches } from "./switches.js";
import { title } from "./title.js";
import { Views } from "./views.js";
import { Words, chosen } from "./words.js";

const TRY_MS = 1500; // by then another try has come to something

const settings = new Settings();
const words = new Words();
const state = new State();
const sound = new Sound(settings, () => words.language);
const say = new Say(sound);
const back = new Back(words);
const acts = new Acts(say, sound, words);
const ask = new Ask(words, say, sound, acts);
const people = (text) => back.people(text);
const call = (party) => deeds.call(party);
const fast = new Fast({ settings, acts, words, people, call });
const deeds = new Deeds({ back, state, ask, acts, say, words, settings, people, fast });
const calls = new CallsView({ state, acts, deeds, words });
const status = new StatusView({ state, acts, back, words });
const speaking = new Speak({ state, acts, back, words });
const dial = new Dial({ words, say, people, acts, call, fast });
const past = new History({ back, acts, words, call });
const switches = new Switches(settings);
const form = new SettingsForm({ settings, words, say, fast, capture: () => switches.capture() });
const scan = new Scan({ settings, words, say, sound, switches, ask });
const views = new Views({
  phone: () => {},
  history: () => past.show(),
  settings: () => form.show(),
  help: () => showHelp(words, settings),
});

function toButton(...names) {
  return () => {
    const { button, why } = buttonFor(names, words);
    if (button) acts.press(button);
    else say.tell(why);
  };
}

function toStatus() {
  const button = document.querySelector("#status [aria-pressed='false']");
  if (button) acts.press(button);
  else say.tell(words.say(state.link === "up" ? "status_none" : "failed_away"));
}

new Keys({
  settings, ask,
  table: {
    answer: toButton("answer"),
    decline: toButton("decline"),
    hold: toButton("hold", "resume"),
    hangup: toButton("hangup"),
    mute: toButton("mute", "unmute"),
    transfer: toButton("transfer"),
    number: () => { views.open("phone"); dial.focus(); },
    status: toStatus,
    repeat: () => say.tell(say.last),
    help: () => views.open("help"),
  },
});

function showLink() {
  const { link } = state;
  const bad = link !== "up" && link !== "starting";
  byId("offline").hidden = !bad;
  if (bad) {
    byId("offline-title").textContent = words.say(`${link}_title`);
    byId("offline-text").textContent = words.say(`${link}_text`);
    byId("unlock").hidden = link !== "locked";
  }
  document.body.dataset.link = link;
}

function showLacks() {
  const missing = [...state.lacks].filter((name) => name !== "status");
  byId("lacks").hidden = missing.length === 0;
  byId("lacks").textContent = missing.map((name) => words.say(`lacks_${name}`)).join(" ");
  byId("sentence").hidden = !back.features.has("sentence");
}

function show() {
  calls.show();
  status.show();
  speaking.show();
  showLink();
  showLacks();
  ask.check();
  const ringing = state.link === "up" && state.ringing.length > 0;
  sound.ring(ringing);
  if (!ringing) say.calm();
  document.title = title(state, words);
  scan.changed(state);
}

async function speak() {
  try {
    await words.load(chosen(settings.now.language));
  } catch {
    // Nobody is there to be asked for them: the page stays as it is until it is in touch.
    return say.tell(words.say("failed_away"));
  }
  words.fill();
  dial.show();
  fast.show();
  calls.renew();
  views.refresh();
  show();
}

function dress(now) {
  if (now.theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = now.theme;
}

settings.whenChanged((now) => {
  dress(now);
  if (chosen(now.language) !== words.language) speak();
  else scan.settle();
});
dress(settings.now);

acts.wire(byId("hangup-all"), () => deeds.hangupAll());
// Whoever asks for another try is told when it came to nothing too.
function tried() {
  setTimeout(() => state.link === "up" || say.tell(words.say(`${state.link}_title`)), TRY_MS);
}

byId("retry").addEventListener("click", () => {
  back.retry();
  tried();
});
byId("unlock").addEventListener("submit", (event) => {
  event.preventDefault();
  back.unlock(byId("token").value);
  tried();
});
byId("sentence").addEventListener("submit", (event) => event.preventDefault());
acts.wire(byId("sentence").querySelector("button"), async () => {
  const field = byId("sentence-text");
  if (!field.value.trim()) {
    field.focus();
    return { outcome: "refused", text: words.say("say_what") };
  }
  const result = await deeds.sentence(field.value);
  // What was not done can be mended; what was, or may have been, is not sent twice by a second press.
  if (result.outcome === "done" || result.outcome === "unknown") field.value = "";
  return result;
});
// A key that is held down is one press: hands that let go slowly do nothing twice.
window.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.repeat) return;
  event.preventDefault();
  event.stopPropagation();
}, { capture: true });
// Any key silences what is being spoken.
window.addEventListener("keydown", () => sound.hush(), { capture: true });

await speak();
scan.settle();
back.follow({
  link: (link) => {
    const before = state.link;
    state.link = link;
    if (link === "up") {
      fast.load();
      if (chosen(settings.now.language) !== words.language || !words.has("product")) speak();
      if (before !== "starting") say.tell(words.say("back_again"));
    } else if (link !== before) {
      sound.cue("failed");
      say.tell(`${words.say(`${link}_title`)} ${words.say(`${link}_text`)}`);
    }
    show();
  },
  state: (now) => {
    Object.assign(state, now);
    show();
    if (!byId("history").hidden) past.show();
  },
  tell: ({ text, incoming, language, cue }) => {
    if (incoming) say.alarm(text, language);
    else {
      // It may have stopped ringing before a look at the calls showed it.
      if (state.ringing.length === 0) say.calm();
      say.tell(text, language);
    }
    if (cue) sound.cue(cue);
  },
});
