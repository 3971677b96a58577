// What happened, in sentences, newest at the end; it stays scrolled down unless one reads back.

import { find, h, setHidden } from "../dom.js";
import { timeOfDay } from "../format.js";
import { t } from "../i18n.js";

const KEPT = 400;

function atEnd(list) {
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

// Lines of muted players are folded away; the newest of each stays, with the way to hear them again.
export class Chat {
  constructor({ onSay, onUnread, onMute, isMuted }) {
    this.list = find("#chat");
    this.form = find("#chat-form");
    Object.assign(this, { onUnread, onMute, isMuted });
    this.list.append(h("li.empty", {}, t("chat.empty")));
    this.form?.addEventListener("submit", (event) => this.#submit(event, onSay));
  }

  // `canMute`: somebody else's line, read by somebody with an account.
  say(event, { mine, canMute }) {
    const { user_id: userId, nickname } = event;
    const button = canMute && h("button.mute", { type: "button", onclick: () => this.onMute(userId, !this.isMuted(userId)) });
    const time = h("time", {}, timeOfDay(event.at_ms));
    const line = h(mine ? "li.is-mine" : "li", { "data-user": userId, "data-name": nickname },
      h("b", {}, nickname), time, button || null, h("span", {}, event.text));
    append(this.list, line);
    this.#fold(userId);
    if (!this.isMuted(userId)) this.onUnread();
  }

  update(table) {
    if (this.form) setHidden(this.form, !table.view.config.chat);
  }

  // The list of muted players has changed.
  foldAll() {
    new Set([...this.list.querySelectorAll("[data-user]")].map((line) => Number(line.dataset.user)))
      .forEach((userId) => this.#fold(userId));
  }

  #fold(userId) {
    const muted = this.isMuted(userId);
    const lines = [...this.list.querySelectorAll(`[data-user="${userId}"]`)];
    for (const line of lines) {
      line.classList.toggle("is-muted", muted);
      setHidden(line, muted && line !== lines.at(-1));
      const button = find("button", line);
      if (!button) continue;
      button.textContent = t(muted ? "chat.unmute" : "chat.mute");
      button.setAttribute("aria-label", t(muted ? "chat.unmute_label" : "chat.mute_label", { name: line.dataset.name }));
    }
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
