/* The scan of a list with one switch or two: presses and time in, what is lit and selected out.

   Pure: it knows no clock, no key and no document. It behaves as adapters/switch/scanner.py does; both
   are held to tests/adapters/switch/traces.json. Times are in seconds. A sign is {kind, item, at} with
   kind lit, selected, paused, woken or pressed.

   What it promises: a selection needs a press of its own, which began while the selected item was
   lit; time alone moves the light and ends in a pause, nothing else. */

/** How fast it goes and which presses count; adapters/switch/pace.py explains each. */
export const PACE = Object.freeze({
  method: "automatic", step: 1.0, first: 1.5, loops: 3, acceptance: 0.0, release: 0.3, long: 0.8, grace: 0.8, late: 0.0,
});

const fresh = () => ({ down: false, upAt: -Infinity, doing: "", item: -1, since: 0, ripe: 0 });
const pending = (one) => one.doing !== "" && one.doing !== "carry";

export class Scanner {
  #state = "idle"; // idle, scanning, paused, waiting
  #count = 0;
  #lit = null;
  #before = null;
  #beforeAt = -Infinity;
  #litAt = -Infinity;
  #openAt = -Infinity;
  #movesAt = null;
  #loop = 0;
  #switches = [fresh(), fresh()]; // the one that selects, the one that moves

  constructor(pace) {
    this.pace = { ...PACE, ...pace };
  }

  get lit() {
    return this.#lit;
  }

  get paused() {
    return this.#state === "paused";
  }

  /** Scan a new list of `count` items from its top; a press that is under way is forgotten. */
  show(count, t, { grace = 0, wake = true } = {}) {
    if (count < 1) throw new RangeError("nothing to scan");
    this.#forget();
    this.#count = count;
    this.#openAt = t + grace;
    if (this.#state === "paused" && !wake) {
      this.#before = null;
      return [];
    }
    this.#state = "scanning";
    this.#loop = 0;
    return this.#light(0, t, null, grace);
  }

  /** Light nothing; the next press is told as `pressed`, at once and however short. */
  wait(t) {
    this.#forget();
    this.#state = "waiting";
    this.#openAt = t;
    this.#lit = this.#before = this.#movesAt = null;
  }

  /** A switch went down or up at `t`; `moves` says that it is the one that moves, of two. */
  press(down, t, { moves = false } = {}) {
    const moving = moves && this.pace.method === "two";
    const one = this.#switches[moving ? 1 : 0];
    if (down === one.down) return [];
    one.down = down;
    if (!down) {
      one.upAt = t;
      return this.#released(one, t);
    }
    if (t - one.upAt < this.pace.release) return [];
    return this.#pressed(one, t, moving);
  }

  /** When `tick` is to be called next; null while nothing moves by itself. */
  due() {
    const ripe = this.#switches.filter(pending).map((one) => one.ripe);
    return ripe.length ? Math.min(...ripe) : this.#movesAt;
  }

  /** Let time pass: the light moves on by one item at most, for each must have been shown. */
  tick(t) {
    for (const one of this.#switches) if (pending(one) && one.ripe <= t) return this.#ripen(one, t);
    if (this.#switches.some(pending)) return [];
    if (this.#movesAt === null || t < this.#movesAt) return [];
    return this.#move(t);
  }

  #pressed(one, t, moves) {
    if (t < this.#openAt || this.#state === "idle") return [];
    if (this.#state === "waiting") {
      this.#state = "idle";
      return [{ kind: "pressed", item: -1, at: t }];
    }
    const item = this.#itemAt(t);
    if (item === null && this.#state === "scanning") return [];
    const { acceptance, method, long } = this.pace;
    one.since = t;
    one.ripe = t + acceptance;
    if (item === null) one.doing = "wake";
    else if (moves) one.doing = "step";
    else if (method === "step") {
      one.doing = "either";
      one.item = item;
      one.ripe = t + Math.max(long, acceptance);
    } else if (method === "inverse") one.doing = "begin";
    else {
      one.doing = "select";
      one.item = item;
    }
    return this.tick(t);
  }

  #released(one, t) {
    if (pending(one) && one.ripe <= t) {
      const signs = this.#ripen(one, t);
      return one.doing === "carry" ? [...signs, ...this.#letGo(t)] : signs;
    }
    const { doing } = one;
    one.doing = "";
    if (doing === "carry") return this.#letGo(t);
    if (doing === "either" && t - one.since >= this.pace.acceptance) return this.#step(t);
    if (doing && this.#lit !== null && this.#movesAt !== null) this.#movesAt = t + this.#duration(this.#lit);
    return [];
  }

  /** The press has lasted long enough: do what it stands for. */
  #ripen(one, t) {
    const { doing } = one;
    one.doing = "";
    if (doing === "wake") {
      this.#state = "scanning";
      this.#loop = 0;
      return [{ kind: "woken", item: -1, at: t }, ...this.#light(0, t, null)];
    }
    if (doing === "step") return this.#step(t);
    if (doing === "begin") {
      one.doing = "carry";
      this.#loop = 0;
      this.#movesAt = t + this.#duration(0);
      return [];
    }
    return this.#select(one.item, t);
  }

  /** Inverse scanning: what is lit when the switch is let go is selected. */
  #letGo(t) {
    const item = this.#itemAt(t);
    return item === null ? this.#light(0, t, null) : this.#select(item, t);
  }

  #select(item, t) {
    this.#forget();
    this.#state = "idle";
    this.#lit = this.#before = this.#movesAt = null;
    return [{ kind: "selected", item, at: t }];
  }

  /** Move on because a press says so; there is no end to it. */
  #step(t) {
    this.#forget();
    return this.#light(((this.#lit ?? 0) + 1) % this.#count, t, this.#lit);
  }

  /** Move on because it is time. */
  #move(t) {
    const item = (this.#lit ?? 0) + 1;
    if (item < this.#count) return this.#light(item, t, this.#lit);
    this.#loop += 1;
    if (this.#loop < this.pace.loops) return this.#light(0, t, this.#lit);
    this.#before = this.#lit;
    this.#beforeAt = this.#litAt;
    this.#state = "paused";
    this.#lit = this.#movesAt = null;
    this.#litAt = t;
    this.#forget();
    return [{ kind: "paused", item: -1, at: t }];
  }

  #light(item, t, before, longer = 0) {
    this.#before = before;
    this.#beforeAt = this.#litAt;
    this.#lit = item;
    this.#litAt = t;
    const alone = this.pace.method === "automatic" || this.#switches.some((one) => one.doing === "carry");
    this.#movesAt = alone ? t + longer + this.#duration(item) : null;
    return [{ kind: "lit", item, at: t }];
  }

  #duration(item) {
    return this.pace.step * (item === 0 ? this.pace.first : 1);
  }

  /** What a press at `t` is for: the item lit then, or the one before if it comes late. */
  #itemAt(t) {
    if (t >= this.#litAt + this.#tolerance()) return this.#lit;
    return t >= this.#beforeAt ? this.#before : null;
  }

  #tolerance() {
    const moving = this.pace.method === "automatic" || this.pace.method === "inverse";
    return moving ? Math.min(this.pace.late, this.pace.step / 2) : 0;
  }

  #forget() {
    for (const one of this.#switches) one.doing = "";
  }
}
