"""Reconciling many made-up records, a tenth of them duplicates: ``python -m tests.bench.reconciliation [N]``.

The names are made of syllables, legal forms and words of institutions; a duplicate has another legal form, lost
diacritics, a typing error, another order of words or the name of its kind in another language. Seeded.
"""

import random
import resource
import sys
import time
from collections.abc import Callable

from bufgraph_ingest.port import RawRecord
from bufgraph_ingest.reconciliation.pairs import MERGE, find_pairs
from bufgraph_ingest.reconciliation.things import Thing, things_from
from builders import Json

SEED = 20261124
_SYLLABLES = [
    "ka",
    "le",
    "mi",
    "no",
    "ru",
    "sa",
    "te",
    "vi",
    "po",
    "lu",
    "ja",
    "rä",
    "hö",
    "gå",
    "dž",
    "šė",
    "vä",
    "ul",
    "or",
    "ing",
    "sta",
    "mar",
    "kos",
    "bel",
    "tin",
    "dro",
]
_COUNTRIES = {
    "EE": "OÜ AS",
    "LV": "SIA AS",
    "LT": "UAB AB",
    "FI": "Oy Oyj",
    "SE": "AB",
    "DK": "A/S ApS",
    "PL": "S.A.",
}
_KINDS = (
    ("University of {}", "{} universitet"), ("{} Municipality", "{} kommun"), ("{} Energy", "{} Energy"),
    ("{} Water and Waste", "{} Water & Waste"), ("{} Technical University", "{} University of Technology"),
    ("{} Regional Development Centre", "{} Regional Development Center"), ("{} Hospital", "{} sjukhus"),
    ("{} Housing", "{} Housing"), ("Port of {}", "{} hamn"), ("{} Transport", "{} Transport"),
)  # fmt: skip


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=rng.randint(3, 5))).capitalize()


def _mistype(name: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(name) - 1)
    return name[:place] + name[place + 1 :] if name[place].isalpha() else name


def organisations(n: int, rng: random.Random) -> list[Json]:
    records: list[Json] = []
    while len(records) < n:
        country, pattern, word = (
            rng.choice(list(_COUNTRIES)),
            rng.choice(_KINDS),
            f"{_word(rng)} {_word(rng)}",
        )
        form = rng.choice(_COUNTRIES[country].split())
        names = [f"{pattern[0].format(word)} {form}"]
        if rng.random() < 0.1:
            names.append(
                rng.choice([pattern[0].format(word), pattern[1].format(word), _mistype(names[0], rng)])
            )
        number = len(records)
        records += [
            {"id": f"bgd:org/{number}-{k}", "type": "Organization", "name": name, "country_code": country}
            for k, name in enumerate(names)
        ]
    return records


def cities(n: int, rng: random.Random) -> list[Json]:
    records: list[Json] = []
    while len(records) < n:
        country, name = rng.choice(list(_COUNTRIES)), _word(rng)
        north, east = rng.uniform(53, 66), rng.uniform(9, 28)
        names = [name]
        if rng.random() < 0.1:
            names.append(rng.choice([f"{name} kommun", f"City of {name}", _mistype(name, rng)]))
        number = len(records)
        records += [
            {
                "id": f"bgd:city/{number}-{k}", "type": "City", "pref_label": {"en": one}, "country_code": country,
                "latitude": north + k * 0.01, "longitude": east,
            }
            for k, one in enumerate(names)
        ]  # fmt: skip
    return records


def practices(n: int, rng: random.Random) -> list[Json]:
    words = [_word(rng) for _ in range(4_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    records: list[Json] = []
    while len(records) < n:
        title = rng.choices(words, weights, k=rng.randint(5, 11))
        place = f"bgd:city/{min(int(rng.paretovariate(0.7)), 400)}"
        titles = [title]
        if rng.random() < 0.1:
            titles.append([*title[1:], title[0]] if rng.random() < 0.5 else title[:-1])
        number = len(records)
        records += [
            {
                "id": f"bgd:practice/{number}-{k}",
                "type": "GoodPractice",
                "title": " ".join(t),
                "origin": place,
            }
            for k, t in enumerate(titles)
        ]
    return records


def measure(kind: str, make: Callable[[int, random.Random], list[Json]], n: int) -> str:
    """Reconcile n records of a kind; return a row of the table."""
    records = make(n, random.Random(SEED))
    things = things_from(
        RawRecord("imports/bench", "", number, record) for number, record in enumerate(records, 1)
    )
    start, start_cpu = time.perf_counter(), time.process_time()
    found = find_pairs(things, [kind])
    seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    real = {_stem(thing) for thing in things if thing.id.endswith("-1")}
    merged = [c for c in found if c.verdict == MERGE]
    right = sum(_stem(c.left) == _stem(c.right) for c in merged)
    seen = len({_stem(c.left) for c in found if _stem(c.left) == _stem(c.right)})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{kind:14} {len(things):8,} records {seconds:7.1f} s ({cpu:,.1f} s of CPU)  merged {len(merged):6,}, "
        f"precision {right / max(1, len(merged)):.4f}, recall {right / len(real):.3f}, with asking {seen / len(real):.3f}, "
        f"peak {peak:,.0f} MB"
    )


def _stem(thing: Thing) -> str:
    return thing.id.rsplit("-", 1)[0]


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for kind, make in (("cities", cities), ("organisations", organisations), ("practices", practices)):
        sys.stdout.write(measure(kind, make, n) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
