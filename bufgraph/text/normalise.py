"""From running text to index terms."""

import re
import unicodedata
from functools import cache, lru_cache

import Stemmer
import stopwordsiso

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

# Snowball has no Latvian; its words are kept as they are and found by character n-grams (see thesaurus).
_SNOWBALL = {
    "en": "english", "sv": "swedish", "fi": "finnish", "da": "danish", "nb": "norwegian", "et": "estonian",
    "lt": "lithuanian", "pl": "polish", "de": "german", "ru": "russian",
}  # fmt: skip

_ENGLISH_STOP = frozenset(
    [
        "a",
        "about",
        "after",
        "all",
        "also",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "before",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "many",
        "may",
        "more",
        "most",
        "much",
        "need",
        "not",
        "of",
        "on",
        "or",
        "our",
        "out",
        "over",
        "she",
        "should",
        "so",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "too",
        "under",
        "up",
        "us",
        "very",
        "want",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "would",
        "you",
        "your",
        "he",
        "her",
        "his",
        "him",
        "my",
        "me",
        "no",
        "nor",
        "only",
        "own",
        "same",
        "then",
        "until",
        "while",
    ]
)


def words(text: str) -> list[str]:
    """Split text into lower-case words (Unicode NFKC; digits count as words)."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())


def index_terms(text: str, lang: str = "en") -> list[str]:
    """Return the stemmed words of a text, without English function words when ``lang`` is ``en``."""
    stop = _ENGLISH_STOP if lang == "en" else frozenset()
    kept = [word for word in words(text) if word not in stop]
    return _stemmer(lang).stemWords(kept) if lang in _SNOWBALL else kept


@cache
def _stemmer(lang: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_SNOWBALL[lang])


@cache
def stop_words(lang: str) -> frozenset[str]:
    """Return the function words of a language, lower case."""
    if lang == "en":
        return _ENGLISH_STOP
    # The collection files Norwegian under its macrolanguage.
    return frozenset(stopwordsiso.stopwords("no" if lang == "nb" else lang))


def stem(word: str, lang: str) -> str:
    """Return the Snowball stem of a lower-case word; in a language without a stemmer the word itself."""
    return str(_stemmer(lang).stemWord(word)) if lang in _SNOWBALL else word


_DIGRAPHS = {
    "da": (("aa", "å"), ("ae", "æ"), ("oe", "ø")), "nb": (("aa", "å"), ("ae", "æ"), ("oe", "ø")),
    "sv": (("aa", "å"), ("ae", "ä"), ("oe", "ö")), "de": (("ae", "ä"), ("oe", "ö"), ("ue", "ü"), ("ss", "ß")),
}  # fmt: skip


def respell(word: str, lang: str) -> str:
    """Write two letters as the one that they stand for on a foreign keyboard: Danish ``aar`` as ``år``."""
    for pair, letter in _DIGRAPHS.get(lang, ()):
        word = word.replace(pair, letter)
    return word


_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
"""Letters that Unicode does not take apart."""


@lru_cache(maxsize=16_384)  # each word of a text is looked up in eleven languages
def fold(text: str) -> str:
    """Lower-case and drop diacritics, so that ``Klaipėda`` and ``klaipeda`` are one spelling."""
    lower = text.lower()
    if lower.isascii():
        return lower
    decomposed = unicodedata.normalize("NFKD", lower.translate(_LETTERS))
    return "".join([char for char in decomposed if not unicodedata.combining(char)])


def character_grams(text: str, n: int = 4) -> list[str]:
    """Return the character n-grams of each word with its borders; short words stay whole.

    They carry inflection, compounds and missing diacritics across languages without a dictionary.
    """
    grams: list[str] = []
    for word in words(fold(text)):
        padded = f"_{word}_"
        grams.extend(
            [padded] if len(padded) <= n else [padded[i : i + n] for i in range(len(padded) - n + 1)]
        )
    return grams
