"""What a column most likely is: as the last time, an equal name, a near name, else a new property."""

import pytest

from imports.engine.proposals import near
from imports.services import user_imports
from tests.factories import prop
from tests.imports.engine.files import import_users, start
from user360.models import Workspace


def proposed(content: str, source: str = "") -> dict[str, str]:
    """Target by header."""
    proposals = user_imports.propose_mapping(start(content, source=source))
    return {proposal.mapped.column: proposal.mapped.target for proposal in proposals}


def test_equal_names_and_everyday_words_are_recognised(workspace: Workspace):
    found = proposed("customer_id,Given Name,surname,E-Mail,mobile phone,Sex,date_of_birth,Town\nA,x,y,z,1,m,,q\n")

    assert found == {
        "customer_id": "userId",
        "Given Name": "firstName",
        "surname": "lastName",
        "E-Mail": "email",
        "mobile phone": "phone",
        "Sex": "gender",
        "date_of_birth": "dob",
        "Town": "city",
    }


def test_without_a_user_id_people_are_found_by_mail_and_phone(workspace: Workspace):
    assert proposed("mail,phone,city\na@example.com,+33612345678,Paris\n") == {
        "mail": "id:email",
        "phone": "id:mobile",
        "city": "city",
    }


def test_a_first_column_of_different_ids_is_the_user_id(workspace: Workspace):
    assert proposed("rec_id,name\nrec-1,Ann\nrec-2,Bob\n")["rec_id"] == "userId"


def test_an_unknown_column_becomes_a_property_with_a_readable_label_and_a_narrow_type(workspace: Workspace):
    proposals = user_imports.propose_mapping(start("user_id,monthly_charges\nA,12.5\nB,7\n"))

    create = proposals[1].mapped.create
    assert (proposals[1].mapped.target, create and (create.label, create.type)) == (
        "monthlyCharges",
        ("Monthly charges", "number"),
    )


def test_what_a_header_meant_the_last_time_comes_first(workspace: Workspace):
    prop("nickname")
    import_users("uid,city\nA,x\n", {"uid": "userId", "city": "nickname"}, source="Shop")

    assert proposed("uid,city\nB,y\n", source="Shop")["city"] == "nickname"
    assert proposed("uid,city\nB,y\n", source="Other")["city"] == "city"


def test_the_columns_that_a_report_adds_are_left_out(workspace: Workspace):
    done = import_users("uid,age\nA,many\n", {"uid": "userId", "age": "age"})
    content = done.job.files.get(name="errors.csv").file.read().decode()

    found = proposed(content)

    assert found["age"] == "age"
    assert {found[name] for name in ("line", "result", "error_code", "error_column", "error_message")} == {"-"}


def test_a_column_of_days_brings_the_format_they_are_written_in(workspace: Workspace):
    proposals = user_imports.propose_mapping(start("user_id,dob\nA,19900102\nB,19851231\n"))

    assert proposals[1].mapped.date_format == "yyyymmdd"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("memberlevle", "memberLevel", False),
        ("member levle", "memberLevel", True),
        ("total day charge", "total_eve_charge", False),
        ("favourite colour", "favoriteColor", True),
        ("name", "first name", False),
    ],
)
def test_near_names_have_every_word_near(one: str, other: str, alike: bool):
    assert (near(one, other) >= 0.85) == alike
