"""The message catalogues say everything that the sources say, in every language of the interface."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from jinja2 import Environment

from bufgraph.localisation import extraction
from bufgraph.localisation.extraction import (
    ExtractionError,
    catalogue,
    extract,
    source_files,
    untranslated,
    updated,
)
from bufgraph.localisation.tongue import INTERFACE_LANGUAGES, Tongue
from bufgraph_api.pages import rendering

OTHERS = INTERFACE_LANGUAGES[1:]
PERCENT = re.compile(r"%\((\w+)\)s|%%")
SPOKEN_ATTRIBUTES = ("alt", "aria-label", "aria-roledescription", "placeholder", "title")
DESCRIPTIONS = ("description", "og:title", "og:description", "twitter:title", "twitter:description")
NAMES = re.compile(
    r"\b(?:bufgraph|API|SPARQL|OpenAPI|RDF|SHACL|SKOS|OWL|JSON|JSON-LD|Turtle|N-Quads|N-Triples|TriG|CSV|TSV|XML|PDF|Word|Markdown|BibTeX|IRI|URL"
    r"|GitHub|Zenodo|CC BY 4\.0|Apache-2\.0|HTTP|GET|POST|HTML|Atom|RSS|km²?|EUR|nDCG(?:@10)?|MRR|(?:Recall|Success|R)@\d+|ISO|SHA-256|DataCite|[\w-]+\.(?:json|txt|cff|atom)|[kMG]?B|ms|Natural Earth|q|id|en)\b"
)
"""What is written the same in every language."""


@pytest.fixture(scope="module")
def template() -> Catalog:
    return extract()


def keys(entry: Message) -> tuple[str, ...]:
    return (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)


def texts(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def placeholders(text: str) -> set[str]:
    """Return what a text leaves open: ``%(name)s`` of templates, else ``{name:format}`` of phrases."""
    percent = {name for name in PERCENT.findall(text) if name}
    if percent:
        return percent
    return {f"{name}:{form}" for _, name, form, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_sources_is_translated(template: Catalog, language: str) -> None:
    known = catalogue(language)
    missing = [keys(entry)[0] for entry in template if entry.id and entry.id not in known]
    assert missing == [], "make messages"
    open_ = set(untranslated(known))
    assert [keys(entry)[0] for entry in template if entry.id and keys(entry)[0] in open_] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_leaves_open_what_the_text_leaves_open(template: Catalog, language: str) -> None:
    wrong = []
    for entry in catalogue(language):
        if not entry.id or entry.id not in template:
            continue
        # A plural form may leave the number out ("one city"), but only that.
        wanted = set().union(*map(placeholders, keys(entry)))
        optional = {"n", "n:", "n:,"} if len(keys(entry)) > 1 else set()
        for text in filter(None, texts(entry)):
            found = placeholders(text)
            if found - wanted or wanted - found - optional:
                wrong.append((keys(entry)[0], text, found ^ wanted))
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_begins_and_ends_as_the_text_does(template: Catalog, language: str) -> None:
    """White space and the final colon hold a text in its place; a missing one glues words together."""
    wrong = [
        (keys(entry)[-1], text)
        for entry in catalogue(language)
        if entry.id and entry.id in template
        for text in texts(entry)
        if text and edges(text) != edges(keys(entry)[-1])
    ]
    assert wrong == []


def edges(text: str) -> tuple[bool, bool, bool]:
    return text[:1].isspace(), text[-1:].isspace(), text.rstrip("\N{NO-BREAK SPACE} ")[-1:] == ":"


@pytest.mark.parametrize("language", OTHERS)
def test_every_plural_form_of_the_language_is_there(template: Catalog, language: str) -> None:
    known = catalogue(language)
    assert known.plural_expr == Catalog(locale=language).plural_expr
    wrong = [
        keys(entry)[0]
        for entry in known
        if entry.id in template
        and len(keys(entry)) > 1
        and texts(entry)
        and len(texts(entry)) != known.num_plurals
    ]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_is_written_as_the_extraction_writes_it(template: Catalog, language: str) -> None:
    path = extraction.LOCALES / f"{language}.po"
    assert path.read_bytes() == updated(catalogue(language), template), "make messages"


def test_every_text_of_a_template_can_be_filled_in(template: Catalog) -> None:
    """Jinja writes the values in with ``%``: a percent sign of the text itself is written twice."""
    wrong = [
        (text, entry.locations)
        for entry in template
        if entry.id and any(path.endswith((".html", ".xml")) for path, _ in entry.locations)
        for text in keys(entry)
        if "%" in PERCENT.sub("", text)
    ]
    assert wrong == []


def test_every_text_of_a_phrase_can_be_filled_in(template: Catalog) -> None:
    for entry in template:
        if entry.id and any(path.endswith(".py") for path, _ in entry.locations):
            for text in keys(entry):
                assert all(name != "" for _, name, _, _ in Formatter().parse(text)), (
                    f"a nameless place in {text!r}"
                )


def pages_environment() -> Environment:
    return rendering._environment(Tongue("en"), "")


def template_files() -> list[Path]:
    return [path for path in source_files() if path.parent.name == "templates" and path.suffix == ".html"]


def test_the_extraction_reads_templates_as_the_pages_do(template: Catalog) -> None:
    """Else a text of more than one line has another key in the catalogue than on the page."""
    environment: Any = pages_environment()  # Any: the method comes with Jinja's extension
    known = {keys(entry) for entry in template}
    for path in template_files():
        for _, name, text in environment.extract_translations(path.read_text(encoding="utf-8")):
            if name in extraction.KEYWORDS:
                wanted = tuple(text) if isinstance(text, tuple) else (text,)
                literal = tuple(part for part in wanted if part)
                assert literal in known or any(literal == key[:1] for key in known), (path.name, literal)


class Readable(HTMLParser):
    """Collects what a person reads in a page, but for elements that say that they are English or code."""

    SILENT = frozenset({"code", "pre", "script", "style", "kbd", "samp"})
    EMPTY = frozenset({"img", "br", "hr", "input", "meta", "link", "col", "source", "wbr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.silent: list[bool] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = tag in self.SILENT or given.get("lang") == "en" or (bool(self.silent) and self.silent[-1])
        if not silent:
            spoken = (
                {"content"}
                if (given.get("name") or given.get("property")) in DESCRIPTIONS
                else SPOKEN_ATTRIBUTES
            )
            self.found += [value for name, value in attrs if value and name in spoken]
        if tag not in self.EMPTY:
            self.silent.append(silent)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY and self.silent:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not (self.silent and self.silent[-1]):
            self.found.append(data)


def unmarked(source: str) -> Iterator[str]:
    """Find words that stand in a template as they are, outside of ``_()`` and ``{% trans %}``."""
    text = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    text = re.sub(r"\{%-?\s*trans\b.*?\bendtrans\s*-?%\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}", "", text, flags=re.DOTALL)
    text = text.replace("{{ en }}", ' lang="en"').replace("{{en}}", ' lang="en"')
    text = text.replace("<{{", "<x{{")  # an element whose name is chosen
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.DOTALL)
    reader = Readable()
    reader.feed(text)
    for piece in reader.found:
        if re.search(r"[A-Za-z]{2,}", NAMES.sub("", piece)) and not piece.strip().startswith(
            ("http", "/", "#")
        ):
            yield " ".join(piece.split())


@pytest.mark.parametrize("path", template_files(), ids=lambda path: path.name)
def test_no_template_speaks_english_only(path: Path) -> None:
    assert list(unmarked(path.read_text(encoding="utf-8"))) == []


# The extraction itself.


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "bufgraph").mkdir()
    (tmp_path / "api" / "bufgraph_api" / "templates").mkdir(parents=True)
    return tmp_path


def found_in(checkout: Path, python: str = "", page: str = "") -> list[tuple[str, ...]]:
    (checkout / "bufgraph" / "a.py").write_text(python, encoding="utf-8")
    (checkout / "api" / "bufgraph_api" / "templates" / "a.html").write_text(page, encoding="utf-8")
    return sorted(keys(entry) for entry in extract(checkout) if entry.id)


def test_a_text_is_found_however_deep_it_is_nested(checkout: Path) -> None:
    source = 'x = phrase("Out {x}", x=Listing([phrase("In {n}", n=counted("{n} city", "{n} cities", 4)), message("a " "b")]))'
    assert found_in(checkout, source) == [("In {n}",), ("Out {x}",), ("a b",), ("{n} city", "{n} cities")]


def test_both_branches_of_a_condition_are_found(checkout: Path) -> None:
    assert found_in(checkout, 'x = phrase("Fits" if y else "Does not fit")') == [("Does not fit",), ("Fits",)]


def test_a_text_held_in_a_variable_is_left_to_where_it_is_marked(checkout: Path) -> None:
    assert found_in(checkout, 'A = message("Marked")\nx = phrase(A)', "{{ _(word) }}") == [("Marked",)]


@pytest.mark.parametrize("source", ['phrase(f"{x} cities")', 'message("a" + b)', 'counted(f"{n} a", "b", 2)'])
def test_a_text_put_together_at_run_time_is_refused_with_file_and_line(checkout: Path, source: str) -> None:
    with pytest.raises(ExtractionError, match=r"bufgraph/a\.py: .* line 2"):
        found_in(checkout, f"\n{source}")


@pytest.mark.parametrize("page", ['{{ _("a" if b else "c") }}', '{{ _("a" ~ b) }}', '{{ _("a" + b) }}'])
def test_a_text_put_together_in_a_template_is_refused(checkout: Path, page: str) -> None:
    with pytest.raises(ExtractionError, match=r"templates/a\.html: .* line 1"):
        found_in(checkout, page=page)


def test_blocks_of_templates_are_found_in_one_line_with_their_plural(checkout: Path) -> None:
    page = "{% trans n=x %}\n  {{ n }} city,\n  big\n{% pluralize %}{{ n }} cities{% endtrans %}{% trans %}50% of all{% endtrans %}"
    assert found_in(checkout, page=page) == [("%(n)s city, big", "%(n)s cities"), ("50%% of all",)]


def test_a_translation_stays_while_its_text_is_gone_and_returns_with_it(
    checkout: Path, tmp_path: Path
) -> None:
    found_in(checkout, 'message("Find answers")')
    template = extract(checkout)
    known = Catalog(locale="lv")
    known.update(template)
    known["Find answers"].string = "Atrast atbildes"
    first = updated(known, template)
    (tmp_path / "lv.po").write_bytes(updated(known, Catalog()))
    without = catalogue("lv", tmp_path)
    assert "Find answers" not in without
    assert updated(without, template) == first


def test_a_new_text_is_no_doubtful_translation(checkout: Path) -> None:
    found_in(checkout, 'counted("{n} city", "{n} cities", 2)')
    known = Catalog(locale="pl")
    assert "fuzzy" not in updated(known, extract(checkout)).decode()
    assert untranslated(known) == ["{n} city"]
