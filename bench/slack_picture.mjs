// Draws docs/slack-cards.png from the snapshots. The tests do not need it.
//
//   npm install --prefix /tmp/picture slack-blocks-to-jsx react react-dom
//   NODE_PATH=/tmp/picture/node_modules node bench/slack_picture.mjs > /tmp/picture/cards.html
//   chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1240,1185 \
//     --screenshot=docs/slack-cards.png /tmp/picture/cards.html

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const find = createRequire(`${process.env.NODE_PATH}/`);
const { createElement } = find("react");
const { renderToStaticMarkup } = find("react-dom/server");
const { Message } = find("slack-blocks-to-jsx");
const style = readFileSync(find.resolve("slack-blocks-to-jsx/dist/style.css"), "utf8");

const columns = [
  [
    ["An incoming call", "card_incoming"],
    ["The same card, once it is answered", "card_connected"],
    ["With another call on hold", "card_connected_with_another_on_hold"],
    ["A call on hold", "card_on_hold"],
    ["A call at its end", "card_ended"],
    ["A missed call", "card_missed"],
    ["A question", "question_which_john"],
  ],
  [
    ["The form to transfer a call", "form_transfer"],
    ["The App Home", "home"],
  ],
];

// The renderer shows a menu's hint instead of what is chosen, and a box for several lines.
function chosen(block) {
  const menu = block.accessory;
  if (menu?.type === "static_select") menu.placeholder = menu.initial_option.text;
  return block;
}

function tidied(html) {
  return html.replaceAll(/Requires external data source|↵?\s*Please &#x27;enter&#x27; to submit/g, "");
}

function drawn([title, name]) {
  const path = new URL(`../tests/adapters/slack/snapshots/${name}.json`, import.meta.url);
  const { blocks, title: above, submit, close } = JSON.parse(readFileSync(path, "utf8"));
  blocks.forEach(chosen);
  const message = createElement(Message, {
    blocks,
    logo: "",
    name: "",
    time: new Date(0),
    withoutWrapper: true,
  });
  const head = above ? `<h3>${above.text}</h3>` : "";
  const foot = submit ? `<p class="foot"><b>${close.text}</b> <b class="submit">${submit.text}</b></p>` : "";
  const card = head + tidied(renderToStaticMarkup(message)) + foot;
  return `<h2>${title}</h2><div class="card">${card}</div>`;
}

const body = columns
  .map((column) => `<div class="column">${column.map(drawn).join("\n")}</div>`)
  .join("\n");

process.stdout.write(`<!doctype html><html lang="en"><meta charset="utf-8"><style>${style}
body { margin: 0; padding: 20px; display: flex; gap: 28px; background: #fff;
  font: 15px/1.46 "Noto Sans", Lato, sans-serif; color: #1d1c1d; }
.column { width: 586px; }
h2 { font-size: 13px; font-weight: 600; color: #616061; margin: 0 0 4px; }
h3 { font-size: 18px; margin: 0 0 8px; }
.card { border: 1px solid #ddd; border-radius: 8px; padding: 4px 14px; margin: 0 0 14px; }
textarea { height: 36px !important; min-height: 0 !important; resize: none !important; }
.foot { text-align: right; font-size: 13px; margin: 0 0 8px; }
.foot b { border: 1px solid #bbb; border-radius: 4px; padding: 6px 12px; display: inline-block; }
.foot .submit { background: #007a5a; border-color: #007a5a; color: #fff; }
</style><body>${body}</body></html>`);
