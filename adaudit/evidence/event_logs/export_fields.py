"""The fields of an event by the names that exports give them, in the languages that are known."""

from enum import StrEnum


class Field(StrEnum):
    """What a column of a table, or a line of a listing, holds."""

    DATE = "date"
    TIME = "time"
    BOTH = "date and time"
    PROVIDER = "provider"
    ID = "event id"
    COMPUTER = "computer"
    MESSAGE = "message"
    STRINGS = "strings"
    NUMBER = "record number"


_NAMES = {
    Field.DATE: "date datum dátum fecha data",
    Field.TIME: "time zeit uhrzeit idő hora heure ora",
    Field.BOTH: "dateandtime datetime timegenerated timecreated systemtime datumunduhrzeit"
    " dátumésidő dateetheure fechayhora dataeora",
    Field.PROVIDER: "source eventsource sourcename provider providername quelle ereignisquelle"
    " forrás eseményforrása origen origine",
    Field.ID: "id event eventid ereignis ereigniskennung ereignisid ereigniskennummer esemény"
    " eseményazonosító azonosító iddevénement iddelévénement iddeevento idevento",
    Field.COMPUTER: "computer computername machinename machine hostname számítógép számítógépnév"
    " ordinateur equipo",
    Field.MESSAGE: "description message beschreibung nachricht meldung leírás üzenet"
    " descripción descrizione mensaje",
    Field.STRINGS: "strings insertionstrings",
    Field.NUMBER: "recordnumber index recordid eventrecordid",
}
"""Names in lower case without blanks and signs. The English ones are of Event Viewer, wevtutil,
eventquery, Log Parser and PowerShell. Names that are not here are done without."""
_FIELDS = {name: kind for kind, names in _NAMES.items() for name in names.split()}


def field_named(name: str) -> Field | None:
    """The field of that name; None where it is another one, or in a language not known."""
    return _FIELDS.get("".join(filter(str.isalnum, name[:60].lower())))
