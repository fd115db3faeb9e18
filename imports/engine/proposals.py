"""What each column most likely is: what it was the last time, an equal name, a near name, else a new property."""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from imports.engine.mapping import MappedColumn, NewProperty, Proposal
from imports.engine.targets import LABELS, LEFT_OUT, USER_ID
from user360.models import Property
from user360.property_types.infer import likely_date_format, narrowest_type
from user360.services.properties import key_from_label, label_from_header

USER_ID_NAMES = ("userid", "customerid", "clientid", "contactid", "memberuserid", "externalid", "id", "uid")
# Words people use for the shipped properties.
SYNONYMS: dict[str, str] = {
    **dict.fromkeys(("givenname", "forename", "prenom", "vorname"), "firstName"),
    **dict.fromkeys(("surname", "familyname", "nom", "nachname"), "lastName"),
    **dict.fromkeys(("fullname", "displayname", "customername"), "name"),
    **dict.fromkeys(("sex",), "gender"),
    **dict.fromkeys(("dateofbirth", "birthdate", "birthday"), "dob"),
    **dict.fromkeys(("town", "ville", "stadt"), "city"),
    **dict.fromkeys(("lang", "preferredlanguage", "locale"), "language"),
    **dict.fromkeys(("tz",), "timezone"),
    **dict.fromkeys(("mail", "emailaddress"), "email"),
    **dict.fromkeys(("mobile", "mobilephone", "phonenumber", "telephone", "cellphone", "msisdn", "tel"), "phone"),
    **dict.fromkeys(("level", "tier", "membershiplevel", "loyaltylevel"), "memberLevel"),
    **dict.fromkeys(("membershipid", "memberno", "membernumber", "loyaltyid"), "memberId"),
    **dict.fromkeys(
        ("signupdate", "registrationdate", "registrationtime", "registered", "signedupat"), "registeredAt"
    ),
}
# Where a file has no user ID, these columns are what users are found by.
FINDING = {"email": "id:email", "phone": "id:mobile"}
# What a report adds behind the original columns.
RESULT_COLUMNS = ("line", "result", "error_code", "error_column", "error_message")
_NEAR_TOKEN = 0.75
_NEAR_NAME = 0.85


