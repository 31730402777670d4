/* Shortcuts of one key, for those who read many answers. They can be switched off (WCAG 2.1.4) and never act while someone types. */
(function () {
  "use strict";
  const KEY = "bufgraph.keys.1";
  const dialog = document.getElementById("keys");
  const box = document.getElementById("keys-on");
  const said = document.getElementById("said");
  let on = true;
  try { on = localStorage.getItem(KEY) !== "off"; } catch { /* storage is denied */ }

  function cards() { return Array.from(document.querySelectorAll(".solution")); }

  function current() {
    const here = document.activeElement && document.activeElement.closest(".solution");
    return here ? cards().indexOf(here) : -1;
  }

  function go(step) {
    const all = cards();
    const next = all[Math.min(Math.max(current() + step, 0), all.length - 1)];
    const link = next && next.querySelector("h3 a");
    if (!link) return;
    link.focus({ preventScroll: true });
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    next.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  }

  function search() {
    const field = document.getElementById("q");
    if (!field) return false;
    const folded = field.closest("details");
    if (folded) folded.open = true;
    field.focus();
    field.select();
    return true;
  }

  function pick() {
    const card = cards()[current()];
    const button = card && card.querySelector("[data-pick]");
    if (button) button.click();
  }

  function isTyping(element) {
    return element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || (dialog && dialog.open)) return;
    if (event.key === "?" && dialog) { event.preventDefault(); dialog.showModal(); return; }
    if (!on) return;
    if (event.key === "/" && search()) event.preventDefault();
    else if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "s") pick();
  });

  if (box) {
    box.checked = on;
    box.addEventListener("change", () => {
      on = box.checked;
      try { localStorage.setItem(KEY, on ? "on" : "off"); } catch { /* it lasts as long as the page */ }
      if (said) said.textContent = on ? dialog.dataset.on : dialog.dataset.off;
    });
  }
})();
