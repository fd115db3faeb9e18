"""What the product knows, one file a subject."""

from user360.models.audit import AuditEntry
from user360.models.change import Change
from user360.models.event import Event, EventTotal
from user360.models.identity import Encryption, Identity, IdentityType
from user360.models.job import Job, JobFile
from user360.models.member import Member
from user360.models.profile import Profile
from user360.models.property import Property
from user360.models.role import Role
from user360.models.source import Source
from user360.models.tag import ProfileTag, Tag, TagGroup, TagValue
from user360.models.workspace import Workspace

__all__ = [
    "AuditEntry",
    "Change",
    "Encryption",
    "Event",
    "EventTotal",
    "Identity",
    "IdentityType",
    "Job",
    "JobFile",
    "Member",
    "Profile",
    "ProfileTag",
    "Property",
    "Role",
    "Source",
    "Tag",
    "TagGroup",
    "TagValue",
    "Workspace",
]
