r"""
The report for programs: one JSON object (RFC 8259) of the format `adaudit-report`, version 2.

Letters stand as they are; control, bidirectional and other hidden characters as `\uXXXX`, so the
text is inert and its values are the names as the directory gave them. Fields may be added within
a version; none is taken away or changes its meaning. `[]` is a list, `?` may be null.

Pairs may be a million. Every list of pairs holds the first 1,000 at most, and every list of
evidence the first 100 where more pairs are broken; beside it stand how many there are. All pairs
are in `blocks`: every one of the senders with every one of the receivers, but none with itself.

- `format`: `adaudit-report`
- `version`: 2
- `complete`: whether everything that was asked for was read and decided, on every target
- `warnings[]`: what concerns no single target: waivers that are expired or match nothing
- `targets[].name`
- `targets[].source`: where it came from: a file, a server
- `targets[].taken_at?`: when it was read, ISO 8601
- `targets[].complete`
- `targets[].error?`: why nothing could be read at all
- `targets[].facts[]`: what was looked at, in words
- `targets[].matrix?.right`: the right that a sender needs on a receiver
- `targets[].matrix?.servers[]`
- `targets[].matrix?.receivers[]`: those of the servers that let others in by this right
- `targets[].matrix?.states[].state`: `allowed`, `denied`, `not granted`, `unknown`
- `targets[].matrix?.states[].pairs`: how many
- `targets[].matrix?.states[].blocks[].senders[]`
- `targets[].matrix?.states[].blocks[].receivers[]`
- `targets[].matrix?.pairs_total`
- `targets[].matrix?.pairs[].sender`: of more than 1,000 the first that are not allowed
- `targets[].matrix?.pairs[].receiver`
- `targets[].matrix?.pairs[].state`: `allowed`, `denied`, `not granted`, `unknown`: the worst below
- `targets[].matrix?.pairs[].differs`: whether the judgements are not all alike
- `targets[].matrix?.pairs[].judgements[].account`: account of the sender
- `targets[].matrix?.pairs[].judgements[].object`: DN of the object of the receiver
- `targets[].matrix?.pairs[].judgements[].state`
- `targets[].matrix?.pairs[].judgements[].reason`
- `targets[].offending_groups[].name`
- `targets[].offending_groups[].dn?`
- `targets[].offending_groups[].sid?`
- `targets[].offending_groups[].role`: `entry`: an entry for it decides; `nesting`: it leads there
- `targets[].offending_groups[].pairs[].sender`
- `targets[].offending_groups[].pairs[].receiver`
- `targets[].offending_groups[].pairs_total`
- `targets[].offending_groups[].findings[]`: ids
- `targets[].findings[].id`: stable over runs; waivers name it
- `targets[].findings[].check`
- `targets[].findings[].severity`: `high`, `medium`, `low`, `info`
- `targets[].findings[].subject.name`
- `targets[].findings[].subject.dn?`
- `targets[].findings[].subject.sid?`
- `targets[].findings[].message`
- `targets[].findings[].affects[]`: pairs (`EX02 → EX01`) and objects that it breaks
- `targets[].findings[].affects_total`
- `targets[].findings[].blocks[].senders[]`: all its pairs, where they are more than 1,000
- `targets[].findings[].blocks[].receivers[]`
- `targets[].findings[].through[].name`: groups by whose nesting the subject is reached
- `targets[].findings[].through[].dn?`
- `targets[].findings[].through[].sid?`
- `targets[].findings[].remedy[]`: ways to mend it, each enough alone
- `targets[].findings[].look?`: a command that shows the whole reason
- `targets[].findings[].evidence_total`
- `targets[].findings[].evidence[].object`: DN of the object on which the entry decides
- `targets[].findings[].evidence[].position`: index in the stored DACL of that object, from 0
- `targets[].findings[].evidence[].sddl`
- `targets[].findings[].evidence[].readable`
- `targets[].findings[].evidence[].trustee.name`
- `targets[].findings[].evidence[].trustee.dn?`
- `targets[].findings[].evidence[].trustee.sid?`
- `targets[].findings[].evidence[].path[]`: membership path, the subject first, the trustee last
- `targets[].findings[].evidence[].subjects[]`: who stands first in `path`, of each sender
- `targets[].findings[].evidence[].set_on`: DN of the last place of `origin`
- `targets[].findings[].evidence[].origin[].dn`: from `object` up to where the entry was set
- `targets[].findings[].evidence[].origin[].position`
- `targets[].findings[].evidence[].origin[].explicit`
- `targets[].findings[].evidence[].origin_note?`: why the origin is not one plain explicit entry
- `targets[].findings[].evidence[].overrules[]`: later entries that would have decided otherwise
- `targets[].findings[].evidence[].affects[]`: what this entry breaks
- `targets[].findings[].evidence[].affects_total`
- `targets[].checks[].check`
- `targets[].checks[].outcome`: `pass`, `fail`, `unknown`, `not applicable`
- `targets[].checks[].reason?`: why there was nothing to judge
- `targets[].checks[].findings[]`: ids
- `targets[].checks[].unknown[].subject`: what this check could not decide
- `targets[].checks[].unknown[].reason`
- `targets[].gaps[].subject`: what could not be read
- `targets[].gaps[].reason`
- `targets[].unknown[].subject`: what the checks could not decide, each once
- `targets[].unknown[].reason`
- `targets[].warnings[]`: what weakens the result without hiding anything
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeAlias

from adaudit.directory.entry import Gap
from adaudit.findings import (
    CheckResult,
    Evidence,
    Finding,
    Judgement,
    Matrix,
    Pair,
    Pairs,
    PairState,
    Party,
    Place,
    Report,
    TargetReport,
    united_pairs,
)
from adaudit.report.offenders import OffendingGroup, Role, offending_groups
from adaudit.report.pairs import MANY, judged
from adaudit.report.text import is_hidden, is_plain

FORMAT = "adaudit-report"
VERSION = 2

_EVIDENCE = 100
"""How many pieces of evidence a finding has at most that breaks very many pairs"""

Json: TypeAlias = Mapping[str, "Json"] | Sequence["Json"] | str | int | bool | None


def render(report: Report) -> str:
    """The report as JSON, indented, in the order of the field list above."""
    fields: Json = {
        "format": FORMAT,
        "version": VERSION,
        "complete": report.is_complete,
        "warnings": report.warnings,
        "targets": [_target(target) for target in report.targets],
    }
    return dump(fields)


def dump(fields: Json) -> str:
    """Any value as indented JSON text whose hidden characters are escaped."""
    return _inert(json.dumps(fields, ensure_ascii=False, indent=2)) + "\n"


def _inert(text: str) -> str:
    """The JSON text with hidden characters escaped; the line breaks in it are the layout's own."""
    return "\n".join(line if is_plain(line) else _escaped(line) for line in text.split("\n"))


