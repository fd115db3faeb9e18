"""The review says what the whole file would do: before and after, what stays, what helps, and what to correct."""

from __future__ import annotations

import pytest

from tests.factories import WorkspaceFactory, member, profile
from tests.imports.wizard.conftest import Walk, walk_of
from user360.models import JobFile, Profile, Role
from user360.property_input import parse_values
from user360.services.profiles import Origin, update_profile
from user360.tenancy import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)
FILE = b"customer_id,city,birthday\nC1,Paris,19800131\nC2,Oslo,19801301\n"
ISO = {"date-2": "iso"}


@pytest.fixture
def walk(transactional_db: None) -> Walk:
    return walk_of(WorkspaceFactory.create())


def known(walk: Walk, **values: str) -> Profile:
    with workspace_scope(walk.workspace):
        return profile(values, user_id="C1")


def test_values_are_shown_before_and_after(walk: Walk) -> None:
    known(walk, city="Lyon")
    walk.check(FILE, **{"date-2": "yyyymmdd"})
    changes = {change.label: change for change in walk.get("review").context["changes"]}
    assert (changes["City"].user_id, changes["City"].before, changes["City"].after) == ("C1", "Lyon", "Paris")
    assert changes["Date of birth"].before == ""


def test_users_are_shown_whole_or_not_at_all_and_counted_so(walk: Walk) -> None:
    columns = ["city", "first_name", "last_name", "language", "country"]
    with workspace_scope(walk.workspace):
        for number in range(9):
            profile({"city": "Lyon"}, user_id=f"C{number}")
    rows = [f"C{number},{','.join(f'{column} {number}' for column in columns)}\n" for number in range(9)]
    walk.check(f"customer_id,{','.join(columns)}\n{''.join(rows)}".encode())
    page = walk.get("review")
    shown = [change.user_id for change in page.context["changes"]]
    assert {user: shown.count(user) for user in shown} == {f"C{number}": 5 for number in range(6)}
    assert "6 of 9 updated" in page.content.decode()


def test_a_value_edited_by_hand_is_said_to_stay(walk: Walk) -> None:
    one = known(walk, city="Lyon")
    with workspace_scope(walk.workspace):
        values, _ = parse_values({"city": "Nantes"})
        update_profile(profile_id=one.pk, values=values, origin=Origin(actor=member(walk.workspace).user))
    walk.check(FILE, **{"date-2": "yyyymmdd"})
    page = walk.get("review")
    (city,) = [change for change in page.context["changes"] if change.label == "City"]
    assert (city.before, city.kept) == ("Nantes", True)
    assert "kept: edited by hand" in page.content.decode()


def test_personal_data_of_users_is_hidden_from_who_may_not_see_it(walk: Walk) -> None:
    known(walk, email="laurent@example.com")
    walk.check(b"customer_id,email\nC1,mia@lune.fr\n")
    role = Role(workspace=walk.workspace, name="Importer", permissions=["data.import"])
    role.save()
    blind = walk_of(walk.workspace, "Importer")
    blind.draft_id = walk.draft_id
    (change,) = blind.get("review").context["changes"]
    assert (change.before, change.after) == ("l•••@e•••.com", "m•••@l•••.fr")
    assert "laurent" not in blind.get("review").content.decode()
    (open_change,) = walk.get("review").context["changes"]
    assert open_change.before == "laurent@example.com"


def test_figures_add_up_to_the_rows_of_the_file(walk: Walk) -> None:
    known(walk, city="Paris")
    walk.check(b"customer_id,city\nC1,Paris\nC1,Lyon\nC2,Oslo\n,\nC3,Rome\n")
    page = walk.get("review").context
    assert sum(tile.value for tile in page["tiles"]) == page["counts"]["total"] == 5
    assert [tile.label for tile in page["tiles"]] == [
        "New", "Updated", "Unchanged", "Joined to one user", "Failed", "Empty",
    ]  # fmt: skip


def test_the_button_counts_users_and_not_their_rows(walk: Walk) -> None:
    known(walk, city="Paris")
    walk.check(b"customer_id,city\nC1,Lyon\nC1,Nice\nC2,Oslo\nC2,Rome\nC3,Rome\n,\n")
    assert "Import 3 users" in walk.get("review").content.decode()


def test_skipped_users_have_a_figure_where_they_are_skipped(walk: Walk) -> None:
    known(walk, city="Paris")
    walk.check(b"customer_id,city\nC1,Lyon\nC2,Oslo\n", policy="skip")
    tiles = {tile.label: tile.value for tile in walk.get("review").context["tiles"]}
    assert (tiles["New"], tiles["Skipped"], tiles["Updated"]) == (1, 1, 0)


def test_dates_of_another_order_come_with_a_link_that_makes_the_choice(walk: Walk) -> None:
    walk.check(FILE, **ISO)
    page = walk.get("review").context
    (remedy,) = page["remedies"]
    assert remedy.sentence.startswith("1 failed row in “birthday”")
    ((_, address),) = remedy.links
    chosen = walk.client.get(address.partition("#")[0])
    row = chosen.context["rows"][2]
    assert (row.date_format, row.name) == ("yyyymmdd", "birthday")
    assert walk.draft.mapping[2]["date_format"] == "iso"


def test_day_first_or_month_first_is_for_the_person_to_choose(walk: Walk) -> None:
    walk.check(b"customer_id,birthday\nC1,01/02/1999\nC2,03/04/2001\n", **{"date-1": "iso"})
    (remedy,) = walk.get("review").context["remedies"]
    assert remedy.sentence.startswith("2 failed rows")
    assert [address.partition("?")[2].partition("#")[0] for _, address in remedy.links] == ["date-1=dmy", "date-1=mdy"]


def test_failed_rows_say_line_column_value_and_reason_and_come_as_a_file(walk: Walk) -> None:
    walk.check(FILE, **{"date-2": "yyyymmdd"})
    page = walk.get("review")
    (error,) = page.context["errors"]
    assert (error["line"], error["column"], error["value"]) == (3, "birthday", "19801301")
    with workspace_scope(walk.workspace):
        (file,) = JobFile.objects.all()
        assert file.name == "errors.csv"
        content = file.file.open("rb").read().decode("utf-8-sig").splitlines()
        assert not Profile.objects.exists()
    assert content[0].startswith("customer_id,city,birthday,line,result,error_code")
    assert content[1].startswith("C2,Oslo,19801301,3,FAILED,")
    address = f"/w/{walk.workspace.slug}/logs/{file.job_id}/files/errors.csv"
    assert address in page.content.decode()
    assert walk.client.get(address).status_code == 200


def test_a_check_that_was_overtaken_by_a_change_says_nothing(walk: Walk) -> None:
    walk.upload(FILE)
    walk.post("map", walk.proposed())
    walk.post("conflicts", {"on_conflict": "update"})
    walk.post("tags", {"tags": ""})
    walk.post("conflicts", {"on_conflict": "replace"})
    walk.work()
    assert walk.draft.dry_run == {}
    assert walk.get("review").context["stale"]
