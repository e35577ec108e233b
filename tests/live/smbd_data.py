r"""What the file server of `smbd.py` holds: a registry and an application log of Exchange 2003."""

from datetime import UTC, datetime
from typing import NamedTuple

HOST = "EXCH01"
READER, STRANGER = "auditor", "plain"
"""A user who may read the log, and one who may not"""
PASSWORD = "Passw0rd.Lab1"
DOMAIN = "LAB"
FIRST = 1089000000
LOGGED = datetime.fromtimestamp(FIRST, UTC)
"""When the first event was logged; the others follow at intervals of a minute"""
TRANSPORT = "MSExchangeTransport"

REGISTRY = r"""Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SMTPSVC\XEXCH50]
"SuppressExternal"=dword:00000001

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchangeTransport\Diagnostics]
"1 Routing Engine/Service"=dword:00000000
"7 SMTP Protocol"=dword:00000003

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0]
"BackConnectionHostNames"=hex(7):6d,00,61,00,69,00,6c,00,2e,00,65,00,78,00,61,\
  00,6d,00,70,00,6c,00,65,00,2e,00,74,00,65,00,73,00,74,00,00,00,6d,00,78,00,\
  00,00,00,00

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName]
"ComputerName"="EXCH01"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Eventlog\Application]
"MaxSize"=dword:04000000
"Retention"=dword:7fffffff

"""
"""Samba forgets records that are older than `Retention` seconds whenever a log is opened"""


class Record(NamedTuple):
    """A record, as `eventlogadm` takes it."""

    event_id: int
    """With severity and facility in the high bits, as it is stored"""
    strings: tuple[str, ...]
    provider: str = TRANSPORT
    data: str = ""
    sid: str = ""


_REFUSED = ("xexch50", "504 Need to authenticate first ", "XEXCH50 2336 3 ")
_EXPS = ("EXCH05.example.test", "CServer", "HrAuth", "8009030c", "smtpauth.cxx", "1542")
_SID = "S-1-5-21-1004336348-1177238915-682003330-1104"
RECORDS = (
    Record(0xC0041B5C, ("1", "7", "EXCH02.example.test", *_REFUSED)),
    Record(0xC0041B62, ("1", "12", "192.0.2.4", *_REFUSED)),
    Record(0xC00406AA, _EXPS, data="0c030980"),
    Record(0x00001B5C, ("not of SMTP",), provider="MSExchangeIS Mailbox"),
    Record(0x40041B59, ()),
    Record(0xC0041B5C, ("1", "15", "münchen.test", "xexch50", "504 認証が必要"), sid=_SID),
    Record(0xC0041B5C, ("1", "7", "", *_REFUSED), provider="msexchangetransport"),
    Record(0xC0041B5C, ("1", "16", "EXCH06.example.test", "xexch50", "504 " + "x" * 900)),
)
RELEVANT = (1, 2, 3, 6, 7, 8)
"""Numbers of the records that bear on mail between servers"""


def event_text(records: tuple[Record, ...]) -> str:
    """What `eventlogadm` reads: a line a field, and an empty line behind each record."""
    lines: list[str] = []
    for minute, record in enumerate(records):
        lines += [
            *("LEN: 0", "RS1: 1699505740", "RCN: 0", f"TMG: {FIRST + 60 * minute}"),
            *(f"TMW: {FIRST + 60 * minute}", f"EID: {record.event_id}", "ETP: ERROR", "ECT: 3"),
            *("RS2: 0", "CRN: 0", "USL: 0", f"SRC: {record.provider}", f"SRN: {HOST}"),
            *([f"SID: {record.sid}"] if record.sid else []),
            *(f"STR: {text}" for text in record.strings),
            *([f"DAT: {record.data}"] if record.data else []),
            "",
        ]
    return "\n".join(lines) + "\n"
