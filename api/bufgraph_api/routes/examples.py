"""Shortened answers for the API description."""

from typing import Any

Responses = dict[int | str, dict[str, Any]]  # Any: JSON

_PRACTICE = {
    "id": "https://w3id.org/bufgraph/id/practice/oulu-winter-cycling",
    "slug": "oulu-winter-cycling",
    "type": "practice",
    "label": "Cycle paths ploughed before the roads",
    "rank": 1,
    "origin": {
        "id": "https://w3id.org/bufgraph/id/city/fi-oulu",
        "slug": "fi-oulu",
        "label": "Oulu",
        "country": "FI",
    },
    "evidence_level": 1,
    "outcome": "success",
}
_PASSAGE = {
    "field": "problem",
    "text": "Snow and cold for months would stop cycling if paths were cleared last.",
}


def _responses(example: dict[str, Any]) -> Responses:
    return {200: {"content": {"application/json": {"example": example}}}}


_UNDERSTOOD = {
    "language": {"code": "en", "confidence": 1.0, "rivals": []},
    "words_read": 1.0,
    "concepts": [
        {"slug": "winter-cycling", "label": "Cycling collapses in winter", "weight": 0.4, "how": "meaning"}
    ],
}
LIKE = _responses({
    "practice": {"slug": "tartu-smartencity-retrofit", "label": "Turning Soviet-era apartment blocks into near-zero-energy smart homes"},
    "by": "problem",
    "results": [{**_PRACTICE, "score": 0.61, "parts": {"text": 0.5}, "shared": []}],
})  # fmt: skip
SEARCH = _responses(
    {
        "results": [
            {
                **_PRACTICE,
                "score": 0.42,
                "parts": {"dense": 0.43, "lexical": 0.37, "concept": 0.43},
                "contributions": {"dense": 0.2, "lexical": 0.1, "concept": 0.12},
                "passage": {**_PASSAGE, "highlights": [[0, 4]]},
                "reasons": ["answers the challenge: Cycling collapses in winter", "words found: snow"],
                "why_not_higher": [{"kind": "words", "words": ["older"], "text": "not mentioned: older"}],
                "concepts": [{"slug": "winter-cycling", "label": "Cycling collapses in winter"}],
            }
        ],
        "understood": _UNDERSTOOD,
        "weak": False,
    }
)
SOLUTIONS = _responses(
    {
        "results": [
            {
                **_PRACTICE,
                "score": 0.26,
                "parts": {"relevance": 0.42, "evidence": 0.22},
                "reasons": [
                    "answers: Cycling collapses in winter",
                    "evidence level 1 of 5: described by its owner",
                ],
                "sources": [
                    {
                        "title": "Snow ploughing",
                        "url": "https://www.ouka.fi/",
                        "supports": "maintenance classes",
                    }
                ],
            }
        ],
        "setbacks": [],
        "weak": False,
    }
)
PROBLEMS = _responses(
    {
        "results": [
            {
                "slug": "fi-oulu",
                "label": "Oulu",
                "score": 0.44,
                "tried": [{"practice": {"slug": "oulu-winter-cycling"}, "outcome": "success"}],
            }
        ]
    }
)
EXPERTS = _responses(
    {
        "results": [
            {
                "slug": "dhi",
                "label": "DHI",
                "score": 0.63,
                "deeds": [{"practice": {"slug": "malmo-augustenborg-open-stormwater"}, "role": "related"}],
            }
        ]
    }
)
SIMILAR = _responses(
    {
        "city": {"slug": "fi-turku", "label": "Turku"},
        "preset": "balanced",
        "results": [
            {
                "slug": "no-drammen",
                "label": "Drammen",
                "score": 0.68,
                "parts": {
                    "size": {
                        "value": 0.62,
                        "weight": 0.2,
                        "facts": ["Turku has 206,655 residents, Drammen 106,013"],
                    }
                },
                "unknown": [],
            }
        ],
    }
)
FIT = _responses({
    "practice": {"slug": "odense-data-centre-heat", "label": "Server halls heat thousands of homes"},
    "city": {"slug": "lv-cesis", "label": "Cēsis"},
    "verdict": "unknown",
    "reason": "It depends on what we do not know of Cēsis: A district heating network runs near the source of waste heat.",
    "conditions": [
        {
            "text": "A district heating network runs near the source of waste heat.",
            "factor": {"slug": "district-heating", "label": "District heating"},
            "essential": True, "stated": True, "status": "unknown",
            "find_out": "Find out whether this holds in Cēsis: A district heating network runs near the source of waste heat.",
        }
    ],
})  # fmt: skip
_STANDING = {
    "slug": "transport-and-mobility", "label": "Transport and mobility", "score": 1.2, "rank": 12, "rank_low": 7,
    "rank_high": 25, "of": 236, "coverage": 1.0, "newest": 2023, "peers_median": 0.1,
}  # fmt: skip
PROFILE = _responses({
    "city": {"slug": "fi-turku", "label": "Turku"},
    "index": {"name": "practice-activity", "title": "Practice activity"},
    "ranked": True,
    "characteristics": [_STANDING],
    "strengths": [{"slug": "people-mobility", "label": "People mobility", "difference": 1.1, "facts": ["…"]}],
    "unknown": ["3 of 28 indicators are left out for all cities: fewer than 5 cities report a value"],
})  # fmt: skip
COMPARE = _responses({
    "cities": [{"slug": "fi-turku", "label": "Turku"}, {"slug": "ee-tartu", "label": "Tartu"}],
    "profiles": [{"characteristics": [_STANDING]}],
    "pairs": [{"city": {"slug": "fi-turku"}, "slug": "ee-tartu", "score": 0.6}],
    "shared_needs": [],
})  # fmt: skip
_CITY = {"slug": "lv-cesis", "label": "Cēsis", "country": "LV"}
CASES = _responses({
    "organisation": {"slug": "aalto-university", "label": "Aalto University"},
    "limits": [],
    "needs": [
        {"rank": 1, "score": 0.65, "city": _CITY, "challenge": {"slug": "departmental-data-silos"}, "state": "tried",
         "reasons": ["took part as research in Helsinki: …"]}
    ],
    "cases": [{**_PRACTICE, "score": 0.6, "open": [{"place": _CITY, "outcome": "mixed"}], "reasons": ["…"]}],
})  # fmt: skip
KNOW = _responses({
    "understood": _UNDERSTOOD, "weak": False,
    "needs": [
        {"rank": 1, "score": 0.48, "city": _CITY, "challenge": {"slug": "winter-cycling"}, "state": "untried", "reasons": ["…"]}
    ],
    "cases": [{**_PRACTICE, "score": 0.6, "open": [{"place": _CITY, "outcome": "mixed"}], "reasons": ["…"]}],
    "experts": [{"slug": "aalto-university", "label": "Aalto University", "rank": 1, "score": 0.7}],
    "challenges": [{"slug": "winter-cycling", "label": "Cycling collapses in winter"}],
})  # fmt: skip
POOLS = _responses({
    "results": [
        {"rank": 1, "score": 7.8, "challenge": {"slug": "outdated-street-lighting"}, "cities": [_CITY], "similarity": 0.71,
         "draft": ["… share a need: Energy-hungry outdated street lighting."], "demand": {"residents": 112890, "cities_counted": 11},
         "unknown": ["no cost in EUR is stated for 10 of 11 adoptions in the group"]}
    ],
})  # fmt: skip
ADOPTERS = _responses({
    "practice": {"slug": "oulu-winter-cycling"},
    "results": [
        {"rank": 1, "score": 0.63, "city": _CITY, "practice": {"slug": "oulu-winter-cycling"},
         "parts": {"nearness": {"value": 1.0, "weight": 0.4, "fact": "lies in Latvia; …"}}, "unknown": []}
    ],
})  # fmt: skip
SPREAD = _responses({
    "practice": {"slug": "sandefjord-kommune-kari-chatbot"}, "origin": {"slug": "no-sandefjord", "label": "Sandefjord"},
    "uptakes": [{"place": _CITY, "year": 2018, "lag_years": 1, "distance_km": 120, "relation": "replicated", "outcome": "success"}],
    "figures": {"uptakes": 6, "places": 6, "countries": 2}, "unknown": [],
})  # fmt: skip
BLIND_SPOTS = _responses({
    "total": 265,
    "results": [
        {"kind": "no-practice", "reason": "Light pollution: no practice addresses it", "key": {"challenge": {"slug": "light-pollution"}},
         "needs": 0, "practices": [], "measured": 0}
    ],
    "unknown": ["…"],
})  # fmt: skip
