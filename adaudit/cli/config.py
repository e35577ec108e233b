"""`adaudit config`: write, check and describe target lists."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from adaudit.errors import ConfigError

# Each command imports adaudit.config itself: pydantic takes longer to load than adaudit to start.


@click.group("config")
def config() -> None:
    """Write, check and describe target lists."""


@config.command("init")
@click.argument("file", type=click.Path(path_type=Path), default="targets.yaml")
def init(file: Path) -> None:
    """Write a commented target list to FILE (targets.yaml)."""
    from adaudit.config import example  # noqa: PLC0415 - see above

    try:
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(example())
    except FileExistsError:
        raise ConfigError(f"`{file}` exists already", "give the name of a new file") from None
    except OSError as error:
        raise ConfigError(f"cannot write `{file}`: {error.strerror}") from error
    click.echo(f"{file}: written")


@config.command("validate", short_help="Check target lists, and list every fault in them.")
@click.argument(
    "files", metavar="FILE...", type=click.Path(path_type=Path), nargs=-1, required=True
)
def validate(files: Sequence[Path]) -> None:
    """Check target lists without connecting to anything, and list every fault in them."""
    from adaudit.config import load  # noqa: PLC0415 - see above

    faults: list[ConfigError] = []
    for file in files:
        try:
            count = len(load(file).targets)
        except ConfigError as error:
            faults.append(error)
        else:
            click.echo(f"{file}: valid, {count} target{'' if count == 1 else 's'}")
    if faults:
        raise ConfigError("\n".join(fault.message for fault in faults))


@config.command("schema")
def schema() -> None:
    """Print the JSON Schema of target lists, for editors."""
    from adaudit.config import schema as describe  # noqa: PLC0415 - see above

    click.echo(json.dumps(describe(), indent=2, ensure_ascii=False))
