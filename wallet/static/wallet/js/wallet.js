// What the wallet's pages do beyond their forms: copy an address, count an offer down, send a form
// once, and look again while something is under way.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    const text = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = text; }, 2000);
  });
}

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => { form.querySelector("button").disabled = true; });
}

for (const offer of document.querySelectorAll("[data-expires]")) {
  const end = Date.parse(offer.dataset.expires);
  const left = offer.querySelector("[data-left]");
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    left.textContent = `${seconds} s`;
    if (seconds > 0) { setTimeout(tick, 250); return; }
    offer.textContent = offer.dataset.over;
    const form = offer.nextElementSibling;
    if (form) form.hidden = true;
  };
  tick();
}

// Only what is marked is replaced, so that nobody loses what they are typing.
const fresh = async () => {
  const marked = [...document.querySelectorAll("[data-refresh]")];
  if (!marked.length) return;
  setTimeout(fresh, Number(marked[0].dataset.refresh) * 1000);
  if (document.hidden) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const title = page.querySelector(".wallet h1");
  if (title) document.querySelector(".wallet h1").replaceWith(document.importNode(title, true));
  const selector = ".movements, .wallet-columns[data-refresh], .balances, .site-header .balance";
  const old = [...document.querySelectorAll(selector)];
  const now = [...page.querySelectorAll(selector)];
  if (old.length !== now.length) { location.reload(); return; }
  old.forEach((node, index) => {
    if (node.isConnected) node.replaceWith(document.importNode(now[index], true));
  });
};
const first = document.querySelector("[data-refresh]");
if (first) setTimeout(fresh, Number(first.dataset.refresh) * 1000);
