"""A login that is tried before it is stored."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from typing_extensions import override

from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import CredentialId, Vault


class TrialVault(Vault):
    """Keeps the tokens of one login in memory; only the file of its lock is on the disk, for as long as it lasts."""

    def __init__(self, folder: Path, tokens: TokenSet) -> None:
        """Begin with these tokens; `folder` is for the lock."""
        super().__init__(folder, find_backend=lambda: None)
        self.tokens: TokenSet | None = tokens

    @override
    def load(self, credential: CredentialId) -> TokenSet | None:
        del credential
        return self.tokens

    @override
    def save(self, credential: CredentialId, tokens: TokenSet) -> None:
        del credential
        self.tokens = tokens

    @override
    def rehearse(self, credential: CredentialId, tokens: TokenSet) -> None:
        """Nothing: memory does not fail."""

    @override
    def delete(self, credential: CredentialId) -> bool:
        del credential
        there, self.tokens = self.tokens is not None, None
        return there


@contextmanager
def trial_vault(tokens: TokenSet) -> Generator[TrialVault]:
    """A vault for a login that may come to nothing. Afterwards nothing of it is left."""
    with TemporaryDirectory() as folder:
        yield TrialVault(Path(folder), tokens)
