"""Where a column can go: FIELD of the contract as objects, and back."""

from dataclasses import dataclass

from imports.engine.refusal import MappingRefused
from user360.models import Encryption

LEFT_OUT = "-"
LABELS = "tags"
USER_ID = "userId"
_IDENTITY = "id:"
_TAG = "tag:"


@dataclass(frozen=True)
class PropertyTarget:
    """A user property, by key."""

    key: str

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True)
class IdentityTarget:
    """An identifier of the person: key of the ID type, and the state its values are in."""

    type_key: str
    encryption: str = Encryption.NONE

    def __str__(self) -> str:
        suffix = "" if self.encryption == Encryption.NONE else f":{self.encryption}"
        return f"{_IDENTITY}{self.type_key}{suffix}"


@dataclass(frozen=True)
class TagTarget:
    """Values of a tag; no name means the labels."""

    name: str = ""

    def __str__(self) -> str:
        return f"{_TAG}{self.name}" if self.name else LABELS


@dataclass(frozen=True)
class LeftOut:
    """The column is not imported."""

    def __str__(self) -> str:
        return LEFT_OUT


type Target = PropertyTarget | IdentityTarget | TagTarget | LeftOut


def parse_target(text: str, *, column: str) -> Target:
    """The target that FIELD means. Whether it exists is for the plan to say. Raises MappingRefused."""
    if text in (LEFT_OUT, ""):
        return LeftOut()
    if text == LABELS:
        return TagTarget()
    if text.startswith(_TAG):
        if name := text.removeprefix(_TAG).strip():
            return TagTarget(name)
        raise MappingRefused(f"Name the tag of the column “{column}”, as in tag:Tier.", column=column)
    if text.startswith(_IDENTITY):
        type_key, _, encryption = text.removeprefix(_IDENTITY).partition(":")
        encryption = encryption.lower() or Encryption.NONE
        if encryption not in Encryption.values:
            allowed = ", ".join(Encryption.values)
            raise MappingRefused(f"“{encryption}” is not an encryption; there are {allowed}.", column=column)
        return IdentityTarget(type_key, encryption)
    return PropertyTarget(text)
