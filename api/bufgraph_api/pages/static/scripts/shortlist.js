/* The shortlist: kept in this browser, so that buttons work at once and every page knows it. Without it, links do the same by address. */
(function () {
  "use strict";
  const KEY = "bufgraph.shortlist.1";
  const MOST = 5;
  const said = document.getElementById("said");

  function load() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      if (kept && Array.isArray(kept.picks)) {
        return { picks: kept.picks.filter((p) => typeof p === "string").slice(0, MOST), query: String(kept.query || "") };
      }
    } catch { /* no storage, or not ours */ }
    return { picks: [], query: "" };
  }

  let list = load();
  function save() {
    try { localStorage.setItem(KEY, JSON.stringify(list)); } catch { /* storage is denied: it lasts as long as the page */ }
  }

  function address(base) {
    const query = new URLSearchParams(list.query);
    list.picks.forEach((slug) => query.append("pick", slug));
    const text = query.toString();
    return text ? base + "?" + text : base;
  }

  function say(template, title) {
    if (!said || !template) return;
    said.textContent = template.replace("{title}", title || "").replace("{n}", list.picks.length).replace("{most}", MOST);
  }

  /* The address of the page keeps pace, so that "reload" and "back" bring nothing back that was taken off. */
  function mendAddress() {
    const url = new URL(location.href);
    if (!url.searchParams.has("pick")) return;
    url.searchParams.delete("pick");
    list.picks.forEach((slug) => url.searchParams.append("pick", slug));
    history.replaceState(history.state, "", url);
  }

  function show(root) {
    (root || document).querySelectorAll("[data-pick]").forEach((button) => {
      const on = list.picks.includes(button.dataset.pick);
      button.setAttribute("role", "button");
      button.setAttribute("aria-pressed", String(on));
      button.classList.toggle("picked", on);
      button.classList.toggle("secondary", !on);
      const hidden = button.querySelector(".hidden");
      button.firstChild.nodeValue = on ? button.dataset.remove : button.dataset.add;
      if (hidden) hidden.textContent = ": " + button.dataset.title;
    });
    document.querySelectorAll("[data-count]").forEach((count) => {
      count.textContent = list.picks.length ? String(list.picks.length) : "";
      count.hidden = !list.picks.length;
    });
    document.querySelectorAll("[data-address]").forEach((link) => { link.href = address(link.dataset.address); });
    document.querySelectorAll("[data-picked]").forEach((bar) => { bar.hidden = !list.picks.length; });
  }

  function toggle(button) {
    const slug = button.dataset.pick;
    const words = said ? said.dataset : {};
    if (list.picks.includes(slug)) {
      list.picks = list.picks.filter((p) => p !== slug);
      say(words.removed, button.dataset.title);
    } else if (list.picks.length >= MOST) {
      say(words.full, button.dataset.title);
      if (said) said.classList.remove("hidden");
      return;
    } else {
      list.picks = [...list.picks, slug];
      say(words.added, button.dataset.title);
    }
    if (said) said.classList.add("hidden");
    save();
    mendAddress();
    show();
  }

  /* What the page was asked for: the need and the city go with the shortlist to the brief. */
  function remember() {
    const page = document.querySelector("[data-q]");
    if (!page) return;
    const query = new URLSearchParams();
    if (page.dataset.q) query.set("q", page.dataset.q);
    if (page.dataset.city) query.set("city", page.dataset.city);
    (page.dataset.facts || "").split(" ").filter(Boolean).forEach((fact) => query.append("fact", fact));
    list.query = query.toString();
  }

  function start() {
    const here = new URLSearchParams(location.search).getAll("pick");
    const gone = Array.from(document.querySelectorAll("[data-stale]"), (e) => e.dataset.stale);
    const empty = document.querySelector("[data-empty-shortlist]");
    remember();
    const wanted = here.length ? [...here, ...list.picks] : list.picks;
    list.picks = [...new Set(wanted)].filter((slug) => !gone.includes(slug)).slice(0, MOST);
    save();
    if (empty && !here.length && list.picks.length) {
      location.replace(address(empty.dataset.emptyShortlist));
      return;
    }
    show();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick]");
    if (button && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      toggle(button);
    }
    const off = event.target.closest("[data-unpick]");
    if (off) {
      list.picks = list.picks.filter((slug) => slug !== off.dataset.unpick);
      save();
    }
  });
  document.addEventListener("keydown", (event) => {
    const button = event.target.closest && event.target.closest("[data-pick]");
    if (button && event.key === " ") {
      event.preventDefault();
      toggle(button);
    }
  });
  document.addEventListener("bufgraph:shown", () => { remember(); save(); show(); });
  window.addEventListener("storage", (event) => { if (event.key === KEY) { list = load(); show(); } });
  window.addEventListener("pageshow", (event) => { if (event.persisted) { list = load(); show(); } });
  start();
})();
