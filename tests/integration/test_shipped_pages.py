"""Every shipped record has a page; none breaks on a gap in the data."""

from fastapi.testclient import TestClient

from bufgraph.services.composition import open_build
from bufgraph.settings import Settings
from bufgraph_api.app import create_app


def test_every_record_has_a_page(shipped_settings: Settings) -> None:
    catalogue = open_build(shipped_settings).catalogue
    records = {
        "city": catalogue.cities.values(),
        "practice": catalogue.practices.values(),
        "challenge": catalogue.challenges,
        "expert": catalogue.experts.values(),
    }
    with TestClient(create_app(shipped_settings), raise_server_exceptions=False) as client:
        paths = [f"/{kind}/{record.slug}" for kind, group in records.items() for record in group]
        broken = [
            path for path in paths if client.get(path, headers={"Accept": "text/html"}).status_code != 200
        ]
    assert len(paths) > 950
    assert broken == []
