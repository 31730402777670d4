"""The application: everything is made here from settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from bufgraph import __version__
from bufgraph.index.builds import lease
from bufgraph.services.composition import Build, open_build, query_service
from bufgraph.services.querying import QueryService
from bufgraph.services.semantic_answers import expander
from bufgraph.settings import Settings
from bufgraph_api import description, errors
from bufgraph_api.languages import InterfaceLanguage
from bufgraph_api.limits import Limits
from bufgraph_api.linked_data.router import linked_data_router
from bufgraph_api.pages.ontology_pages import ontology_router
from bufgraph_api.pages.router import pages_router
from bufgraph_api.pages.static_files import static_router
from bufgraph_api.routes import cities, networks, questions, records, templates
from bufgraph_api.routes.data import data_router
from bufgraph_api.sharing.router import sharing_router
from bufgraph_api.sparql.router import sparql_router
from bufgraph_api.state import Services, State


@dataclass(frozen=True)
class Assembled:
    """An application over one build, with what has to be started and ended around it."""

    app: FastAPI
    build: Build
    querying: QueryService


def create_app(settings: Settings) -> FastAPI:
    """Return the application over the operator's current build; it serves that build for as long as it lives.

    Raises:
        NotAvailableError: Nothing was built yet.
        MisconfiguredError: The build is damaged.
    """
    build = open_build(settings)
    build.warm_up()
    made = assemble(build)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with made.querying, lease(build.folder):
            yield

    made.app.router.lifespan_context = lifespan
    return made.app


def assemble(build: Build) -> Assembled:
    """Return the application over an open build; it takes a few hundredths of a second."""
    querying = query_service(build, expand=expander(build))
    app = FastAPI(
        title="bufgraph",
        version=__version__,
        summary="From a city's need to proven solutions, over an open graph in which every fact has a source",
        license_info={"name": "Code Apache-2.0, data CC BY 4.0"},
        docs_url=None,  # the stock pages load scripts from elsewhere; /about/api shows the same from here
        redoc_url=None,
    )
    app.state.bufgraph = State.over(build, querying)
    app.add_middleware(InterfaceLanguage)
    app.add_middleware(Limits)  # added last, so it stands before the others
    errors.install(app)
    app.get("/health", tags=["operation"], summary="Is it alive, and on which build")(health)
    app.include_router(questions.router)
    app.include_router(cities.router)
    app.include_router(networks.router)
    app.include_router(records.router)
    app.include_router(templates.router)
    app.include_router(sparql_router(querying))
    app.include_router(data_router(build))
    app.include_router(linked_data_router(build))
    app.include_router(ontology_router())
    app.include_router(static_router())
    app.include_router(sharing_router(build))
    app.include_router(pages_router())
    description.install(app)
    return Assembled(app, build, querying)


def health(services: Services) -> JSONResponse:
    """Return 200 while questions can be answered.

    ``adds_to`` is there while the build is an increment: the full build that it adds to.
    """
    build = services.build
    told = {"status": "ok", "build": build.folder.name, "version": __version__}
    if build.base != build.folder.name:
        told["adds_to"] = build.base
    return JSONResponse(told)
