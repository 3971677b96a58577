// What happened, in sentences, newest at the end; it stays scrolled down unless one reads back.

import { find, h, setHidden } from "../dom.js";
import { timeOfDay } from "../format.js";
import { t } from "../i18n.js";

const KEPT = 400;

export function atEnd(list) {
  return list.scrollHeight - list.scrollTop - list.clientHeight < 48;
}

export function append(list, item) {
  const follow = atEnd(list);
  list.querySelector(".empty")?.remove();
  list.append(item);
  while (list.children.length > KEPT) list.firstChild.remove();
  if (follow) list.scrollTop = list.scrollHeight;
}

export class Log {
  constructor() {
    this.list = find("#log");
    this.list.append(h("li.empty", {}, t("log.empty")));
  }

  say(kind, text) {
    append(this.list, h(`li.log-${kind}`, {}, text));
  }
}

export class Chat {
  constructor(onSay, onUnread) {
    this.list = find("#chat");
    this.form = find("#chat-form");
    this.onUnread = onUnread;
    this.list.append(h("li.empty", {}, t("chat.empty")));
    this.form?.addEventListener("submit", (event) => this.#submit(event, onSay));
  }

  say(event, mine) {
    const time = h("time", {}, timeOfDay(event.at_ms));
    append(this.list, h(mine ? "li.is-mine" : "li", {}, h("b", {}, event.nickname), time, h("span", {}, event.text)));
    this.onUnread();
  }

  async #submit(event, onSay) {
    event.preventDefault();
    const field = this.form.elements.text;
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    if (!(await onSay(text)) && !field.value) field.value = text;
  }
}

export function markUnread(marks, unread) {
  marks.forEach((mark) => setHidden(mark, !unread));
}
