"""A compiled shape: which nodes it looks at and which tests it puts to them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from bufgraph_ingest.gate import Violation
from bufgraph_ingest.gates.terms import Term, World

ValueTest = Callable[[World, Term], bool]
"""Tell whether one value of a focus node is right."""

SetTest = Callable[[World, Term, Collection[Term]], Iterable[str]]
"""Give the faults in all values of a focus node: the text at fault, or "" where none is to blame."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape (without a path) or a property shape.

    Attributes:
        path: The predicate, or "".
        message: What is said of a value that fails.
        value_tests: Put to every value alone.
        set_tests: Put to all values together, also when there is none.
        properties: Property shapes whose focus nodes are the values.
    """

    path: str
    message: str
    value_tests: Sequence[ValueTest]
    set_tests: Sequence[SetTest]
    properties: Sequence["Shape"]

    def conforms(self, world: World, focus: Term) -> bool:
        """Tell whether a focus node has no fault."""
        found: list[Violation] = []
        self.check(world, focus, found)
        return not found

    def check(self, world: World, focus: Term, found: list[Violation]) -> None:
        """Add every fault of a focus node to a list, as pySHACL would report it."""
        self._put(world, focus, world.objects(focus, self.path) if self.path else (focus,), found)

    def _put(self, world: World, focus: Term, values: Collection[Term], found: list[Violation]) -> None:
        for set_test in self.set_tests:
            if faults := set_test(world, focus, values):
                found.extend(self._violation(focus, text) for text in faults)
        for value in values:
            for value_test in self.value_tests:
                if not value_test(world, value):
                    found.append(self._violation(focus, value.text))  # noqa: PERF401 - twice as fast here
            if self.properties:
                known = world.properties(value)
                for shape in self.properties:
                    values_there = known.get(shape.path, ())
                    if values_there or shape.set_tests:
                        shape._put(world, value, values_there, found)

    def _violation(self, focus: Term, text: str) -> Violation:
        return Violation(focus.text, self.path, self.message, text)
