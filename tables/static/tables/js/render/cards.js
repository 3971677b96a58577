// Card faces and backs.

import { h } from "../dom.js";
import { cardParts } from "../format.js";
import { t } from "../i18n.js";

// A face for "As", a back for null, an empty place for "".
function cardElement(card) {
  if (card === "") return h("span.card.card-slot", { "aria-hidden": "true" });
  if (card === null) return h("span.card.card-back", { role: "img", "aria-label": t("card_hidden") });
  const { rank, suit } = cardParts(card);
  const label = t("card", { rank, suit: t(`suit.${suit}`) });
  const face = { "aria-hidden": "true" };
  return h(`span.card.card-${suit}`, { role: "img", "aria-label": label, "data-card": card }, h("b", face, rank), h("i", face));
}

// A row of cards that replaces only those that changed, so that new ones are seen to be dealt.
export class CardRow {
  #shown = [];

  constructor(root) {
    this.root = root;
  }

  update(cards) {
    cards.forEach((card, index) => {
      if (index < this.#shown.length && this.#shown[index] === card) return;
      const element = cardElement(card);
      if (card !== "") element.classList.add("card-dealt");
      const old = this.root.children[index];
      if (old) old.replaceWith(element);
      else this.root.append(element);
    });
    while (this.root.children.length > cards.length) this.root.lastChild.remove();
    this.#shown = [...cards];
  }
}
