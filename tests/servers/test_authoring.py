"""Files, uploads, jobs and deployments of the emulator, spoken to without the SDK."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from .arm import MANAGEMENT_TOKEN
from .azure import AzureEmulator
from .behaviours import KEY

BASES = {"v1": "/openai/v1", "classic": "/openai", "openai": "/v1"}
ROW = json.dumps({"messages": [{"role": "user", "content": "hi"},
                               {"role": "assistant", "content": "Hello."}]})
TRAINING = ("\ufeff" + f"{ROW}\n" * 12).encode()
EXPIRY = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "2592000"}
MODEL = "gpt-4.1-mini-2025-04-14"
ARM = ("/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a"
       "/deployments/tuned?api-version=2024-10-01")


def form(fields: dict[str, str], name: str = "file", content: bytes = TRAINING) -> bytes:
    head = "".join(f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
                   for key, value in fields.items())
    file = f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="t.jsonl"\r\n\r\n'
    return (head + file).encode() + content + b"\r\n--x--\r\n"


def call(server: AzureEmulator, api: str, method: str, path: str, body: Any = None) -> Any:
    """The status and the answer of one request, as `api` is spoken to."""
    key = {"api-key": KEY} if api == "classic" else {"Authorization": f"Bearer {KEY}"}
    if api == "arm":
        key = {"Authorization": f"Bearer {MANAGEMENT_TOKEN}"}
    version = ("&" if "?" in path else "?") + "api-version=2024-10-21" if api == "classic" else ""
    kind = "multipart/form-data; boundary=x" if isinstance(body, bytes) else "application/json"
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    content = body if isinstance(body, bytes) or body is None else json.dumps(body)
    connection.request(method, BASES.get(api, "") + path + version, content,
                       {**key, "content-type": kind})
    response = connection.getresponse()
    raw = response.read()
    connection.close()
    return response.status, raw if path.endswith("/content") else json.loads(raw)


def uploaded(server: AzureEmulator, api: str, content: bytes = TRAINING) -> str:
    """The id of a processed file."""
    fields = {"purpose": "fine-tune", **(EXPIRY if api == "v1" else {})}
    status, file = call(server, api, "POST", "/files", form(fields, content=content))
    assert status == (201 if api == "classic" else 200), file
    while file["status"] != "processed":
        status, file = call(server, api, "GET", f"/files/{file['id']}")
        assert status == 200
    return str(file["id"])


@pytest.mark.parametrize("api", BASES)
def test_a_job_from_its_file_to_its_results(api: str) -> None:
    with AzureEmulator() as server:
        file = uploaded(server, api)
        status, job = call(server, api, "POST", "/fine_tuning/jobs",
                           {"model": MODEL, "training_file": file, "suffix": "voice"})
        assert (status, job["status"]) == ((201 if api == "classic" else 200),
                                           "validating_files" if api == "openai" else "pending")
        path, seen = f"/fine_tuning/jobs/{job['id']}", [job["status"]]
        while job["status"] != "succeeded":
            job = call(server, api, "GET", path)[1]
            seen.append(job["status"])
        assert "running" in seen
        assert job["fine_tuned_model"].endswith("-voice")
        events = call(server, api, "GET", f"{path}/events?limit=1000")[1]["data"]
        newest_first = events[0]["message"].startswith("Training tokens billed")
        assert newest_first == (api != "classic")
        assert len(call(server, api, "GET", f"{path}/checkpoints")[1]["data"]) == 3
        results = call(server, api, "GET", f"/files/{job['result_files'][0]}/content")[1]
        spelt = "valid_" if api == "openai" else "validation_"
        assert f",{spelt}mean_token_accuracy,".encode() in results.splitlines()[0]


def test_events_come_in_pages() -> None:
    with AzureEmulator() as server:
        file = uploaded(server, "v1")
        job = call(server, "v1", "POST", "/fine_tuning/jobs",
                   {"model": MODEL, "training_file": file})[1]
        path = f"/fine_tuning/jobs/{job['id']}"
        for _ in range(4):
            call(server, "v1", "GET", path)
        first = call(server, "v1", "GET", f"{path}/events?limit=5")[1]
        after = first["data"][-1]["id"]
        second = call(server, "v1", "GET", f"{path}/events?limit=5&after={after}")[1]
    assert first["has_more"]
    assert not {row["id"] for row in first["data"]} & {row["id"] for row in second["data"]}


def test_pause_resume_and_cancel_take_a_moment() -> None:
    with AzureEmulator() as server:
        file = uploaded(server, "v1")
        job = call(server, "v1", "POST", "/fine_tuning/jobs",
                   {"model": MODEL, "training_file": file})[1]
        path = f"/fine_tuning/jobs/{job['id']}"
        assert call(server, "v1", "POST", f"{path}/pause")[0] == 400, "it does not run yet"
        for _ in range(2):
            call(server, "v1", "GET", path)
        for act, first, then in (("pause", "pausing", "paused"),
                                 ("resume", "resuming", "running"),
                                 ("cancel", "cancelled", "cancelled")):
            assert call(server, "v1", "POST", f"{path}/{act}")[1]["status"] == first
            assert call(server, "v1", "GET", path)[1]["status"] == then


@pytest.mark.parametrize(("api", "method", "path", "body"), [
    ("v1", "POST", "/files", form({"purpose": "fine-tune"})),
    ("v1", "POST", "/files", form({"purpose": "training", **EXPIRY})),
    ("classic", "POST", "/files", form({"purpose": "fine-tune", **EXPIRY})),
    ("v1", "POST", "/uploads", {}),
    ("classic", "POST", "/uploads", {"purpose": "fine-tune", "filename": "x", "bytes": 1}),
    ("v1", "GET", "/files?order=asc", None),
    ("v1", "POST", "/fine_tuning/jobs", {"model": MODEL}),
    ("v1", "POST", "/fine_tuning/jobs", {"model": MODEL, "training_file": "FILE", "epochs": 3}),
    ("v1", "POST", "/fine_tuning/jobs", {"model": "gpt-5-2025-08-07", "training_file": "FILE"}),
    ("v1", "POST", "/fine_tuning/jobs", {"model": MODEL, "training_file": "FILE", "method": {
        "type": "supervised", "dpo": {}}}),
    ("classic", "POST", "/fine_tuning/jobs", {"model": MODEL, "training_file": "FILE",
                                              "method": {"type": "supervised"}}),
    ("classic", "POST", "/fine_tuning/jobs", {"model": MODEL, "training_file": "FILE",
                                              "hyperparameters": {"n_epochs": "auto"}}),
    ("arm", "PUT", ARM, {"sku": {"name": "Standard"}, "properties": {}}),
    ("arm", "PUT", ARM.replace("?api-version=2024-10-01", ""),
     {"sku": {"name": "Standard", "capacity": 1},
      "properties": {"model": {"format": "OpenAI", "name": "m", "version": "1"}}}),
])
def test_what_the_service_would_refuse(api: str, method: str, path: str, body: Any) -> None:
    with AzureEmulator() as server:
        if isinstance(body, dict) and body.get("training_file") == "FILE":
            body["training_file"] = uploaded(server, api)
        status, answer = call(server, api, method, path, body)
        assert status in (400, 404), answer
        assert answer["error"]["message"]
        assert server.authoring.jobs == {}


def test_lines_that_are_no_examples_fail_the_job_with_their_number() -> None:
    with AzureEmulator() as server:
        file = uploaded(server, "v1", TRAINING + b'{"prompt": "x"}\n')
        job = call(server, "v1", "POST", "/fine_tuning/jobs",
                   {"model": MODEL, "training_file": file})[1]
        for _ in range(2):
            job = call(server, "v1", "GET", f"/fine_tuning/jobs/{job['id']}")[1]
    assert (job["status"], job["error"]["code"]) == ("failed", "jsonlValidationFailed")
    assert "Line 13" in job["error"]["message"]


@pytest.mark.parametrize("api", ["classic", "openai"])
def test_a_large_file_comes_in_parts(api: str) -> None:
    with AzureEmulator() as server:
        start = {"purpose": "fine-tune", "filename": "t.jsonl", "bytes": len(TRAINING),
                 "mime_type": "application/jsonl"}
        name = call(server, api, "POST", "/uploads", start)[1]["id"]
        parts = [call(server, api, "POST", f"/uploads/{name}/parts", form({}, "data", piece))[1]
                 for piece in (TRAINING[:100], TRAINING[100:])]
        ids = [part["id"] for part in parts]
        assert call(server, api, "POST", f"/uploads/{name}/complete",
                    {"part_ids": ids[:1]})[0] == 400
        done = call(server, api, "POST", f"/uploads/{name}/complete", {"part_ids": ids})[1]
        assert server.authoring.files[done["file"]["id"]].content == TRAINING


def test_a_deployment_is_accepted_and_answers_when_it_is_there() -> None:
    body = {"sku": {"name": "Standard", "capacity": 1},
            "properties": {"model": {"format": "OpenAI", "name": "m.ft-1", "version": "1"}}}
    chat = {"model": "tuned", "messages": [{"role": "user", "content": "hi"}]}
    with AzureEmulator() as server:
        assert call(server, "", "PUT", ARM, body)[0] == 401, "the resource's key is no token"
        status, row = call(server, "arm", "PUT", ARM, body)
        assert (status, row["properties"]["provisioningState"]) == (201, "Accepted")
        assert call(server, "v1", "POST", "/chat/completions", chat)[0] == 404
        states = [call(server, "arm", "GET", ARM)[1]["properties"]["provisioningState"]
                  for _ in range(2)]
        assert states == ["Creating", "Succeeded"]
        assert call(server, "v1", "POST", "/chat/completions", chat)[0] == 200
