// The page's language: texts come from the server's translations (tables/texts.py).

import { readData } from "./dom.js";

let texts = null;

function dictionary() {
  texts ??= readData("texts");
  return texts;
}

// t("log.raised", {name: "Ann"}): the translated sentence with {name} filled in.
export function t(key, values = {}) {
  const text = dictionary()[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// A refusal in words: ours by its code, else the server's, else the code itself.
export function errorText(code, message) {
  return dictionary()[`error.${code}`] ?? message ?? code;
}
