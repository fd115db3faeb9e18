"""The properties every workspace has (PR1): key, column of `profile`, type and words, in the order of the pages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SystemProperty:
    """A property that is a typed column. `column` is a field of Profile; read-only ones are kept by the product."""

    key: str
    column: str
    type: str
    label: str
    group: str
    editable: bool = True
    sortable: bool = True
    is_personal: bool = False


MEMBER, CONTACT, OPT_IN, ORIGIN = "Member information", "Contact", "Opt-ins", "Where from"

SYSTEM_PROPERTIES: tuple[SystemProperty, ...] = (
    # The user ID is given once and never changes (ID7).
    SystemProperty("userId", "user_id", "string", "User ID", MEMBER, editable=False),
    SystemProperty("firstName", "first_name", "string", "First name", MEMBER, sortable=False),
    SystemProperty("lastName", "last_name", "string", "Last name", MEMBER, sortable=False),
    SystemProperty("name", "name", "string", "Name", MEMBER),
    SystemProperty("gender", "gender", "string", "Gender", MEMBER),
    # Mostly derived from the date of birth, so an order of its column would not be the order of ages.
    SystemProperty("age", "age", "number", "Age", MEMBER, sortable=False),
    SystemProperty("dob", "dob", "date", "Date of birth", MEMBER),
    SystemProperty("memberLevel", "member_level", "string", "Member level", MEMBER),
    SystemProperty("memberId", "member_id", "string", "Member ID", MEMBER),
    SystemProperty("registeredAt", "registered_at", "datetime", "Registered", MEMBER),
    SystemProperty("email", "email", "email", "E-mail", CONTACT, is_personal=True),
    SystemProperty("phone", "phone", "phone", "Phone", CONTACT, is_personal=True),
    SystemProperty("country", "country", "string", "Country", CONTACT),
    SystemProperty("city", "city", "string", "City", CONTACT),
    SystemProperty("language", "language", "string", "Language", CONTACT),
    SystemProperty("timezone", "timezone", "string", "Time zone", CONTACT, sortable=False),
    SystemProperty("lastChannel", "last_channel", "string", "Last channel", CONTACT),
    SystemProperty("emailOptin", "email_optin", "boolean", "E-mail opt-in", OPT_IN, sortable=False),
    SystemProperty("smsOptin", "sms_optin", "boolean", "SMS opt-in", OPT_IN, sortable=False),
    SystemProperty("whatsAppOptin", "whatsapp_optin", "boolean", "WhatsApp opt-in", OPT_IN, sortable=False),
    SystemProperty("createdAt", "created_at", "datetime", "Created", ORIGIN, editable=False),
    SystemProperty("updatedAt", "updated_at", "datetime", "Updated", ORIGIN, editable=False),
    SystemProperty("lastSeenAt", "last_seen_at", "datetime", "Last seen", ORIGIN, editable=False),
    SystemProperty("source", "source", "string", "Source", ORIGIN, editable=False),
    SystemProperty("channels", "channels", "list", "Channels", ORIGIN, editable=False, sortable=False),
    SystemProperty("profileComplete", "completeness", "number", "Completeness", ORIGIN, False, False),
)  # fmt: skip

SYSTEM_PROPERTY_BY_KEY: dict[str, SystemProperty] = {prop.key: prop for prop in SYSTEM_PROPERTIES}
