"""White space around values, and what counts as an empty value."""

# Listed, because Python and PostgreSQL each have their own idea of white space. The last is the byte order mark.
WHITESPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


def trim(text: str) -> str:
    """The text without the white space around it."""
    return text.strip(WHITESPACE)


def is_empty(raw: object) -> bool:
    """Nothing was sent: None, white space alone, or a list without items."""
    if isinstance(raw, str):
        return not trim(raw)
    return raw is None or raw == []
