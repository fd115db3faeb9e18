"""Segments of made-up customers, as a marketer would make them."""

from typing import Any

SEGMENTS: dict[str, dict[str, Any]] = {
    "VIP with e-mail": {
        "all": [
            {"tag": "Labels", "op": "has_any", "value": ["VIP"]},
            {"property": "emailOptin", "op": "is_true"},
        ]
    },
    "New this month": {"property": "createdAt", "op": "this_month"},
    "Birthday this week": {"property": "dob", "op": "anniversary", "value": {"next": {"n": 7, "unit": "days"}}},
    "Reachable by SMS": {
        "all": [{"property": "phone", "op": "known"}, {"property": "smsOptin", "op": "is_true"}]
    },
    "Lapsed buyers": {
        "all": [
            {"property": "orders", "op": "gte", "value": 3},
            {"property": "lastSeenAt", "op": "more_than_ago", "value": {"n": 180, "unit": "days"}},
        ]
    },
    "Gold and Platinum": {"property": "memberLevel", "op": "in", "value": ["Gold", "Platinum"]},
    "Paris, Lyon or Berlin": {"property": "city", "op": "in", "value": ["Paris", "Lyon", "Berlin"]},
    "Seen in the last 30 days": {"property": "lastSeenAt", "op": "last", "value": {"n": 30, "unit": "days"}},
}  # fmt: skip