def _escaped(line: str) -> str:
    return "".join(_escape(c) if is_hidden(c) else c for c in line)


def _escape(character: str) -> str:
    code_units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{code_units[i : i + 4]}" for i in range(0, len(code_units), 4))


def _target(target: TargetReport) -> Json:
    return {
        "name": target.name,
        "source": target.source,
        "taken_at": target.taken_at.isoformat() if target.taken_at else None,
        "complete": target.is_complete,
        "error": target.error,
        "facts": target.facts,
        "matrix": _matrix(target.matrix) if target.matrix else None,
        "offending_groups": [
            _group(group, target) for role in Role for group in offending_groups(target, role)
        ],
        "findings": [_finding(finding) for finding in target.findings],
        "checks": [_check(result) for result in target.results],
        "gaps": [_gap(gap) for gap in target.gaps],
        "unknown": [_gap(gap) for gap in target.unknown],
        "warnings": target.warnings,
    }


def _matrix(matrix: Matrix) -> Json:
    return {
        "right": matrix.right,
        "servers": matrix.servers,
        "receivers": matrix.receivers,
        "states": [_state(state, pairs) for state, pairs in matrix.states().items()],
        "pairs_total": len(matrix.pairs),
        "pairs": [_pair(pair) for pair in _told(matrix)],
    }


def _state(state: PairState, pairs: Pairs) -> Json:
    return {"state": state, "pairs": len(pairs), "blocks": _blocks(pairs)}


