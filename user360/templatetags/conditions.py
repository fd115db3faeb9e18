"""Conditions in words, for pages."""

from django import template

from user360.conditions import ConditionErrors, describe, load_schema, parse_text

register = template.Library()


@register.simple_tag
def condition_words(text: str) -> str:
    """The conditions, given as JSON text, as a sentence; what is wrong with them where they cannot be read."""
    schema = load_schema()
    try:
        return f"{describe(parse_text(text, schema), schema.display)}."
    except ConditionErrors as broken:
        return f"This definition cannot be read: {broken}."
