"""Made-up customers, inserted as sets: profile, identities, creation record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from demo.draws import chance, days_ago, draw, known, pick
from imports.engine.lanes import in_lanes
from imports.engine.tables import SEARCH_INDEX_IN_PORTIONS

BATCH = 50_000

# Country → (calling code and first digits of its mobile numbers, digits that follow, language, time zone, cities).
# Larger cities stand several times.
COUNTRIES: dict[str, tuple[str, int, str, str, tuple[str, ...]]] = {
    "France": ("+336", 8, "fr", "Europe/Paris", ("Paris", "Paris", "Paris", "Lyon", "Marseille", "Lille", "Nantes")),
    "Germany": ("+4915", 9, "de", "Europe/Berlin", ("Berlin", "Berlin", "Hamburg", "München", "Köln", "Leipzig")),
    "Spain": ("+346", 8, "es", "Europe/Madrid", ("Madrid", "Madrid", "Barcelona", "Sevilla", "Valencia")),
    "United Kingdom": ("+4477", 8, "en", "Europe/London", ("London", "London", "Leeds", "Bristol", "Glasgow")),
    "India": ("+9198", 8, "hi", "Asia/Kolkata", ("Delhi", "Mumbai", "Mumbai", "Bengaluru", "Pune", "Chennai")),
    "Japan": ("+8190", 8, "ja", "Asia/Tokyo", ("Tokyo", "Tokyo", "Osaka", "Nagoya", "Fukuoka")),
    "Nigeria": ("+234803", 7, "en", "Africa/Lagos", ("Lagos", "Lagos", "Abuja", "Ibadan")),
    "Brazil": ("+55119", 8, "pt", "America/Sao_Paulo", ("São Paulo", "Rio de Janeiro", "Salvador", "Recife")),
}
WOMEN = (
    "Amélie", "Sofía", "Mia", "Olivia", "Fatima", "Emma", "Yuki", "Aisha", "Clara", "Ines", "Hanna", "Priya", "Chiara",
    "Zoé", "Lena", "Adaeze", "Beatriz", "Naoko", "Ana", "Ruth", "Camille", "Elif", "Marta", "Ngozi", "Sakura", "Divya",
)  # fmt: skip
MEN = (
    "Kenji", "Tunde", "Arjun", "Noah", "João", "Luca", "Paul", "Hugo", "Mateo", "Felix", "Haruto", "Emeka", "Rafael",
    "Louis", "Jonas", "Rohan", "Pablo", "Oliver", "Ibrahim", "Théo", "Karl", "Takumi", "Bruno", "Samuel", "Omar",
)  # fmt: skip
LAST_NAMES = (
    "Laurent", "Watanabe", "Ramírez", "Adeyemi", "Schneider", "Patel", "Brown", "Andersen", "Pereira", "Dubois",
    "Okafor", "Tanaka", "Müller", "García", "Sharma", "Silva", "Martin", "Smith", "Fischer", "Suzuki", "Costa",
    "Weber", "López", "Singh", "Eze", "Bernard", "Taylor", "Wagner", "Sato", "Almeida", "Petit", "Hoffmann", "Torres",
    "Reddy", "Bello", "Walker", "Koch", "Yamamoto", "Lima", "Durand", "Evans", "Richter", "Navarro", "Iyer", "Musa",
)  # fmt: skip
LEVELS = ("Bronze", "Bronze", "Bronze", "Silver", "Silver", "Gold", "Platinum")
CHANNELS = ("web", "web", "store", "app", "whatsapp", "email")
STORES = ("Marais", "Mitte", "Shibuya", "Gràcia", "Soho", "Bandra", "Lekki", "Pinheiros")

_COUNTRY = list(COUNTRIES)


def _by_country(column: int) -> str:
    whens = " ".join(f"WHEN '{name}' THEN '{facts[column]}'" for name, facts in COUNTRIES.items())
    return f"CASE country {whens} END"


def _city() -> str:
    whens = " ".join(f"WHEN '{name}' THEN {pick('city', facts[4])}" for name, facts in COUNTRIES.items())
    return f"CASE country {whens} END"


def _phone() -> str:
    digits = " ".join(f"WHEN '{name}' THEN {facts[1]}" for name, facts in COUNTRIES.items())
    # The row number makes it unique.
    return f"{_by_country(0)} || lpad(i::text, CASE country {digits} END, '0')"


# What every column is made of, in three steps since later ones read earlier ones.
_DRAWN = f"""
    SELECT i, {pick("country", _COUNTRY)} AS country, {chance("woman", 52)} AS woman,
           {pick("women", WOMEN)} AS woman_name, {pick("men", MEN)} AS man_name,
           {pick("last", LAST_NAMES)} AS last_name, {days_ago("created", 1500)} AS created_at,
           {draw("orders", 40)} AS orders, {draw("spent", 900_000)} AS spent
      FROM generate_series(%(first)s, %(last)s) AS i