class Proposer:
    """Proposes for all columns of one file together, so that nothing is proposed twice."""

    def __init__(
        self,
        properties: Sequence[Property],
        last: Mapping[str, MappedColumn],
        tag_names: Sequence[str] = (),
    ) -> None:
        self._properties = {prop.key: prop for prop in properties if prop.editable and prop.archived_at is None}
        self._by_name: dict[str, str] = {}
        for prop in self._properties.values():
            self._by_name.setdefault(squeeze(prop.label), prop.key)
        self._by_name.update({squeeze(key): key for key in self._properties})
        self._last = last
        self._tags = {squeeze(name): name for name in tag_names}
        self._taken: set[str] = set()

    def propose(self, columns: Sequence[tuple[str, Sequence[str]]]) -> list[Proposal]:
        """One proposal a column; `columns` are headers with some of their values."""
        user_id = find_user_id(columns)
        results = {name for name, _ in columns} >= set(RESULT_COLUMNS)
        found: dict[str, tuple[str, float, str, MappedColumn | None]] = {}
        for rule in (self._from_last, self._exact, self._near):
            for name, _ in columns:
                if name in found or (results and name in RESULT_COLUMNS):
                    continue
                match = rule(name, user_id)
                if match is not None and (match[0] == LEFT_OUT or match[0] not in self._taken):
                    self._taken.add(match[0])
                    found[name] = match
        has_user_id = any(match[0] == USER_ID for match in found.values())
        return [
            self._proposal(name, values, found.get(name), has_user_id=has_user_id, result=results)
            for name, values in columns
        ]

    def _proposal(
        self,
        name: str,
        values: Sequence[str],
        match: tuple[str, float, str, MappedColumn | None] | None,
        *,
        has_user_id: bool,
        result: bool,
    ) -> Proposal:
        samples = tuple(value for value in values if value)[:5]
        if match is None:
            if result and name in RESULT_COLUMNS:
                return Proposal(MappedColumn(name), 1.0, "Added by the report of an import", samples)
            return self._new(name, values, samples)
        target, confidence, reason, last = match
        if not has_user_id and target in FINDING:
            target, reason = FINDING[target], f"{reason}; users are found by it"
        date_format = last.date_format if last else self._date_format(target, values)
        return Proposal(MappedColumn(name, target, date_format), confidence, reason, samples)

    def _from_last(self, name: str, _user_id: str | None) -> tuple[str, float, str, MappedColumn | None] | None:
        last = self._last.get(name.casefold())
        if last is None or last.target == LEFT_OUT:
            return None
        known = last.target in self._properties or last.target in (LABELS, USER_ID) or ":" in last.target
        return (last.target, 1.0, "As in the last import of this source", last) if known else None

    def _exact(self, name: str, user_id: str | None) -> tuple[str, float, str, MappedColumn | None] | None:
        squeezed = squeeze(name)
        if name == user_id:
            return USER_ID, 0.95, "Looks like the user ID", None
        if squeezed in ("tags", "labels"):
            return LABELS, 1.0, "Same name", None
        if squeezed in self._by_name:
            return self._by_name[squeezed], 1.0, "Same name", None
        if squeezed in SYNONYMS:
            return SYNONYMS[squeezed], 0.9, "Another word for it", None
        if squeezed in self._tags:
            return f"tag:{self._tags[squeezed]}", 0.9, "Name of a tag", None
        return None

    def _near(self, name: str, _user_id: str | None) -> tuple[str, float, str, MappedColumn | None] | None:
        best, score = "", 0.0
        for prop in self._properties.values():
            for other in (prop.key, prop.label):
                likeness = near(name, other)
                if likeness > score and prop.key not in self._taken:
                    best, score = prop.key, likeness
        return (best, round(score * 0.9, 2), "Nearly the same name", None) if score >= _NEAR_NAME else None

    def _new(self, name: str, values: Sequence[str], samples: tuple[str, ...]) -> Proposal:
        key = self._free_key(key_from_label(name))
        type_key = narrowest_type(values)
        date_format = likely_date_format(values) or "iso"
        create = NewProperty(label_from_header(name), type_key)
        return Proposal(MappedColumn(name, key, date_format, create), 0.5, "Create as new property", samples)

    def _free_key(self, key: str) -> str:
        used = {squeeze(other) for other in (*self._properties, *self._taken)}
        free, count = key, 2
        while squeeze(free) in used:
            free, count = f"{key[:60]}{count}", count + 1
        self._taken.add(free)
        return free

    def _date_format(self, target: str, values: Sequence[str]) -> str:
        prop = self._properties.get(target)
        if prop is None or prop.type not in ("date", "datetime"):
            return "iso"
        return likely_date_format(values) or "iso"


def find_user_id(columns: Sequence[tuple[str, Sequence[str]]]) -> str | None:
    """The column that most likely holds the user ID: by its name, else the first `…_id` without any value twice."""
    by_name = {squeeze(name): name for name, _ in reversed(columns)}
    for known in USER_ID_NAMES:
        if known in by_name:
            return by_name[known]
    for name, values in columns:
        present = [value for value in values if value]
        is_id = tokens(name)[-1:] == ["id"]
        if is_id and present and len(present) == len(values) == len(set(present)):
            return name
    return None


def squeeze(name: str) -> str:
    """A name without case, spaces and signs: `Date of birth`, `date_of_birth` and `dateOfBirth` are one."""
    return re.sub(r"[\W_]+", "", name).casefold()


def tokens(name: str) -> list[str]:
    """The words of a name in small letters, whether written with spaces, signs or capitals."""
    return re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).casefold())


def near(name: str, other: str) -> float:
    """How alike two names are, from 0 to 1. Every word must be near its counterpart: day charge is not eve charge."""
    words, others = tokens(name), tokens(other)
    if len(words) != len(others) or not words:
        return 0.0
    ratios = [SequenceMatcher(None, one, two).ratio() for one, two in zip(words, others, strict=True)]
    return sum(ratios) / len(ratios) if min(ratios) >= _NEAR_TOKEN else 0.0
