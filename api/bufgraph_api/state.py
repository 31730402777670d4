"""What every route needs, made once when the application starts."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from bufgraph.services.answers import AnswerService
from bufgraph.services.city_answers import CityService
from bufgraph.services.city_presentation import CityPresenter
from bufgraph.services.composition import Build
from bufgraph.services.network_answers import NetworkService
from bufgraph.services.network_presentation import NetworkPresenter
from bufgraph.services.presentation import Presenter
from bufgraph.services.querying import QueryService


@dataclass(frozen=True)
class State:
    """Services over one build."""

    build: Build
    answers: AnswerService
    cities: CityService
    networks: NetworkService
    present: Presenter
    present_cities: CityPresenter
    present_networks: NetworkPresenter
    querying: QueryService


def _state(request: Request) -> State:
    return cast(State, request.app.state.bufgraph)  # Starlette's state is untyped


Services = Annotated[State, Depends(_state)]
"""Parameter type of a route that asks the services."""
