// Two more views of an answer for Yasr: bars of a number, and places on a map without tiles. Drawn here, loaded from nowhere.
(() => {
  "use strict";
  const said = document.getElementById("ask").dataset; // all texts, in the language of the page
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const MOST_BARS = 60;
  const MOST_NAMES = 30;
  const TAIL = 0.02; // share of the places at either end that does not stretch the map
  const NUMBER = /#(integer|decimal|double|float|int|long|nonNegativeInteger|positiveInteger)$/;
  const LATITUDE = /^(lat|latitude)$/i;
  const LONGITUDE = /^(lon|long|lng|longitude)$/i;
  const POINT = /^(?:<[^>]*>\s*)?POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)$/i;

  const isNumber = (term) => term !== undefined && NUMBER.test(term.datatype ?? "") && Number.isFinite(Number(term.value));
  const words = (term) => (term === undefined ? "" : term.type === "uri" ? decodeURI(term.value).split(/[/#]/).pop() : term.value);

  function make(name, attributes = {}, ...children) {
    const isHtml = ["table", "caption", "thead", "tbody", "tr", "th", "td", "p", "label", "select", "option", "div"].includes(name);
    const element = isHtml ? document.createElement(name) : document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  /** The stretch of numbers to show, with a margin; single far ones do not widen it. */
  function range(numbers) {
    const sorted = [...numbers].sort((a, b) => a - b);
    const cut = Math.floor(sorted.length * TAIL);
    const [low, high] = [sorted[cut], sorted[sorted.length - 1 - cut]];
    const margin = Math.max((high - low) * 0.12, 0.5);
    return [low - margin, high + margin];
  }

  class View {
    constructor(yasr) {
      this.yasr = yasr;
    }
    getIcon() {
      return undefined;
    }
    get rows() {
      return this.yasr.results?.getBindings() ?? [];
    }
    get names() {
      return this.yasr.results?.getVariables() ?? [];
    }
    /** Columns that hold nothing but numbers. */
    get numbers() {
      return this.names.filter((name) => this.rows.some((row) => row[name]) && this.rows.every((row) => row[name] === undefined || isNumber(row[name])));
    }
    labelOf(row, without) {
      return this.names.filter((name) => !without.includes(name)).map((name) => words(row[name])).filter(Boolean).slice(0, 3).join(" · ");
    }
    choice(names, chosen, draw) {
      const select = make("select", {}, ...names.map((name) => make("option", {}, name)));
      select.value = chosen;
      select.addEventListener("change", () => draw(select.value));
      return make("label", { class: "choice" }, `${said.number} `, select);
    }
  }

  class Chart extends View {
    label = said.chart;
    priority = 4;
    canHandleResults() {
      return this.rows.length > 1 && this.numbers.length > 0 && this.names.length > 1;
    }
    draw(_, name = this.numbers[0]) {
      const numbers = this.numbers;
      const rows = this.rows.filter((row) => row[name]).slice(0, MOST_BARS);
      const values = rows.map((row) => Number(row[name].value));
      const low = Math.min(0, ...values);
      const span = Math.max(0, ...values) - low || 1;
      const body = rows.map((row, at) => {
        const from = ((Math.min(0, values[at]) - low) / span) * 100;
        const bar = make("rect", { x: from, width: (Math.abs(values[at]) / span) * 100, height: 10 });
        const drawn = make("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, bar);
        const number = make("td", { class: "n" }, values[at].toLocaleString(document.documentElement.lang, { maximumFractionDigits: 3 }));
        return make("tr", {}, make("th", { scope: "row" }, this.labelOf(row, numbers) || fill(said.row, { n: at + 1 })), make("td", { class: "bar-cell" }, drawn), number);
      });
      const title = rows.length < this.rows.length ? fill(said.some, { name, shown: rows.length, all: this.rows.length }) : name;
      const chart = make("table", { class: "bars" }, make("caption", {}, title), make("tbody", {}, ...body));
      const controls = numbers.length > 1 ? [this.choice(numbers, name, (other) => this.draw(_, other))] : [];
      this.yasr.resultsEl.replaceChildren(make("div", { class: "view" }, ...controls, chart));
    }
  }

  class PlaceMap extends View {
    label = said.map;
    priority = 3;
    /** How to read a place from a row, or undefined where no columns hold one. */
    get reader() {
      const numbers = this.numbers;
      const [latitude, longitude] = [LATITUDE, LONGITUDE].map((pattern) => numbers.find((name) => pattern.test(name)));
      if (latitude && longitude) return { columns: [latitude, longitude], read: (row) => row[latitude] && row[longitude] && [Number(row[longitude].value), Number(row[latitude].value)] };
      const point = this.names.find((name) => this.rows.some((row) => POINT.test(row[name]?.value ?? "")));
      if (point) return { columns: [point], read: (row) => POINT.exec(row[point]?.value ?? "")?.slice(1, 3).map(Number) };
      return undefined;
    }
    canHandleResults() {
      const reader = this.reader;
      return reader !== undefined && this.rows.some((row) => reader.read(row));
    }
    draw(_, chosen) {
      const { columns, read } = this.reader;
      const sizes = this.numbers.filter((name) => !columns.includes(name));
      const name = chosen ?? sizes[0];
      const places = this.rows.map((row) => ({ at: read(row), label: this.labelOf(row, [...columns, ...sizes]), size: name && row[name] ? Number(row[name].value) : 0 })).filter((place) => place.at);
      places.sort((a, b) => b.size - a.size);
      const [[west, east], [south, north]] = [0, 1].map((axis) => range(places.map((place) => place.at[axis])));
      const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180); // a degree of longitude is shorter in the north
      const scale = 900 / ((east - west) * squeeze);
      const x = (longitude) => (longitude - west) * squeeze * scale;
      const y = (latitude) => (north - latitude) * scale;
      const height = y(south);
      const largest = Math.max(...places.map((place) => place.size), 0) || 1;
      const lines = [];
      const step = Math.max(east - west, north - south) > 12 ? 5 : 1;
      for (let degree = Math.ceil(west / step) * step; degree < east; degree += step) {
        lines.push(make("path", { d: `M${x(degree)} 0V${height}`, class: "grid" }), make("text", { x: x(degree) + 4, y: height - 6, class: "degree" }, `${Math.abs(degree)}° ${degree < 0 ? "W" : "E"}`));
      }
      for (let degree = Math.ceil(south / step) * step; degree < north; degree += step) {
        lines.push(make("path", { d: `M0 ${y(degree)}H900`, class: "grid" }), make("text", { x: 4, y: y(degree) - 4, class: "degree" }, `${Math.abs(degree)}° ${degree < 0 ? "S" : "N"}`));
      }
      const shown = places.filter(({ at }) => at[0] >= west && at[0] <= east && at[1] >= south && at[1] <= north);
      const marks = shown.map((place) => {
        const radius = name ? 4 + 14 * Math.sqrt(Math.max(place.size, 0) / largest) : 5;
        const text = `${place.label}${name ? `: ${place.size}` : ""}`;
        return make("circle", { cx: x(place.at[0]), cy: y(place.at[1]), r: radius, class: "place" }, make("title", {}, text));
      });
      const texts = [];
      const taken = [];
      for (const place of shown) {
        const [left, top] = [x(place.at[0]) + 10, y(place.at[1]) + 5];
        const right = left + place.label.length * 8;
        if (texts.length === MOST_NAMES || right > 900 || taken.some((box) => left < box.right && right > box.left && Math.abs(top - box.top) < 16)) continue;
        taken.push({ left, right, top });
        texts.push(make("text", { x: left, y: top, class: "name" }, place.label));
      }
      const outside = places.length - shown.length;
      const note = [fill(said.places, { n: shown.length }), name && fill(said.area, { name }), outside && fill(said.far, { n: outside })].filter(Boolean).join(" ");
      const map = make("svg", { viewBox: `0 0 900 ${height}`, role: "img", class: "places", "aria-label": fill(said.mapLabel, { n: shown.length }) }, ...lines, ...marks, ...texts);
      const controls = sizes.length > 1 ? [this.choice(sizes, name, (other) => this.draw(_, other))] : [];
      this.yasr.resultsEl.replaceChildren(make("div", { class: "view" }, ...controls, map, make("p", {}, note)));
    }
  }

  Yasr.registerPlugin("chart", Chart);
  Yasr.registerPlugin("map", PlaceMap);
})();
