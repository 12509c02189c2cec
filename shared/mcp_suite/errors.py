"""Failures that a person at the terminal can do something about."""


class SuiteError(Exception):
    """An anticipated failure: its text is all that is shown, and `status` is the exit status."""

    def __init__(self, message: str, *, status: int = 1) -> None:
        """Keep the message and the exit status."""
        super().__init__(message)
        self.status = status
