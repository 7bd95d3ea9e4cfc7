"""The documents say what the program does."""

from __future__ import annotations

import argparse
import dataclasses
import re
from pathlib import Path

from embeddings.library import LibraryStatus
from embeddings.records import ArticleSummary
from embeddings.sessions import SessionSummary
from qa.answer import Citation
from qa.arguments import make_parser
from qa.exitcodes import ExitCode

ROOT = Path(__file__).resolve().parent.parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_cli_md_names_every_flag_and_no_other() -> None:
    parser_flags = {flag for action in make_parser()._actions for flag in action.option_strings}
    described = set()
    for line in read("docs/cli.md").splitlines():
        if line.startswith("| `-"):
            first_cell = line.split(" | ")[0]
            described |= set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", first_cell))
    assert described == parser_flags


def test_cli_md_gives_every_flag_its_argument() -> None:
    page = read("docs/cli.md")
    for action in make_parser()._actions:
        if action.metavar is not None:
            names = [action.metavar] if isinstance(action.metavar, str) else action.metavar
            escaped = " ".join(names).replace("|", "\\|")
            shown = {"*": f"[{escaped} …]", "?": f"[{escaped}]"}.get(str(action.nargs), escaped)
            assert f"`{action.option_strings[-1]} {shown}`" in page, action.dest
        assert isinstance(action, argparse._HelpAction) or action.help


def test_cli_md_lists_every_exit_status() -> None:
    rows = re.findall(r"^\| (\d+) \|", read("docs/cli.md"), re.MULTILINE)
    assert [int(row) for row in rows] == [code.value for code in ExitCode]


def test_json_md_names_every_key() -> None:
    page = read("docs/json.md")
    for record in (Citation, ArticleSummary, SessionSummary, LibraryStatus):
        for field in dataclasses.fields(record):
            assert f"`{field.name}`" in page, field.name


def test_every_link_between_documents_leads_somewhere() -> None:
    for name in ["README.md", *[f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")]]:
        for target in re.findall(r"\]\(([^)#:]+)\)", read(name)):
            assert ((ROOT / name).parent / target).exists(), f"{name}: {target}"