"""  # noqa: S608  # constants of this module
_NAMED = f"""
    SELECT *, CASE WHEN woman THEN woman_name ELSE man_name END AS first_name, {_city()} AS city,
           {known("phone", 88, _phone())} AS phone, {_by_country(2)} AS language, {_by_country(3)} AS timezone,
           'C-' || lpad(i::text, 7, '0') AS user_id,
           CASE WHEN {chance("buyer", 70)} THEN orders END AS bought
      FROM ({_DRAWN}) AS drawn
"""  # noqa: S608
_PEOPLE = f"""
    SELECT %(lowest)s + i - 1 AS id, *, (%(sources)s::int[])[1 + {draw("source", 4)}] AS source_id,
           {known("email", 92, "lower(translate(first_name || '.' || last_name, 'éíüãçóàèñ', 'eiuacoaen')) || i || '@example.com'")} AS email,
           {known("seen", 85, "created_at + " + draw("since", 1_000_000) + " / 1e6 * (%(now)s::timestamptz - created_at)")} AS last_seen_at
      FROM ({_NAMED}) AS named
"""  # noqa: S608, E501
_ATTRIBUTES = f"""jsonb_strip_nulls(jsonb_build_object(
    'lifetimeValue', CASE WHEN bought > 0 THEN trim_scale(round(spent * bought / 4000.0, 2)) END,
    'orders', bought,
    'favouriteStore', {known("store", 45, pick("store-name", STORES))},
    'newsletter', {known("newsletter", 60, chance("reads", 55))},
    'firstOrderOn', CASE WHEN bought > 0 THEN to_char(created_at, 'YYYY-MM-DD') END,
    'sizes', CASE WHEN {chance("sizes", 30)} THEN to_jsonb(ARRAY[{pick("size", ("S", "M", "L"))}, {pick("shoe", ("38", "41", "44"))}]) END
))"""  # noqa: E501

_STAGE = f"CREATE TEMPORARY TABLE demo_person ON COMMIT DROP AS {_PEOPLE}"
_PROFILES = f"""
    INSERT INTO profile (id, workspace_id, user_id, first_name, last_name, gender, dob, country, city, language,
        timezone, email, phone, last_channel, email_optin, sms_optin, whatsapp_optin, member_level, member_id,
        registered_at, attributes, channels, source_id, created_at, updated_at, last_seen_at)
    SELECT id, %(workspace)s, user_id, first_name, last_name,
        {known("gender", 80, "CASE WHEN woman THEN 'Female' ELSE 'Male' END")},
        {known("dob", 64, "(DATE '1946-01-01' + " + draw("birth", 22_000) + ")")},
        country, city, language, timezone, email, phone, {pick("channel", CHANNELS)},
        {known("email-optin", 90, chance("email-yes", 55))}, {known("sms-optin", 70, chance("sms-yes", 45))},
        {known("whatsapp-optin", 30, chance("whatsapp-yes", 60))},
        {known("level", 60, pick("level-name", LEVELS))}, {known("member", 60, "'M-' || (70000 + i)")},
        created_at, {_ATTRIBUTES}, ARRAY[{pick("channel", CHANNELS)}],
        source_id, created_at, created_at, last_seen_at
      FROM demo_person
"""  # noqa: S608
# Sorted by key, so that the index grows at neighbouring places.
_IDENTITIES = """
    INSERT INTO identity (workspace_id, type_id, encryption, value, profile_id, source_id, first_seen_at, last_seen_at)
    SELECT %(workspace)s, kind, 'none', value, id, source_id, created_at, created_at
      FROM demo_person, LATERAL (VALUES
        (%(user_id_type)s, user_id), (%(mobile_type)s, phone), (%(email_type)s, email)) AS given (kind, value)
     WHERE value IS NOT NULL
     ORDER BY kind, value
"""
_CHANGES = """
    INSERT INTO change (workspace_id, profile_id, at, kind, source_id, after)
    SELECT %(workspace)s, id, created_at, 'user.created', source_id,
           jsonb_build_object('properties', jsonb_strip_nulls(jsonb_build_object(
             'firstName', first_name, 'lastName', last_name, 'email', email, 'city', city)))
      FROM demo_person
"""


def add_people(users: int, facts: Mapping[str, Any]) -> int:
    """Inserts `users` profiles with identities and creation records, a committed batch at a time.

    `facts`: workspace, seed, now, sources (keys of four sources) and the keys of the three ID types. Returns the
    first of the profiles' ids; the others follow it.
    """
    lowest = _ids(users)
    spans = ({**facts, "first": first, "last": min(first + BATCH - 1, users)} for first in range(1, users + 1, BATCH))
    in_lanes(({**span, "lowest": lowest} for span in spans), _add)
    return lowest


def _ids(users: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(nextval('profile_id_seq')) FROM generate_series(1, %s)", [users])
        return int(cursor.fetchone()[0] or 0)


def _add(span: Mapping[str, Any]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (SEARCH_INDEX_IN_PORTIONS, _STAGE, _PROFILES, _IDENTITIES, _CHANGES):
            cursor.execute(statement, span)
