"""What the children of the worker tests do. Imported there by name."""

import os
import time

from desktop.core.errors import DocumentError
from desktop.services.worker_child import Handler, Steps
from desktop.services.worker_frames import Header


def make_echo(config: Header) -> Handler:
    """Does what the header's "do" says."""

    def handler(header: Header, payload: memoryview) -> Steps:
        yield
        match header["do"]:
            case "echo":
                answer = {"greeting": config["greeting"], "text": header["text"]}
                return answer, bytes(payload)[::-1]
            case "refuse":
                raise DocumentError("What", why="why", remedy="Remedy", details="details")
            case "fail":
                raise ZeroDivisionError("a bug")
            case "die":
                os._exit(7)
            case "hang":
                time.sleep(60)
            case "modules":
                import sys

                return {"modules": sorted(sys.modules), "pid": os.getpid()}, b""
            case "steps":
                for _ in range(header["steps"]):
                    yield
                    time.sleep(0.002)
        return {}, b""

    return handler


def make_refusing(config: Header) -> Handler:
    raise DocumentError("Cannot start")


def make_broken(config: Header) -> Handler:
    raise ZeroDivisionError("set-up")
