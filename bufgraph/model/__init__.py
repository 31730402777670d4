"""What bufgraph knows about: typed, frozen records. Every reference to another record is its IRI."""

from bufgraph.model.catalogue import Catalogue
from bufgraph.model.records import (
    Adoption,
    AssessmentModel,
    Citation,
    City,
    CityNeed,
    Concept,
    Expert,
    GoodPractice,
    Lesson,
    Observation,
    Obstacle,
    Organisation,
    Participation,
    Record,
    Region,
    Result,
    SourceDocument,
)

__all__ = [
    "Adoption",
    "AssessmentModel",
    "Catalogue",
    "Citation",
    "City",
    "CityNeed",
    "Concept",
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
]
