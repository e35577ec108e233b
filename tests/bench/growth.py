"""How the time of each stage grows with the number of objects."""

import json
from math import log
from statistics import mean, median

from tests.bench import pipeline
from tests.bench.everything import kept, rounds_at
from tests.bench.result import Options, Result, run_part

_SIZES = (100, 10, 1)
"""What the number of objects is divided by"""
_LEAST = 500


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """The slope of least squares through the logarithms: 1 for twice the time at twice the size."""
    xs, ys = list(map(log, sizes)), list(map(log, seconds))
    middle = mean(xs), mean(ys)
    covariance = sum((x - middle[0]) * (y - middle[1]) for x, y in zip(xs, ys, strict=True))
    return covariance / sum((x - middle[0]) ** 2 for x in xs)


def measure(options: Options) -> Result:
    """Run at three sizes; the largest may have been run before."""
    sizes = [max(_LEAST, options.objects // divisor) for divisor in _SIZES]
    runs = [_runs(Options(size, options.folder, options.rounds)) for size in sizes]
    rows, figures = [], {}
    for stage in (*pipeline.STAGES, "all"):
        seconds = [median(_seconds(run, stage) for run in each) for each in runs]
        slope = exponent(sizes, seconds)
        rows.append((stage, *(f"{value:,.3f}" for value in seconds), f"{slope:.2f}"))
        figures[f"exponent of {stage}"] = slope
    figures["exponent"] = figures["exponent of all"]
    peaks = [max(run["peak MB"] for run in each) for each in runs]
    rows.append(("MB at the peak", *(f"{value:,.0f}" for value in peaks), ""))
    return Result(
        "Growth",
        "The whole way as above at three sizes.",
        ("stage", *(f"{size:,} objects" for size in sizes), "exponent"),
        rows,
        "- Seconds; the exponent is the slope of least squares through logarithms of all three.",
        figures,
    )


def _runs(options: Options) -> list[dict[str, float]]:
    path = kept(options)
    if path.exists():
        found: list[dict[str, float]] = json.loads(path.read_text())
        return found
    rounds = rounds_at(options, options.objects)
    return [pipeline.apart(options.objects, options.folder.resolve()) for _ in range(rounds)]


def _seconds(run: dict[str, float], stage: str) -> float:
    return sum(run[each] for each in pipeline.STAGES) if stage == "all" else run[stage]


if __name__ == "__main__":
    run_part(measure)
