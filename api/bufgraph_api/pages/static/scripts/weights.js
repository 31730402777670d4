/* The page of a city: moving a slider brings the list of like cities up to date without a new page. */
(() => {
  "use strict";
  const form = document.getElementById("similar-form");
  const said = document.getElementById("similar-said");
  if (!form || !said || !window.fetch || !window.DOMParser) return;
  const wait = 250; // milliseconds without a further change
  const submit = form.querySelector("button[type=submit]").parentElement;
  const here = new URLSearchParams(location.search);
  let preset = here.get("preset") || "";
  let weighed = !preset && [...here.keys()].some((name) => name.startsWith("weight_"));
  let failed = false;
  let timer = 0;
  let asking = null;

  const sliders = () => form.querySelectorAll("input[type=range]");
  const show = (slider) => {
    const output = form.querySelector(`output[for="${slider.id}"]`);
    output.hidden = false;
    output.textContent = slider.value;
  };

  /* Where the form leads; weights that nobody touched stay out, so that the link is short. */
  const address = () => {
    const url = new URL(form.getAttribute("action"), location.href);
    const fields = [...new FormData(form)].filter(
      ([name, value]) => value && (weighed || !name.startsWith("weight_")),
    );
    if (preset) fields.push(["preset", preset]);
    url.search = new URLSearchParams(fields).toString();
    return url;
  };

  /* Put in the parts of the page that depend on the weights; what is focused, ticked and unfolded stays so. */
  const replace = (page) => {
    const rows = () => [...document.querySelectorAll("#similar-list tbody")];
    const tick = (row) => row.querySelector("input[type=checkbox]");
    const focused = document.activeElement?.dataset.preset;
    const before = new Map(rows().map((row) => [tick(row).id, row]));
    for (const old of document.querySelectorAll("[data-part]")) {
      const fresh = page.getElementById(old.id);
      if (fresh) old.replaceWith(document.adoptNode(fresh));
    }
    for (const row of rows()) {
      const was = before.get(tick(row).id);
      if (!was) continue;
      tick(row).checked = tick(was).checked;
      row.querySelector("details").open = was.querySelector("details").open;
    }
    if (focused) form.querySelector(`[data-preset="${focused}"]`)?.focus();
  };

  const tell = (text, isError) => {
    failed = isError;
    submit.hidden = !isError;
    said.className = isError ? "notice error" : "hidden";
    said.textContent = text;
  };

  const ask = async (url, setsSliders) => {
    clearTimeout(timer);
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    const list = document.getElementById("similar-list");
    list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" }, signal: mine.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.getElementById("similar-list")) throw new Error("not the page of a city");
      if (setsSliders) {
        for (const slider of sliders()) {
          slider.value = page.getElementById(slider.id).getAttribute("value");
          show(slider);
        }
      }
      replace(page);
      history.replaceState(null, "", url);
      tell(document.getElementById("similar-list").dataset.said, false);
    } catch (error) {
      if (error.name === "AbortError") return;
      list.removeAttribute("aria-busy");
      tell(form.dataset.failed, true);
    }
  };

  form.addEventListener("input", (event) => {
    if (event.target.type === "range") {
      show(event.target);
      weighed = true;
      preset = "";
    }
    clearTimeout(timer);
    timer = setTimeout(() => ask(address(), false), wait);
  });
  form.addEventListener("submit", (event) => {
    if (failed) return; // what cannot be fetched can still be opened
    event.preventDefault();
    ask(address(), false);
  });
  form.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-preset]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    weighed = false;
    preset = link.dataset.preset;
    ask(new URL(link.href), true);
  });
  sliders().forEach(show);
  submit.hidden = true;
})();
