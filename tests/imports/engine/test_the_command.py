"""`manage.py import_users`: options, the JSON of counts and the exit status of the contract."""

import csv
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from user360.models import Job, Profile, Property, Workspace


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, int], str]:
    """Exit status, counts that are not zero, and what was said."""
    status = 0
    try:
        call_command("import_users", *map(str, arguments))
    except SystemExit as ended:
        status = int(ended.code or 0)
    said = capsys.readouterr()
    lines = said.out.splitlines()
    counts = json.loads(lines[-1]) if lines else {}
    return status, {name: number for name, number in counts.items() if number and name != "job"}, said.err


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("customer_id,Name,monthly_charges,churn\nA,Ann,12.50,yes\nB,Bob,7,no\n")
    return path


def test_a_clean_file_ends_with_zero_and_its_counts(workspace: Workspace, table: Path, capsys):
    status, counts, _ = run(capsys, table, "-w", "acme", "--create-properties", "--source", "Shop")

    assert (status, counts) == (0, {"total": 2, "new": 2})
    made = Property.objects.filter(is_system=False).values_list("key", "label", "type")
    assert set(made) == {("monthlyCharges", "Monthly charges", "number"), ("churn", "Churn", "boolean")}
    profile = Profile.objects.get(user_id="A")
    assert (profile.name, profile.attributes) == ("Ann", {"monthlyCharges": 12.5, "churn": True})
    assert profile.source is not None
    assert profile.source.name == "Shop"


def test_unknown_columns_are_left_out_unless_properties_may_be_made(workspace: Workspace, table: Path, capsys):
    run(capsys, table, "-w", "acme")

    assert not Property.objects.filter(is_system=False).exists()
    assert Profile.objects.get(user_id="A").attributes == {}


def test_the_type_of_a_new_property_fits_every_value_of_the_file(workspace: Workspace, tmp_path: Path, capsys):
    path = tmp_path / "long.csv"
    path.write_text("user_id,score\n" + "".join(f"U{n},{n}\n" for n in range(3_000)) + "last,n/k\n")

    run(capsys, path, "-w", "acme", "--create-properties")

    assert Property.objects.get(key="score").type == "string"


def test_failed_rows_end_with_three_and_a_report(workspace: Workspace, table: Path, tmp_path: Path, capsys):
    report = tmp_path / "report.csv"
    status, counts, _ = run(capsys, table, "-w", "acme", "--map", "Name=age", "--report", report)

    assert (status, counts) == (3, {"total": 2, "failed": 2})
    rows = list(csv.DictReader(report.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["error_column"] for row in rows] == ["Name", "Name"]


def test_a_dry_run_counts_and_writes_nobody(workspace: Workspace, table: Path, capsys):
    status, counts, _ = run(capsys, table, "-w", "acme", "--dry-run", "--create-properties")

    assert (status, counts) == (0, {"total": 2, "new": 2})
    assert not Profile.objects.exists()
    assert not Property.objects.filter(is_system=False).exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("-w", "nowhere"), "There is no workspace nowhere."),
        (("-w", "acme", "--map", "Nome=name"), "The file has no column “Nome”"),
        (("-w", "acme", "--map", "Name=town"), "There is no property “town”; add --create-properties to make it."),
        (("-w", "acme", "--encoding", "klingon"), "The encoding klingon is not known"),
        (("-w", "acme", "--user-id", "nobody"), "The file has no column “nobody”."),
    ],
)
def test_what_cannot_be_done_ends_with_one_and_a_sentence(
    workspace: Workspace, table: Path, capsys, arguments: tuple[str, ...], sentence: str
):
    status, _, said = run(capsys, table, *arguments)

    assert status == 1
    assert sentence in said
    assert not Job.objects.exists()


def test_a_file_without_header_is_refused(workspace: Workspace, tmp_path: Path, capsys):
    path = tmp_path / "bare.csv"
    path.write_text("A1,Ann,ann@example.com\nA2,Bob,bob@example.com\n")

    status, _, said = run(capsys, path, "-w", "acme")

    assert status == 1
    assert "The first row looks like data" in said


def test_tags_segment_and_policy_reach_the_import(workspace: Workspace, table: Path, capsys):
    from segments.models import Segment, SegmentMember
    from user360.models import ProfileTag

    run(capsys, table, "-w", "acme", "--tag", "spring", "--segment", "Spring people")
    status, counts, _ = run(capsys, table, "-w", "acme", "--on-conflict", "skip", "--tag", "summer")

    assert (status, counts) == (0, {"total": 2, "skipped": 2})
    assert list(ProfileTag.objects.values_list("tag_value__value", flat=True)) == ["spring", "spring"]
    segment = Segment.objects.get(name="Spring people")
    assert (segment.kind, segment.size) == ("static", 2)
    assert SegmentMember.objects.filter(segment=segment).count() == 2
