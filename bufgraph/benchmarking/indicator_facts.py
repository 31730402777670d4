"""What is told of one indicator of a city beside its peers."""

from bufgraph.benchmarking.activity import number_of_adoptions
from bufgraph.benchmarking.indexes import Indicator
from bufgraph.benchmarking.normalisation import readable
from bufgraph.localisation.phrases import Listing, Phrase, phrase


def indicator_fact(
    indicator: Indicator, value: float, year: int, median: float | None, *, counts_adoptions: bool
) -> Phrase:
    """Return a value, its year and the peers' median in one sentence.

    Args:
        year: Of the value; 0 when it is not known.
        median: Of the peers; None when no peer has a value.
        counts_adoptions: The values are activity (see :func:`bufgraph.benchmarking.activity.activity`), told as numbers of adoptions.
    """

    def shown(number: float) -> float | int:
        return readable(round(number_of_adoptions(number), 1) if counts_adoptions else number)

    facts = [
        _dated(shown(value), year, is_newest=counts_adoptions),
        phrase("no peer has a value")
        if median is None
        else phrase("peers' median {median:,}", median=shown(median)),
    ]
    if indicator.direction < 0:
        facts.append(phrase("lower is better"))
    return phrase("{indicator}: {facts}", indicator=indicator.label, facts=Listing(facts))


def _dated(value: float, year: int, *, is_newest: bool) -> Phrase:
    if not year:
        return Phrase("{value:,}", {"value": value})
    if is_newest:
        return phrase("{value:,} (the newest from {year})", value=value, year=year)
    return phrase("{value:,} ({year})", value=value, year=year)
