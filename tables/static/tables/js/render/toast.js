// Short notices at the edge of the page.

import { find, h } from "../dom.js";

const SHOWN_MS = 6_000;

export function toast(text, kind = "info") {
  const root = find("#toasts");
  if ([...root.children].some((element) => element.textContent === text)) return;
  const element = h(`p.toast.toast-${kind}`, {}, text);
  root.append(element);
  setTimeout(() => element.remove(), SHOWN_MS);
}
