"""From records to passages. Problem and solution are different texts, so a practice yields several."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bufgraph.model import Catalogue, City, Concept, Expert, GoodPractice

RecordType = Literal["practice", "city", "challenge", "expert"]
Field = Literal["problem", "solution", "results", "lessons", "profile"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text of one record.

    Attributes:
        record: IRI of the record.
        record_type: What the record is.
        field: Which side of the record the text tells.
        text: As shown to a reader.
        index_text: As indexed: with the title and the English words of the record's concepts, or a typical need
            in place of the problem's own words.
        keywords: Further words for the lexical index only (labels in other languages).
    """

    record: str
    record_type: RecordType
    field: Field
    text: str
    index_text: str
    keywords: str = ""


def passages(catalogue: Catalogue) -> list[Passage]:
    """Return the passages of all searchable records, by record IRI and field."""
    found: list[Passage] = []
    for practice in catalogue.practices.values():
        found.extend(_of_practice(practice, catalogue))
    found.extend(_of_city(city, catalogue) for city in catalogue.cities.values())
    found.extend(_of_challenge(concept) for concept in catalogue.challenges)
    found.extend(_of_expert(expert, catalogue) for expert in catalogue.experts.values())
    return sorted(
        found, key=lambda p: (p.record, p.field)
    )  # typical needs keep their order behind the problem


def local_texts(catalogue: Catalogue, lang: str) -> dict[str, str]:
    """Return what records say in a language other than English, by record: translations, labels, names."""
    texts: dict[str, str] = {}
    for translation in catalogue.translations.values():
        parts = (
            translation.local_title.get(lang, ""),
            translation.local_need.get(lang, ""),
            translation.local_solution.get(lang, ""),
        )
        texts[translation.translates] = " ".join(part for part in parts if part)
    for practice in catalogue.practices.values():
        labels = (_labels(catalogue.concepts.get(iri), lang)[:1] for iri in practice.challenge)
        texts[practice.id] = " ".join((texts.get(practice.id, ""), *(x for label in labels for x in label)))
    for concept in catalogue.challenges:
        texts[concept.id] = " ".join(_labels(concept, lang))
    for city in catalogue.cities.values():
        texts[city.id] = city.pref_label.get(lang, city.label)
    return {iri: text.strip() for iri, text in texts.items() if text.strip()}


def _labels(concept: Concept | None, lang: str) -> list[str]:
    if concept is None:
        return []
    own = [concept.pref_label[lang]] if lang in concept.pref_label else []
    return [*own, *concept.alt_label.get(lang, ()), *concept.hidden_label.get(lang, ())]


def concept_text(concept: Concept) -> str:
    """Return a concept's English label, synonyms and definition as one text."""
    synonyms = ", ".join(concept.alt_label.get("en", ()))
    return ". ".join(part for part in (concept.label, synonyms, concept.definition or "") if part)


def _of_practice(practice: GoodPractice, catalogue: Catalogue) -> Iterator[Passage]:
    concepts = ". ".join(
        "; ".join((concept.label, *concept.alt_label.get("en", ())))
        for iri in practice.challenge
        if (concept := catalogue.concepts.get(iri)) is not None
    )
    adoptions = catalogue.adoptions_by_practice.get(practice.id, ())
    place = catalogue.place(practice.origin)
    results = [catalogue.results[iri] for a in adoptions for iri in a.result]
    lessons = [catalogue.lessons[iri].text for a in adoptions for iri in a.lesson]
    lessons += [catalogue.obstacles[iri].text for a in adoptions for iri in a.obstacle]
    lessons += [a.remedy for a in adoptions if a.remedy]
    texts: dict[Field, str] = {
        "problem": practice.problem,
        "solution": f"{practice.summary} {practice.approach}".strip(),
        "results": " ".join(result.text for result in results),
        "lessons": " ".join(lessons),
    }
    for field, text in texts.items():
        if text:
            yield Passage(
                record=practice.id,
                record_type="practice",
                field=field,
                text=text,
                index_text=f"{practice.title}. {text} ({concepts})",
                keywords=place.label if place else "",
            )
    for need in practice.typical_need:
        yield Passage(
            record=practice.id, record_type="practice", field="problem", text=practice.problem, index_text=need
        )  # fmt: skip


def _of_city(city: City, catalogue: Catalogue) -> Passage:
    needs = [catalogue.concept_label(need.concern) for need in catalogue.needs_by_city.get(city.id, ())]
    country = city.admin_region or ""
    about = f"{city.label}, {country}, {city.country_code}."
    if needs:
        about += f" Works on: {'; '.join(sorted(set(needs)))}."
    names = {*city.pref_label.values(), *city.alt_label}
    return Passage(city.id, "city", "profile", about, about, keywords=" ".join(sorted(names)))


def _of_challenge(concept: Concept) -> Passage:
    labels = [label for lang, label in sorted(concept.pref_label.items()) if lang != "en"]
    return Passage(
        record=concept.id,
        record_type="challenge",
        field="problem",
        text=concept.definition or concept.label,
        index_text=concept_text(concept),
        keywords=" ".join(labels),
    )


def _of_expert(expert: Expert, catalogue: Catalogue) -> Passage:
    topics = ", ".join(catalogue.concept_label(iri) for iri in expert.expertise)
    titles = ". ".join(
        catalogue.practices[i].title for i in expert.related_practice if i in catalogue.practices
    )
    text = expert.text or expert.name
    return Passage(
        record=expert.id,
        record_type="expert",
        field="profile",
        text=text,
        index_text=f"{expert.name}. {text} Expertise: {topics}. {titles}",
        keywords=" ".join(expert.alt_label),
    )
