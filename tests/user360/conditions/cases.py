"""Every operator of every kind of value, with values that divide the population."""

from collections.abc import Iterable
from typing import Any

from tests.oracles import Person
from tests.user360.conditions.population import CUSTOM, TYPES
from user360.property_types import PROPERTY_TYPES


def _each(operators: Iterable[str], values: list[Any]) -> dict[str, list[Any]]:
    return {op: values for op in operators}  # noqa: C420 - `fromkeys` is refused for lists


TEXT: dict[str, list[Any]] = {
    "is": ["PARIS", "été", ["lyon", "Straße"], "100%", "a\\b"],
    "is_not": ["PARIS", ["lyon", "ÉTÉ chaud"]],
    "contains": ["AR", "%", "_", "\\", ["té", "yon"]],
    "not_contains": ["AR", ["té", "%"]],
    "starts_with": ["pAR", "É", "100_", ["ly", "иван"]],
    "ends_with": ["IS", "%", ["NORD", "B"]],
    "in": [["PARIS", "nice", "nowhere"]],
    "not_in": [["PARIS", "nice", "nowhere"]],
}
OTHER_TEXT: dict[str, dict[str, list[Any]]] = {
    "email": {
        **_each(("is", "is_not"), ["ANN@example.com", ["bob@example.org", "x@y.zz"]]),
        **_each(("in", "not_in"), [["ANN@example.com", "été@exemple.fr"]]),
        **_each(("contains", "not_contains"), ["EXAMPLE.C", ["@exemple", ".b@"]]),
        "starts_with": ["Ann", "é"],
        "ends_with": [".COM", [".org", ".fr"]],
    },
    "phone": {
        **_each(("is", "is_not"), ["+33 6 12 34 56 78", ["06 98 76 54 32", "+1 415 555 2671"]]),
        **_each(("in", "not_in"), [["+33612345678", "+49 1511 2345678"]]),
        **_each(("contains", "not_contains"), ["1234"]),
        "starts_with": ["+33", ["+49", "+1"]],
        "ends_with": ["78"],
    },
    "url": {
        **_each(("is", "is_not"), ["https://EXAMPLE.com/a"]),
        **_each(("in", "not_in"), [["https://example.com/A", "http://test.example.org/"]]),
        **_each(("contains", "not_contains"), ["EXAMPLE.com", "%25"]),
        "starts_with": ["HTTPS"],
        "ends_with": ["%25", "/"],
    },
}
NUMBER: dict[str, list[Any]] = {
    **_each(("eq", "ne", "lt", "lte", "gt", "gte"), [7, 7.25]),
    "between": [[0, 7], [7, 1200], [-3.5, 7.25]],
}
WHOLE: dict[str, dict[str, list[Any]]] = {
    "age": {
        **_each(("eq", "ne", "lt", "lte", "gt", "gte"), [30, 50]),
        "between": [[18, 65], [29.5, 30.5]],
    },
    "profileComplete": {
        **_each(("lt", "lte", "gt", "gte"), [76, 76.5]),
        **_each(("eq", "ne"), [76]),
        "between": [[70, 80], [70.5, 76.5]],
    },
}
BOOLEAN: dict[str, list[Any]] = _each(("is_true", "is_not_true", "is_false", "is_not_false"), [None])
TIME: dict[str, list[Any]] = {
    "before": ["06:00", "12:30:00"],
    "after": ["05:59:59", "06:00"],
    "between": [["06:00", "12:30"], ["22:00", "05:59:59"]],
}
LIST: dict[str, list[Any]] = {
    "has_any": [["WEB", "été"], "sms"],
    "has_all": [["web", "APP"], ["ÉTÉ"]],
    "has_none": [["web", "nothing"]],
}
TAG: dict[str, list[Any]] = {
    "is": ["VIP", ["été", "vip"]],
    "is_not": ["opted out", ["été", "vip"]],
    "has_any": [["VIP", "nothing"]],
    "has_all": [["VIP", "opted out"], ["ÉTÉ"], ["vip", "VIP"]],
    "has_none": [["VIP", "nothing"]],
    "known": [None],
    "unknown": [None],
}
TIER: dict[str, list[Any]] = {
    "is": ["Gold"],
    "is_not": ["Gold", ["gold", "silver"]],
    "known": [None],
    "unknown": [None],
}
UNITS = ("minutes", "hours", "days", "weeks", "months", "years")


def _durations(**n_by_unit: int) -> list[Any]:
    return [{"n": n, "unit": unit} for unit, n in n_by_unit.items()]


