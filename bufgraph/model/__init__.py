"""What bufgraph knows about: typed, frozen records. Every reference to another record is its IRI."""

from bufgraph.model.catalogue import Catalogue
from bufgraph.model.concepts import Concept
from bufgraph.model.organisations import Expert, Organisation, Participation
from bufgraph.model.places import (
    AssessmentModel,
    City,
    CityFeature,
    CityNeed,
    CountryFeature,
    Observation,
    Region,
)
from bufgraph.model.practices import (
    Adoption,
    GoodPractice,
    Lesson,
    Obstacle,
    Result,
    TransferCondition,
    Translation,
)
from bufgraph.model.records import Record
from bufgraph.model.sources import Citation, SourceDocument

__all__ = [
    "Adoption",
    "AssessmentModel",
    "Catalogue",
    "Citation",
    "City",
    "CityFeature",
    "CityNeed",
    "Concept",
    "CountryFeature",
    "Expert",
    "GoodPractice",
    "Lesson",
    "Observation",
    "Obstacle",
    "Organisation",
    "Participation",
    "Record",
    "Region",
    "Result",
    "SourceDocument",
    "TransferCondition",
    "Translation",
]
