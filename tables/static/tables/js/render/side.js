// The panel of log and chat: two tabs, and a drawer on small screens.

import { find, setHidden, setText } from "../dom.js";
import { t } from "../i18n.js";
import { markUnread } from "./log.js";

export class Side {
  constructor() {
    this.root = find("#side");
    this.toggle = find("#side-toggle");
    this.tabs = ["#tab-log", "#tab-chat"].map((id) => find(id));
    this.unread = document.querySelectorAll(".unread");
    this.tabs.forEach((tab) => {
      tab.addEventListener("click", () => this.select(tab));
      tab.addEventListener("keydown", (event) => this.#move(event, tab));
    });
    this.toggle.addEventListener("click", () => this.open(!this.root.classList.contains("is-open")));
    find("#side-close").addEventListener("click", () => this.open(false));
    this.root.addEventListener("keydown", (event) => event.key === "Escape" && this.open(false));
  }

  select(chosen) {
    for (const tab of this.tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls"));
      setHidden(panel, tab !== chosen);
      const list = find("ol", panel);
      list.scrollTop = list.scrollHeight;
    }
    if (this.chatIsSeen()) markUnread(this.unread, false);
  }

  // A table without chat shows only the log.
  update(table) {
    const { chat } = table.view.config;
    if (chat === this.chat) return;
    this.chat = chat;
    setHidden(this.tabs[1], !chat);
    setText(find("span", this.toggle), t(chat ? "side.chat" : "side.log"));
    if (!chat) this.select(this.tabs[0]);
  }

  open(open) {
    this.root.classList.toggle("is-open", open);
    this.toggle.setAttribute("aria-expanded", String(open));
    if (open) this.select(this.unread[0].hidden ? this.tabs.find((tab) => tab.tabIndex === 0) : this.tabs[1]);
    else this.toggle.focus();
  }

  chatIsSeen() {
    return this.tabs[1].getAttribute("aria-selected") === "true" && this.root.offsetParent !== null;
  }

  chatArrived() {
    if (!this.chatIsSeen()) markUnread(this.unread, true);
  }

  #move(event, tab) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = this.tabs.find((one) => one !== tab && !one.hidden);
    if (!other) return;
    this.select(other);
    other.focus();
  }
}
