"""What the files, uploads, fine-tuning and deployment endpoints accept, from the specifications.

Both generations, since they differ: v1 takes a method, metadata and needs an expiry for files;
classic takes bare numbers as hyperparameters and has uploads. `test_tuning_schemas.py` holds
these against the specifications where they lie beside the project.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Auto = Literal["auto"]
Name = Annotated[str, Field(min_length=1)]
Seed = Annotated[int, Field(ge=0, le=2147483647)]
Purpose = Literal["assistants", "batch", "fine-tune", "evals"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


# --- files and uploads -------------------------------------------------------------------


class ExpiresAfter(Strict):
    seconds: int
    anchor: Literal["created_at"]


class V1File(Strict):
    """The fields of the multipart form; `file` is its name."""

    file: Name
    purpose: Purpose
    expires_after: ExpiresAfter


class ClassicFile(Strict):
    file: Name
    purpose: Literal["fine-tune", "fine-tune-results", "assistants", "assistants_output",
                     "batch", "batch_output"]


class OpenAIFile(Strict):
    file: Name
    purpose: Purpose
    expires_after: ExpiresAfter | None = None


class UploadStart(Strict):
    purpose: Literal["fine-tune", "fine-tune-results", "assistants", "assistants_output",
                     "batch", "batch_output"]
    filename: Name
    bytes: int
    mime_type: Name


class UploadComplete(Strict):
    part_ids: list[str]
    md5: str | None = None


# --- jobs --------------------------------------------------------------------------------


class Supervised(Strict):
    n_epochs: Auto | int | None = None
    batch_size: Auto | int | None = None
    learning_rate_multiplier: Auto | float | None = None


class Dpo(Supervised):
    beta: Auto | float | None = None


class SupervisedMethod(Strict):
    hyperparameters: Supervised | None = None


class DpoMethod(Strict):
    hyperparameters: Dpo | None = None


class Method(Strict):
    type: Literal["supervised", "dpo", "reinforcement"]
    supervised: SupervisedMethod | None = None
    dpo: DpoMethod | None = None
    reinforcement: dict[str, Any] | None = None

    @model_validator(mode="after")
    def of_its_type(self) -> Method:
        """The settings of another method are refused."""
        others = {"supervised", "dpo", "reinforcement"} - {self.type}
        if any(getattr(self, name) is not None for name in others):
            raise ValueError(f"method: only '{self.type}' may be set")
        return self


class V1Job(Strict):
    model: Name
    training_file: Name
    validation_file: str | None = None
    hyperparameters: Supervised | None = None
    suffix: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    integrations: list[dict[str, Any]] | None = None
    seed: Seed | None = None
    method: Method | None = None
    metadata: dict[str, str] | None = None
    # In the documentation, not in the specification at hand.
    trainingType: Literal[
        "Standard", "GlobalStandard", "developerTier"] | None = None


class ClassicNumbers(Strict):
    n_epochs: int | None = None
    batch_size: int | None = None
    learning_rate_multiplier: float | None = None


class ClassicJob(Strict):
    model: Name
    training_file: Name
    validation_file: str | None = None
    hyperparameters: ClassicNumbers | None = None
    suffix: Annotated[str, Field(pattern=r"^[a-zA-Z0-9-_]{1,40}$")] | None = None
    seed: int | None = None


# --- deployments (Azure Resource Manager) -------------------------------------------------


class Sku(Strict):
    name: Literal["Standard", "GlobalStandard", "Developer", "developertier",
                  "ProvisionedManaged"]
    capacity: Annotated[int, Field(ge=1)]


class DeployedModel(Strict):
    format: Literal["OpenAI"]
    name: Name
    version: Name
    source: str | None = None
    sourceAccount: str | None = None


class DeploymentProperties(Strict):
    model: DeployedModel


class Deployment(Strict):
    sku: Sku
    properties: DeploymentProperties
