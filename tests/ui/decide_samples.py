"""A finished run and what was decided from it, as Decide and the report show it."""

from __future__ import annotations

from dataclasses import replace

from desktop.core.advice.cost import MonthlyCost, crossings
from desktop.core.advice.decision import Check, Decision, Effect, Evidence, Reason
from desktop.core.advice.drift import Asked, Drift
from desktop.core.advice.general_questions import GENERAL_QUESTIONS
from desktop.core.advice.shots import ShotCurve, ShotPoint, judge_curve
from desktop.core.advice.staleness import Stale
from desktop.core.evaluation.probes import SHOTS
from desktop.core.evaluation.statistics import Enough, Paired
from desktop.core.evaluation.types import (
    Cause,
    Interval,
    Latency,
    Run,
    RunState,
    RunSummary,
    StrategySummary,
    UseCase,
)
from desktop.core.strategies import starter_strategies
from desktop.core.types import Strategy

USE_CASE = UseCase("Answer employees' questions about our health insurance", "token_f1",
                   monthly_calls=30_000, most_cost=5.0, most_latency=4.0)


def strategies() -> tuple[Strategy, ...]:
    made = [replace(s, id=n) for n, s in enumerate(starter_strategies(), start=1)]
    made.append(replace(made[2], id=4, name="Prompt + docs, top 10", position=3))
    return tuple(made)


def run(cases: int = 60) -> Run:
    return Run(7, RunState.DONE, strategies(), tuple(range(1, cases + 1)), 1, ("token_f1",),
               "2026-11-20T15:58:00+00:00", "2026-11-20T16:14:00+00:00",
               versions={"program": "1.0", "embedder": "all-MiniLM-L6-v2"})


def summary() -> RunSummary:
    rows = (("Baseline", 59, 0.12, 0.20, 0.9, 1.3), ("Prompt", 60, 0.25, 0.34, 1.0, 1.4),
            ("Prompt + documents", 60, 0.62, 1.37, 1.7, 2.6),
            ("Prompt + docs, top 10", 60, 0.63, 2.41, 2.0, 3.1))
    return RunSummary(7, 240, 1, 0, tuple(
        StrategySummary(name, n, {"token_f1": Interval(mean, mean - 0.05, mean + 0.05, n)},
                        cost, Latency(p50, p95))
        for name, n, mean, cost, p50, p95 in rows), ())


def effects() -> tuple[Effect, ...]:
    rows = (("Baseline", "Prompt", 0.13, 0.09, 0.18, "Better"),
            ("Baseline", "Prompt + documents", 0.50, 0.44, 0.55, "Better"),
            ("Prompt", "Prompt + documents", 0.37, 0.28, 0.45, "Better"),
            ("Prompt + documents", "Prompt + docs, top 10", 0.01, -0.03, 0.05,
             "No difference shown"))
    return tuple(Effect(a, b, "token_f1", d, low, high, 0.001, 60, verdict)
                 for a, b, d, low, high, verdict in rows)


def costs() -> tuple[MonthlyCost, ...]:
    return (MonthlyCost("Baseline", 0.00002, 0, 0.00018),
            MonthlyCost("Prompt", 0.00014, 0, 0.0002),
            MonthlyCost("Prompt + documents", 0.00014, 0.001, 0.00023),
            MonthlyCost("Fine-tuned", 0.00002, 0, 0.0002, 1241.0, 8.0, True,
                        "Hosting $1.70 an hour; training spread over 5 months"))


def checks() -> tuple[Check, ...]:
    return (
        Check("Use case stated in one sentence", "met", "It is in the toolbar"),
        Check("Prompt engineering tried", "met", "7 prompt versions"),
        Check("Documents tried", "met", "hit@5 0.85 over 60 cases"),
        Check("Baseline measured", "met", "60 cases"),
        Check("The gap is behaviour, not knowledge", "not met",
              "9 of 13 failures are missing knowledge", "Add documents"),
        Check("Plan for user acceptance", "unknown", "No ratings yet", "Rate 20 answers"),
    )


