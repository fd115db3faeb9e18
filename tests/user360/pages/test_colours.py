"""Text is readable on every surface, and no style sheet or template invents a colour or a style of its own."""

import math
import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[3]
STYLES: Final = ROOT / "static" / "css"
TEMPLATES: Final = ROOT / "templates"
READABLE: Final = 4.5

SCHEMES: Final = ("light", "dark")
SURFACES: Final = ("bg", "surface", "raised", "sunken", "hover", "accent-soft", "selected-hover")
TEXTS: Final = ("text", "muted", "faint", "accent", "ok", "warn", "bad")
PAIRS: Final = [
    *((text, surface) for text in TEXTS for surface in SURFACES),
    *((level, f"{level}-soft") for level in ("ok", "warn", "bad")),
    *(("muted", f"{level}-soft") for level in ("ok", "warn", "bad")),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-bad", "bad"),
    ("on-bad", "bad-hover"),
    ("inverse-text", "inverse"),
    *(("on-colour", f"colour-{number}") for number in range(1, 9)),
]
OKLCH: Final = re.compile(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)")
TOKEN: Final = re.compile(r"--([\w-]+): (?:light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\)|(oklch\([^)]*\)));")
RAW_COLOUR: Final = re.compile(r"#[0-9a-f]{3,8}\b(?=[;\s,)])|\b(?:oklch|oklab|rgba?|hsla?|color-mix)\(", re.IGNORECASE)


def luminance(colour: str) -> float:
    """Relative luminance after WCAG of an `oklch()` colour."""
    found = OKLCH.fullmatch(colour)
    assert found, colour
    lightness, chroma, hue = map(float, found.groups())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short
    shown = [min(1.0, max(0.0, part)) for part in (red, green, blue)]
    return 0.2126 * shown[0] + 0.7152 * shown[1] + 0.0722 * shown[2]


@pytest.fixture(scope="module")
def tokens() -> dict[str, tuple[str, str]]:
    """Name of a colour → how it is in light and in dark."""
    base = (STYLES / "tokens.css").read_text().split("@media")[0]
    return {name: (light or both, dark or both) for name, light, dark, both in TOKEN.findall(base)}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_has_a_contrast_of_four_and_a_half_on_every_surface(
    tokens: dict[str, tuple[str, str]], scheme: str
) -> None:
    column = SCHEMES.index(scheme)
    unreadable = {}
    for text, surface in PAIRS:
        pair = sorted((luminance(tokens[text][column]), luminance(tokens[surface][column])))
        contrast = (pair[1] + 0.05) / (pair[0] + 0.05)
        if contrast < READABLE:
            unreadable[text, surface] = round(contrast, 2)
    assert not unreadable


@pytest.mark.parametrize("sheet", sorted(STYLES.rglob("*.css")), ids=lambda sheet: sheet.name)
def test_only_the_tokens_name_raw_colours(sheet: Path) -> None:
    if sheet.name == "tokens.css":
        return
    assert not RAW_COLOUR.findall(sheet.read_text())


def test_every_custom_property_a_sheet_uses_is_defined() -> None:
    css = "\n".join(sheet.read_text() for sheet in STYLES.rglob("*.css"))
    defined = set(re.findall(r"(--[\w-]+)\s*:", css))
    assert set(re.findall(r"var\((--[\w-]+)", css)) - defined == set()


@pytest.mark.parametrize("page", sorted(TEMPLATES.rglob("*.html")), ids=lambda page: str(page.relative_to(TEMPLATES)))
def test_templates_hold_no_style_and_no_script_of_their_own(page: Path) -> None:
    html = page.read_text()
    assert not re.search(r"\sstyle=|<style|\shx-on|\son\w+=|js:", html)
    scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", html)
    assert all('type="application/json"' in script for script in scripts)
