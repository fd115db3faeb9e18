"""An ID that somebody else gives to a user while an import is under way is theirs, and the import goes on."""

import pytest

from imports.engine import pipeline, resolution
from tests import factories
from tests.imports.engine.files import import_users
from user360.models import Change, Identity, Profile, Workspace
from user360.services import identities
from user360.services.identities import NewIdentity

MAPPING = {"uid": "userId", "mail": "id:email", "city": "city"}


@pytest.fixture
def meanwhile(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    """Gives a user an e-mail address after the rows of the file were placed for the first time."""

    def give(profile: Profile, address: str) -> None:
        done: list[bool] = []

        def place_and_give(*args, **kwargs):
            resolution.place_rows(*args, **kwargs)
            if not done:
                done.append(True)
                assert profile.source
                given = [NewIdentity("email", address)]
                identities.add(profile_id=profile.pk, given=given, source=profile.source)

        monkeypatch.setattr(pipeline, "place_rows", place_and_give)

    return give


def test_an_id_that_its_own_user_got_is_not_claimed_once_more(workspace: Workspace, meanwhile):
    ann = factories.profile({"city": "Rome"}, user_id="A")
    meanwhile(ann, "ann@example.com")

    done = import_users("uid,mail,city\nA,ann@example.com,Paris\nB,bob@example.com,Oslo\n", MAPPING)

    assert done.counts == {"total": 2, "new": 1, "updated": 1}
    ann.refresh_from_db()
    assert ann.city == "Paris"
    assert Identity.objects.filter(value="ann@example.com").count() == 1
    assert "identities" not in Change.objects.get(profile_id=ann.pk, job=done.job).after


def test_an_id_that_another_user_got_fails_the_row(workspace: Workspace, meanwhile):
    other = factories.profile(user_id="Z")
    meanwhile(other, "ann@example.com")

    done = import_users("uid,mail,city\nA,ann@example.com,Paris\nB,bob@example.com,Oslo\n", MAPPING)

    assert done.counts == {"total": 2, "new": 1, "failed": 1}
    assert [code for _, code, _, _ in done.errors] == ["identityConflict"]
