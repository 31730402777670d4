// The query page with an editor: Yasqe writes and asks, Yasr shows. Without this file the form works by itself.
(() => {
  "use strict";
  const form = document.getElementById("ask");
  const written = document.getElementById("query");
  const [holder, answer, said, run, share] = ["editor", "answer", "said", "run", "share"].map((id) => document.getElementById(id));
  const words = form.dataset; // all texts, in the language of the page
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const prefixes = JSON.parse(words.prefixes);
  const HERE = "https://w3id.org/bufgraph/"; // identifiers whose paths this server answers too
  const TERMS = `PREFIX owl: <${prefixes.owl}> PREFIX rdfs: <${prefixes.rdfs}>
    SELECT DISTINCT ?term ?kind WHERE { ?term a ?kind . VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty } FILTER(isIRI(?term)) } ORDER BY ?term`;

  // Completion knows our prefixes and our ontology, and asks no other host.
  let terms;
  const askTerms = async () => {
    const answer = await fetch("/sparql", { method: "POST", body: TERMS, headers: { "Content-Type": "application/sparql-query", Accept: "application/sparql-results+json" } });
    return answer.ok ? (await answer.json()).results.bindings : [];
  };
  const termsOf = (isWanted) => async (yasqe, token) => {
    terms ??= askTerms();
    return (await terms).filter((row) => isWanted(row.kind.value)).map((row) => row.term.value).filter((iri) => iri.startsWith(token.autocompletionString));
  };
  const declarations = Object.entries(prefixes).map(([name, iri]) => `${name}: <${iri}>`);
  Yasqe.forkAutocompleter("prefixes", { name: "known-prefixes", persistenceId: null, get: () => declarations }, false);
  Yasqe.forkAutocompleter("class", { name: "classes", persistenceId: null, get: termsOf((kind) => kind.endsWith("#Class")) }, false);
  Yasqe.forkAutocompleter("property", { name: "properties", persistenceId: null, get: termsOf((kind) => kind.endsWith("Property")) }, false);

  Yasqe.defaults.autocompleters = []; // the stock ones ask other hosts
  const yasqe = new Yasqe(holder, {
    value: written.value,
    autocompleters: ["known-prefixes", "classes", "properties", "variables"],
    persistenceId: null, // queries and answers are not kept in the browser
    createShareableLink: null,
    consumeShareLink: null,
    showQueryButton: false,
    editorHeight: "19rem",
    screenReaderLabel: words.editor,
    extraKeys: { Tab: false, "Shift-Tab": false }, // the keyboard must get out again
    requestConfig: { endpoint: "/sparql", method: "POST", acceptHeaderGraph: "text/turtle", acceptHeaderSelect: "application/sparql-results+json" },
  });
  const yasr = new Yasr(answer, {
    persistenceId: null,
    prefixes,
    pluginOrder: ["table", "chart", "map", "response"],
    plugins: { table: { dynamicConfig: { compact: true } } },
    errorRenderers: [asProblem],
  });
  for (const link of answer.querySelectorAll(".yasr_external_ref_btn")) link.remove(); // leads to another site

  written.hidden = true;
  document.getElementById("query-label").htmlFor = "";
  document.getElementById("query-label").addEventListener("click", () => yasqe.focus());
  document.getElementById("open").textContent = words.open;
  for (const part of [holder, document.getElementById("keys"), document.getElementById("actions")]) part.hidden = false;
  yasqe.refresh();

  let asking = null;
  run.addEventListener("click", () => (asking ? yasqe.abortQuery() : yasqe.query().catch(() => {}))); // shown by queryResponse
  share.addEventListener("click", copyLink);
  yasqe.on("change", () => (written.value = yasqe.getValue()));
  yasqe.on("query", (_, request) => tell(words.asking, request));
  yasqe.on("queryAbort", () => tell(words.stopped, null));
  yasqe.on("queryResponse", (_, response, duration) => {
    if (response.name === "AbortError") return;
    tell("", null);
    answer.hidden = false;
    yasr.once("drawn", () => answer.scrollIntoView({ block: "nearest" }));
    yasr.setResponse(response.content === "" ? new Error(words.empty) : response, duration);
    tell(summary(response, duration), null);
  });
  yasr.on("drawn", () => queueMicrotask(describeControls)); // once Yasr has marked which views fit
  for (const kind of ["click", "auxclick"]) answer.addEventListener(kind, openHere, true);

  function tell(text, request) {
    asking = request;
    said.textContent = text;
    run.textContent = request ? words.stop : words.run;
  }

  function summary(response, duration) {
    if (response instanceof Error) return words.refused;
    const rows = yasr.results.getBindings();
    const seconds = (duration / 1000).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
    return rows ? fill(words.rows, { seconds, rows: rows.length }) : fill(words.answered, { seconds });
  }

  async function copyLink() {
    const address = `${location.pathname}?ask=${encodeURIComponent(yasqe.getValue())}`;
    history.replaceState(null, "", address);
    try {
      await navigator.clipboard.writeText(location.origin + address);
      said.textContent = words.copied;
    } catch {
      said.textContent = words.placed; // the clipboard needs HTTPS or localhost
    }
  }

  async function asProblem(error) {
    let detail = error.text;
    try {
      detail = JSON.parse(error.text).detail ?? detail;
    } catch {
      // not a problem document: shown as it is
    }
    const shown = document.createElement("pre");
    shown.className = "problem";
    shown.textContent = detail || words.silent;
    return shown;
  }

  function describeControls() {
    answer.querySelector(".tableSizer")?.setAttribute("aria-label", words.pageSize);
    for (const button of answer.querySelectorAll(".yasr_btnGroup button")) {
      button.setAttribute("aria-pressed", button.classList.contains("selected"));
      button.disabled = button.classList.contains("disabled");
    }
  }

  function openHere(event) {
    const link = event.target.closest?.("a.iri");
    if (link?.href.startsWith(HERE)) link.href = `/${link.href.slice(HERE.length)}`;
  }
})();
