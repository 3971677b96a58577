// Whom this player does not want to read: the server keeps the list, the page heeds it.

const ADDRESS = "/api/v1/mutes/";

const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";

export class Mutes extends EventTarget {
  #muted = new Set();

  // Asks for the list; without an answer everybody is heard.
  async load() {
    try {
      const answer = await fetch(ADDRESS, { headers: { Accept: "application/json" } });
      if (answer.ok) this.#become(new Set((await answer.json()).map((one) => one.user_id)));
    } catch {
      // The next page load asks again.
    }
  }

  has(userId) {
    return this.#muted.has(userId);
  }

  // Resolves with whether the server did it.
  async set(userId, muted) {
    const headers = { "X-CSRFToken": csrfToken(), "Content-Type": "application/json" };
    const [path, method] = muted ? [ADDRESS, "POST"] : [`${ADDRESS}${userId}/`, "DELETE"];
    try {
      const answer = await fetch(path, { method, headers, body: muted ? JSON.stringify({ user_id: userId }) : null });
      if (!answer.ok) return false;
    } catch {
      return false;
    }
    const next = new Set(this.#muted);
    if (muted) next.add(userId);
    else next.delete(userId);
    this.#become(next);
    return true;
  }

  #become(muted) {
    this.#muted = muted;
    this.dispatchEvent(new Event("change"));
  }
}
