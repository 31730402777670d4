"""A practice as a small page for other sites, and how they find it: oEmbed 1.0 (https://oembed.com/)."""

import re
from typing import Annotated, Any, Final
from urllib.parse import SplitResult, unquote, urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import Query, Request
from fastapi.responses import JSONResponse, Response

from bufgraph.errors import NotFoundError
from bufgraph_api.errors import problem
from bufgraph_api.languages import split_language
from bufgraph_api.pages.rendering import interface_root, render
from bufgraph_api.sharing.cards import HEIGHT as CARD_HEIGHT
from bufgraph_api.sharing.cards import WIDTH as CARD_WIDTH
from bufgraph_api.sharing.links import EMBED_HEIGHT, EMBED_WIDTH, Embed, embed_of, picture_url
from bufgraph_api.sharing.site import site_of
from bufgraph_api.state import Services, State

_POLICY: Final = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
"""Any site may frame this page: it has no form, no script and nothing of the reader."""
_PRACTICE: Final = re.compile(r"/(?:embed/|id/)?practice/([A-Za-z0-9][A-Za-z0-9._~-]*)")
_A_DAY: Final = 86_400
Json = dict[str, Any]  # Any: JSON


def embed_page(request: Request, services: Services, name: str) -> Response:
    """One practice as a card for other sites."""
    practice = services.answers.catalogue.practice(name)
    page = render(
        request,
        "embed.html",
        embed=embed_of(services, practice, site_of(request), interface_root(request)),
        practice={
            "label": practice.title,
            "local": services.present.local(practice.id),
            **services.present.practice_brief(practice),
        },
    )
    page.headers["Content-Security-Policy"] = _POLICY
    return page


def oembed(
    request: Request,
    services: Services,
    url: str,
    form: Annotated[str, Query(alias="format")] = "json",
    maxwidth: Annotated[int | None, Query(ge=1)] = None,
    maxheight: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """What embeds the page at an address, for programs that turn links into cards."""
    if form not in ("json", "xml"):
        return problem(
            501, "Not implemented", f"the format is '{form}'; expected json or xml", field="format"
        )
    embed = _asked(request, services, url)
    width, height = min(EMBED_WIDTH, maxwidth or EMBED_WIDTH), min(EMBED_HEIGHT, maxheight or EMBED_HEIGHT)
    answer: Json = {
        "version": "1.0", "type": "rich", "title": embed.title, "provider_name": "bufgraph", "provider_url": embed.site,
        "cache_age": _A_DAY, "html": embed.snippet(width, height), "width": width, "height": height,
    }  # fmt: skip
    if (maxwidth or CARD_WIDTH) >= CARD_WIDTH and (maxheight or CARD_HEIGHT) >= CARD_HEIGHT:
        picture = picture_url(embed.site, "practice", embed.slug, embed.root)
        answer |= {"thumbnail_url": picture, "thumbnail_width": CARD_WIDTH, "thumbnail_height": CARD_HEIGHT}
    headers = {"Access-Control-Allow-Origin": "*"}
    if form == "json":
        return JSONResponse(answer, headers=headers)
    return Response(_xml(answer), media_type="text/xml", headers=headers)


def _asked(request: Request, services: State, url: str) -> Embed:
    """Return the practice that an address of ours, or an identifier, shows.

    Raises:
        NotFoundError: It shows no practice.
    """
    site, path = site_of(request), ""
    here, asked = urlsplit(site), _split(url)
    if asked.scheme in ("http", "https") and asked.netloc == here.netloc and asked.path.startswith(here.path):
        path = unquote("/" + asked.path.removeprefix(here.path))
    elif url.startswith(base := services.build.settings.base_iri):
        path = "/id/" + url.removeprefix(base)
    code, bare = split_language(path or "/")
    found = _PRACTICE.fullmatch(bare)
    if found is None:
        raise NotFoundError(f"'{url}' is no page of a practice here; only those can be embedded", url=url)
    speaking = services.speaking(code or "en")
    practice = services.answers.catalogue.practice(found[1])
    return embed_of(speaking, practice, site, f"/{code}" if code else "")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # such as an unfinished IPv6 address
        return urlsplit("")


def _xml(answer: Json) -> bytes:
    root = Element("oembed")
    for name, value in answer.items():
        SubElement(root, name).text = str(value)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written
