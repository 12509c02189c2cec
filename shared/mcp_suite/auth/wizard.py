"""Asking a person for what a login needs, with a word on where each thing is found."""

import re
import sys
from collections.abc import Mapping
from typing import Any

import typer
from pydantic import SecretStr, ValidationError

from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.guidance import guidance
from mcp_suite.auth.storing import Names
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
    if name in Names.of(spec).secret:
        if not text.isascii():
            raise ValueError("holds characters that no token has")
        return text
    try:
        value: object = getattr(spec.settings(**{name: text}), name)
    except ValidationError as error:
        told = error.errors(include_input=False, include_url=False, include_context=False)[0]["msg"]
        raise ValueError(told.removeprefix("Value error, ")) from None
    return str(value)


def ask(spec: ServerSpec[Any, Any], known: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Ask for every needed setting that is not `given`, until each is plausible; `known` ones are offered.

    Raises typer.Abort when the person leaves.
    """
    names, told = Names.of(spec), guidance(spec)
    answers = dict(given)
    for name in (*names.plain, *names.secret):
        if name in given:
            continue
        typer.echo(f"\n{told.where.get(name, '')}")
        label, secret = told.labels.get(name, name), name in names.secret
        prompt = f"{label} (it is not shown as you paste it)" if secret else label
        while True:
            offered = None if secret else known.get(name)
            text = str(typer.prompt(prompt, default=offered, hide_input=secret))
            try:
                answers[name] = checked(spec, name, text)
                break
            except ValueError as error:
                typer.echo(f"That {error}.")
    return answers


def take(
    spec: ServerSpec[Any, Any], known: Mapping[str, str], given: Mapping[str, str], options: Mapping[str, str]
) -> dict[str, str]:
    """The settings without asking: those `given`, else those `known`. `options` are the flags, by field.

    Raises:
        SuiteError: one is missing or wrong; names all with their flags.
    """
    names = Names.of(spec)
    answers: dict[str, str] = {}
    wrong: list[str] = []
    for name in (*names.plain, *names.secret):
        text = given.get(name) or ("" if name in names.secret else known.get(name, ""))
        try:
            answers[name] = checked(spec, name, text)
        except ValueError as error:
            flag = options.get(name, name)
            wrong.append(f"{flag} is missing" if not text else f"{flag} {error}")
    if wrong:
        raise SuiteError(f"{'; '.join(wrong)}.", status=2)
    return answers


def settings_of(spec: ServerSpec[Any, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    """The answers as arguments of the settings class."""
    secret = Names.of(spec).secret
    return {name: SecretStr(text) if name in secret else text for name, text in answers.items()}
