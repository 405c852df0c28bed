"""Fine-tuning jobs in words: states, figures, how far they are."""

from __future__ import annotations

from datetime import datetime

from ...core.spending import money
from ...core.tuning import PREPARING, UNFINISHED, Hyperparameters, Job, Order
from ...core.tuning_metrics import between, seconds_left, share_done, stalled_for, steps_in_all
from ..tokens import Tone

_SIGNS: dict[str, tuple[str, Tone]] = {
    "succeeded": ("check-circle", "success"), "failed": ("x-circle", "danger"),
    "cancelled": ("prohibit", "neutral"), "stopped": ("stop", "neutral"),
    "paused": ("pause", "warning"),
    "running": ("spinner", "info"), UNFINISHED: ("warning", "warning"),
}


def sign_of(job: Job, sending: bool = False) -> tuple[str, str, Tone]:
    """Icon, word and tone. States are an open set: an unknown one is shown as it came."""
    if job.state == PREPARING and not sending:
        return "warning", "interrupted", "warning"
    icon, tone = _SIGNS.get(job.state.casefold(), ("clock", "info"))
    return icon, job.state.replace("_", " "), tone


def summary(job: Job) -> str:
    """What trains where: `supervised, gpt-4.1-mini on work`."""
    if job.kind == "local":
        return f"{job.order.model}, trained on this machine"
    method = "preference" if job.order.method == "dpo" else "supervised"
    return f"{method}, {job.order.model} on {job.connection}"


def progress(job: Job, now: str) -> str:
    """`Step 241 of 573, ~31 min left`, or what is known instead."""
    if job.over or not job.submitted:
        return ""
    total = steps_in_all(job)
    words = f"Step {job.last_step:,}" if job.last_step else "Waiting for its turn"
    if job.last_step and total:
        words += f" of {total:,}"
    left = seconds_left(job, now)
    return words if left is None else f"{words}, {duration(left)} left"


def duration(seconds: float) -> str:
    """`~40 s`, `~31 min`, `~5 h`, `~3 days`: always an estimate."""
    for unit, length in (("days", 172_800), ("h", 7200), ("min", 90)):
        if seconds >= length:
            return f"~{seconds / {'days': 86_400, 'h': 3600, 'min': 60}[unit]:.0f} {unit}"
    return f"~{seconds:.0f} s"


def moment(iso: str) -> str:
    """`20 Nov, 14:02` in the user's own time; "" for none."""
    try:
        at = datetime.fromisoformat(iso).astimezone()
    except ValueError:
        return ""
    return f"{at.day} {at:%b}, {at:%H:%M}"


def facts(job: Job, hosting: float) -> list[tuple[str, str]]:
    """What is known about a job; `hosting` US dollars an hour once its model is deployed."""
    rows = [
        ("Started", moment(job.started_at or job.created_at)),
        ("Took", _took(job)),
        ("Examples", f"{job.examples:,}" if job.examples else ""),
        ("Epochs", chosen(job)),
        ("Cost", _cost(job)),
        ("Tokens billed", f"{job.trained_tokens:,}" if job.trained_tokens else ""),
        ("Id", job.remote_id),
        ("Model", job.fine_tuned_model),
        ("Hosting", f"${hosting:.2f} an hour once deployed" if hosting and (
            job.kind == "service") and (not job.over or job.fine_tuned_model) else ""),
    ]
    return [(name, value) for name, value in rows if value]


def _cost(job: Job) -> str:
    cost = job.notes.get("cost")
    return f"~{money(cost)} for training, estimated" if isinstance(cost, int | float) else ""


def _took(job: Job) -> str:
    seconds = between(job.started_at, job.finished_at) if job.finished_at else 0.0
    return duration(seconds).removeprefix("~") if seconds > 0 else ""


def chosen(job: Job) -> str:
    """`3, batch size 1, seed 7`: what the service settled on, else what was asked for."""
    used, order = job.used, job.order
    epochs = used.n_epochs or order.hyperparameters.n_epochs
    batch = used.batch_size or order.hyperparameters.batch_size
    words = [str(epochs) if epochs else "chosen by the service"]
    if batch:
        words.append(f"batch size {batch}")
    if order.seed is not None:
        words.append(f"seed {order.seed}")
    return ", ".join(words)


def overfits(job: Job) -> str:
    """A warning where the validation loss has stopped falling, with what it means."""
    since = stalled_for(job.points)
    if not since:
        return ""
    kept = " An earlier checkpoint is kept and can be deployed." if len(job.checkpoints) > 1 else ""
    more = "" if job.over else f" More epochs may overfit {job.examples:,} examples."
    return f"Validation loss has not fallen for {since:,} steps.{more}{kept}"


def share(job: Job) -> float | None:
    """For a bar: 1 where it is over, None where nobody knows."""
    return 1.0 if job.over else share_done(job)


def order_of(
    model: str, method: str, suffix: str, numbers: dict[str, str], training_type: str
) -> Order:
    """An order from the fields of a form; "" leaves a number to the service. Raises ValueError
    with one sentence for what is no number."""
    values: dict[str, float | None] = {}
    for name, text in numbers.items():
        try:
            values[name] = float(text.replace(",", ".")) if text.strip() else None
        except ValueError:
            raise ValueError(f"{name}: “{text}” is not a number.") from None
        whole = name not in ("Learning rate multiplier", "Beta")
        if whole and values[name] is not None and values[name] != int(values[name] or 0):
            raise ValueError(f"{name}: {text} is not a whole number.")
    seed = values.get("Seed")
    epochs, batch = values.get("Epochs"), values.get("Batch size")
    return Order(
        model.strip(), "dpo" if method == "dpo" else "supervised",
        Hyperparameters(
            None if epochs is None else int(epochs), None if batch is None else int(batch),
            values.get("Learning rate multiplier"),
            values.get("Beta") if method == "dpo" else None),
        suffix.strip(), None if seed is None else int(seed), training_type)
