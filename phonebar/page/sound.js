/* Earcons made by an oscillator, and the browser's own voice. Every sound has words beside it. */

const CUES = {
  tick: [[880, 0.03]],
  select: [[1175, 0.06]],
  back: [[440, 0.06]],
  paused: [[440, 0.08], [330, 0.12]],
  done: [[660, 0.07], [880, 0.09]],
  failed: [[330, 0.12], [247, 0.16]],
  asked: [[660, 0.08], [660, 0.08]],
  ringing: [[784, 0.18], [988, 0.18], [784, 0.18], [988, 0.18]],
};
const RING_EVERY_MS = 3000;

export class Sound {
  #context = null;
  #ring = null;
  #settings;
  #language = () => "en";

  constructor(settings, language) {
    this.#settings = settings;
    this.#language = language;
    // Browsers let a page make a sound only after somebody has pressed something on it.
    for (const name of ["pointerdown", "keydown"]) {
      window.addEventListener(name, () => this.#context?.resume(), { passive: true });
    }
  }

  /** Play an earcon; `always` for the switch's cues, which have a setting of their own. */
  cue(name, always = false) {
    if (!always && !this.#settings.now.sound) return;
    const context = (this.#context ??= new AudioContext());
    if (context.state !== "running") return;
    let at = context.currentTime + 0.01;
    for (const [hertz, seconds] of CUES[name]) {
      const tone = context.createOscillator();
      const level = context.createGain();
      tone.frequency.value = hertz;
      level.gain.setValueAtTime(0, at);
      level.gain.linearRampToValueAtTime(0.12, at + 0.008);
      level.gain.linearRampToValueAtTime(0, at + seconds);
      tone.connect(level).connect(context.destination);
      tone.start(at);
      tone.stop(at + seconds);
      at += seconds + 0.03;
    }
  }

  /** Ring until told otherwise. */
  ring(on) {
    if (on && this.#ring === null) {
      this.cue("ringing");
      this.#ring = setInterval(() => this.cue("ringing"), RING_EVERY_MS);
    } else if (!on && this.#ring !== null) {
      clearInterval(this.#ring);
      this.#ring = null;
    }
  }

  /** Say it aloud, if that is set; it takes the place of what is being said. */
  speak(text, language = null, always = false) {
    if (!(always || this.#settings.now.speech) || !("speechSynthesis" in window)) return;
    const said = new SpeechSynthesisUtterance(text);
    said.lang = language || this.#language();
    speechSynthesis.cancel();
    speechSynthesis.speak(said);
  }

  /** Silence at once. */
  hush() {
    window.speechSynthesis?.cancel();
  }
}