def when_cases(today: str, later: str) -> dict[str, list[Any]]:
    """The date operators, around two days."""
    rolling = _durations(minutes=3000, hours=300, days=30, weeks=3, months=2, years=1)
    return {
        "on": [today],
        "before": [today],
        "after": [today],
        "between": [[today, later]],
        **_each(("today", "yesterday", "tomorrow", "this_week", "last_week", "this_month", "last_month"), [None]),
        **_each(("this_year", "last_year"), [None]),
        **_each(("last", "next", "more_than_ago", "more_than_ahead"), rolling),
        **_each(("exactly_ago", "exactly_ahead"), _durations(days=1, weeks=1)),
        "anniversary": [{"next": {"n": n, "unit": "days"}} for n in (0, 3, 40)] + [{"month": 2, "day": 29}],
    }


def moment_cases(now: str, today: str, later: str) -> dict[str, list[Any]]:
    """The same for moments, which compare with instants, too."""
    cases = when_cases(today, later)
    return {
        **cases,
        "before": [today, now],
        "after": [today, now],
        "between": [[today, later], [now, later]],
        **_each(("last", "next"), [*cases["last"], {"n": 5, "unit": "minutes"}]),
        **_each(("exactly_ago", "exactly_ahead"), _durations(minutes=1, hours=1, days=1, weeks=1)),
        "anniversary": [{"next": {"n": n, "unit": "days"}} for n in (0, 3, 40)],
    }


def _leaves(subject: dict[str, str], by_op: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [
        {**subject, "op": op} | ({} if value is None else {"value": value})
        for op, values in by_op.items()
        for value in values
    ]


def property_cases(now: str, today: str, later: str) -> list[dict[str, Any]]:
    """Every operator of every type, on custom properties; and the system properties that are kept otherwise."""
    by_type: dict[str, dict[str, list[Any]]] = {
        "string": TEXT,
        "text": TEXT,
        **OTHER_TEXT,
        "number": NUMBER,
        "boolean": BOOLEAN,
        "date": when_cases(today, later),
        "datetime": moment_cases(now, today, later),
        "time": TIME,
        "list": LIST,
    }
    always: dict[str, list[Any]] = {"known": [None], "unknown": [None]}
    cases: list[dict[str, Any]] = []
    for key, kind in CUSTOM.items():
        assert set(by_type[kind]) | set(always) == set(PROPERTY_TYPES[kind].operators), f"an operator of {kind}"
        cases += _leaves({"property": key}, by_type[kind] | always)
    system = {
        "city": TEXT,
        "name": TEXT,
        "email": OTHER_TEXT["email"],
        "phone": OTHER_TEXT["phone"],
        "emailOptin": BOOLEAN,
        "dob": {"anniversary": by_type["date"]["anniversary"], "before": ["1990-01-01"], "after": ["1990-01-01"]},
        "registeredAt": by_type["datetime"],
        "channels": LIST,
        "age": WHOLE["age"],
    }
    for key, by_op in system.items():
        cases += _leaves({"property": key}, by_op | always)
    cases += _leaves({"property": "profileComplete"}, WHOLE["profileComplete"])
    cases += _leaves({"property": "lastSeenAt"}, {"last": [{"n": 30, "unit": "days"}], "unknown": [None]})
    return cases


def other_cases() -> list[dict[str, Any]]:
    """Identities, tags and sources."""
    identity: dict[str, list[Any]] = {
        "known": [None],
        "unknown": [None],
    }
    mobile = identity | _each(("contains", "not_contains"), ["00"]) | {"starts_with": ["+33", ["+49", "+1"]]}
    openid = identity | {"contains": ["B1"], "not_contains": ["B1"], "ends_with": ["ab1", ["X", "ZZ"]]}
    sources: dict[str, list[Any]] = {
        "is": ["CRM", ["crm", "SHOP feed"]],
        "is_not": ["crm"],
        "contains": ["P"],
        "known": [None],
    }
    return [
        *_leaves({"identity": "mobile"}, mobile),
        *_leaves({"identity": "openid"}, openid),
        *_leaves({"tag": "Labels"}, TAG),
        *_leaves({"tag": "Tier"}, TIER),
        *_leaves({"property": "source"}, sources | {"unknown": [None]}),
        {"source": "CRM", "op": "is"},
        {"source": "CRM", "op": "is_not"},
    ]


def exact_identity_cases(people: list[Person]) -> list[dict[str, Any]]:
    """Equality with the IDs that some people have, and their beginnings."""
    held = {
        key: sorted(value for person in people for _, value in person.identities[key]) for key in ("mobile", "openid")
    }
    some = {"mobile": held["mobile"][:9], "openid": [value.upper() for value in held["openid"][:9]]}
    return [
        case
        for key, values in some.items()
        for case in _leaves(
            {"identity": key},
            {
                "is": [values[0], values],
                "is_not": [values[0]],
                "in": [values],
                "not_in": [values],
                "starts_with": [values[0][:5], [value[:-1] for value in values]],
            },
        )
    ]


__all__ = ["TYPES", "exact_identity_cases", "other_cases", "property_cases"]
