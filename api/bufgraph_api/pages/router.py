"""Addresses of the pages."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from bufgraph_api.pages.about_pages import about_page, api_page, translations_page
from bufgraph_api.pages.blind_spots_page import blind_spots_page
from bufgraph_api.pages.brief_page import brief_markdown, brief_page, brief_pdf, brief_word
from bufgraph_api.pages.challenge_page import challenge_page
from bufgraph_api.pages.cities_page import cities_page
from bufgraph_api.pages.city_page import city_page
from bufgraph_api.pages.compare_page import compare_page
from bufgraph_api.pages.expert_page import expert_page
from bufgraph_api.pages.extract_page import extract_page, extracted_page
from bufgraph_api.pages.home_page import home_page
from bufgraph_api.pages.know_page import know_page
from bufgraph_api.pages.map_page import map_page
from bufgraph_api.pages.my_city_page import my_city_page
from bufgraph_api.pages.network_pages import network_page, pools_page
from bufgraph_api.pages.practice_pages import practice_page
from bufgraph_api.pages.quality_page import quality_page
from bufgraph_api.pages.record_lists import challenges_page, experts_page, practices_page
from bufgraph_api.pages.research_page import research_page
from bufgraph_api.pages.search_page import search_page
from bufgraph_api.pages.shortlist_page import shortlist_page
from bufgraph_api.pages.vendored import vendored_file


def pages_router() -> APIRouter:
    """Return the routes of all pages; they stay out of the API description."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    for path, page in (
        ("/", home_page),
        ("/search", search_page),
        ("/shortlist", shortlist_page),
        ("/brief", brief_page),
        ("/brief.pdf", brief_pdf),
        ("/brief.docx", brief_word),
        ("/brief.md", brief_markdown),
        ("/practices", practices_page),
        ("/practice/{name}", practice_page),
        ("/my-city", my_city_page),
        ("/cities", cities_page),
        ("/city/{name}", city_page),
        ("/compare", compare_page),
        ("/challenges", challenges_page),
        ("/challenge/{name}", challenge_page),
        ("/experts", experts_page),
        ("/expert/{name}", expert_page),
        ("/blind-spots", blind_spots_page),
        ("/pools", pools_page),
        ("/network", network_page),
        ("/map", map_page),
        ("/know", know_page),
        ("/extract", extract_page),
        ("/research", research_page),
        ("/about", about_page),
        ("/about/api", api_page),
        ("/about/quality", quality_page),
        ("/about/translations", translations_page),
        ("/static/vendor/{name}", vendored_file),
    ):
        router.add_api_route(path, page, methods=["GET", "HEAD"])
    router.add_api_route("/extract", extracted_page, methods=["POST"])
    return router
