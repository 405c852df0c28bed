"""The emulator's other half: files, uploads, fine-tuning jobs, and deployments.

    with AzureEmulator() as server:
        server.authoring.jobs, .files, .calls

Which calls there are differs between v1, classic and OpenAI as in the specifications. Deployments
are those of Azure Resource Manager, on the same address, with a bearer token of their own.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import BaseModel, ValidationError

from .arm import Deployments
from .behaviours import Refusal, Scenario, refused
from .forms import Answer, form_of, listed, page
from .jobs import FAILING, TUNABLE, FileRow, JobRow, line_problem, models
from .tuning_schemas import (
    ClassicFile,
    ClassicJob,
    OpenAIFile,
    UploadComplete,
    UploadStart,
    V1File,
    V1Job,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_PATH = re.compile(r"(?P<base>/openai/v1|/openai|/v1)/(?P<rest>(files|uploads|fine_tuning)(/.*)?)")
_ARM = re.compile(
    r"/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/Microsoft\.CognitiveServices"
    r"/accounts/([^/]+)/deployments/([^/]+)")
_APIS = {"/openai/v1": "v1", "/openai": "classic", "/v1": "openai"}
_FILES: dict[str, type[BaseModel]] = {"v1": V1File, "classic": ClassicFile, "openai": OpenAIFile}
_QUERY = {"files": {"purpose"}, "fine_tuning": {"after", "limit"}}


def missing(what: str) -> Refusal:
    return refused(404, "notFound", f"The specified {what} does not exist.")


def invalid(message: str, code: str = "invalidPayload", status: int = 400) -> Refusal:
    return refused(status, code, message)


class Authoring:
    """What was uploaded, trained and deployed; `calls` counts requests by `"POST /files"`."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.files: dict[str, FileRow] = {}
        self.jobs: dict[str, JobRow] = {}
        self.uploads: dict[str, dict[str, Any]] = {}
        self.deployments = Deployments(scenario)
        self.calls: Counter[str] = Counter()
        self.bodies: list[dict[str, Any]] = []  # of jobs that were created
        self.most_bytes = 512 * 1024**2
        self.most_jobs = 100
        self.region_refuses = False
        self.loses: set[str] = set()  # done, but the answer never arrives; once each
        self.told: Callable[[str], None] = lambda moment: None  # "before POST /files", "after ..."
        self.fails: dict[str, list[Refusal]] = {}  # before anything is done
        self._lock = threading.Lock()
        self._number = 0

    def serves(self, path: str) -> bool:
        parts = urlsplit(path)
        return bool(_PATH.fullmatch(parts.path) or _ARM.fullmatch(parts.path)
                    or parts.path == "/openai/models")

    def api_of(self, path: str) -> str:
        """Which key it wants: v1, classic, openai, or arm."""
        found = _PATH.fullmatch(urlsplit(path).path)
        if found is None:
            return "classic" if urlsplit(path).path == "/openai/models" else "arm"
        return _APIS[found["base"]]

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], raw: bytes
    ) -> Answer | Refusal | None:
        """None: it was done, and the answer is lost on the way."""
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query))
        found = _PATH.fullmatch(parts.path)
        rest = found["rest"] if found else parts.path
        name = f"{method} /{re.sub(r'(ftjob|file|upload)-[0-9a-z]+', '*', rest.strip('/'))}"
        with self._lock:
            self.calls[name] += 1
            self.told(f"before {name}")
            if self.fails.get(name):
                return self.fails[name].pop(0)
            try:
                answer = self._dispatch(method, parts.path, rest, query, headers, raw)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"])
                answer = invalid(f"{first['msg']}: {where}")
            self.told(f"after {name}")
            if name in self.loses:
                self.loses.discard(name)
                return None
        return answer

    def _dispatch(
        self, method: str, path: str, rest: str, query: Mapping[str, str],
        headers: Mapping[str, str], raw: bytes,
    ) -> Answer | Refusal:
        if arm := _ARM.fullmatch(path):
            return self.deployments.answer(method, unquote(arm[4]), query, headers, raw)
        api = self.api_of(path)
        allowed = set() if api == "openai" else {"api-version"}
        words = rest.strip("/").split("/")
        if method == "GET" and len(words) in (1, 2, 4):
            allowed |= _QUERY.get(words[0], set())
        if set(query) - allowed:
            return invalid(f"Unknown query parameters: {sorted(set(query) - allowed)}")
        if path == "/openai/models":
            return Answer(200, {"object": "list", "data": models()})
        route = getattr(self, f"_{words[0]}")
        found: Answer | Refusal = route(api, method, words[1:], query, headers, raw)
        return found

    def _new(self, kind: str) -> str:
        self._number += 1
        return f"{kind}-{self._number:032x}"

    # --- files -----------------------------------------------------------------------------

    def _files(
        self, api: str, method: str, words: list[str], query: Mapping[str, str],
        headers: Mapping[str, str], raw: bytes,
    ) -> Answer | Refusal:
        if not words and method == "POST":
            return self._take_file(api, headers, raw)
        if not words:
            rows = [f for f in self.files.values() if f.purpose == query.get("purpose", f.purpose)]
            return listed([f.as_dict(f.states[0]) for f in rows])
        row = self.files.get(words[0])
        if row is None:
            return missing("file")
        if words[1:] == ["content"]:
            return Answer(200, row.content)
        if method == "DELETE":
            del self.files[row.id]
            return Answer(200, {"id": row.id, "object": "file", "deleted": True})
        return Answer(200, row.as_dict(row.look()))

    def _take_file(
        self, api: str, headers: Mapping[str, str], raw: bytes
    ) -> Answer | Refusal:
        fields, content = form_of(headers, raw)
        given = _FILES[api].model_validate(fields).model_dump()
        if len(content) > self.most_bytes:
            return invalid(f"The file is larger than {self.most_bytes} bytes.", status=413)
        row = self._store(given["file"], content, given["purpose"])
        return Answer(201 if api == "classic" else 200, row.as_dict(row.look()),
                      {"location": f"/openai/files/{row.id}"} if api == "classic" else {})

    def _store(self, name: str, content: bytes, purpose: str) -> FileRow:
        row = FileRow(self._new("file"), name, content, purpose)
        try:
            content.decode("utf-8-sig")
        except UnicodeDecodeError:
            row.states = ["pending", "error"]
            row.problem = "The file is not UTF-8 encoded."
        self.files[row.id] = row
        return row

    def _uploads(
        self, api: str, method: str, words: list[str], query: Mapping[str, str],
        headers: Mapping[str, str], raw: bytes,
    ) -> Answer | Refusal:
        if api == "v1" or method != "POST":
            return refused(404, "404", "Resource not found")
        if not words:
            start = UploadStart.model_validate_json(raw)
            name = self._new("upload")
            self.uploads[name] = {**start.model_dump(), "id": name, "object": "upload",
                                  "status": "pending", "parts": {}, "file": None,
                                  "created_at": 1795651200, "expires_at": 1795658400}
            return Answer(200, self._upload(name))
        upload = self.uploads.get(words[0])
        if upload is None or upload["status"] != "pending":
            return missing("upload")
        if words[1] == "parts":
            fields, content = form_of(headers, raw)
            if set(fields) != {"data"} or len(content) > 64 * 1024**2:
                return invalid("A part has 'data' of at most 64 MB and nothing else.")
            part = self._new("part")
            upload["parts"][part] = content
            return Answer(200, {"id": part, "object": "upload.part", "upload_id": words[0],
                                "created_at": 1795651200})
        if words[1] == "cancel":
            upload["status"] = "cancelled"
            return Answer(200, self._upload(words[0]))
        return self._complete(upload, raw)

    def _complete(self, upload: dict[str, Any], raw: bytes) -> Answer | Refusal:
        done = UploadComplete.model_validate_json(raw)
        if set(done.part_ids) - set(upload["parts"]):
            return missing("part")
        content = b"".join(upload["parts"][part] for part in done.part_ids)
        if len(content) != upload["bytes"]:
            return invalid("The parts have another size than the upload was begun with.")
        if done.md5 and done.md5 != hashlib.md5(content).hexdigest():
            return invalid("The checksum differs.")
        row = self._store(upload["filename"], content, upload["purpose"])
        upload |= {"status": "completed", "file": row.as_dict(row.look()), "parts": {}}
        return Answer(200, self._upload(upload["id"]))

    def _upload(self, name: str) -> dict[str, Any]:
        return {key: value for key, value in self.uploads[name].items()
                if key not in ("parts", "mime_type")}

    # --- jobs ------------------------------------------------------------------------------

    def _fine_tuning(
        self, api: str, method: str, words: list[str], query: Mapping[str, str],
        headers: Mapping[str, str], raw: bytes,
    ) -> Answer | Refusal:
        if words[0] != "jobs":
            return refused(404, "404", "Resource not found")
        if len(words) == 1:
            if method == "POST":
                return self._create(api, raw)
            newest = [job.as_dict() for job in reversed(self.jobs.values())]
            return page(newest, query)
        job = self.jobs.get(words[1])
        if job is None:
            return missing("fine-tuning job")
        act: dict[tuple[str, ...], Callable[[], Answer | Refusal]] = {
            ("GET",): lambda: self._look(job),
            ("GET", "events"): lambda: page(
                job.events if api == "classic" else job.events[::-1], query),
            ("GET", "checkpoints"): lambda: page(job.checkpoints[::-1], query),
            ("POST", "cancel"): lambda: self._ask(job, "cancelled"),
        }
        if api != "classic":
            act |= {("POST", "pause"): lambda: self._ask(job, "pausing"),
                    ("POST", "resume"): lambda: self._ask(job, "resuming")}
        found = act.get((method, *words[2:]))
        return found() if found else refused(404, "404", "Resource not found")

    def _create(self, api: str, raw: bytes) -> Answer | Refusal:
        schema: type[BaseModel] = ClassicJob if api == "classic" else V1Job
        body = schema.model_validate_json(raw).model_dump(exclude_none=True)
        problem = self._unfit(body)
        if problem is not None:
            return problem
        dpo = (body.get("method") or {}).get("type") == "dpo"
        content = self.files[body["training_file"]].content
        wrong = line_problem(content, dpo)
        job = JobRow(self._new("ftjob"), body, content.count(b"\n"), api == "openai",
                     ("jsonlValidationFailed", wrong) if wrong else FAILING.get(body["model"]),
                     validated=not wrong)
        job.result_file = self._new("file")
        job.begin()
        self.jobs[job.id] = job
        self.bodies.append(body)
        return Answer(201 if api == "classic" else 200, job.as_dict())

    def _unfit(self, body: Mapping[str, Any]) -> Refusal | None:
        if self.region_refuses:
            return invalid(f"The model {body['model']} is not available for fine-tuning in this "
                           "region.")
        if body["model"] not in (*TUNABLE, *FAILING) and ".ft-" not in body["model"]:
            return invalid("The specified base model does not support fine-tuning.")
        for name in ("training_file", "validation_file"):
            row = self.files.get(body[name]) if body.get(name) else None
            if body.get(name) and row is None:
                return missing(name.replace("_", " "))
            if row is not None and row.states[0] != "processed":
                return invalid(f"The {name.replace('_', ' ')} is not processed yet.",
                               "unexpectedEntityState")
        if len(self.jobs) >= self.most_jobs:
            return invalid("You have reached the maximum number of fine-tuning jobs.",
                           "quotaExceeded", 429)
        return None

    def _look(self, job: JobRow) -> Answer:
        job.advance()
        if job.status == "succeeded" and job.result_file not in self.files:
            column = "valid_mean_token_accuracy" if job.openai else "validation_mean_token_accuracy"
            self.files[job.result_file] = FileRow(
                job.result_file, "results.csv", job.results(column), "fine-tune-results",
                ["processed"])
        return Answer(200, job.as_dict())

    def _ask(self, job: JobRow, what: str) -> Answer | Refusal:
        wanted = {"resuming": ("paused",), "pausing": ("running",)}.get(
            what, ("pending", "queued", "validating_files", "running", "paused", "pausing",
                   "resuming"))
        if job.status not in wanted:
            return invalid(f"The job is {job.status}.", "unexpectedEntityState")
        job.asked = what
        job.status = what
        return Answer(200, job.as_dict())
