// How amounts, cards and times are written.

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const SUITS = { s: "spades", h: "hearts", d: "diamonds", c: "clubs" };
const GLYPHS = { s: "♠", h: "♥", d: "♦", c: "♣" };

export function won(amountKrw) {
  return (amountKrw < 0 ? "−₩" : "₩") + grouped.format(Math.abs(amountKrw));
}

export function signedWon(amountKrw) {
  return amountKrw > 0 ? `+${won(amountKrw)}` : won(amountKrw);
}

// "Td" → {rank: "10", suit: "diamonds"}
export function cardParts(card) {
  return { rank: card[0] === "T" ? "10" : card[0], suit: SUITS[card[1]] };
}

// ["As", "Td"] → "A♠ 10♦"
export function cardsText(cards) {
  return cards.map((card) => cardParts(card).rank + GLYPHS[card[1]]).join(" ");
}

export function seconds(ms) {
  return Math.max(0, Math.ceil(ms / 1000));
}

export function timeOfDay(ms) {
  return new Date(ms).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
}

// 65 000 → "1:05"
export function minutes(ms) {
  const left = seconds(ms);
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}
