/* Making elements. What comes from outside (names, numbers) becomes text, never HTML. */

/**
 * An element.
 * @param {string} tag its name
 * @param {object} given attributes; `text`, `onclick` and `dataset` are set as properties
 * @param {...(Node|string)} children
 */
export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") made.textContent = value;
    else if (name === "dataset") Object.assign(made.dataset, value);
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Change a text only when it is another: readers then hear nothing of what stayed the same. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Whether a person can see it now. */
export const visible = (node) => node.getClientRects().length > 0;

/** What a person is told that an element is. */
export function nameOf(node) {
  const label = node.getAttribute("aria-label");
  if (label) return label;
  const by = node.getAttribute("aria-labelledby");
  return ((by && byId(by)) || node).textContent.replace(/\s+/g, " ").trim();
}
