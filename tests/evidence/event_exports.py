"""
One refused XEXCH50 in exports with the layouts of several tools, and beside it a harmless event.

No export of Exchange's events was at hand: the layouts are those of the tools' documentation, the
texts are of KB 843106, and headers in other languages are made up after Event Viewer's.
"""

import csv
import io
from collections.abc import Sequence

MESSAGE = (
    "This is an SMTP protocol error log for virtual server ID 1, connection #7. The remote host"
    ' "ex02.contoso.example", responded to the SMTP command "xexch50" with "504 Need to'
    ' authenticate first ". The full command sent was "XEXCH50 2336 3 ".  This will probably cause'
    " the connection to fail.\r\n\r\nFor more information, click http://www.microsoft.com."
)
STRINGS = (
    "1",
    "7",
    "ex02.contoso.example",
    "xexch50",
    "504 Need to authenticate first ",
    "XEXCH50 2336 3 ",
)
_FILLED_IN = {
    "MESSAGE": MESSAGE,
    "STRINGS": " ".join(STRINGS),
    "STRINGS|": "|".join(STRINGS),
    "STARTED": "The Event log service was started.",
}


def _rows(text: str) -> list[list[str]]:
    cells = ([cell.strip() for cell in line.split("¦")] for line in text.strip().splitlines())
    return [[_FILLED_IN.get(cell, cell) for cell in row] for row in cells]


EVENT_VIEWER_2003 = _rows("""
11/24/2004¦10:15:32 AM¦MSExchangeTransport¦Error¦SMTP Protocol¦7004¦N/A¦EX01¦MESSAGE
11/24/2004¦9:00:00 AM¦EventLog¦Information¦None¦6005¦N/A¦EX01¦STARTED
""")
EVENT_VIEWER_2008 = _rows("""
Level¦Date and Time¦Source¦Event ID¦Task Category
Error¦11/24/2004 10:15:32 AM¦MSExchangeTransport¦7004¦SMTP Protocol¦MESSAGE
Information¦11/24/2004 9:00:00 AM¦EventLog¦6005¦None¦STARTED
""")
DUMPEL = _rows("""
11/24/2004¦10:15:32 AM¦1¦3¦7004¦MSExchangeTransport¦N/A¦EX01¦STRINGS
11/24/2004¦9:00:00 AM¦4¦0¦6005¦EventLog¦N/A¦EX01¦
""")
EVENTQUERY = _rows("""
Type¦Event¦Date Time¦Source¦ComputerName¦Category¦User¦Description
Error¦7004¦11/24/2004 10:15:32 AM¦MSExchangeTransport¦EX01¦SMTP Protocol¦N/A¦MESSAGE
""")
LOG_PARSER = _rows("""
RecordNumber¦TimeGenerated¦EventID¦EventType¦SourceName¦Strings¦ComputerName¦Message¦Data
77¦2004-11-24 10:15:32¦7004¦1¦MSExchangeTransport¦STRINGS|¦EX01¦MESSAGE¦
""")
POWERSHELL = _rows("""
EventID¦MachineName¦Data¦Index¦Message¦Source¦ReplacementStrings¦TimeGenerated
7004¦EX01¦System.Byte[]¦77¦MESSAGE¦MSExchangeTransport¦System.String[]¦11/24/2004 10:15:32 AM
""")
GERMAN = _rows("""
Ebene¦Datum und Uhrzeit¦Quelle¦Ereignis-ID¦Aufgabenkategorie
Fehler¦24.11.2004 10:15:32¦MSExchangeTransport¦7004¦SMTP-Protokoll¦MESSAGE
Informationen¦24.11.2004 09:00:00¦EventLog¦6005¦Keine¦STARTED
""")
HUNGARIAN = _rows("""
Szint¦Dátum és idő¦Forrás¦Eseményazonosító¦Feladatkategória
Hiba¦2004. 11. 24. 10:15:32¦MSExchangeTransport¦7004¦SMTP protokoll¦MESSAGE
Információ¦2004. 11. 24. 9:00:00¦EventLog¦6005¦Nincs¦STARTED
""")
POLISH = _rows("""
Poziom¦Data i godzina¦Źródło¦Identyfikator zdarzenia¦Kategoria zadania
Błąd¦24.11.2004 10:15:32¦MSExchangeTransport¦7004¦Protokół SMTP¦MESSAGE
Informacje¦24.11.2004 09:00:00¦EventLog¦6005¦Brak¦STARTED
""")
JAPANESE = _rows("""
レベル¦日付と時刻¦ソース¦イベント ID¦タスクのカテゴリ
エラー¦2004/11/24 10:15:32¦MSExchangeTransport¦7004¦なし¦MESSAGE
""")
TABLES = {
    "Event Viewer of 2003": EVENT_VIEWER_2003,
    "Event Viewer of 2008": EVENT_VIEWER_2008,
    "dumpel": DUMPEL,
    "eventquery": EVENTQUERY,
    "Log Parser": LOG_PARSER,
    "PowerShell": POWERSHELL,
    "German": GERMAN,
    "Hungarian": HUNGARIAN,
    "Polish": POLISH,
    "Japanese": JAPANESE,
}
WEVTUTIL = f"""\
Event[0]:
  Log Name: Application
  Source: MSExchangeTransport
  Date: 2004-11-24T10:15:32.000
  Event ID: 7004
  Task: SMTP Protocol
  Level: Error
  Opcode: Info
  Keyword: Classic
  User: N/A
  User Name: N/A
  Computer: EX01
  Description:\x20
{MESSAGE}

Event[1]:
  Log Name: Application
  Source: EventLog
  Date: 2004-11-24T09:00:00.000
  Event ID: 6005
  Task: N/A
"""
COPIED = f"""\
Event Type:\tError
Event Source:\tMSExchangeTransport
Event Category:\tSMTP Protocol
Event ID:\t7004
Date:\t\t11/24/2004
Time:\t\t10:15:32 AM
User:\t\tN/A
Computer:\tEX01
Description:
{MESSAGE}
"""
_DATA = "".join(f"<Data>{text}</Data>" for text in STRINGS)
XML = (
    '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>'
    '<Provider Name="MSExchangeTransport"/><EventID Qualifiers="49156">7004</EventID>'
    '<TimeCreated SystemTime="2004-11-24T10:15:32.000000000Z"/><EventRecordID>77</EventRecordID>'
    f"<Computer>EX01</Computer></System><EventData>{_DATA}</EventData></Event>"
)


def table(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    """Write rows as CSV, with quotes where they are needed."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()
