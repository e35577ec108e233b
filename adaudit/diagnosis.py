"""The whole of KB 843106 for pairs of servers, step by step: `adaudit diagnose`."""

from adaudit.checks import Context, steps
from adaudit.exchange.peers import Route
from adaudit.findings import Diagnosis, Step


def diagnose_route(context: Context, route: Route) -> Diagnosis:
    """Make every step of the article for the mail from one server to another."""
    return Diagnosis(
        route.sender.label,
        route.receiver.label,
        tuple(
            Step(check.step, check.id, check.title, check.judge(context, route))
            for check in steps()
            if check.step is not None and check.judge is not None
        ),
    )
