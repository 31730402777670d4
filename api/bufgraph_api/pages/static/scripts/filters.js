/* Filters, order and chips without loading the whole page again: the same address is fetched and its results are put in place. */
(function () {
  "use strict";
  const said = document.getElementById("said");
  let running = null;
  if (!document.getElementById("results")) return;

  function place() { return document.getElementById("results"); }

  function addressOf(form) {
    const url = new URL(form.action);
    const fields = new URLSearchParams();
    new FormData(form).forEach((value, name) => { if (value !== "") fields.append(name, value); });
    url.search = fields.toString();
    return url.href;
  }

  /* Where the reader is, in words that the new page knows too. */
  function focusNow() {
    const here = document.activeElement;
    return here && place().contains(here) ? here.id || "" : null;
  }

  function focusAgain(id) {
    if (id === null) return;
    const target = (id && document.getElementById(id)) || document.getElementById("count");
    if (target) target.focus({ preventScroll: true });
  }

  async function show(address, push) {
    if (running) running.abort();
    const mine = running = new AbortController();
    const focus = focusNow();
    const open = Array.from(place().querySelectorAll("details[id][open]"), (d) => d.id);
    place().setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: mine.signal, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("results");
      if (!fresh || page.documentElement.lang !== document.documentElement.lang) throw new Error("another page");
      place().replaceWith(document.adoptNode(fresh));
      page.querySelectorAll("[data-carry]").forEach((kept) => {
        const old = document.querySelector('[data-carry="' + kept.dataset.carry + '"]');
        if (old) old.replaceWith(document.adoptNode(kept));
      });
      open.forEach((id) => { const d = document.getElementById(id); if (d) d.open = true; });
      document.title = page.title;
      if (push) history.pushState({ live: true }, "", address);
      shown = here();
      prepare();
      focusAgain(focus);
      const count = document.getElementById("count");
      if (said && count) said.textContent = count.textContent;
      document.dispatchEvent(new CustomEvent("bufgraph:shown"));
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
    } finally {
      if (running === mine) running = null;
      place().removeAttribute("aria-busy");
    }
  }

  function prepare() {
    place().querySelectorAll("[data-apply]").forEach((button) => { button.hidden = true; });
  }

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.matches("form[data-live]")) show(addressOf(form), true);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-live]")) {
      event.preventDefault();
      show(addressOf(event.target), true);
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-live]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      show(link.href, true);
    }
  });
  /* A jump within the page, as to #main, is told as a step back too; only another page or question is fetched. */
  function here() { return location.pathname + location.search; }
  let shown = here();
  window.addEventListener("popstate", () => {
    if (here() === shown) return;
    shown = here();
    if (place() && location.pathname.endsWith("/search")) show(location.href, false);
  });
  prepare();
})();
