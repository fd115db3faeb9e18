"""What a column of the file is, as the wizard, the command and the stored import say it."""

from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True)
class NewProperty:
    """A custom property that the import makes; `type` is a key of PROPERTY_TYPES."""

    label: str
    type: str


@dataclass(frozen=True)
class MappedColumn:
    """One column and where it goes.

    `target` is FIELD of the contract: a property key, `id:TYPE[:ENCRYPTION]`, `tag:NAME`, `tags` or `-`.
    `date_format` is a key of DATE_FORMATS and matters for days and moments. `create` makes the property `target`.
    """

    column: str
    target: str = "-"
    date_format: str = "iso"
    create: NewProperty | None = None

    def to_json(self) -> dict[str, Any]:
        """As `UserImport.mapping` keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What `to_json` gave."""
        create = stored.get("create")
        return cls(
            column=stored["column"],
            target=stored["target"],
            date_format=stored.get("date_format", "iso"),
            create=NewProperty(**create) if create else None,
        )


@dataclass(frozen=True)
class Proposal:
    """What a column most likely is: `confidence` from 0 to 1, and `reason` in words ("Same name", "Last import")."""

    mapped: MappedColumn
    confidence: float
    reason: str
    samples: tuple[str, ...] = ()