def _blocks(pairs: Pairs) -> Json:
    return [
        {
            "senders": [pairs.servers[number] for number in block.senders],
            "receivers": [pairs.servers[number] for number in block.receivers],
        }
        for block in pairs.blocks
    ]


def _told(matrix: Matrix) -> Iterable[Pair]:
    """All pairs; of very many the first that are not allowed."""
    if len(matrix.pairs) <= MANY:
        return matrix.pairs
    states = matrix.states()
    broken = united_pairs(states[state] for state in states if state is not PairState.ALLOWED)
    names = filter(None, map(matrix.find, islice(broken, MANY)))
    return filter(None, (matrix.pair(*name) for name in names))


def _pair(pair: Pair) -> Json:
    return {
        "sender": pair.sender,
        "receiver": pair.receiver,
        "state": pair.state,
        "differs": pair.differs,
        "judgements": [_judgement(judgement) for judgement in pair.judgements],
    }


def _judgement(judgement: Judgement) -> Json:
    return {
        "account": judgement.account,
        "object": judgement.object,
        "state": judgement.state,
        "reason": judgement.reason,
    }


def _group(group: OffendingGroup, target: TargetReport) -> Json:
    find = target.matrix.find if target.matrix else lambda _: None
    pairs, _ = judged(group.affects, target.matrix)
    told = filter(None, map(find, islice(pairs or (), MANY)))
    return {
        **party_fields(group.party),
        "role": group.role,
        "pairs": [{"sender": sender, "receiver": receiver} for sender, receiver in told],
        "pairs_total": len(pairs or ()),
        "findings": [finding.id for finding in group.findings],
    }


def finding_fields(finding: Finding) -> dict[str, Json]:
    """The fields of one finding."""
    return {
        "id": finding.id,
        "check": finding.check,
        "severity": str(finding.severity),
        "subject": party_fields(finding.subject),
        "message": finding.message,
        "affects": list(islice(finding.affects, MANY)),
        "through": [party_fields(party) for party in finding.through],
        "remedy": finding.remedy,
        "look": finding.look,
        "evidence": [evidence_fields(evidence) for evidence in finding.evidence],
    }


def _finding(finding: Finding) -> Json:
    """The same with how much there is of everything, and less of very much."""
    pairs, evidence = finding.affects, finding.evidence
    is_large = len(pairs) > MANY
    return {
        **finding_fields(replace(finding, evidence=())),
        "affects_total": len(pairs),
        "blocks": _blocks(pairs) if is_large and isinstance(pairs, Pairs) else [],
        "evidence": [_evidence(each) for each in (evidence[:_EVIDENCE] if is_large else evidence)],
        "evidence_total": len(evidence),
    }


def evidence_fields(evidence: Evidence) -> dict[str, Json]:
    """The fields of one piece of evidence."""
    return {
        "object": evidence.object,
        "position": evidence.position,
        "sddl": evidence.sddl,
        "readable": evidence.readable,
        "trustee": party_fields(evidence.trustee),
        "path": evidence.path,
        "set_on": evidence.set_on,
        "origin": [_place(place) for place in evidence.origin],
        "origin_note": evidence.origin_note,
        "overrules": evidence.overrules,
        "affects": list(islice(evidence.affects, MANY)),
    }


def _evidence(evidence: Evidence) -> Json:
    fields = evidence_fields(evidence)
    subjects = evidence.subjects[:MANY] or evidence.path[:1]
    return {**fields, "subjects": subjects, "affects_total": len(evidence.affects)}


def _place(place: Place) -> Json:
    return {"dn": place.dn, "position": place.position, "explicit": place.is_explicit}


def _check(result: CheckResult) -> Json:
    return {
        "check": result.check,
        "outcome": result.outcome,
        "reason": result.reason,
        "findings": [finding.id for finding in result.findings],
        "unknown": [_gap(gap) for gap in result.unknown],
    }


def party_fields(party: Party) -> dict[str, Json]:
    """The fields of a principal or object."""
    return {"name": party.name, "dn": party.dn, "sid": party.sid}


def _gap(gap: Gap) -> Json:
    return {"subject": gap.subject, "reason": gap.reason}
