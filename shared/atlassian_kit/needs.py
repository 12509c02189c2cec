"""What toolsets need of a login besides."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """The scopes that a login asks for besides: to read, to write, to delete."""

    reading: tuple[str, ...] = ()
    writing: tuple[str, ...] = ()
    deleting: tuple[str, ...] = ()
