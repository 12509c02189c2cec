"""What the login's role may do beyond reading, as far as Snowflake tells.

https://docs.snowflake.com/en/sql-reference/sql/show-grants
https://docs.snowflake.com/en/user-guide/security-access-control-privileges
"""

import json
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, cast

from connector_kit.access import Access
from connector_kit.errors import ServiceError
from connector_kit.guidance import Advice
from snowflake_mcp.client.engine import Engine
from snowflake_mcp.guard.names import identifier, parse_name, written
from snowflake_mcp.models import Context

MOST_ROLES: Final = 40
"""Roles that are looked at: a role has what the roles have that were granted to it."""
SHOWN: Final = 3
ADMINISTRATORS: Final = ("ACCOUNTADMIN", "SECURITYADMIN", "USERADMIN", "SYSADMIN", "ORGADMIN", "GLOBALORGADMIN")
_GUIDE: Final = "setup_guides/snowflake.md shows how to make a role that only reads"
_WRITING: Final = frozenset(
    {"ALL", "ALL PRIVILEGES", "DELETE", "EVOLVE SCHEMA", "INSERT", "MODIFY", "OWNERSHIP", "TRUNCATE", "UPDATE", "WRITE"}
)
_WRITING_FIRST_WORDS: Final = frozenset({"ADD", "APPLY", "ATTACH", "BIND", "CREATE", "EXECUTE", "MANAGE", "OVERRIDE"})


@dataclass(frozen=True, slots=True)
class Grant:
    """A privilege that lets a role change something: what, on which kind of object, and on which one."""

    role: str
    privilege: str
    kind: str
    name: str

    @property
    def writes(self) -> bool:
        """Whether it lets a role change data or objects."""
        return self.privilege in _WRITING or self.privilege.partition(" ")[0] in _WRITING_FIRST_WORDS

    def __str__(self) -> str:
        where = f" on {self.kind.lower().replace('_', ' ')} {self.name}" if self.name else ""
        return f"{self.privilege}{where}"


class Grants:
    """The privileges of the role that tools work with by default."""

    def __init__(self, engine: Engine) -> None:
        """Nothing is sent yet."""
        self._engine = engine

    async def advice(self) -> list[Advice]:
        """What there is to say about the role: that it only reads, that it can write, or that this is not known.

        Raises ServiceError where no session can be begun.
        """
        context = self._engine.context()
        role = (await self._engine.where(context)).role
        if not role:
            return [Advice("unknown", "Snowflake does not say which role this login has")]
        secondary = await self._secondary(context)
        if administrators := [one for one in (role, *secondary) if one in ADMINISTRATORS]:
            told = f"the login works as {' and '.join(administrators)}: it may do far more than any tool should"
            return [Advice("warn", told, f"Set SNOWFLAKE_ROLE to another role; {_GUIDE}")]
        if self._engine.settings.access is not Access.READ:
            return []
        try:
            grants = await self._writing(role, secondary, context)
        except ServiceError as error:
            told = f"whether role {role} can write is not known: SHOW GRANTS says {error.message}"
            return [Advice("unknown", told)]
        if not grants:
            return [Advice("ok", f"role {role} can only read, as far as its grants tell")]
        return [_warning(role, grants, secondary)]

    async def _secondary(self, context: Context) -> tuple[str, ...]:
        """The secondary roles of a session, whose privileges count as well; none where Snowflake does not tell."""
        try:
            result = await self._engine.read("SELECT CURRENT_SECONDARY_ROLES()", context=context)
        except ServiceError:
            return ()
        return _roles_in(result.rows[0][0]) if result.rows else ()

    async def _writing(self, role: str, secondary: Iterable[str], context: Context) -> list[Grant]:
        """What lets the roles write, and those that they inherit; everybody has what PUBLIC has.

        Raises ServiceError where Snowflake does not show the first one's grants.
        """
        waiting = deque(("ROLE", one) for one in dict.fromkeys((role, *secondary, "PUBLIC")))
        seen, found = set(waiting), list[Grant]()
        for _ in range(MOST_ROLES):
            if not waiting:
                break
            kind, name = waiting.popleft()
            try:
                sql = f"SHOW GRANTS TO {kind.replace('_', ' ')} {_in_sql(kind, name)}"
                records = (await self._engine.read(sql, context=context)).records()
            except ServiceError:
                if name == role:
                    raise
                continue  # what another one adds is not known then
            for record in records:
                grant = Grant(name, *(str(record.get(column) or "") for column in ("privilege", "granted_on", "name")))
                inherited = (grant.kind.replace(" ", "_"), grant.name)
                if grant.privilege == "USAGE" and inherited[0] in ("ROLE", "DATABASE_ROLE"):
                    waiting.extend({inherited} - seen)
                    seen.add(inherited)
                elif grant.writes:
                    found.append(grant)
        return found


def _warning(role: str, grants: Sequence[Grant], secondary: Sequence[str]) -> Advice:
    shown = [f"{grant}{'' if grant.role == role else f' through {grant.role}'}" for grant in grants[:SHOWN]]
    more = len(grants) - len(shown)
    also = f" and {more} more" if more else ""
    told = (
        f"role {role} can write ({', '.join(shown)}{also}) while SNOWFLAKE_ACCESS is read: "
        "only this server's own check of statements holds it to reading"
    )
    if secondary:
        others = f"the user's other roles count, too ({', '.join(secondary[:SHOWN])})"
        fix = f"Set SNOWFLAKE_SECONDARY_ROLES=none, or run: ALTER USER … SET DEFAULT_SECONDARY_ROLES = (); {_GUIDE}"
        return Advice("warn", f"{told}; {others}", fix)
    return Advice("warn", told, f"Set SNOWFLAKE_ROLE to another role; {_GUIDE}")


def _in_sql(kind: str, name: str) -> str:
    """A role as SHOW GRANTS told it, for a statement. Raises InvalidInput for what is no name."""
    if kind == "DATABASE_ROLE":
        return str(parse_name(name))
    return identifier(name) if name.startswith('"') else written(name)


def _roles_in(value: object) -> tuple[str, ...]:
    """The roles in what CURRENT_SECONDARY_ROLES() answers, like {"roles":"ANALYST,LOADER","value":"ALL"}."""
    try:
        told: object = json.loads(str(value))
    except ValueError:
        return ()
    roles = cast("dict[str, object]", told).get("roles") if isinstance(told, dict) else ""
    return tuple(role.strip() for role in str(roles or "").split(",") if role.strip())
