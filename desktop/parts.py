"""Puts the parts together, for the window and for the command line alike.

`open_parts` gives what lives as long as the program (settings, keys, the embedder's and the
reader's processes); `Parts.workspace` adds what belongs to one open file. Services are
imported inside functions: a command that needs no index must not wait for FAISS.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .core.errors import ConfigurationError
from .core.ports import Ports
from .core.settings import Settings
from .core.types import BUILTIN, Connection, Deployment

if TYPE_CHECKING:
    from .core.probing import Prober
    from .core.recording import Mark
    from .core.report import Report
    from .services.arm_listing import ArmListing
    from .services.backups import DiskBackups
    from .services.catalog import Catalog
    from .services.chats import Chats
    from .services.compute import ComputeProcess
    from .services.dataset_checks import DatasetProcess
    from .services.embedder import OnnxEmbedder
    from .services.embedder_folder import FolderReranker
    from .services.embedders import Embedders
    from .services.entra import Entra
    from .services.files import DiskFiles
    from .services.forms import FormProcess
    from .services.kept import KeptFiles
    from .services.local_models import LocalModels
    from .services.pages import ProcessPages
    from .services.reader import ProcessReader
    from .services.secrets import Secrets
    from .services.settings_file import SettingsFile
    from .services.spending import LedgerSpending
    from .services.sql_runner import SqlProcess
    from .services.templates import TemplateProcess
    from .services.tokens_process import ProcessTokens

FIRST_SAMPLE = "benefits"
SAMPLES = {  # name -> title
    FIRST_SAMPLE: "Benefits questions", "marketing": "Product descriptions",
    "sql": "Questions to SQL",
}
DATABASES = {"sql": "samples/sql.sqlite"}  # what a sample's metric asks, beside its workspace


@dataclass
class Parts:
    """The services of one running program."""

    settings: SettingsFile
    secrets: Secrets
    prices: Catalog
    tokens: ProcessTokens
    embedder: OnnxEmbedder
    reader: ProcessReader
    files: DiskFiles
    chats: Chats
    compute: ComputeProcess
    sql: SqlProcess
    forms: FormProcess
    pages: ProcessPages
    spending: LedgerSpending
    datasets: DatasetProcess
    entra: Entra
    tuned: LocalModels
    backups: DiskBackups
    templates: TemplateProcess
    kept: KeptFiles
    reranker: FolderReranker

    @property
    def current(self) -> Settings:
        """The settings as they are now."""
        return self.settings.current

    @property
    def application_id(self) -> int:
        """The mark in the head of a workspace file."""
        from .services.store.schema import APPLICATION_ID

        return APPLICATION_ID

    def update_settings(self, change: Callable[[Settings], Settings]) -> Settings:
        """Change and write the settings. Raises ConfigurationError when they cannot be."""
        return self.settings.update(change)

    def connections(self) -> tuple[Connection, ...]:
        """The built-in one first, with what was fine-tuned here, then the user's."""
        tuned = tuple(Deployment(model.deployment, model.label) for model in self.tuned.known())
        own = replace(BUILTIN, deployments=(*BUILTIN.deployments, *tuned))
        return (own, *self.settings.current.connections)

    def find_deployment(self, connection: str, deployment: str) -> tuple[str, str]:
        """Exact names for what a user typed. Raises ConfigurationError."""
        wanted = BUILTIN.name if connection.casefold() == "builtin" else connection
        for known in self.connections():
            if known.name.casefold() == wanted.casefold():
                return known.name, _deployment(known, deployment)
        raise ConfigurationError(
            f'There is no connection "{connection}"',
            remedy="Choose one of: " + ", ".join(c.name for c in self.connections()),
        )

    def sample_path(self, sample: str) -> Path:
        """Where the user's own copy of a sample is, or will be. Raises ConfigurationError."""
        return _sample_path(self.settings, sample)

    async def create(self, path: Path, sample: str = "") -> None:
        """A new workspace file, empty or a copy of a sample. Raises WorkspaceError."""
        from .resource_files import resource
        from .services import workspace

        if sample:
            _known(sample)
            path.parent.mkdir(parents=True, exist_ok=True)
            await workspace.duplicate(resource(f"samples/{sample}.stratex"), path)
            if sample in DATABASES:
                await self._place_database(path, resource(DATABASES[sample]))
        else:
            await (await workspace.create(path)).aclose()

    async def _place_database(self, path: Path, source: Path) -> None:
        """A copy beside the workspace, chosen for its metric: it came with the program."""
        from .core.evaluation.chosen import FACT
        from .services import workspace

        target = path.absolute().with_suffix(".sqlite")
        if not target.exists():
            await self.files.write(str(target), await self.files.read_any(str(source)))
        store = await workspace.open_workspace(path)
        try:
            await store.set_fact(FACT, {**(await store.fact(FACT) or {}), "database": str(target)})
        finally:
            await store.aclose()
        self.update_settings(lambda settings: settings.confirmed_database(
            str(path.absolute()), str(target)))

    async def duplicate(self, ports: Ports, target: Path) -> None:
        """A copy of the open workspace. Raises WorkspaceError."""
        from .services import workspace
        from .services.store import SqliteStore

        assert isinstance(ports.store, SqliteStore)
        await workspace.duplicate(ports.store, target)
        if ports.chooser is not None:
            ports.chooser.confirm_for(target)

    async def record(self, ports: Ports, target: Path) -> Mark:
        """A recording of the open workspace, which is left as it is: see services/store/recording.
        Raises ConfigurationError when nothing was asked yet, WorkspaceError."""
        from .services import workspace
        from .services.store import SqliteStore

        assert isinstance(ports.store, SqliteStore)
        return await workspace.record(ports.store, target)

    @asynccontextmanager
    async def workspace(self, path: Path) -> AsyncIterator[Ports]:
        """Open a workspace file for as long as the block runs. Raises WorkspaceError."""
        from .services import workspace
        from .services.arm import ArmDeployer
        from .services.chat_replay import recording_of
        from .services.clock import SystemClock
        from .services.entra import MANAGEMENT
        from .services.local_training import LocalTraining
        from .services.sql_runner import ConfirmedSql
        from .services.tuning_openai import OpenAITrainers
        from .services.vectors import FaissIndex
        from .services.watching import DiskWatcher

        async with AsyncExitStack() as stack:
            store = await workspace.open_workspace(path)
            stack.push_async_callback(store.aclose)
            chooser = self._embedders(path)
            stack.push_async_callback(chooser.aclose)
            await chooser.open(store)
            vectors = FaissIndex(self.settings.cache_dir / "indexes", path)
            stack.push_async_callback(vectors.aclose)
            try:
                await vectors.load(chooser.embedder.id, chooser.embedder.dimension, store)
            except ValueError as error:  # somebody else's vectors are of another length
                chooser.refuse(str(error))
            yield Ports(
                path, store, vectors, chooser.embedder, self.reader, self.chats, self.tokens,
                self.prices, SystemClock(), self.files, self.compute,
                ConfirmedSql(self.sql, lambda database: self.current.may_open(
                    str(path.absolute()), database)),
                self.forms, self.spending, datasets=self.datasets,
                tuning=OpenAITrainers(lambda: self.current.connections, self.chats),
                deployer=ArmDeployer(lambda: self.entra.token(MANAGEMENT)),
                recording=await recording_of(store), pages=self.pages,
                local_training=LocalTraining(self.tuned), templates=self.templates,
                watcher=DiskWatcher(),
                chooser=chooser, local_embedder=self.embedder, reranker=self.reranker,
            )

    def _embedders(self, path: Path) -> Embedders:
        from .services.embedders import Embedders

        return Embedders(path, self.embedder, self.chats, self.tuned, self.tokens, self.prices,
                         self.spending, lambda: self.current, self.update_settings)

    async def choose_reranker(self, folder: str) -> None:
        """The cross-encoder of second passes, "" for none. Raises EmbedderUnavailable for one
        that cannot be loaded, and then the one before stays."""
        from .services.embedder_folder import tried

        await tried(folder)
        self.update_settings(lambda settings: replace(settings, cross_encoder=folder))
        await self.reranker.choose(folder)

    @property
    def scorer(self) -> OnnxEmbedder:
        """What scores are made with."""
        return self.embedder

    @property
    def prober(self) -> Prober:
        """Asks connections small questions."""
        from .services.probing import HttpProber

        return HttpProber(self.chats)

    @property
    def listing(self) -> ArmListing:
        """Lists what a resource has deployed, for the account that signed in."""
        from .services.arm_listing import ArmListing
        from .services.entra import MANAGEMENT

        return ArmListing(lambda: self.entra.token(MANAGEMENT))

    def hide_keys(self, text: str) -> str:
        """`text` without the known keys and without anything shaped like one."""
        from .services.redact import redact

        return redact(text)

    def render_report(self, report: Report, kind: str) -> bytes:
        """A report as `html`, `md` or `csv`."""
        from .services.report_files import render

        return render(report, kind)

    async def warm_up(self) -> None:
        """Start what the first question needs, and import what is slow, before it is asked."""
        from .services import openai_client

        await self.embedder.prepare()
        for slow in ("faiss", "numpy.ma"):  # else imported in the midst of the first indexing
            await asyncio.to_thread(__import__, slow)
        if self.settings.current.connections:
            await openai_client.warm()


