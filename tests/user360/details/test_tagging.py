"""The tag dialog."""

from collections.abc import Callable

from django.test import Client

from tests.factories import tag
from user360.models import Profile, ProfileTag, Tag


def held(someone: Profile) -> set[tuple[str, str, bool]]:
    """Tag, value and whether it was given by hand."""
    rows = ProfileTag.objects.filter(profile_id=someone.pk).select_related("tag_value__tag")
    return {(row.tag_value.tag.name, row.tag_value.value, row.pinned) for row in rows}


def test_what_is_chosen_is_given_and_what_is_ticked_is_taken_away(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    labels, tier = tag("Labels"), tag("Tier", Tag.Kind.SINGLE)
    sent = {"add": [f"{tier.pk}=gold", f"{labels.pk}=a=b"], "remove": [f"{labels.pk}=vip"]}
    answer = sign_in().post(address("user_tags", someone.pk), sent)
    assert answer.headers["Location"] == address("user", someone.pk)
    assert held(someone) == {("Tier", "gold", True), ("Labels", "a=b", True)}


def test_without_javascript_one_value_is_typed(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    sign_in().post(address("user_tags", someone.pk), {"tag": tag("Tier").pk, "value": " gold "})
    assert ("Tier", "gold", True) in held(someone)


def test_a_value_that_a_closed_list_does_not_hold_is_refused_and_stays_chosen(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    tier = tag("Tier")
    Tag.objects.filter(pk=tier.pk).update(free_entry=False)
    answer = sign_in().post(address("user_tags", someone.pk), {"add": [f"{tier.pk}=gold"]})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "closed list" in text
    assert f'value="{tier.pk}=gold"' in text


def test_another_tag_brings_its_values(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    headers = {"HX-Request": "true", "HX-Target": "tag-choice"}
    text = sign_in().get(address("user_tags", someone.pk), {"tag": tag("Labels").pk}, headers=headers).content.decode()
    assert 'data-tag-pick="vip"' in text
    assert "<form" not in text


def test_nonsense_gives_nothing(sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile) -> None:
    before = held(someone)
    sign_in().post(address("user_tags", someone.pk), {"add": ["x=y", "999999=z", "7", "="], "remove": ["1=nobody"]})
    assert held(someone) == before
