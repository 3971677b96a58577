// What the wallet's pages do beyond their forms: copy an address, count an offer down, send a form
// once, write won in groups of three, and look again for what has come or gone.

document.addEventListener("click", async ({ target }) => {
  const copy = target.closest("[data-copy]");
  if (copy) {
    await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent.trim());
    const text = copy.textContent;
    copy.textContent = copy.dataset.copied;
    setTimeout(() => { copy.textContent = text; }, 2000);
  }
  const fill = target.closest("[data-fill]");
  if (fill) {
    const field = document.getElementById(fill.dataset.fill);
    field.value = grouped(fill.dataset.amount);
    field.focus();
  }
});

document.addEventListener("submit", ({ target }) => {
  if ("once" in target.dataset) target.querySelector("button").disabled = true;
});

// 100000 → 100,000; the server takes both.
const grouped = (text) => text.replace(/[^0-9]/g, "").replace(/^0+(?=[0-9])/, "").replace(/\B(?=([0-9]{3})+$)/g, ",");

for (const field of document.querySelectorAll("input[data-won]")) {
  field.addEventListener("input", () => {
    // Only what can be an amount: the rest stays as it is, for the server to refuse.
    if (!/^[0-9,]*$/.test(field.value)) return;
    const digitsAfter = field.value.slice(field.selectionEnd).replaceAll(",", "").length;
    field.value = grouped(field.value);
    let at = field.value.length;
    for (let left = digitsAfter; left > 0; at -= 1) if (field.value[at - 1] !== ",") left -= 1;
    field.setSelectionRange(at, at);
  });
}

// The seconds are the server's: the clock of this computer may be wrong.
for (const offer of document.querySelectorAll("[data-seconds]")) {
  const end = performance.now() + Number(offer.dataset.seconds) * 1000;
  const left = offer.querySelector("[data-left]");
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    left.textContent = `${seconds} s`;
    if (seconds > 0) { setTimeout(tick, 250); return; }
    offer.textContent = offer.dataset.over;
    const form = offer.nextElementSibling;
    if (form) form.hidden = true;
  };
  tick();
}

// Only what is marked is replaced, so that nobody loses what they are typing.
const live = () => [...document.querySelectorAll("[data-live]")];
const later = () => {
  const waits = live().map((part) => Number(part.dataset.live));
  if (waits.length) setTimeout(look, Math.min(...waits) * 1000);
};
// A form's token is another one in each answer.
const shown = (part) => {
  const copy = part.cloneNode(true);
  for (const token of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) token.remove();
  return copy.outerHTML;
};
const isSelected = (part) => {
  const selection = document.getSelection();
  return selection && !selection.isCollapsed && selection.containsNode(part, true);
};
const controls = (part) => [...part.querySelectorAll("a, button")];
const replace = (part, now) => {
  const focused = controls(part).indexOf(document.activeElement);
  const text = document.activeElement.textContent;
  const fresh = document.importNode(now, true);
  part.replaceWith(fresh);
  // The same control where it is still there, not one that means something else.
  if (focused >= 0) controls(fresh).find((control) => control.textContent === text)?.focus({ preventScroll: true });
};
const look = async () => {
  const answer = document.hidden ? null : await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of [...live(), document.querySelector(".site-header .balance")]) {
      const now = part.id ? page.getElementById(part.id) : page.querySelector(".site-header .balance");
      if (now && shown(now) !== shown(part) && !isSelected(part)) replace(part, now);
    }
  }
  later();
};
later();

document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
