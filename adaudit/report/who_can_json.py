"""
Who holds a right, for programs: the format `adaudit-who-can`, version 1.

Fields may be added within a version. `[]` is a list, `?` may be null. A crowd has `total`,
`by_kind` (how many of each kind: `user`, `computer`, `group`, `foreign principal`, `other
principal`, `well-known`, `unread`) and `disabled_accounts`, which are among them.

- `format`: `adaudit-who-can`
- `version`: 1
- `right`: what was asked for
- `object`: DN of what it was asked on
- `checked_by`: the server whose local groups count
- `takes`: the checks of an operation that takes several, in words
- `complete`: whether it is known of everybody
- `everyone?`: `Authenticated Users` if they hold it, and so whoever logs on unless it is denied
- `holders`: a crowd
- `undecided`: a crowd
- `lots[]`: all holders, each in one, by what decides for them; a crowd, and:
- `lots[].grounds[].check`: a check that they pass
- `lots[].grounds[].asked_of`: whose descriptor it asks: `the object`, `its parent`, ...
- `lots[].grounds[].object`: DN of that
- `lots[].grounds[].through`: whom the deciding entry is for, or what else lets them
- `lots[].grounds[].reason`: in words
- `lots[].grounds[].evidence?`: the deciding entry as in a report; its path is that of one of them
- `lots[].principals[].name`
- `lots[].principals[].kind`
- `lots[].principals[].dn?`
- `lots[].principals[].sid`
- `lots[].principals[].disabled`
- `lots[].principals[].paths[]`: with `--paths`, for each ground its way to the trustee
- `doubted[]`: all who are undecided, each in one, by why; a crowd, and:
- `doubted[].why[]`
- `doubted[].principals[]`: as above
- `checks[].check`: each of several checks
- `checks[].asked_of`
- `checks[].object`
- `checks[].passed`: a crowd
- `checks[].undecided`: a crowd
- `checks[].unreadable?`: why nobody can be judged
- `notes[]`
"""

from adaudit.access.roster import Named
from adaudit.findings.who_can import Doubted, Ground, Lot, Passed, WhoCan
from adaudit.report.crowds import crowd_fields, named_fields
from adaudit.report.json import Json, dump, evidence_fields

FORMAT = "adaudit-who-can"
VERSION = 1


def render(found: WhoCan) -> str:
    """The answer as JSON, indented, in the order of the field list above."""
    return dump(
        {
            "format": FORMAT,
            "version": VERSION,
            "right": found.right,
            "object": found.object,
            "checked_by": found.checked_by,
            "takes": found.takes,
            "complete": not found.undecided,
            "everyone": found.everyone,
            "holders": crowd_fields(found.holders),
            "undecided": crowd_fields(found.undecided),
            "lots": [_lot(lot) for lot in found.lots],
            "doubted": [_doubted(doubted) for doubted in found.doubted],
            "checks": [_check(check) for check in found.checks],
            "notes": found.notes,
        }
    )


def _lot(lot: Lot) -> Json:
    return {
        **crowd_fields(lot.crowd),
        "grounds": [_ground(ground) for ground in lot.grounds],
        "principals": [_principal(named, lot) for named in lot.crowd],
    }


def _ground(ground: Ground) -> Json:
    return {
        "check": ground.check,
        "asked_of": ground.asked_of,
        "object": ground.object,
        "through": ground.through,
        "reason": ground.reason,
        "evidence": evidence_fields(ground.evidence) if ground.evidence else None,
    }


def _principal(named: Named, lot: Lot) -> Json:
    paths = lot.paths.get(named.sid)
    return named_fields(named) if paths is None else {**named_fields(named), "paths": paths}


def _doubted(doubted: Doubted) -> Json:
    return {
        **crowd_fields(doubted.crowd),
        "why": doubted.why,
        "principals": [named_fields(named) for named in doubted.crowd],
    }


def _check(check: Passed) -> Json:
    return {
        "check": check.check,
        "asked_of": check.asked_of,
        "object": check.object,
        "passed": crowd_fields(check.passed),
        "undecided": crowd_fields(check.undecided),
        "unreadable": check.unreadable,
    }
