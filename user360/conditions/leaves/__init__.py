"""The kinds of question this app can answer, one file a kind. Other apps register theirs in `AppConfig.ready()`."""

from user360.conditions.kinds import register_leaf_kind
from user360.conditions.leaves.identity import parse_identity
from user360.conditions.leaves.property import parse_property
from user360.conditions.leaves.source import parse_source
from user360.conditions.leaves.tag import parse_tag

register_leaf_kind("property", parse_property)
register_leaf_kind("identity", parse_identity)
register_leaf_kind("tag", parse_tag)
register_leaf_kind("source", parse_source)
