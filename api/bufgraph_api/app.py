"""The application: everything is made here from settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from bufgraph import __version__
from bufgraph.index.builds import lease
from bufgraph.services.composition import open_build, query_service
from bufgraph.services.semantic_answers import expander
from bufgraph.settings import Settings
from bufgraph_api import description, errors
from bufgraph_api.languages import InterfaceLanguage
from bufgraph_api.limits import Limits
from bufgraph_api.linked_data.router import linked_data_router
from bufgraph_api.pages.ontology_pages import ontology_router
from bufgraph_api.pages.router import pages_router
from bufgraph_api.pages.static_files import static_router
from bufgraph_api.routes import cities, networks, questions, records
from bufgraph_api.routes.data import data_router
from bufgraph_api.sharing.router import sharing_router
from bufgraph_api.sparql.router import sparql_router
from bufgraph_api.state import Services, State


def create_app(settings: Settings) -> FastAPI:
    """Return the application over the operator's current build.

    Raises:
        NotAvailableError: Nothing was built yet.
        MisconfiguredError: The build is damaged.
    """
    build = open_build(settings)
    build.warm_up()
    querying = query_service(build, expand=expander(build))
    state = State.over(build, querying)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with querying, lease(build.folder):
            yield

    app = FastAPI(
        title="bufgraph",
        version=__version__,
        summary="From a city's need to proven solutions, over an open graph in which every fact has a source",
        license_info={"name": "Code Apache-2.0, data CC BY 4.0"},
        docs_url=None,  # the stock pages load scripts from elsewhere; /about/api shows the same from here
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.bufgraph = state
    app.add_middleware(InterfaceLanguage)
    app.add_middleware(Limits)  # added last, so it stands before the others
    errors.install(app)

    @app.get("/health", tags=["operation"], summary="Is it alive, and on which build")
    def health(services: Services) -> JSONResponse:
        """Return 200 while questions can be answered."""
        return JSONResponse({"status": "ok", "build": services.build.folder.name, "version": __version__})

    app.include_router(questions.router)
    app.include_router(cities.router)
    app.include_router(networks.router)
    app.include_router(records.router)
    app.include_router(sparql_router(querying))
    app.include_router(data_router(build))
    app.include_router(linked_data_router(build))
    app.include_router(ontology_router())
    app.include_router(static_router())
    app.include_router(sharing_router(build))
    app.include_router(pages_router())
    description.install(app)
    return app
