/* A toolbar: one stop for Tab, arrows within. Source: ARIA Authoring Practices, "Toolbar". */

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

const buttons = (bar) => [...bar.querySelectorAll("button")].filter((node) => !node.hidden);

/** Have one of its buttons reachable by Tab: the one that was, else the first. */
export function rove(bar) {
  const all = buttons(bar);
  const current = all.find((node) => node === document.activeElement)
    ?? all.find((node) => node.tabIndex === 0 && node.dataset.roved)
    ?? all[0];
  for (const node of all) {
    node.tabIndex = node === current ? 0 : -1;
    node.dataset.roved = "1";
  }
}

/** Make an element a toolbar. */
export function makeToolbar(bar) {
  bar.setAttribute("role", "toolbar");
  bar.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const all = buttons(bar);
    const at = all.indexOf(document.activeElement);
    let to;
    if (event.key in STEPS) to = (at + STEPS[event.key] + all.length) % all.length;
    else if (event.key === "Home") to = 0;
    else if (event.key === "End") to = all.length - 1;
    else return;
    event.preventDefault();
    all[to]?.focus();
  });
  bar.addEventListener("focusin", () => rove(bar));
}
