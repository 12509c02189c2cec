"""Asking a person for what a login needs, with a word on where each thing is found."""

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from pydantic import ValidationError

from connector_kit.credentials import Login
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.guidance import guidance
from mcp_suite.auth.names import is_secret
from mcp_suite.auth.wanted import option
from mcp_suite.errors import SuiteError

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|…|<[^>]*>")


def is_terminal() -> bool:
    """Whether a person can answer."""
    return sys.stdin.isatty()


def checked(spec: ServerSpec[Any, Any], name: str, text: str) -> str:
    """A setting as it will be used. Raises ValueError that says what is wrong, without the text itself."""
    text = text.strip()
    if not text:
        raise ValueError("is empty")
    if any(not character.isprintable() or character.isspace() for character in text):
        raise ValueError("holds blanks or characters that cannot be seen")
    if _PLACEHOLDER.search(text):
        raise ValueError("still holds a placeholder")
    if name == "email" and not _EMAIL.fullmatch(text):
        raise ValueError("is not an e-mail address")
    if is_secret(spec, name):
        if not text.isascii():
            raise ValueError("holds characters that no token has")
        return text
    try:
        value: object = getattr(spec.settings(**{name: text}), name)
    except ValidationError as error:
        told = error.errors(include_input=False, include_url=False)[0]
        if expected := told.get("ctx", {}).get("expected"):
            raise ValueError(f"is not {expected}") from None
        raise ValueError(told["msg"].removeprefix("Value error, ")) from None
    return str(value)


def ask(
    spec: ServerSpec[Any, Any],
    names: Sequence[str],
    known: Mapping[str, str],
    given: Mapping[str, str],
    *,
    optional: str = "",
) -> dict[str, str]:
    """Ask for every setting of `names` that is not `given`, until each is plausible; `known` ones are offered.

    The one called `optional` may be left empty. Raises typer.Abort when the person leaves.
    """
    told = guidance(spec)
    answers = dict(given)
    for name in names:
        if name in given:
            continue
        typer.echo(f"\n{where}" if (where := told.where.get(name, "")) else "")
        label, secret = told.labels.get(name, name), is_secret(spec, name)
        prompt = f"{label} (it is not shown as you paste it)" if secret else label
        offered = "" if name == optional else None if secret else known.get(name)
        while True:
            text = str(typer.prompt(prompt, default=offered, hide_input=secret, show_default=bool(offered)))
            if not text and name == optional:
                break
            try:
                answers[name] = checked(spec, name, text)
                break
            except ValueError as error:
                typer.echo(f"That {error}.")
    return answers


def take(
    spec: ServerSpec[Any, Any], names: Sequence[str], known: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str]:
    """The settings of `names` without asking: those `given`, else those `known`.

    Raises:
        SuiteError: one is missing or wrong; names all with their flags.
    """
    _refuse_foreign(spec, given)
    answers: dict[str, str] = {}
    wrong: list[str] = []
    for name in names:
        text = given.get(name) or known.get(name, "")
        try:
            answers[name] = checked(spec, name, text)
        except ValueError as error:
            flag = option(spec, name)
            wrong.append(f"{flag} is missing" if not text else f"{flag} {error}")
    if wrong:
        raise SuiteError(f"{'; '.join(wrong)}.", status=2)
    return answers


def plausible(spec: ServerSpec[Any, Any], given: Mapping[str, str]) -> dict[str, str]:
    """The settings that a command line gave, by field. Raises SuiteError for one that cannot be."""
    found: dict[str, str] = {}
    _refuse_foreign(spec, given)
    for name, text in given.items():
        try:
            found[name] = checked(spec, name, text)
        except ValueError as error:
            raise SuiteError(f"{option(spec, name)} {error}.", status=2) from None
    return found


def which_way(spec: ServerSpec[Any, Any], present: Login) -> Login:
    """Ask how to sign in; the `present` way is offered. Raises typer.Abort when the person leaves."""
    told = guidance(spec)
    typer.echo(f"Two ways to log in to {spec.title}:\n  1  {told.ways['token']}\n  2  {told.ways['oauth']}")
    while True:
        answer = str(typer.prompt("Which one, 1 or 2", default="2" if present == "oauth" else "1")).strip()
        if answer in ("1", "2"):
            return "oauth" if answer == "2" else "token"
        typer.echo("That is neither 1 nor 2.")


def _refuse_foreign(spec: ServerSpec[Any, Any], given: Mapping[str, str]) -> None:
    """Raise SuiteError for an option that is for other services."""
    foreign = next((name for name in given if name not in spec.settings.model_fields), None)
    if foreign is not None:
        raise SuiteError(f"{option(spec, foreign)} means nothing to {spec.title}.", status=2)
