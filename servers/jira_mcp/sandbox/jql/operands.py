"""The right side of a clause: checked as Jira checks it, and turned into values to compare with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from .context import JqlContext, Ref
from .dates import moment, working_seconds
from .errors import JqlError
from .fields import ORDERING, FieldDef
from .functions import function_of, moment_of, refs_of
from .syntax import Call, Clause, Empty, Listing, Operand, Value
from .words import TextTest, text_test

_NUMBER: Final = re.compile(r"[-+]?\d{1,300}(?:\.\d{1,300})?")
_ISSUE_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*-\d+")


class Operands:
    """The operands of a clause on `field`; JqlError if the field or the operator does not take them."""

    def __init__(self, field: FieldDef, clause: Clause, context: JqlContext) -> None:
        self._field = field
        self._name = clause.field
        self._context = context
        _check_usage(clause)
        if clause.operator not in field.supported:
            raise JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")
        plain = _flat(clause.operand)
        self._given = [operand for operand in plain if not isinstance(operand, Empty)]
        self.empty = len(self._given) < len(plain)
        """Whether EMPTY is among them."""
        if self.empty and not field.has_empty:
            raise JqlError(f"The field '{clause.field}' does not support searching for EMPTY values.")

    def text_tests(self) -> list[TextTest]:
        """For text: a test each."""
        return [text_test(value.text, self._name) for value in self._values()]

    def texts(self) -> frozenset[str]:
        """For labels and the like: the texts, casefolded."""
        return frozenset(value.text.casefold() for value in self._values())

    def numbers(self) -> list[float]:
        """For numbers; for durations, in seconds."""
        if self._field.kind == "duration":
            return [working_seconds(value.text, self._name) for value in self._values()]
        return [self._number(value.text) for value in self._values()]

    def dates(self) -> Sequence[date]:
        """For dates, without the time of day; for moments, with it."""
        now = self._context.now
        moments = [
            moment_of(operand, self._context, self._name)
            if isinstance(operand, Call)
            else moment(operand.text, is_number=operand.is_number, field=self._name, now=now)
            for operand in self._given
        ]
        return moments if self._field.kind == "datetime" else [when.date() for when in moments]

    def refs(self) -> list[Ref]:
        """For all else: what the spellings stand for."""
        refs: list[Ref] = []
        for operand in self._given:
            if isinstance(operand, Call):
                refs += refs_of(operand, self._context, self._field, self._name)
            elif operand.text.casefold() in {name.casefold() for name in self._field.empty_names}:
                self.empty = True
            else:
                refs += self._found(operand)
        return refs

    def _values(self) -> list[Value]:
        values: list[Value] = []
        for operand in self._given:
            if isinstance(operand, Call):
                function = function_of(operand).name
                raise JqlError(
                    f"A value provided by the function '{function}' is invalid for the field '{self._name}'."
                )
            values.append(operand)
        return values

    def _number(self, text: str) -> float:
        if not _NUMBER.fullmatch(text.strip()):
            raise JqlError(f"The value '{text}' for the field '{self._name}' is not a number.")
        return float(text)

    def _found(self, value: Value) -> Sequence[Ref]:
        found = self._context.directory.find(self._field, value.text)
        by_id = [ref for ref in found if ref.id == value.text]
        # An integer is an id before it is a name, a quoted string the other way round.
        by_name = [ref for ref in found if value.text.casefold() in map(str.casefold, ref.names)]
        refs = (by_id or by_name) if value.is_number else (by_name or by_id)
        if not refs:
            raise JqlError(self._unknown(value))
        return refs

    def _unknown(self, value: Value) -> str:
        name = self._name
        match self._field.kind:
            case "issue":
                if value.is_number:
                    return f"An issue with ID '{value.text}' does not exist for field '{name}'."
                if _ISSUE_KEY.fullmatch(value.text):
                    return f"An issue with key '{value.text}' does not exist for field '{name}'."
                return f"The issue key '{value.text}' for field '{name}' is invalid."
            case "sprint":
                spelling = "id" if value.is_number else "name"
                return f"Sprint with {spelling} '{value.text}' does not exist or you do not have permission to view it."
            case "option":
                return f"The option '{value.text}' for field '{name}' does not exist."
            case _ if value.is_number:
                return f"A value with ID '{value.text}' does not exist for the field '{name}'."
            case _:
                return f"The value '{value.text}' does not exist for the field '{name}'."


def _check_usage(clause: Clause) -> None:
    """Whether the operator takes an operand of this form, whatever the field."""
    sign, operand, field = clause.operator, clause.operand, clause.field
    is_list = isinstance(operand, Listing) or (isinstance(operand, Call) and function_of(operand).is_list)
    if isinstance(operand, Empty):
        if sign in ORDERING or sign in {"in", "not in"}:
            raise JqlError(
                f"Operator '{sign}' does not support the empty value representation 'EMPTY' for field '{field}'."
            )
    elif sign in {"is", "is not"}:
        raise JqlError(f"Operator '{sign}' does not support searching for non-empty values for field '{field}'.")
    elif sign in {"in", "not in"} and not is_list:
        raise JqlError(f"Operator '{sign}' does not support the non-list value '{operand}' for field '{field}'.")
    elif sign not in {"in", "not in"} and is_list:
        raise JqlError(f"Operator '{sign}' does not support the list value '{operand}' for field '{field}'.")


def _flat(operand: Operand) -> list[Value | Empty | Call]:
    if not isinstance(operand, Listing):
        return [operand]
    flat: list[Value | Empty | Call] = []
    for item in operand.items:
        flat += _flat(item)
    return flat
