"""What every route needs, made once when the application starts."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Self, cast

from fastapi import Depends, Request

from bufgraph.localisation.tongue import Tongue
from bufgraph.services.answers import AnswerService
from bufgraph.services.city_answers import CityService
from bufgraph.services.city_presentation import CityPresenter
from bufgraph.services.composition import Build
from bufgraph.services.network_answers import NetworkService
from bufgraph.services.network_presentation import NetworkPresenter
from bufgraph.services.presentation import Presenter
from bufgraph.services.querying import QueryService
from bufgraph.services.speaking import tongue_of
from bufgraph.text.language import LANGUAGES


@dataclass(frozen=True, eq=False)
class State:
    """Services over one build, with presenters of one language."""

    build: Build
    answers: AnswerService
    cities: CityService
    networks: NetworkService
    present: Presenter
    present_cities: CityPresenter
    present_networks: NetworkPresenter
    querying: QueryService
    _speaking: "dict[str, State]" = field(default_factory=dict, repr=False)
    """Language → the same services with presenters of that language; shared by all of them."""

    def __post_init__(self) -> None:
        """Be found by those of other languages."""
        self._speaking.setdefault(self.tongue.code, self)

    @classmethod
    def over(cls, build: Build, querying: QueryService) -> Self:
        """Return the services over a build, with English presenters."""
        present = Presenter(build.catalogue, build.evidence)
        return cls(
            build,
            AnswerService(build),
            CityService(build),
            NetworkService(build),
            present,
            CityPresenter(present),
            NetworkPresenter(present),
            querying,
        )

    @property
    def tongue(self) -> Tongue:
        """The language of the presenters."""
        return self.present.tongue

    def speaking(self, lang: str) -> "State":
        """Return the same services with presenters of a language, made once.

        Args:
            lang: One of :data:`bufgraph.text.language.LANGUAGES`; any other gives English.
        """
        code = lang if lang in LANGUAGES else "en"
        if code not in self._speaking:
            catalogue = self.build.catalogue
            present = Presenter(catalogue, self.build.evidence, tongue_of(catalogue, code))
            replace(  # finds its place among the speaking; of two threads that both make one, the first stays
                self,
                present=present,
                present_cities=CityPresenter(present),
                present_networks=NetworkPresenter(present),
            )
        return self._speaking[code]


def _state(request: Request) -> State:
    state = cast(State, request.app.state.bufgraph)  # Starlette's state is untyped
    return state.speaking(request.scope.get("interface_language", "en"))


Services = Annotated[State, Depends(_state)]
"""Parameter type of a route that asks the services, in the language of the page."""
