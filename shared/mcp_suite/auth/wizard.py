"""Asking a person for what a login needs, with a word on where each thing is found."""

import re
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import typer
from pydantic import ValidationError

from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.guidance import guidance
from mcp_suite.auth.names import is_path, is_secret, ways
from mcp_suite.auth.wanted import option
from mcp_suite.errors import SuiteError

_NUMBERS = ("No way", "One way", "Two ways", "Three ways", "Four ways", "Five ways", "Six ways")
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
    allowed = " " if is_path(spec, name) else ""
    if any(not character.isprintable() or (character.isspace() and character not in allowed) for character in text):
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
    optional: Collection[str] = (),
    spared: Callable[[Mapping[str, str]], Collection[str]] = lambda _: (),
) -> dict[str, str]:
    """Ask for every setting of `names` that is not `given`, until each is plausible; `known` ones are offered.

    Those of `optional` may be left empty, and those that are `spared` by the answers so far are not asked for.
    Raises typer.Abort when the person leaves.
    """
    told = guidance(spec)
    answers = dict(given)
    for name in names:
        if name in given or name in spared(answers):
            continue
        typer.echo(f"\n{where}" if (where := told.where.get(name, "")) else "")
        label, secret = told.labels.get(name, name), is_secret(spec, name)
        prompt = f"{label} (it is not shown as you paste it)" if secret else label
        may_be_empty = name in optional
        offered = None if secret else known.get(name)
        if may_be_empty:
            offered = offered or ""
        while True:
            text = str(typer.prompt(prompt, default=offered, hide_input=secret, show_default=bool(offered)))
            try:
                answer = checked(spec, name, text) if text or not may_be_empty else ""
                if objection := told.objection(name, {**answers, name: answer}):
                    raise ValueError(objection)
                break
            except ValueError as error:
                typer.echo(f"That {error}.")
        answers |= {name: answer} if answer else {}
    return answers


def take(
    spec: ServerSpec[Any, Any],
    names: Sequence[str],
    known: Mapping[str, str],
    given: Mapping[str, str],
    *,
    optional: Collection[str] = (),
) -> dict[str, str]:
    """The settings of `names` without asking: those `given`, else those `known`. The `optional` may be neither.

    Raises:
        SuiteError: one is missing or wrong; names all with their flags.
    """
    _refuse_foreign(spec, given)
    answers: dict[str, str] = {}
    wrong: list[str] = []
    for name in names:
        text = given.get(name) or known.get(name, "")
        try:
            answer = checked(spec, name, text) if text or name not in optional else ""
            if objection := guidance(spec).objection(name, {**answers, name: answer}):
                raise ValueError(objection)
            answers |= {name: answer} if answer else {}
        except ValueError as error:
            flag = option(spec, name)
            wrong.append(f"{flag} is missing" if not text and name not in optional else f"{flag} {error}")
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


def which_way(spec: ServerSpec[Any, Any], present: str) -> str:
    """Ask how to sign in; the `present` way is offered. Raises typer.Abort when the person leaves."""
    told, offered = guidance(spec), {str(number): name for number, name in enumerate(ways(spec), 1)}
    typer.echo(f"{_NUMBERS[len(offered)]} to log in to {spec.title}:")
    for number, name in offered.items():
        typer.echo(f"  {number}  {told.ways[name].title}: {told.ways[name].line}")
    last = str(len(offered))
    usual = next((number for number, name in offered.items() if name == present), "1")
    two = last == "2"
    while True:
        answer = str(typer.prompt(f"Which one, 1 {'or' if two else 'to'} {last}", default=usual)).strip()
        if answer in offered:
            return offered[answer]
        typer.echo("That is neither 1 nor 2." if two else f"That is none of 1 to {last}.")


def _refuse_foreign(spec: ServerSpec[Any, Any], given: Mapping[str, str]) -> None:
    """Raise SuiteError for an option that is for other services."""
    foreign = next((name for name in given if name not in spec.settings.model_fields), None)
    if foreign is not None:
        raise SuiteError(f"{option(spec, foreign)} means nothing to {spec.title}.", status=2)
