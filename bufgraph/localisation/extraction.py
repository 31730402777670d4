"""The message catalogues brought up to date with the sources: ``python -m bufgraph.localisation.extraction``, or ``make messages``.

Every text that is marked for translation, in Python and in templates, becomes an entry of each ``locales/xx.po``. What is translated
already stays. A text that is gone from the sources is kept as an obsolete entry (``#~``), so that its translation returns with it.
"""

import argparse
import ast
import sys
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes
from jinja2.ext import babel_extract

from bufgraph.errors import InvalidInputError
from bufgraph.localisation.tongue import INTERFACE_LANGUAGES, LOCALES

CHECKOUT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("bufgraph", "api/bufgraph_api")
"""Folders of the checkout whose Python files and templates speak to people."""
KEYWORDS: Final[Mapping[str, tuple[int, ...] | None]] = {
    "phrase": None, "message": None, "counted": (1, 2), "_": None, "gettext": None, "ngettext": (1, 2),
}  # fmt: skip
"""Marking function → positions of its messages, from 1; None is the first one."""
TEMPLATE_OPTIONS: Final = {
    "newstyle_gettext": "true",
    "trimmed": "true",
    "silent": "false",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
}
"""How the pages read their templates: a template that is read otherwise has other messages."""
_COMMENT: Final = "translators:"
_HEADER: Final = """\
# Texts of bufgraph in {language}. `make messages` adds the new ones.
msgid ""
msgstr ""
"Project-Id-Version: bufgraph\\n"
"Language: {code}\\n"
"Plural-Forms: nplurals={forms}; plural={rule};\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
Found = tuple[
    int, str, Any, list[str]
]  # Any: a message or several; line, function, messages, comments are Babel's shape


class ExtractionError(InvalidInputError):
    """A marked text cannot be found by reading the source."""


def messages_of_python(
    file: Any, keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Find the marked literals of a Python file; both branches of a conditional count.

    Babel's own reader of tokens loses a call that is nested deeper than one call and joins the branches of a conditional.

    Raises:
        ExtractionError: A marked text is put together at run time.
    """
    source = file.read()
    lines = source.decode().splitlines()
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = _name(call.func)
        if name not in keywords or not call.args:
            continue
        wanted = len(KEYWORDS.get(name) or (1,))
        readings = [_literals(argument) for argument in call.args[:wanted]]
        if any(reading is None for reading in readings):
            raise ExtractionError(f"{name}() in line {call.lineno} needs a literal: no f-string, no '+'")
        comments = _comments(lines, call.lineno)
        if wanted > 1:
            texts = [reading[0] for reading in readings if reading]
            if len(texts) == wanted:
                yield call.lineno, name, tuple(texts), comments
        else:
            yield from ((call.lineno, name, text, comments) for text in readings[0] or ())


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _literals(expression: ast.expr) -> list[str] | None:
    """Return the texts that an expression may be: none where it is a name or the like, None where it puts texts together."""
    if isinstance(expression, ast.Constant):
        return [expression.value] if isinstance(expression.value, str) and expression.value else []
    if isinstance(expression, ast.IfExp):
        first, second = _literals(expression.body), _literals(expression.orelse)
        return None if first is None or second is None else first + second
    return None if isinstance(expression, (ast.JoinedStr, ast.BinOp)) else []


def _comments(lines: list[str], line: int) -> list[str]:
    """Return the note to translators in the line above, if there is one."""
    above = lines[line - 2].strip().removeprefix("#").strip() if line > 1 else ""
    return [above] if above.startswith(_COMMENT) else []


