r"""
Diagnoses for programs: one JSON object (RFC 8259) of the format `adaudit-diagnosis`, version 1.

Letters stand as they are; control, bidirectional and other hidden characters as `\uXXXX`, so the
text is inert and its values are the names as the evidence gave them. Fields may be added within
a version; none is taken away or changes its meaning. `[]` is a list, `?` may be null.

- `format`: `adaudit-diagnosis`
- `version`: 1
- `complete`: whether everything was read and every step decided, on every target
- `targets[].name`
- `targets[].source`: where the directory came from: a file, a server
- `targets[].taken_at?`: when it was read, ISO 8601
- `targets[].complete`
- `targets[].error?`: why nothing could be read at all
- `targets[].evidence[]`: the sources beside the directory, with what limits them
- `targets[].diagnoses[].sender`
- `targets[].diagnoses[].receiver`
- `targets[].diagnoses[].verdict`: `cause`, `undecided` where a step is unknown, else `no cause`
- `targets[].diagnoses[].complete`: whether every step was decided; a cause may be known without
- `targets[].diagnoses[].causes[]`: what stops the mail, in the order of the article
- `targets[].diagnoses[].steps[].number`: step of KB 843106; several checks may make one step
- `targets[].diagnoses[].steps[].check`
- `targets[].diagnoses[].steps[].title`: what the check reports when it fails
- `targets[].diagnoses[].steps[].outcome`: `pass`, `fail`, `warning`, `unknown`, `not applicable`
- `targets[].diagnoses[].steps[].evidence[]`: what was seen and where, or would have to be seen
- `targets[].diagnoses[].steps[].cause?`: what stops the mail, where this by itself does
- `targets[].diagnoses[].steps[].findings[]`: ids
- `targets[].findings[].id`: stable over runs; each finding of the target once
- `targets[].findings[].check`
- `targets[].findings[].severity`: `high`, `medium`, `low`, `info`
- `targets[].findings[].subject.name`
- `targets[].findings[].subject.dn?`
- `targets[].findings[].subject.sid?`
- `targets[].findings[].message`
- `targets[].findings[].affects[]`: pairs (`EX02 → EX01`) and objects that it breaks
- `targets[].findings[].through[].name`: groups by whose nesting the subject is reached
- `targets[].findings[].through[].dn?`
- `targets[].findings[].through[].sid?`
- `targets[].findings[].remedy[]`: ways to mend it, each enough alone
- `targets[].findings[].look?`: a command that shows the whole reason
- `targets[].findings[].evidence[].object`: DN of the object on which the entry decides
- `targets[].findings[].evidence[].position`: index in the stored DACL of that object, from 0
- `targets[].findings[].evidence[].sddl`
- `targets[].findings[].evidence[].readable`
- `targets[].findings[].evidence[].trustee.name`
- `targets[].findings[].evidence[].trustee.dn?`
- `targets[].findings[].evidence[].trustee.sid?`
- `targets[].findings[].evidence[].path[]`: membership path, the subject first, the trustee last
- `targets[].findings[].evidence[].set_on`: DN of the last place of `origin`
- `targets[].findings[].evidence[].origin[].dn`: from `object` up to where the entry was set
- `targets[].findings[].evidence[].origin[].position`
- `targets[].findings[].evidence[].origin[].explicit`
- `targets[].findings[].evidence[].origin_note?`: why the origin is not one plain explicit entry
- `targets[].findings[].evidence[].overrules[]`: later entries that would have decided otherwise
- `targets[].findings[].evidence[].affects[]`: what this entry breaks
- `targets[].consequences?.suffers[]`: mail that may fail too; null where no mail is stopped
- `targets[].consequences?.spared[]`: mail that does not
- `targets[].gaps[].subject`: what could not be read
- `targets[].gaps[].reason`
- `targets[].warnings[]`: what weakens the result without hiding anything
"""

from collections.abc import Iterable, Sequence

from adaudit.findings import Finding, united
from adaudit.report.diagnosis_state import is_complete, verdict_on
from adaudit.report.json import Json, dump, finding_fields
from adaudit.rulings import Consequences, Diagnosis, DiagnosisReport, Step

FORMAT = "adaudit-diagnosis"
VERSION = 1


def render(reports: Sequence[DiagnosisReport]) -> str:
    """The diagnoses of all targets as JSON, indented, in the order of the field list above."""
    fields: Json = {
        "format": FORMAT,
        "version": VERSION,
        "complete": is_complete(reports),
        "targets": [_target(report) for report in reports],
    }
    return dump(fields)


def _target(report: DiagnosisReport) -> Json:
    return {
        "name": report.name,
        "source": report.source,
        "taken_at": report.taken_at.isoformat() if report.taken_at else None,
        "complete": report.is_complete,
        "error": report.error,
        "evidence": report.evidence,
        "diagnoses": [_diagnosis(diagnosis) for diagnosis in report.diagnoses],
        "findings": [finding_fields(finding) for finding in _findings(report.diagnoses)],
        "consequences": _consequences(report.consequences) if report.consequences else None,
        "gaps": [{"subject": gap.subject, "reason": gap.reason} for gap in report.gaps],
        "warnings": report.warnings,
    }


def _diagnosis(diagnosis: Diagnosis) -> Json:
    return {
        "sender": diagnosis.sender,
        "receiver": diagnosis.receiver,
        "verdict": verdict_on(diagnosis),
        "complete": diagnosis.is_complete,
        "causes": diagnosis.causes,
        "steps": [_step(step) for step in diagnosis.steps],
    }


def _step(step: Step) -> Json:
    return {
        "number": step.number,
        "check": step.check,
        "title": step.title,
        "outcome": step.ruling.outcome,
        "evidence": step.ruling.evidence,
        "cause": step.ruling.cause,
        "findings": [finding.id for finding in step.ruling.findings],
    }


def _findings(diagnoses: Iterable[Diagnosis]) -> tuple[Finding, ...]:
    """Each finding once, with all that it affects."""
    rulings = (step.ruling for diagnosis in diagnoses for step in diagnosis.steps)
    return united(finding for ruling in rulings for finding in ruling.findings)


def _consequences(known: Consequences) -> Json:
    return {"suffers": known.suffers, "spared": known.spared}
