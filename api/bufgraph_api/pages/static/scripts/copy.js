/* Buttons that copy the text of a field, or the address of the page where they name no field; hidden where no script runs. */
(function () {
  "use strict";

  async function write(text, field) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch { /* no permission, or a page without https: the older way, which needs a field */
      const lent = field || document.body.appendChild(document.createElement("textarea"));
      if (!field) lent.value = text;
      lent.select();
      const done = document.execCommand("copy");
      if (!field) lent.remove();
      return done;
    }
  }

  function prepare() {
    document.querySelectorAll("button[data-copy]").forEach((button) => { button.hidden = false; });
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const field = button.dataset.copy ? document.getElementById(button.dataset.copy) : null;
    const said = button.parentElement.querySelector("[data-copied]");
    const done = await write(field ? field.value : location.href, field);
    button.focus();
    if (said) said.textContent = done ? said.dataset.copied : "";
  });
  document.addEventListener("bufgraph:shown", prepare);
  prepare();
})();
