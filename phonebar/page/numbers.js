/* Telephone numbers: as typed, as read, as heard, as dialled. */

const DIALLED = /^\+?[0-9*#]{1,31}$/;

/** The number that was typed, without what people put between the digits; null if it is none. */
export function dialled(typed) {
  const bare = typed.replace(/[\s().\-/]/g, "");
  return DIALLED.test(bare) ? bare : null;
}

/** In groups of three, a rest of one in the group before it, as the assistant does: so nobody takes it for a sum. */
export function grouped(number) {
  if (!/^\+?[0-9]{7,}$/.test(number)) return number;
  const [, plus, digits] = /^(\+?)([0-9]+)$/.exec(number);
  return plus + digits.replace(/(\d{3})(?=\d{2})/g, "$1\u00a0");
}

/** For a voice: every run of four digits or more digit by digit. */
export function spoken(text) {
  return text.replace(/[0-9][0-9\u00a0]{3,}/g, (run) => run.replace(/\u00a0/g, "").split("").join(" "));
}

/** Minutes and seconds: 0:42, 1:02:03. */
export function clock(seconds) {
  const pad = (part) => String(part).padStart(2, "0");
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  const rest = `${pad(seconds % 60)}`;
  return hours ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`;
}
