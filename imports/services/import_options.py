"""What the options of an import mean where no wizard asks: `--map COLUMN=FIELD`, `--user-id`, `--encoding`."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from imports.engine.encoding import ENCODINGS
from imports.engine.mapping import MappedColumn, NewProperty
from imports.engine.refusal import FileRefused, MappingRefused
from imports.engine.targets import USER_ID, PropertyTarget, parse_target
from imports.models import UserImport
from imports.services import user_imports
from user360.models import Property
from user360.services.properties import key_from_label, label_from_header

# Other spellings of the encodings, beside their own.
_ALIASES = {
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "utf-16": "utf-16-le",
    "gbk": "gb18030",
    "latin1": "latin-1",
    "iso-8859-1": "latin-1",
    **{f"windows-{name.removeprefix('cp')}": name for name in ENCODINGS if name.startswith("cp")},
}


def read_as(*, user_import: UserImport, encoding: str) -> None:
    """Reads the file in the encoding of this name. Raises FileRefused for an unknown one."""
    wanted = encoding.lower().replace("_", "-")
    known = _ALIASES.get(wanted, wanted)
    if known not in ENCODINGS:
        raise FileRefused(f"The encoding {encoding} is not known; there are {', '.join(ENCODINGS)}.")
    user_imports.set_reading(
        user_import=user_import, encoding=known, delimiter=user_import.delimiter, header=user_import.header
    )


def choose_mapping(
    *, user_import: UserImport, mapped: Sequence[str], user_id: str, create_properties: bool
) -> tuple[list[MappedColumn], str]:
    """What the options say of a column, else what the wizard would propose for it; and the user ID column.

    `mapped` are texts COLUMN=FIELD. Without `create_properties` a column that nothing is proposed for is left out.
    Raises MappingRefused.
    """
    said = _said(mapped)
    names = [column["name"] for column in user_import.columns]
    for name in said:
        if name not in names:
            raise MappingRefused(f"The file has no column “{name}”; it has {', '.join(names)}.", column=name)
    chooser = _Chooser(said, user_id, create_properties)
    for proposal in user_imports.propose_mapping(user_import):
        chooser.choose(proposal.mapped)
    return chooser.columns, chooser.user_id


def _said(mapped: Sequence[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    for option in mapped:
        name, equals, written = option.rpartition("=")
        if not equals or not name:
            raise MappingRefused(f"Write --map COLUMN=FIELD, not “{option}”.")
        said[name] = written
    return said


@dataclass
class _Chooser:
    """Goes through the columns; what the options say comes before every proposal."""

    said: dict[str, str]
    user_id: str
    create: bool
    columns: list[MappedColumn] = field(default_factory=list)
    existing: set[str] = field(default_factory=lambda: set(Property.objects.values_list("key", flat=True)))

    def choose(self, proposed: MappedColumn) -> None:
        """Decides about one column."""
        if proposed.column in self.said:
            self.columns.append(self._as_said(proposed))
        elif proposed.column == self.user_id:
            self.columns.append(MappedColumn(proposed.column, USER_ID))
        elif proposed.target == USER_ID:
            self._maybe_user_id(proposed)
        elif proposed.target in self.said.values():
            return
        elif proposed.create is None:
            self.columns.append(proposed)
        elif self.create:
            # The narrowest type of the whole file, not the guess from the first rows.
            new = NewProperty(proposed.create.label, "")
            self.columns.append(MappedColumn(proposed.column, proposed.target, "iso", new))

    def _maybe_user_id(self, proposed: MappedColumn) -> None:
        if not self.user_id and USER_ID not in self.said.values():
            self.user_id = proposed.column
            self.columns.append(proposed)
        elif self.create:
            key = key_from_label(proposed.column)
            new = None if key in self.existing else NewProperty(label_from_header(proposed.column), "")
            self.columns.append(MappedColumn(proposed.column, key, "iso", new))

    def _as_said(self, proposed: MappedColumn) -> MappedColumn:
        written = self.said[proposed.column]
        target = parse_target(written, column=proposed.column)
        new = None
        if isinstance(target, PropertyTarget) and target.key not in self.existing:
            if not self.create:
                raise MappingRefused(
                    f"There is no property “{target.key}”; add --create-properties to make it.",
                    column=proposed.column,
                )
            new = NewProperty(label_from_header(target.key), "")
        return MappedColumn(proposed.column, written, proposed.date_format, new)
