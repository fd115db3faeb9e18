"""The name of a user in lists, which is personal data as soon as a part of it is."""

from collections.abc import Mapping

from user360.masking import mask
from user360.models import Profile, Property

# What `profile.display_name` is made of.
NAME_PROPERTIES = ("name", "firstName", "lastName")


def name_hidden(properties: Mapping[str, Property], *, see_personal: bool) -> bool:
    """Whether names are masked for who may not see personal data."""
    return not see_personal and any(properties[key].is_personal for key in NAME_PROPERTIES if key in properties)


def shown_name(profile: Profile, *, hidden: bool) -> str:
    """The name as the list shows it."""
    return mask("string", str(profile)) if hidden else str(profile)
