"""How the emulator's fine-tuning jobs proceed: one stage further at each look at the job."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

EPOCHS = 3
TUNABLE = ("gpt-4o-mini-2024-07-18", "gpt-4.1-mini-2025-04-14", "gpt-4.1-nano-2025-04-14")
SAFETY_DATA = ("The provided training data failed RAI checks for harm types: [hate, violence]. "
               "Please fix the data and try again.")
SAFETY_MODEL = ("This model is unable to be deployed. Model evaluation identified that this fine "
                "tuned model scores above acceptable thresholds for [self-harm].")
# Models that end badly; the others in TUNABLE succeed.
FAILING = {
    "gpt-4.1-mini-unsafe-data": ("contentFilter", SAFETY_DATA),
    "gpt-4.1-mini-unsafe-model": ("contentFilter", SAFETY_MODEL),
    "gpt-4.1-mini-broken": ("internalFailure", "The job failed due to an internal error."),
}


@dataclass
class FileRow:
    """An uploaded file; each look takes it one state further."""

    id: str
    name: str
    content: bytes
    purpose: str
    states: list[str] = field(default_factory=lambda: ["pending", "running", "processed"])
    problem: str = ""

    def look(self) -> str:
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def as_dict(self, state: str) -> dict[str, Any]:
        return {"id": self.id, "object": "file", "bytes": len(self.content), "status": state,
                "created_at": 1795651200, "filename": self.name, "purpose": self.purpose,
                **({"status_details": self.problem} if self.problem else {})}


def line_problem(content: bytes, preference: bool) -> str:
    """What a service finds wrong in a training file, with the line; "" for nothing."""
    lines = [line for line in content.decode("utf-8-sig").splitlines() if line.strip()]
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except ValueError:
            return f"Validation of jsonl file failed: Line {number} is not valid JSON."
        wanted = {"input", "preferred_output", "non_preferred_output"} if preference else {
            "messages"}
        if not isinstance(row, dict) or wanted - set(row):
            missing = ", ".join(sorted(wanted - set(row) if isinstance(row, dict) else wanted))
            return f"Validation of jsonl file failed: Line {number}: missing {missing}."
    if len(lines) < 10:
        return f"Validation of jsonl file failed: {len(lines)} examples found, at least 10 needed."
    return ""


@dataclass
class JobRow:
    """A job and how far it is. `openai`: the words of OpenAI instead of Azure's."""

    id: str
    body: dict[str, Any]
    examples: int
    openai: bool
    failure: tuple[str, str] | None = None  # code and message
    validated: bool = True
    stage: int = 0
    status: str = ""
    error: dict[str, Any] | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    points: list[dict[str, float]] = field(default_factory=list)
    checkpoints: list[dict[str, Any]] = field(default_factory=list)
    result_file: str = ""
    asked: str = ""  # "pausing", "resuming", "cancelled"

    @property
    def steps(self) -> int:
        return EPOCHS * min(max(self.examples, 1), 20)

    @property
    def fine_tuned_model(self) -> str:
        suffix = f"-{self.body['suffix']}" if self.body.get("suffix") else ""
        return f"{self.body['model']}.ft-{self.id.removeprefix('ftjob-')}{suffix}"

    def begin(self) -> None:
        self.status = "validating_files" if self.openai else "pending"
        self.say("Job enqueued. Waiting for jobs ahead to complete.")

    def advance(self) -> None:
        """One stage further, unless it is held or over."""
        if self.asked:
            self.status = {"pausing": "paused", "resuming": "running"}.get(self.asked, self.asked)
            self.say(f"Job {self.status}.")
            self.asked = ""
            return
        if self.status in ("paused", "succeeded", "failed", "cancelled"):
            return
        self.stage += 1
        if self.stage == 1:
            self.status = "queued" if self.openai else "pending"
            self.say("Preprocessing running for file training file.")
        elif self.stage == 2:
            self._start()
        elif self.stage < 2 + EPOCHS:
            self._epoch()
        else:
            self._end()

    def _start(self) -> None:
        if self.failure and not self.validated:
            self._fail()
            return
        self.status = "running"
        for message in ("Preprocessing completed for file training file.", "Job started.",
                        "Training started."):
            self.say(message)
        self._epoch()

    def _epoch(self) -> None:
        done, each = len(self.points), self.steps // EPOCHS
        for step in range(done + 1, done + each + 1):
            point = self._measure(step)
            self.points.append(point)
            self.say(f"Step {step}: training loss={point['train_loss']:.2f}", point)
        self.checkpoints.append({
            "object": "fine_tuning.job.checkpoint", "id": f"ftchkpt-{self.id[6:12]}{done}",
            "created_at": 1795651200 + done, "fine_tuning_job_id": self.id,
            "fine_tuned_model_checkpoint": f"{self.fine_tuned_model}:ckpt-step-{done + each}",
            "step_number": done + each, "metrics": self.points[-1],
        })

    def _measure(self, step: int) -> dict[str, float]:
        wave = 0.06 * math.sin(step * 2.1)
        loss = 0.55 + 1.2 * math.exp(-step / (self.steps / 3)) + wave
        point = {"step": step, "train_loss": round(loss, 4),
                 "train_mean_token_accuracy": round(0.9 - loss / 4, 4)}
        if step % max(1, self.steps // 12) == 0:
            point |= {"valid_loss": round(loss + 0.15 - wave, 4),
                      "valid_mean_token_accuracy": round(0.86 - loss / 4, 4)}
        if step % max(1, self.steps // EPOCHS) == 0:
            point |= {"full_valid_loss": round(loss + 0.17 - wave, 4),
                      "full_valid_mean_token_accuracy": round(0.85 - loss / 4, 4)}
        return point

    def _end(self) -> None:
        if self.failure:
            self._fail()
            return
        self.status = "succeeded"
        for message in ("Job succeeded.", "Model Evaluation Passed.", "Postprocessing started.",
                        f"Completed results file: {self.result_file}",
                        "Training tokens billed: 7223000"):
            self.say(message)

    def _fail(self) -> None:
        assert self.failure is not None
        code, message = self.failure
        self.status = "failed"
        self.error = {"code": code, "message": message, "param": None}
        self.say(message, level="error")

    def say(self, message: str, data: dict[str, float] | None = None, level: str = "info") -> None:
        number = len(self.events)
        self.events.append({
            "object": "fine_tuning.job.event", "id": f"ftevent-{self.id[6:12]}{number:05}",
            "created_at": 1795651200 + number, "level": level, "message": message,
            "type": "metrics" if data else "message", **({"data": data} if data else {}),
        })

    def results(self, column: str) -> bytes:
        """results.csv, with the spelling of one generation."""
        names = ["step", "train_loss", "train_mean_token_accuracy", "valid_loss",
                 "valid_mean_token_accuracy", "full_valid_loss", "full_valid_mean_token_accuracy"]
        head = [column if name == "valid_mean_token_accuracy" else name for name in names]
        rows = [",".join(str(point.get(name, "")) for name in names) for point in self.points]
        return "\n".join([",".join(head), *rows]).encode() + b"\n"

    def as_dict(self) -> dict[str, Any]:
        done = self.status == "succeeded"
        method = self.body.get("method") or {}
        given = (method.get(method.get("type", ""), {}) or {}).get("hyperparameters") or (
            self.body.get("hyperparameters") or {})
        numbers = {name: value for name, value in given.items() if value not in (None, "auto")}
        auto: dict[str, Any] = {"n_epochs": -1, "batch_size": -1, "learning_rate_multiplier": 1}
        if self.openai:
            auto = dict.fromkeys(auto, "auto")
        if done:
            auto = {"n_epochs": EPOCHS, "batch_size": 1, "learning_rate_multiplier": 1.0}
        return {
            "id": self.id, "object": "fine_tuning.job", "created_at": 1795651200,
            "model": self.body["model"], "status": self.status,
            "training_file": self.body["training_file"],
            "validation_file": self.body.get("validation_file"),
            "suffix": self.body.get("suffix"), "seed": self.body.get("seed") or 42,
            "hyperparameters": auto | numbers, "organization_id": None,
            "fine_tuned_model": self.fine_tuned_model if done else None,
            "result_files": [self.result_file] if done else None,
            "trained_tokens": 7223000 if done else None,
            "finished_at": 1795654800 if done else None,
            "estimated_finish": None if done else 1795654800,
            "error": self.error, "metadata": self.body.get("metadata"),
            **({"method": self.body["method"]} if self.body.get("method") else {}),
            **({"trainingType": self.body["trainingType"]}
               if self.body.get("trainingType") else {}),
        }


def models() -> list[dict[str, Any]]:
    """Base models with what they can do, as Azure lists them."""
    can = {"fine_tune": True, "inference": True, "completion": False, "chat_completion": True,
           "embeddings": False}
    rows = [{"id": name, "object": "model", "created_at": 1744675200, "status": "succeeded",
             "capabilities": can, "lifecycle_status": "generally-available",
             "deprecation": {"fine_tune": 1807488000, "inference": 1823299200}}
            for name in (*TUNABLE, *FAILING)]
    return [*rows, {**rows[0], "id": "gpt-5-2025-08-07", "capabilities": {**can,
                                                                         "fine_tune": False}}]
