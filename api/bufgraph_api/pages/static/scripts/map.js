// Lets the map move: Leaflet over the places of the drawn map, on coastlines of our own. Without this file the drawn map stays.
(() => {
  "use strict";
  const figure = document.getElementById("map");
  if (!figure?.dataset.script) return;
  const words = figure.dataset;
  const drawn = figure.querySelector("svg.drawn");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const UNIT = 0.5; // pixels that a unit of the drawn map takes on a wide screen
  const TARGET = 26; // pixels that a finger needs

  const said = document.createElement("p");
  said.setAttribute("role", "status");
  said.className = "hidden";
  const toggle = document.createElement("button");
  toggle.type = "button";
  toggle.className = "small secondary";
  toggle.textContent = words.move;
  figure.prepend(toggle, said);
  let holder = null;
  toggle.addEventListener("click", () => (holder && !holder.hidden ? rest() : move()));
  // Where a mouse points and data are not scarce the map moves by itself; a finger that scrolls the page shall not be caught by it.
  if (matchMedia("(min-width: 60rem) and (pointer: fine)").matches && !navigator.connection?.saveData) move(false);

  function rest() {
    show(false);
    toggle.focus();
  }

  function show(moving) {
    holder.hidden = !moving;
    drawn.toggleAttribute("hidden", moving);
    toggle.textContent = moving ? words.still : words.move;
  }

  async function move(byHand = true) {
    toggle.disabled = true;
    try {
      if (!holder) await build();
      else show(true);
      if (byHand) holder.focus({ preventScroll: true });
    } catch {
      said.className = "notice";
      said.textContent = words.failed;
      toggle.hidden = true;
      if (holder) show(false);
    }
    toggle.disabled = false;
  }

  async function build() {
    const digests = words.stylesIntegrity.split(" ");
    const styles = words.styles.split(" ").map((href, at) => loaded("link", { rel: "stylesheet", href, integrity: digests[at] }));
    const region = fetch(words.region, { integrity: words.regionIntegrity }).then((answer) => answer.json());
    await Promise.all([loaded("script", { src: words.script, integrity: words.scriptIntegrity }), ...styles]);
    const shapes = await region;
    holder = document.createElement("div");
    holder.className = "moving";
    holder.setAttribute("role", "region");
    holder.setAttribute("aria-label", words.label);
    drawn.before(holder);
    draw(shapes); // before the drawn map is hidden: its signs are measured
    show(true);
  }

  function loaded(name, attributes) {
    return new Promise((resolve, reject) => {
      const element = Object.assign(document.createElement(name), attributes);
      element.addEventListener("load", resolve);
      element.addEventListener("error", reject);
      document.head.append(element);
    });
  }

  function draw(shapes) {
    const L = window.L;
    const map = L.map(holder, {
      zoomControl: false, attributionControl: false, minZoom: 3.5, maxZoom: 9, zoomSnap: 0.25, zoomDelta: 0.75, scrollWheelZoom: false,
      maxBounds: [[44, -10], [73.5, 52]], zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm,
    });
    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    const looks = { land: { className: "land", weight: 1 }, borders: { className: "borders", weight: 1, dashArray: "4 3" } };
    L.geoJSON(shapes, { interactive: false, style: (shape) => looks[shape.properties.kind] }).addTo(map);
    const places = [...drawn.querySelectorAll("[data-at]")].map((place) => marker(L, place).addTo(map));
    const shown = L.latLngBounds(places.map((place) => place.getLatLng()));
    map.fitBounds(places.length ? shown : [[53, 5], [67, 31]], { padding: [20, 20], maxZoom: 7, animate: false });
    map.on("focus", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());
    map.on("popupopen", ({ popup }) => opened(popup));
    holder.addEventListener("keydown", (event) => event.key === "Escape" && map.closePopup());
  }

  function marker(L, place) {
    const [longitude, latitude] = place.dataset.at.split(" ").map(Number);
    const text = place.querySelector("title").textContent;
    const href = place.getAttribute("href");
    const size = Math.max(Number(place.dataset.radius ?? 6) * 2 * UNIT, href ? 12 : 7);
    const icon = L.divIcon({ className: "", iconSize: Array(2).fill(href ? Math.max(size, TARGET) : size), html: shape(place, size) });
    const beneath = href ? -Math.round(size) * 100 : -1e6; // small signs lie on large ones, as on the drawn map
    const made = L.marker([latitude, longitude], { icon, keyboard: Boolean(href), zIndexOffset: beneath });
    made.on("add", () => {
      made.getElement().setAttribute("aria-label", text);
      if (!href) made.getElement().setAttribute("role", "img");
    });
    made.bindTooltip(() => document.createTextNode(text.split(": ")[0]));
    return href ? made.bindPopup(() => content(text, href)) : made;
  }

  /** The sign of a place, taken from the drawn map and set into a picture of its own. */
  function shape(place, size) {
    const sign = place.querySelector("circle, path").cloneNode();
    const box = place.querySelector("circle, path").getBBox();
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    picture.setAttribute("viewBox", `${box.x} ${box.y} ${box.width} ${box.height}`);
    picture.setAttribute("width", size);
    picture.setAttribute("height", size);
    picture.setAttribute("aria-hidden", "true");
    picture.append(sign);
    return picture;
  }

  function content(text, href) {
    const [name, ...rest] = text.split(": ");
    const shown = document.createElement("div");
    const link = Object.assign(document.createElement("a"), { href, textContent: name });
    const about = Object.assign(document.createElement("p"), { textContent: rest.join(": ") });
    shown.append(link, about);
    return shown;
  }

  /** The keyboard goes into an opened popup, and back to its place when it closes. */
  function opened(popup) {
    const element = popup.getElement();
    element.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", words.close);
    element.querySelector("a[href]:not(.leaflet-popup-close-button)")?.focus({ preventScroll: true });
    const source = popup._source; // the marker; Leaflet has no public name for it
    popup.once("remove", () => source?.getElement()?.focus({ preventScroll: true }));
  }
})();
