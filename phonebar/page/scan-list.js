/* What a switch can choose from now: the buttons that are there, in groups with a way back.

   `data-scan-group` makes an element a group; `data-scan-stay` keeps the scan in it after a choice;
   `data-scan-skip` leaves out what needs typing.
   While somebody calls, what can be done with that call comes first, outside any group. */

import { byId, nameOf, visible } from "./dom.js";

const ITEMS = "button, a[href]";

/**
 * The entries of a list: {kind: "item" | "group" | "back", node, label}.
 * @param {HTMLElement[]} path the groups that were entered, the last one innermost
 * @param {string} back what "back" is called
 */
export function entries(path, back) {
  const dialog = byId("ask").open ? byId("ask") : null;
  const group = path.at(-1);
  if (group) return [...within(group), { kind: "back", node: group, label: back }];
  if (dialog) return within(dialog);
  const ringing = [...document.querySelectorAll(".call[data-state=incoming] [data-scan-group]")].filter(visible);
  const rest = [...within(byId("main")), ...within(document.querySelector("header"))].filter((one) => !ringing.includes(one.node));
  return [...ringing.flatMap(within), ...rest];
}

/** Drop from a path what is no longer there. */
export function stillThere(path) {
  const root = byId("ask").open ? byId("ask") : document.body;
  const gone = path.findIndex((node) => !root.contains(node) || !visible(node) || within(node).length === 0);
  return gone < 0 ? path : path.slice(0, gone);
}

function within(root) {
  const found = [];
  const walk = (node) => {
    for (const child of node.children) {
      if (!visible(child) || child.hasAttribute("data-scan-skip")) continue;
      if (child.hasAttribute("data-scan-group")) {
        if (within(child).length) found.push({ kind: "group", node: child, label: child.dataset.scanName ?? nameOf(child) });
      } else if (child.matches(ITEMS)) found.push({ kind: "item", node: child, label: nameOf(child) });
      else walk(child);
    }
  };
  walk(root);
  return found;
}
