"""Inflected forms of headwords, from simplemma's dictionaries. Used to build, never to serve."""

from collections.abc import Collection, Mapping


def forms_of(headwords: Collection[str], lang: str) -> Mapping[str, list[str]]:
    """Return the forms of each lower-case headword that a dictionary knows.

    Args:
        lang: A language of simplemma; its dictionary is read once and given up again (0.1 to 3 s, up to 1 GB).
    """
    # Imported here: only a build pays for it.
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory  # noqa: PLC0415

    wanted = set(headwords)
    found: dict[str, list[str]] = {}
    for form, lemma in DefaultDictionaryFactory(cache_max_size=1).get_dictionary(lang).items():
        headword = lemma.lower()
        if headword in wanted:
            found.setdefault(headword, []).append(form.lower())
    return found