def guidance(cases: tuple[int, ...]) -> tuple[Reason, ...]:
    own = Evidence(7, ("Prompt + documents",), "token_f1", cases)
    return (
        Reason("On the scale of cost and complexity (prompt, retrieval, fine-tuning, a model of "
               "one's own) Prompt + documents is the second.", own),
        Reason("Start with prompt engineering. Your data agrees: Prompt adds +0.13 to Baseline.",
               Evidence(7, ("Prompt", "Baseline"), "token_f1", cases)),
        Reason("Retrieve when the model lacks knowledge. Your data agrees: Prompt + documents "
               "adds +0.37 to Prompt.", own),
        Reason("gpt-4.1-mini knows nothing after May 2024 (catalog of 2026-11-20). 3 of 4 dated "
               "documents are younger; the newest is plan.pdf, 1 March 2026 (a date in its "
               "text). Retrieval brings what is in them, training does not.",
               Evidence(7, place="Documents")),
        Reason("2 training examples were made from documents that have changed since: plan.pdf "
               "(lines 3 and 8). Read them again before you train.", Evidence(place="Fine-tuning")),
    )


def shots(verdict: str = "flat") -> ShotCurve:
    means = (0.33, 0.34, 0.33, 0.34) if verdict == "flat" else (0.3, 0.38, 0.44, 0.5)
    gain = means[-1] - means[1]
    return judge_curve(
        "Prompt", "bot (gpt-4.1-mini)", "token_f1",
        [ShotPoint(count, Interval(mean, mean - 0.05, mean + 0.05, 40))
         for count, mean in zip(SHOTS, means, strict=True)],
        Paired(gain, gain - 0.04, gain + 0.04, 0.9 if verdict == "flat" else 0.001),
        Enough(0.06, None), Evidence(9, ("8 examples, Prompt",), "token_f1", (1, 2)))


def drift() -> Drift:
    rows = tuple(Asked(each.question, each.accepted[0], "" if place % 3 else each.accepted[0],
                       True, not place % 3) for place, each in enumerate(GENERAL_QUESTIONS))
    return Drift("Fine-tuned", "Baseline", "bot-ft (gpt-4.1-mini)", "bot (gpt-4.1-mini)",
                 "2026-11-20T16:00:00+00:00", rows, Paired(-0.65, -0.84, -0.41, 0.0002))


def decision() -> Decision:
    cases = tuple(range(1, 14))
    whole = Evidence(7, ("Prompt + documents", "Prompt", "Baseline"), "token_f1")
    return Decision(
        "Use Prompt + documents.", "strong",
        (Reason("It answers 47 of 60 cases correctly; Prompt answers 16, Baseline 7.", whole),
         Reason("It costs $1.37 per 1,000 calls and answers within 2.6 s in 95 of 100 calls.",
                whole),
         Reason("Fine-tuning is not indicated: 9 of 13 failures are missing knowledge, which "
                "training does not add.",
                Evidence(7, ("Prompt + documents",), "token_f1", cases))),
        (Reason("Above 1.07 million calls a month Fine-tuned (estimate) becomes cheaper. "
                "You plan 30,000.", Evidence(7, place="Costs")),
         Reason("If hit@5 falls below 0.52, Prompt is as good. It is 0.85 now.",
                Evidence(7, ("Prompt + documents",), "hit", cases)),
         Reason("If 95 of 100 answers must come within 2.0 s, use Prompt (1.4 s).",
                Evidence(7, ("Prompt + documents", "Prompt"), "latency", cases)),
         Reason("gpt-4.1-mini retires on 14 Apr 2027. Measure again before.",
                Evidence(7, ("Prompt + documents",), "token_f1", cases))),
        checks(),
        {Cause.NOT_RETRIEVED: 7, Cause.NOT_IN_DOCUMENTS: 2, Cause.IGNORED: 2,
         Cause.UNSUPPORTED: 1, Cause.WRONG_FORMAT: 1},
        strategy="Prompt + documents", run=7, metric="token_f1", n=60, failures=cases,
        effects=effects(),
        enough=(Reason("60 cases can show a difference of 0.06 or more.", whole),
                Reason("To settle top 10 against top 5, add about 540 cases.", whole)),
        next_steps=(Reason("Rate 20 answers blind."),
                    Reason("Add the documents that 2 cases need.",
                           Evidence(place="Documents"))),
        guidance=guidance(cases), shots=shots(),
        leader="Prompt + documents", stale=(Stale("plan.pdf", (3, 8)),),
        passed={"Baseline": (7, 60), "Prompt": (16, 60), "Prompt + documents": (47, 60)},
        summary=summary(), costs=costs(), crossings=crossings(costs()),
    )


def thin() -> Decision:
    return Decision("", "none", thin="Only 6 cases were run: add 24 or more, so that a "
                                     "difference of 0.1 can be shown.", run=7, n=6)
