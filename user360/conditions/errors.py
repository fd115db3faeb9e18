"""What is wrong with a condition, and where."""

from dataclasses import dataclass
from typing import TypedDict

type Path = tuple[str | int, ...]


class ErrorJson(TypedDict):
    """One error as the API and the pages get it."""

    path: list[str | int]
    code: str
    message: str


@dataclass(frozen=True)
class ConditionError:
    """One fault. `path` leads from the root to it: ("all", 1, "value"); `code` is stable, `message` one sentence."""

    path: Path
    code: str
    message: str

    def as_json(self) -> ErrorJson:
        """The shape of CONTRACT 3."""
        return {"path": list(self.path), "code": self.code, "message": self.message}


class ConditionErrors(ValueError):  # noqa: N818 - holds several
    """The condition cannot be evaluated. Whoever catches this shows the errors and matches nobody."""

    def __init__(self, errors: list[ConditionError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors

    def as_json(self) -> list[ErrorJson]:
        """Every fault, in the order of the condition."""
        return [error.as_json() for error in self.errors]
