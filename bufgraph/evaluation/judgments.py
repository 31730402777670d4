"""The test collection: topics as officials write them, and graded judgments of practices."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from bufgraph.errors import InvalidInputError

Split = Literal["dev", "test"]
RELEVANT: Final = 2
"""Least grade that counts as an answer; 1 is only partly relevant."""
_TOPIC_COLUMNS = ("id", "lang", "split", "style", "domain", "subject", "text", "gloss", "narrative")


@dataclass(frozen=True, slots=True)
class Topic:
    """A need as an official writes it.

    Attributes:
        lang: Language of ``text``.
        split: ``dev`` for tuning, ``test`` for reporting only.
        style: paragraph, sentence, keywords, typos, place or mixed.
        domain: Slug of the smart domain of the subject, or ``none`` for a need outside the data's subjects.
        subject: Slugs of the challenges it was written about.
        gloss: Faithful English translation; never seen by a system under test.
        narrative: What a relevant practice must offer.
    """

    id: str
    lang: str
    split: Split
    style: str
    domain: str
    subject: tuple[str, ...]
    text: str
    gloss: str
    narrative: str


@dataclass(frozen=True)
class TestCollection:
    """Topics and judgments.

    Attributes:
        topics: By identifier.
        grades: Topic → slug of the practice → grade 0 to 3; a practice that is not there was not judged.
        parallel: Topic → language → the same need written in that language, for the languages that it is not in.
    """

    __test__ = False  # it is no test class, whatever its name says to a test runner

    topics: Mapping[str, Topic]
    grades: Mapping[str, Mapping[str, int]]
    parallel: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> "TestCollection":
        """Read ``topics.tsv``, ``qrels.txt`` (the format of TREC: topic, 0, document, grade) and ``parallel.tsv``, where there is one.

        Raises:
            InvalidInputError: A line has another form or names an unknown topic; file and line are named.
        """
        topics = {topic.id: topic for topic in _topics(folder / "topics.tsv")}
        grades: dict[str, dict[str, int]] = defaultdict(dict)
        path = folder / "qrels.txt"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            cells = line.split()
            if len(cells) != 4 or cells[0] not in topics or cells[3] not in {"0", "1", "2", "3"}:
                raise InvalidInputError(
                    f"{path.name} line {number}: expected a known topic, 0, a practice and a grade from 0 to 3",
                    path=str(path), line=number,
                )  # fmt: skip
            grades[cells[0]][cells[2]] = int(cells[3])
        return cls(topics, dict(grades), _parallel(folder / "parallel.tsv", topics))

    def split(self, split: Split) -> "TestCollection":
        """Return the topics of one side of the split with their judgments."""
        topics = {iri: topic for iri, topic in self.topics.items() if topic.split == split}
        return TestCollection(
            topics,
            {iri: grades for iri, grades in self.grades.items() if iri in topics},
            {iri: texts for iri, texts in self.parallel.items() if iri in topics},
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that needs are written in."""
        return tuple(sorted({topic.lang for topic in self.topics.values()}))

    def text_in(self, topic: str, lang: str) -> str | None:
        """Return a need in a language: as it was written, or its parallel text, or None when there is none."""
        found = self.topics[topic]
        if lang == found.lang:
            return found.text
        return found.gloss if lang == "en" else self.parallel.get(topic, {}).get(lang)

    def answerable(self, topic: str) -> bool:
        """Tell whether at least one practice answers a topic (grade 2 or 3)."""
        return any(grade >= RELEVANT for grade in self.grades.get(topic, {}).values())


def _parallel(path: Path, topics: Mapping[str, Topic]) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            if number == 1:
                continue
            if len(row) != 3 or row[0] not in topics or not all(row):
                raise InvalidInputError(
                    f"{path.name} line {number}: expected a known topic, a language and a text",
                    path=str(path), line=number,
                )  # fmt: skip
            texts[row[0]][row[1]] = row[2]
    return dict(texts)


def _topics(path: Path) -> Iterable[Topic]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if tuple(rows.fieldnames or ()) != _TOPIC_COLUMNS:
            raise InvalidInputError(
                f"{path.name}: expected the columns {', '.join(_TOPIC_COLUMNS)}", path=str(path)
            )
        for number, row in enumerate(rows, 2):
            if any(row[name] is None for name in _TOPIC_COLUMNS) or row["split"] not in {"dev", "test"}:
                raise InvalidInputError(
                    f"{path.name} line {number}: a cell is missing, or split is neither dev nor test",
                    path=str(path), line=number,
                )  # fmt: skip
            yield Topic(
                id=row["id"], lang=row["lang"], split="dev" if row["split"] == "dev" else "test",
                style=row["style"], domain=row["domain"], subject=tuple(row["subject"].split()),
                text=row["text"], gloss=row["gloss"], narrative=row["narrative"],
            )  # fmt: skip
