"""The Azure doctor: reads what was pasted, then asks the server, and says what to do.

Checks are reported one by one as they end, so that a screen shows progress; cancelling stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..core.doctor import Clue, Problem, read
from ..core.endpoints import endpoint_of
from ..core.errors import AuthFailed, DeploymentNotFound, Offline, StrategyExplorerError
from ..core.probing import Accepts, Listed, Prober
from ..core.types import Connection, Deployment

PATIENCE = 90.0  # seconds for one deployment


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried; `ok` None: it could not be tried."""

    name: str
    ok: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was read, what was tried, what is wrong."""

    clue: Clue
    connection: Connection | None = None  # what was asked: a stored one, or made of the text
    checks: tuple[Check, ...] = ()
    deployments: tuple[Accepts, ...] = ()
    models: tuple[Listed, ...] = ()
    problems: tuple[Problem, ...] = ()

    def retires(self, model: str) -> str:
        """The day a model retires as the resource says, an ISO date; "" where it does not."""
        named = model.lower()
        return next((each.retires for each in self.models if each.model.lower() == named), "")

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems

    @property
    def verdict(self) -> str:
        """One sentence where nothing is wrong; "" where problems say it."""
        if self.problems:
            return ""
        if any(check.ok is None for check in self.checks):
            return "Nothing wrong was found in what could be tried."
        return "Nothing is wrong."

    def as_dict(self) -> dict[str, object]:
        """JSON-ready, as the command line prints it. Never the key."""
        return replace(self.clue, problems=self.problems).as_dict()


Tell = Callable[[Diagnosis], None]


def ignore(diagnosis: Diagnosis) -> None:
    """For those who want the end only."""


async def diagnose(
    text: str, connections: Sequence[Connection], prober: Prober, tell: Tell = ignore, *,
    chosen: Connection | None = None, key: str | None = None,
    hide: Callable[[str], str] = str,
) -> Diagnosis:
    """Read `text`, then probe what it is about.

    `chosen` is a connection to look at, `key` one that was typed for it. Without a chosen one, a
    stored connection to the same host lends its key. A key in the text is sent to the address
    in the text only. `hide` takes known keys out of words that came from elsewhere.
    """
    clue = read(text) if text.strip() or chosen is None else Clue()
    course = _Course(clue, prober, tell, lambda words: _without(hide(words), clue.key))
    target = course.choose(connections, chosen)
    if target is not None:
        await course.probe(target, key)
    return course.found


def connection_of(clue: Clue, name: str = "") -> Connection | None:
    """A connection as the text describes it; None where it names no address."""
    if not clue.endpoint or not clue.kind:
        return None
    return Connection(
        name, clue.kind, clue.endpoint, clue.api_version, clue.key_env,
        deployments=(Deployment(clue.deployment),) if clue.deployment else ())


def _without(words: str, key: str) -> str:
    return words.replace(key, "[hidden]") if key else words


@dataclass(slots=True)
class _Course:
    """One examination as it goes on."""

    clue: Clue
    prober: Prober
    tell: Tell
    hide: Callable[[str], str]
    found: Diagnosis = field(init=False)

    def __post_init__(self) -> None:
        problems = tuple(map(self._clean, self.clue.problems))
        self.found = Diagnosis(self.clue, problems=problems)

    def choose(
        self, connections: Sequence[Connection], chosen: Connection | None
    ) -> Connection | None:
        """What to ask, None for nothing."""
        pasted = connection_of(self.clue)
        same = next((each for each in connections if pasted and _host(each) == _host(pasted)), None)
        if chosen is not None and pasted is not None and _host(chosen) != _host(pasted):
            self._problem(Problem(
                f"The text is about another server than {chosen.name}",
                f"{chosen.name} is {_host(chosen)}, the text names {_host(pasted)}",
                "Choose the connection to that server, or change the endpoint"))
        target = chosen or (pasted if self.clue.key or same is None else same)
        if target is None:
            return None
        if self.clue.deployment and (chosen is None or _host(chosen) == _host(pasted or chosen)):
            target = _with_deployment(target, self.clue.deployment)
        if not self.clue.endpoint:
            target_clue = read(target.endpoint)
            self.clue = replace(
                self.clue, kind=target_clue.kind, resource=target_clue.resource,
                endpoint=target.endpoint, api_version=target.api_version,
                api="openai" if target.kind == "openai" else
                "classic" if target.api_version[:2] == "20" else "v1",
                deployment=self.clue.deployment or _only(target))
        self._say(clue=self.clue, connection=target)
        return target

    async def probe(self, target: Connection, key: str | None) -> None:
        """Reach it, try the key, ask each deployment; each failure ends what depends on it."""
        own = self.clue.key or None if target.endpoint == self.clue.endpoint else None
        key = key or own
        try:
            reached = await self.prober.reach(target)
        except StrategyExplorerError as error:
            self._failed("Reached", error)
            return
        via = f" through {reached.proxy}" if reached.proxy else ""
        self._passed("Reached", f"{_host(target)} answered in {reached.seconds:.2f} s{via}.")
        if not await self._key(target, key):
            return
        for deployment in target.deployments:
            await self._deployment(target, deployment, key)
        if not target.deployments:
            self._say(checks=(*self.found.checks, Check(
                "Deployments", None, "None is named: add one to see what it takes.")))

    async def _key(self, target: Connection, key: str | None) -> bool:
        """Whether to go on."""
        what = "Sign-in" if target.entra else "Key"
        try:
            models = await self.prober.models(target, key)
        except DeploymentNotFound as error:  # some gateways list nothing: the calls will tell
            if target.deployments:
                self._say(checks=(*self.found.checks, Check(what, None, str(error))))
                return True
            self._failed(what, error)
            return False
        except AuthFailed as error:
            if key or target.name or target.key_env or target.entra:
                self._failed(what, error)
            else:
                self._say(checks=(*self.found.checks, Check(
                    what, None, "Not tried: the text holds none. Paste a whole call, or choose "
                    "a connection.")))
            return False
        except StrategyExplorerError as error:
            self._failed(what, error)
            return not isinstance(error, Offline) and bool(target.deployments)
        listed = f" It lists {len(models):,} models." if models else ""
        self._passed(what, f"Accepted.{listed}")
        self._say(models=tuple(models))
        return True

    async def _deployment(
        self, target: Connection, deployment: Deployment, key: str | None
    ) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self.prober.deployment(target, deployment.name, key)
        except TimeoutError:
            found = Accepts(deployment.name, error=Offline(
                f"{deployment.name} said nothing within {PATIENCE:.0f} s",
                remedy="It may be overloaded: try again in a moment"))
        except StrategyExplorerError as error:
            self._failed(deployment.name, error)
            return
        self._say(deployments=(*self.found.deployments, found))
        if found.error is not None:
            self._failed(deployment.name, found.error)
            return
        self._passed(deployment.name, found.sentence)
        self._compare_model(deployment, found)

    def _compare_model(self, deployment: Deployment, found: Accepts) -> None:
        """The model that was typed decides the price: it should be the one that answers."""
        said, runs = deployment.model.lower(), found.model.lower()
        if said and runs and not (runs.startswith(said) or said.startswith(runs)):
            self._problem(Problem(
                f"{deployment.name} runs {found.model}, not {deployment.model}",
                "The model decides prices, token counts and dates",
                f"Write {found.model} as its model under Connections"))

    # --- telling -------------------------------------------------------------------------

    def _passed(self, name: str, words: str) -> None:
        self._say(checks=(*self.found.checks, Check(name, True, self.hide(words))))

    def _failed(self, name: str, error: StrategyExplorerError) -> None:
        problem = self._clean(Problem.of(error))
        self._say(checks=(*self.found.checks, Check(name, False, problem.what)))
        if not any(each.what == problem.what for each in self.found.problems):
            self._problem(problem)

    def _problem(self, problem: Problem) -> None:
        self._say(problems=(*self.found.problems, self._clean(problem)))

    def _clean(self, problem: Problem) -> Problem:
        return Problem(self.hide(problem.what), self.hide(problem.why), self.hide(problem.fix))

    def _say(self, **changes: object) -> None:
        self.found = replace(self.found, **changes)  # type: ignore[arg-type]
        self.tell(self.found)


def _host(connection: Connection) -> str:
    try:
        return endpoint_of(connection).host
    except StrategyExplorerError:
        return connection.endpoint


def _only(connection: Connection) -> str:
    names = [each.name for each in connection.deployments]
    return names[0] if len(names) == 1 else ""


def _with_deployment(connection: Connection, name: str) -> Connection:
    if any(each.name == name for each in connection.deployments):
        return connection
    return replace(connection, deployments=(*connection.deployments, Deployment(name)))
