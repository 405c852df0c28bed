"""Fine-tuning on Azure OpenAI (both generations) and on OpenAI, over the SDK."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from ..core.endpoints import endpoint_of, is_classic
from ..core.errors import ConfigurationError, ProviderError, Refused
from ..core.tuning import Checkpoint, JobEvent, MetricsPoint, Order, merged
from ..core.tuning_metrics import point_of, point_of_message
from ..core.tuning_port import Log, Offer, RemoteFile, RemoteJob, Tell
from ..core.types import Connection
from .chat_errors import Target
from .tuning_errors import tuning_error
from .tuning_wire import event_of, file_of, iso, job_of, tunable_of

if TYPE_CHECKING:
    import openai

    from .chats import Chats

PART = 32 * 1024**2  # bytes of a large file that are sent at once
WHOLE = 64 * 1024**2  # bytes up to which a file is sent as one
EXPIRES = 30 * 24 * 3600  # seconds a training file stays; Azure's v1 API wants to know
MARK = "strategy_explorer"  # the key of our mark in a job's metadata
PAGE = 100


class OpenAITrainers:
    """Implements core.tuning_port.Trainers for the connections of this machine."""

    def __init__(self, connections: Callable[[], Sequence[Connection]], chats: Chats) -> None:
        """`chats` has the clients: a connection is spoken to in one way only."""
        self._connections = connections
        self._chats = chats

    async def trainer(self, connection: str) -> OpenAITrainer:
        """Raises ConfigurationError for an unknown connection, or one that cannot train."""
        for known in self._connections():
            if known.name == connection and known.kind in ("azure", "openai"):
                client, has_key = await self._chats.client(known)
                return OpenAITrainer(known, client, has_key=has_key)
        raise ConfigurationError(
            f"{connection or 'Nothing'} cannot be trained on" if connection else
            "No connection was chosen to train on",
            why="Training jobs run on Azure OpenAI or OpenAI, under a connection of this machine",
            remedy="Add one under Connections, or choose another",
        )


class OpenAITrainer:
    """Implements core.tuning_port.Trainer for one connection."""

    def __init__(
        self, connection: Connection, client: openai.AsyncOpenAI, *, has_key: bool
    ) -> None:
        self._client = client
        self._azure = connection.kind == "azure"
        self._classic = self._azure and is_classic(connection.api_version)
        host = endpoint_of(connection).host
        self._target = Target(connection.name, host, connection.name, has_key)

    @property
    def wants_bom(self) -> bool:
        return self._azure

    @contextlib.asynccontextmanager
    async def _asking(self, model: str = "") -> AsyncIterator[None]:
        import openai

        try:
            yield
        except openai.APIError as error:
            raise tuning_error(error, self._target, model) from error

    async def offer(self) -> Offer:
        import httpx2

        async with self._asking():  # the whole answer: the region is among its headers
            answer = await self._client.get("/models", cast_to=httpx2.Response)
        return Offer(tunable_of(answer.content), answer.headers.get("x-ms-region", ""))

    # --- files -----------------------------------------------------------------------------

    async def find_file(self, name: str, size: int) -> RemoteFile | None:
        async with self._asking():
            async for each in self._client.files.list(purpose="fine-tune"):
                if each.filename == name and each.bytes == size and each.status not in (
                        "error", "deleted", "deleting"):
                    return file_of(each)
        return None

    async def upload(self, name: str, content: bytes, tell: Tell) -> RemoteFile:
        if len(content) > WHOLE and (self._classic or not self._azure):
            return await self._upload_in_parts(name, content, tell)
        more: dict[str, Any] = {}
        if self._azure and not self._classic:
            more["expires_after"] = {"anchor": "created_at", "seconds": EXPIRES}
        tell(0, len(content))
        async with self._asking():
            made = await self._client.files.create(
                file=(name, content, "application/jsonl"), purpose="fine-tune", **more)
        tell(len(content), len(content))
        return file_of(made)

    async def _upload_in_parts(self, name: str, content: bytes, tell: Tell) -> RemoteFile:
        uploads = self._client.uploads
        async with self._asking():
            begun = await uploads.create(
                filename=name, bytes=len(content), mime_type="application/jsonl",
                purpose="fine-tune")
            try:
                parts = []
                for start in range(0, len(content), PART):
                    tell(start, len(content))
                    piece = content[start:start + PART]
                    part = await uploads.parts.create(begun.id, data=("data", piece))
                    parts.append(part.id)
                done = await uploads.complete(begun.id, part_ids=parts)
            except BaseException:
                await self._forget_upload(begun.id)
                raise
        tell(len(content), len(content))
        if done.file is None:
            raise Refused(f"{self._target.host} took the file but names no id for it",
                          remedy="Submit again")
        return file_of(done.file)

    async def _forget_upload(self, upload: str) -> None:
        """Parts that nobody completes count against the quota until they expire."""
        with contextlib.suppress(ProviderError):
            async with self._asking():
                await self._client.uploads.cancel(upload)

    async def file(self, file_id: str) -> RemoteFile:
        async with self._asking():
            return file_of(await self._client.files.retrieve(file_id))

    async def content(self, file_id: str) -> bytes:
        async with self._asking():
            return (await self._client.files.content(file_id)).content

    # --- jobs ------------------------------------------------------------------------------

    async def create(
        self, order: Order, training_file: str, validation_file: str, mark: str
    ) -> RemoteJob:
        more: dict[str, Any] = {
            "suffix": order.suffix, "seed": order.seed, "validation_file": validation_file}
        more = {name: value for name, value in more.items() if value not in ("", None)}
        more |= self._classic_method(order) if self._classic else self._method(order, mark)
        async with self._asking(order.model):
            return job_of(await self._client.fine_tuning.jobs.create(
                model=order.model, training_file=training_file, **more))

    def _classic_method(self, order: Order) -> dict[str, Any]:
        """The dated API knows supervised jobs and bare numbers only. Raises Refused."""
        if order.method != "supervised" or order.training_type:
            what = "preference jobs" if order.method != "supervised" else "training types"
            raise Refused(
                f"The API version of {self._target.connection} has no {what}",
                remedy="Leave the API version empty under Connections, for the v1 API")
        given = order.hyperparameters.given()
        return {"hyperparameters": given} if given else {}

    def _method(self, order: Order, mark: str) -> dict[str, Any]:
        given = order.hyperparameters.given()
        method = {"type": order.method, order.method: {"hyperparameters": given}}
        more: dict[str, Any] = {"method": method, "metadata": {MARK: mark}}
        if self._azure and order.training_type:
            more["extra_body"] = {"trainingType": order.training_type}
        return more

    async def jobs(self) -> list[RemoteJob]:
        async with self._asking():
            pages = self._client.fine_tuning.jobs.list(limit=PAGE)
            return [job_of(each, MARK) async for each in pages]

    async def job(self, job_id: str) -> RemoteJob:
        async with self._asking():
            return job_of(await self._client.fine_tuning.jobs.retrieve(job_id), MARK)

    async def log(self, job_id: str, known: Collection[str]) -> Log:
        new: list[JobEvent] = []
        points: list[MetricsPoint] = []
        total: int | None = None
        async with self._asking():
            page = await self._client.fine_tuning.jobs.list_events(job_id, limit=PAGE)
            while True:
                for each in page.data:
                    if each.id in known:
                        continue
                    new.append(event_of(each))
                    said, of = point_of_message(each.message)
                    total = of or total
                    data = each.data if isinstance(each.data, dict) else {}
                    points += [p for p in (said, point_of(data)) if p is not None]
                if _all_older_known(page.data, known) or not page.has_next_page():
                    break
                page = await page.get_next_page()
        new.sort(key=lambda event: (event.at, event.id))
        return Log(tuple(new), merged((), points), total)

    async def checkpoints(self, job_id: str) -> list[Checkpoint]:
        async with self._asking():
            pages = self._client.fine_tuning.jobs.checkpoints.list(job_id, limit=PAGE)
            found = [
                Checkpoint(each.id, each.fine_tuned_model_checkpoint, each.step_number,
                           iso(each.created_at),
                           point_of({**each.metrics.to_dict(), "step": each.step_number}))
                async for each in pages]
        return sorted(found, key=lambda checkpoint: checkpoint.step)

    async def cancel(self, job_id: str) -> RemoteJob:
        async with self._asking():
            return job_of(await self._client.fine_tuning.jobs.cancel(job_id), MARK)

    async def pause(self, job_id: str) -> RemoteJob:
        self._refuse_holding()
        async with self._asking():
            return job_of(await self._client.fine_tuning.jobs.pause(job_id), MARK)

    async def resume(self, job_id: str) -> RemoteJob:
        self._refuse_holding()
        async with self._asking():
            return job_of(await self._client.fine_tuning.jobs.resume(job_id), MARK)

    def _refuse_holding(self) -> None:
        """The dated API has no such calls. Raises Refused."""
        if self._classic:
            raise Refused(
                f"The API version of {self._target.connection} cannot pause or resume jobs",
                remedy="Leave the API version empty under Connections, for the v1 API")


def _all_older_known(page: Sequence[Any], known: Collection[str]) -> bool:
    """Newest first, and the page reaches what is known: the rest was read before. Services that
    send the oldest first are read to the end."""
    newest_first = bool(page) and (page[0].created_at or 0) > (page[-1].created_at or 0)
    return newest_first and any(each.id in known for each in page)
