"""What a reader chooses on the page of a city, and how it stands in an address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from fastapi import Request

from bufgraph.errors import InvalidInputError
from bufgraph.localisation.phrases import phrase
from bufgraph.matching.cities import PRESETS, CityFilters
from bufgraph.matching.city_parts import PARTS
from bufgraph.services.inputs import parse_weights
from bufgraph_api.pages.forms import query_string
from bufgraph_api.pages.shortlist_form import ShortlistForm

DEFAULT_INDEX: Final = "practice-activity"
DEFAULT_PRESET: Final = "balanced"
FULL_WEIGHT: Final = 10
"""Upper end of the sliders for weights; only their proportions count."""
WEIGHT_STEP: Final = 0.5
"""Step of the sliders: twenty presses of a key from one end to the other."""
_COAST: Final[Mapping[str, bool | None]] = {"": None, "yes": True, "no": False}
_WEIGHT: Final = "weight_"


@dataclass(frozen=True)
class CityForm:
    """What a reader chose on the page of a city.

    Attributes:
        index: Name of the index of the profile.
        preset: Name of a preset, or empty; it counts before ``weights``.
        weights: Part → weight as it was typed.
        country: As in :class:`bufgraph.matching.cities.CityFilters`; ``coastal``: yes, no or empty.
        kept: Her shortlist, carried along.
    """

    index: str
    preset: str
    weights: Mapping[str, str]
    country: str
    same_size: bool
    coastal: str
    kept: ShortlistForm

    @classmethod
    def of(cls, request: Request) -> "CityForm":
        """Read the form from the address of a page."""
        typed = request.query_params
        return cls(
            typed.get("index", "") or DEFAULT_INDEX,
            typed.get("preset", ""),
            {name: typed[_WEIGHT + name] for name in PARTS if _WEIGHT + name in typed},
            typed.get("country", ""),
            typed.get("same_size", "") not in ("", "no", "false"),
            typed.get("coastal", ""),
            replace(ShortlistForm.from_request(request), city=""),
        )

    @property
    def chosen_preset(self) -> str:
        """The preset that counts; empty when the reader set weights herself."""
        return self.preset or ("" if self.weights else DEFAULT_PRESET)

    @property
    def is_filtered(self) -> bool:
        """Whether only some cities are asked for."""
        return bool(self.country or self.same_size or self.coastal)

    def address(self, **changes: str) -> str:
        """Return the query string of the form with some fields changed; a preset takes the place of the weights."""
        weights = {} if "preset" in changes else {_WEIGHT + name: text for name, text in self.weights.items()}
        fields = {
            "index": self.index if self.index != DEFAULT_INDEX else "",
            "preset": self.preset,
            **weights,
            "country": self.country,
            "same_size": "yes" if self.same_size else "",
            "coastal": self.coastal,
            **changes,
        }
        return query_string([*fields.items(), *self.kept.pairs()])

    def shortlist(self, path: str, city: str, practice: str) -> str:
        """Return the address of the shortlist at ``path`` for a city with one practice more."""
        picks = tuple(dict.fromkeys([*self.kept.picks, practice]))
        return replace(self.kept, city=city, picks=picks).address(path)

    def wanted(self) -> Mapping[str, float] | None:
        """Return the typed weights as numbers, or None when a preset counts.

        Raises:
            InvalidInputError: One is no number.
        """
        typed = [f"{name}:{text}" for name, text in self.weights.items() if text.strip()]
        return None if self.preset else parse_weights(typed)

    def shown_weights(self) -> Mapping[str, str]:
        """Return where the sliders stand: what was typed, else the preset's weights to the nearest step."""
        if self.weights and not self.preset:
            return {name: self.weights.get(name, "0") for name in PARTS}
        preset = PRESETS.get(self.preset, PRESETS[DEFAULT_PRESET])
        steps = {name: round(FULL_WEIGHT * preset.get(name, 0.0) / WEIGHT_STEP) for name in PARTS}
        return {name: f"{WEIGHT_STEP * count:g}" for name, count in steps.items()}

    def filters(self) -> CityFilters:
        """Return what a similar city must match.

        Raises:
            InvalidInputError: The coast is neither yes nor no.
        """
        if self.coastal not in _COAST:
            told = phrase("coastal is '{value}'; expected yes, no or nothing", value=self.coastal)
            raise InvalidInputError(told, field="coastal")
        return CityFilters(self.country or None, self.same_size, _COAST[self.coastal])
