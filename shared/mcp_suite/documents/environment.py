"""The example of each server's env file, from the fields of its settings."""

import textwrap
from collections.abc import Sequence
from enum import Enum
from typing import Any, cast

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from connector_kit.credentials import ServiceSettings, needed_for
from connector_kit.oauth.settings import OAuthSettings
from connector_kit.serving.session import ServerSpec
from mcp_suite.servers import Script

WIDTH = 98


def example(script: Script, spec: ServerSpec[Any, Any]) -> str:
    """The text of `.env.<service>.example`: what an account needs first, then the rest with defaults."""
    fields: dict[str, FieldInfo] = spec.settings.model_fields
    needed = [name for name, field in fields.items() if is_required(field)]
    login = [name for name in OAuthSettings.model_fields if name in fields and name not in ServiceSettings.model_fields]
    rest = [name for name in fields if name not in (*needed, *login)]
    parts = [
        _comment(
            f"Settings of {script.name}. Copy this file to .env.{spec.service} in the folder that "
            f"`mcp-suite config {spec.service} --live` names, let nobody else read it (chmod 600), "
            "and fill in the first part. Variables of the process environment take precedence. "
            f"How to get the values: {spec.settings.guide}. Written by `mcp-suite docs`."
        ),
        _comment("Needed for an account."),
        *(_setting(spec, name, fields[name], commented=False) for name in needed),
        *_login_section(spec, login),
        _comment("As needed; these are the defaults."),
        *(_setting(spec, name, fields[name], commented=True) for name in rest),
    ]
    return "\n\n".join(parts) + "\n"


def is_required(field: FieldInfo) -> bool:
    """Whether the live service needs the field when it is signed in to with a token."""
    return needed_for(field) in ("always", "token")


def _login_section(spec: ServerSpec[Any, Any], names: list[str]) -> list[str]:
    if not names:
        return []
    heading = f"Instead of the token: a login in the browser, which `mcp-suite auth login {spec.service}` sets up."
    return [
        _comment(heading),
        *(_setting(spec, name, spec.settings.model_fields[name], commented=True) for name in names),
    ]


def _setting(spec: ServerSpec[Any, Any], name: str, field: FieldInfo, *, commented: bool) -> str:
    variable: str = spec.settings.variable(name)
    line = f"{variable}={default_text(field)}"
    return f"{_comment(field.description or '')}\n{'# ' if commented else ''}{line}"


def default_text(field: FieldInfo) -> str:
    """What the variable of a field would say by default; empty when it has no default."""
    default: object = field.get_default(call_default_factory=False)
    if default is None or default is PydanticUndefined:
        return ""
    if isinstance(default, Enum):
        return str(default.value)
    if isinstance(default, bool):
        return "1" if default else "0"
    if isinstance(default, float):
        return f"{default:g}"
    if isinstance(default, tuple | list):
        return ",".join(str(item) for item in cast("Sequence[object]", default))
    return str(default)


def _comment(text: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )
