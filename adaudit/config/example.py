"""The commented target list to start from."""

from importlib.resources import files


def example() -> str:
    """Read the example that comes with the package."""
    return (files("adaudit.config") / "targets.example.yaml").read_text(encoding="utf-8")
