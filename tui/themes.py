"""Our two themes, made for long reading: paper and ink by day, ink and lamplight by night."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="dateline-dark",
    primary="#8fb8de",
    secondary="#c9b791",
    accent="#e8b66b",
    warning="#e0a458",
    error="#e07a6f",
    success="#8ec49a",
    foreground="#e4e0d8",
    background="#16181c",
    surface="#1c1f24",
    panel="#23272e",
    dark=True,
)
LIGHT = Theme(
    name="dateline-light",
    primary="#1f4e79",
    secondary="#7a5c2e",
    accent="#9a5b00",
    warning="#8a5a00",
    error="#a3261b",
    success="#1e6b3a",
    foreground="#24211c",
    background="#faf7f0",
    surface="#f3eee2",
    panel="#e9e2d2",
    dark=False,
)
THEMES = (DARK, LIGHT)
DEFAULT_THEME = DARK.name
