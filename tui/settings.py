"""The config file: keys bound anew, and the theme, which is written back when it is changed."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_config_path

from tui.keys import unknown

CONFIG_VARIABLE = "DATELINE_CONFIG"
_THEME_LINE = re.compile(r"^theme[ \t]*=.*$", re.MULTILINE)
_FIRST_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Settings:
    """`keys` are those bound anew, by id; `faults` say what in the file could not be used."""

    theme: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def config_file() -> Path:
    """``config.toml`` in ``$DATELINE_CONFIG``, else in the platform's user config folder."""
    named = os.environ.get(CONFIG_VARIABLE)
    folder = Path(named).expanduser() if named else user_config_path("dateline", appauthor=False)
    return folder / "config.toml"


def read_settings(file: Path) -> Settings:
    """What the file says; nothing where there is none. A fault in it never stops the chat."""
    try:
        with file.open("rb") as opened:
            said = tomllib.load(opened)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        return Settings(faults=(f"{file} cannot be read: {error.strerror or error}",))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return Settings(faults=(f"{file} is no TOML ({error}); it is passed over",))
    faults = []
    theme, keys = said.get("theme"), said.get("keys", {})
    if theme is not None and not isinstance(theme, str):
        faults.append(f"{file}: theme is not a name")
        theme = None
    if not isinstance(keys, dict):
        faults.append(f"{file}: [keys] is not a table")
        keys = {}
    good = {name: key for name, key in keys.items() if isinstance(key, str) and key.strip()}
    if strange := unknown(keys) + sorted(set(keys) - set(good)):
        faults.append(
            f"{file}: there is no key to bind named {', '.join(strange)}; see docs/tui.md"
        )
    known = {name: key for name, key in good.items() if name not in strange}
    return Settings(theme, known, tuple(faults))


def keep_theme(file: Path, name: str) -> None:
    """Have the theme in the file, everything else in it left as it is. Raises `OSError`."""
    said = f'theme = "{name}"'
    old = file.read_text("utf-8") if file.exists() else ""
    top = old[: table.start()] if (table := _FIRST_TABLE.search(old)) else old
    if _THEME_LINE.search(top):
        new = _THEME_LINE.sub(lambda found: said, top, count=1) + old[len(top) :]
    else:
        new = f"{said}\n{old}"
    file.parent.mkdir(parents=True, exist_ok=True)
    passing = file.with_name(f".{file.name}.{os.getpid()}")
    passing.write_text(new, "utf-8")
    passing.replace(file)
