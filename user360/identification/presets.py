"""The ID types every workspace starts with (ID1), in priority order."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PresetIdType:
    """One preset. `format` is a key of `normalise.FORMATS`, a lower `priority` wins, `personal` is a default."""

    key: str
    label: str
    priority: int
    single_value: bool
    format: str
    personal: bool


_PRESETS = (
    # key, label, format, personal data
    ("userId", "User ID", "text", False),
    ("mobile", "Mobile", "phone", True),
    ("email", "E-mail", "email", True),
    ("whatsapp", "WhatsApp", "phone", True),
    ("unionid", "Union ID", "text", False),
    ("openid", "OpenID", "text", False),
    ("taobao_id", "Taobao ID", "text", False),
    ("alipay_id", "Alipay ID", "text", False),
    ("weibo_id", "Weibo ID", "text", False),
    ("wechat_id", "WeChat ID", "text", True),
    ("idfa", "IDFA", "device", False),
    ("oaid", "OAID", "device", False),
    ("imei", "IMEI", "digits", True),
    ("imsi", "IMSI", "digits", True),
    ("mac", "MAC address", "mac", True),
    ("device_id", "Device ID", "device", False),
    ("anonymous_id", "Anonymous ID", "text", False),
)

PRESET_ID_TYPES: dict[str, PresetIdType] = {
    key: PresetIdType(key, label, priority, key == "userId", written, personal)
    for priority, (key, label, written, personal) in enumerate(_PRESETS, start=1)
}
