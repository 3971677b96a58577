"""What can be wrong with a scenario."""


class ScenarioError(Exception):
    """Names the place as `file:line`, so that an editor finds it."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
