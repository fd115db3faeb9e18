"""The rules that let a distributed PostgreSQL hold the data (docs/operations.md), held against the models."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from user360.placement import Placement

ROOT = Path(__file__).resolve().parents[2]
OURS = ("user360", "segments", "imports")
MODELS: list[Any] = [model for app in OURS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
DISTRIBUTED = [
    model for model in MODELS if getattr(model, "placement", None) and model.placement.kind == "distributed"
]
COLOCATED = {model._meta.db_table for model in DISTRIBUTED if model.placement.colocated}


def columns(model: Any, names: Iterable[str]) -> set[str]:
    return {model._meta.get_field(name).column for name in names}


@pytest.mark.parametrize("model", [m for m in MODELS if not m._meta.auto_created], ids=lambda m: m.__name__)
def test_every_table_says_where_it_lives(model: Any) -> None:
    assert isinstance(model.placement, Placement)


@pytest.mark.parametrize("model", DISTRIBUTED, ids=lambda m: m.__name__)
def test_the_key_of_a_distributed_table_holds_its_column(model: Any) -> None:
    key = model._meta.pk_fields
    assert model.placement.column in {field.column for field in key}


@pytest.mark.parametrize("model", DISTRIBUTED, ids=lambda m: m.__name__)
def test_unique_constraints_of_a_distributed_table_hold_its_column(model: Any) -> None:
    unique = [c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    assert all(model.placement.column in columns(model, c.fields) for c in unique)
    assert not any(field.unique for field in model._meta.local_fields if not field.primary_key)


@pytest.mark.parametrize("model", DISTRIBUTED, ids=lambda m: m.__name__)
def test_a_distributed_table_is_constrained_to_profiles_alone(model: Any) -> None:
    keys: list[Any] = [f for f in model._meta.local_fields if isinstance(f, models.ForeignKey)]
    constrained = [f for f in keys if f.db_constraint]
    assert all(f.related_model._meta.db_table == "profile" and model.placement.colocated for f in constrained)


@pytest.mark.parametrize("model", DISTRIBUTED, ids=lambda m: m.__name__)
def test_a_distributed_table_has_no_identity_column(model: Any) -> None:
    assert not any(isinstance(field, models.AutoField) for field in model._meta.local_fields)


def test_bulk_created_rows_never_take_ids_from_what_the_server_returns() -> None:
    assert connection.features.can_return_rows_from_bulk_insert is False


FORBIDDEN = {
    "set operators": r"\.(intersection|difference)\(|\bINTERSECT\b|\bEXCEPT\b(?! ON)",
    "negated sets": r"exclude\(\s*\w+__in|~Q\(\s*\w+__in|\bNOT IN \(\s*SELECT",
    "settings that do not reach the shards": r"\bset_config\(",
    "triggers": r"CREATE (CONSTRAINT )?TRIGGER",
    "merge statements": r"\bMERGE INTO\b",
    "row locks over sets": r"select_for_update\((?!\)\.get\(pk=)",
}
SOURCES = [
    path
    for app in OURS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts and "tests" not in path.parts
]


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_no_statement_uses_what_a_distributed_database_refuses_or_pulls(rule: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(FORBIDDEN[rule], line)
    ]
    assert found == []
