"""A file is read in one go: the budgets of the design."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "user360", "segments", "imports", "demo", "tests")
FILE, FUNCTION, TEMPLATE = 400, 60, 150
SOURCES = [p for package in PACKAGES for p in (ROOT / package).rglob("*.py") if "migrations" not in p.parts]


def test_no_source_file_is_longer_than_its_budget() -> None:
    assert [str(p) for p in SOURCES if len(p.read_text().splitlines()) > FILE] == []


def test_no_function_is_longer_than_its_budget() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION
    ]
    assert long == []


def test_no_template_is_longer_than_its_budget() -> None:
    templates = (ROOT / "templates").rglob("*.html")
    assert [str(p) for p in templates if len(p.read_text().splitlines()) > TEMPLATE] == []


def test_no_template_or_script_asks_for_what_the_content_policy_forbids() -> None:
    marks = (" style=", "<style", "hx-on:", "hx-vals='js:", 'hx-vals="js:', " onclick=", "javascript:")
    found = [
        f"{path.relative_to(ROOT)}: {mark}"
        for path in (ROOT / "templates").rglob("*.html")
        for mark in marks
        if mark in path.read_text()
    ]
    assert found == []


def test_colours_are_written_in_the_tokens_alone() -> None:
    marks = ("#", "rgb(", "hsl(", "oklch(")
    found = [
        f"{path.name}: {line.strip()}"
        for path in (ROOT / "static" / "css").rglob("*.css")
        if path.name != "tokens.css"
        for line in path.read_text().splitlines()
        if ":" in line
        and not line.strip().startswith(("/*", "*", "#"))
        and any(m in line.split(":", 1)[1] for m in marks)
        and "{" not in line
        and "url(" not in line
    ]
    assert found == []