def messages_of_template(
    file: Any, keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Find the marked texts of a Jinja template.

    Raises:
        ExtractionError: A marked text is put together at run time.
        jinja2.TemplateSyntaxError: It is not a template.
    """
    source = file.read()
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for call in environment.parse(source.decode()).find_all(nodes.Call):
        marked = isinstance(call.node, nodes.Name) and call.node.name in keywords
        if marked and call.args and isinstance(call.args[0], (nodes.CondExpr, nodes.BinExpr, nodes.Concat)):
            raise ExtractionError(f"_() in line {call.lineno} needs a literal: no 'if', no '~', no '+'")
    yield from babel_extract(BytesIO(source), list(keywords), list(comment_tags), dict(options))


def source_files(checkout: Path = CHECKOUT) -> list[Path]:
    """Return the Python files and the templates of the packages, in order of their paths."""
    found: list[Path] = []
    for package in PACKAGES:
        found += (checkout / package).rglob("*.py")
        found += (path for path in (checkout / package).rglob("templates/*") if path.is_file())
    return sorted(found)


def extract(checkout: Path = CHECKOUT) -> Catalog:
    """Return all marked texts of the sources, each with the files that it stands in.

    Raises:
        ExtractionError: A file cannot be read; the message names it.
    """
    template = Catalog(project="bufgraph", charset="utf-8")
    for path in source_files(checkout):
        where = path.relative_to(checkout).as_posix()
        # Any: Babel declares the shape that it makes of an answer as the shape of the answer.
        method: Any = messages_of_python if path.suffix == ".py" else messages_of_template
        try:
            found = extract_from_file(method, path, KEYWORDS, (_COMMENT,), TEMPLATE_OPTIONS)
        except Exception as err:  # a parser's own errors, to which the file is added
            raise ExtractionError(f"{where}: {err}", path=where) from err
        for _, text, comments, _ in found:
            template.add(text, None, [(where, 0)], auto_comments=comments)
    return template


def catalogue(code: str, folder: Path = LOCALES) -> Catalog:
    """Return the catalogue of a language, an empty one where there is no file yet."""
    path = folder / f"{code}.po"
    if not path.is_file():
        return Catalog(locale=code, project="bufgraph", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def updated(known: Catalog, template: Catalog, *, keep_obsolete: bool = True) -> bytes:
    """Return the ``.po`` file of a language with the entries of the sources, sorted by text, without line numbers.

    Args:
        known: The catalogue so far; it is changed.
        template: What the sources hold (:func:`extract`).
        keep_obsolete: Keep translations of texts that are gone.
    """
    _revive(known, template)
    known.update(template, no_fuzzy_matching=True, update_creation_date=False)
    for entry in known:
        if entry.id and not _any(entry.string):
            entry.flags.discard("fuzzy")  # Babel doubts an empty plural; it is only new
    for key in [key for key, old in known.obsolete.items() if not (keep_obsolete and _any(old.string))]:
        del known.obsolete[key]
    written = BytesIO()
    # No date, so that nothing changes where no text did; no line is wrapped, so that one changed word is one changed line.
    write_po(
        written,
        known,
        width=0,
        omit_header=True,
        sort_output=True,
        include_lineno=False,
        ignore_obsolete=not keep_obsolete,
    )
    return _header(known).encode() + written.getvalue()


def _header(known: Catalog) -> str:
    language = known.locale.english_name if known.locale else ""
    return _HEADER.format(
        language=language, code=known.locale_identifier, forms=known.num_plurals, rule=known.plural_expr
    )


def _revive(known: Catalog, template: Catalog) -> None:
    """Take back the translations of texts that are there again."""
    for key, old in list(known.obsolete.items()):
        if template.get(old.id) is not None and _any(old.string):
            known[old.id] = Message(old.id, old.string, flags=old.flags, user_comments=old.user_comments)
            del known.obsolete[key]


def untranslated(known: Catalog) -> list[str]:
    """Return the texts that have no translation, or only a doubtful one or one plural form of several."""
    return [_first(entry.id) for entry in known if entry.id and (entry.fuzzy or not _complete(entry.string))]


def _any(translation: Any) -> bool:  # Any: a text, its plural forms or None
    return any(translation) if isinstance(translation, (tuple, list)) else bool(translation)


def _complete(translation: Any) -> bool:
    return all(translation) if isinstance(translation, (tuple, list)) else bool(translation)


def _first(key: str | tuple[str, ...] | list[str]) -> str:
    return key if isinstance(key, str) else key[0]


def main(arguments: list[str] | None = None) -> int:
    """Update the catalogues and say what is left to translate; with ``--check`` only compare and return 1 where they differ."""
    parser = argparse.ArgumentParser(
        prog="python -m bufgraph.localisation.extraction", description=main.__doc__
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit code 1 when a catalogue is not up to date"
    )
    parser.add_argument(
        "--drop-obsolete", action="store_true", help="forget translations of texts that are gone"
    )
    options = parser.parse_args(arguments)
    template = extract()
    stale = False
    for code in INTERFACE_LANGUAGES[1:]:
        known = catalogue(code)
        path = LOCALES / f"{code}.po"
        content = updated(known, template, keep_obsolete=not options.drop_obsolete)
        if not path.is_file() or path.read_bytes() != content:
            stale = True
            if not options.check:
                path.write_bytes(content)
        sys.stdout.write(f"{code}: {len(known)} texts, {len(untranslated(known))} to translate\n")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