def _sample_path(settings: SettingsFile, sample: str) -> Path:
    chosen = settings.current.samples_folder
    return (Path(chosen) if chosen else settings.data_dir) / f"{_known(sample)}.stratex"


def _known(sample: str) -> str:
    if sample not in SAMPLES:
        raise ConfigurationError(
            f'There is no sample "{sample}"', remedy="Choose one of: " + ", ".join(SAMPLES)
        )
    return SAMPLES[sample]


def _deployment(connection: Connection, deployment: str) -> str:
    names = [known.name for known in connection.deployments]
    if deployment in names:
        return deployment
    if not deployment and (len(names) == 1 or connection.name == BUILTIN.name):
        return names[0]
    raise ConfigurationError(
        f'{connection.name} has no deployment "{deployment}"',
        remedy="Choose one of: " + ", ".join(names) if names else "Add one to the connection",
    )


@asynccontextmanager
async def open_parts(settings: SettingsFile | None = None) -> AsyncIterator[Parts]:
    """The program's services; ended in reverse order."""
    # Imported on a thread: the window must not wait for anything of this.
    make = await asyncio.to_thread(_load)
    parts = make(settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(parts.files.aclose)
        stack.push_async_callback(parts.tokens.aclose)
        stack.push_async_callback(parts.embedder.aclose)
        stack.push_async_callback(parts.reranker.aclose)
        stack.push_async_callback(parts.reader.aclose)
        stack.push_async_callback(parts.chats.aclose)
        stack.push_async_callback(parts.compute.aclose)
        stack.push_async_callback(parts.sql.aclose)
        stack.push_async_callback(parts.forms.aclose)
        stack.push_async_callback(parts.templates.aclose)
        stack.push_async_callback(parts.pages.aclose)
        stack.push_async_callback(parts.datasets.aclose)
        stack.push_async_callback(parts.spending.aclose)
        stack.push_async_callback(parts.entra.aclose)
        yield parts


def _load() -> Callable[[SettingsFile | None], Parts]:
    from .services.backups import DiskBackups
    from .services.catalog import Catalog
    from .services.chats import Chats
    from .services.compute import ComputeProcess
    from .services.dataset_checks import DatasetProcess
    from .services.embedder import OnnxEmbedder
    from .services.embedder_folder import FolderReranker
    from .services.entra import Entra, scopes_of
    from .services.files import DiskFiles
    from .services.forms import FormProcess
    from .services.kept import KeptFiles
    from .services.learned import LearnedFile
    from .services.local_models import LocalModels
    from .services.openai_client import SignIn
    from .services.pages import ProcessPages
    from .services.reader import ProcessReader
    from .services.secrets import Secrets
    from .services.settings_file import SettingsFile
    from .services.spending import LedgerSpending
    from .services.sql_runner import SqlProcess
    from .services.templates import TemplateProcess
    from .services.tokens_process import ProcessTokens

    def make(given: SettingsFile | None) -> Parts:
        settings = given or SettingsFile()
        secrets, tokens, embedder = Secrets(), ProcessTokens(), OnnxEmbedder()
        entra = Entra(settings.data_dir, lambda: settings.current.entra_tenant)

        def sign_in(connection: Connection) -> SignIn:
            return SignIn(entra.token, scopes_of(connection, settings.current.entra_scope))

        tuned = LocalModels(settings.data_dir)
        chats = Chats(lambda: settings.current.connections, secrets, embedder, tokens,
                      sign_in=sign_in, learned=LearnedFile(settings.data_dir), tuned=tuned)
        backups = DiskBackups(settings.backups_folder, lambda: settings.current.backup_room)
        prices = Catalog(settings.data_dir / "catalog.json")
        return Parts(
            settings, secrets, prices, tokens, embedder, ProcessReader(), DiskFiles(), chats,
            ComputeProcess(), SqlProcess(), FormProcess(), ProcessPages(),
            LedgerSpending(settings.data_dir, prices, lambda: settings.current.limits),
            DatasetProcess(), entra, tuned, backups, TemplateProcess(),
            KeptFiles(settings, backups, lambda: [_sample_path(settings, s) for s in SAMPLES]),
            FolderReranker(settings.current.cross_encoder),
        )

    return make


