r"""
Which values of a server's registry bear on mail between Exchange servers, as data.

Every reader of a registry follows this plan: of exported files, over RPC, and by Windows itself.
Keys stand below `HKLM\`. KB 818222, KB 843106, KB 914137
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from adaudit.directory.observations import RegistryValue

HIVE = "HKLM"
CURRENT = r"SYSTEM\CurrentControlSet"


@dataclass(frozen=True, slots=True)
class WantedKey:
    """A key, and what is wanted of its values: some by name, others by the end of their name."""

    path: str
    r"""`SYSTEM\CurrentControlSet\Services\SMTPSVC\XEXCH50`"""
    names: tuple[str, ...] = ()
    ending: str | None = None
    """Every value whose name ends so is wanted, in whatever case"""

    @property
    def key(self) -> str:
        r"""The key as records name it, from `HKLM\`."""
        return rf"{HIVE}\{self.path}"

    def wants(self, name: str) -> bool:
        """Whether the value of that name is wanted."""
        folded = name.casefold()
        is_named = any(folded == wanted.casefold() for wanted in self.names)
        return is_named or bool(self.ending and folded.endswith(self.ending.casefold()))

    def missing(self, found: Iterable[str]) -> Iterator[str]:
        """
        What is wanted and is not among the names found.

        Where nothing has the wanted ending, that ending stands for the name.
        """
        seen = {name.casefold() for name in found}
        yield from (name for name in self.names if name.casefold() not in seen)
        ending = self.ending
        if ending and not any(name.endswith(ending.casefold()) for name in seen):
            yield ending


COMPUTER_NAME = WantedKey(rf"{CURRENT}\Control\ComputerName\ComputerName", ("ComputerName",))
PLAN = (
    WantedKey(
        rf"{CURRENT}\Services\SMTPSVC\XEXCH50", ("SuppressExternal", "Exch50AuthCheckEnabled")
    ),
    # The number in front, as in `7 SMTP Protocol`, is taken from other services of Exchange.
    WantedKey(rf"{CURRENT}\Services\MSExchangeTransport\Diagnostics", ending="SMTP Protocol"),
    WantedKey(rf"{CURRENT}\Control\Lsa\MSV1_0", ("BackConnectionHostNames",)),
    COMPUTER_NAME,
    WantedKey(rf"{CURRENT}\Services\Tcpip\Parameters", ("Hostname", "Domain")),
)


@dataclass(frozen=True, slots=True)
class FoundValue:
    """A value as a reader found it, before it is known whose it is."""

    name: str
    type: str
    """`REG_DWORD`, …"""
    value: int | str | tuple[str, ...]


def records_of(
    wanted: WantedKey, found: Iterable[FoundValue], computer: str | None
) -> Iterator[RegistryValue]:
    """The records of a key that was read whole, or does not exist: what it lacks is told too."""
    values = tuple(found)
    for each in values:
        yield RegistryValue(computer, wanted.key, each.name, each.type, each.value)
    for name in wanted.missing(each.name for each in values):
        yield RegistryValue(computer, wanted.key, name, "", None)


def own_name(found: Mapping[WantedKey, Iterable[FoundValue]]) -> str | None:
    """The name that the registry has for its own computer, in NetBIOS form."""
    names = [each.value for each in found.get(COMPUTER_NAME, ())]
    return next((name for name in names if isinstance(name, str) and name), None)


def is_same_computer(own: str, given: str) -> bool:
    """Whether a NetBIOS name, of 15 characters at most, may be that of a host given by name."""
    return own.casefold() == given.partition(".")[0][:15].casefold()
