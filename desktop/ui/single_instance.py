"""One window a user: a second start hands its file to the running one and ends.

The socket's name holds a hash of the data folder, so that a window with another `--data-dir`
is another program, and only this user can connect to it.
"""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

TIMEOUT = 300  # milliseconds; a running window answers in a few
MAX_MESSAGE = 32_768  # bytes: a path, not a document


def server_name(data_dir: str) -> str:
    """Names the socket after the data folder."""
    return "strategy-explorer-" + hashlib.sha256(data_dir.encode()).hexdigest()[:16]


def hand_over(name: str, path: str) -> bool:
    """Give `path` ("" to only raise the window) to a running program; False: there is none."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(TIMEOUT):
        return False
    socket.write(path.encode() + b"\n")
    socket.waitForBytesWritten(TIMEOUT)
    socket.disconnectFromServer()
    return True


class SingleInstance(QObject):
    """Listens for later starts."""

    handed = Signal(str)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)
        if not self._server.listen(name):
            # A crash leaves the socket's file behind; nobody answered on it, so it is stale.
            QLocalServer.removeServer(name)
            self._server.listen(name)

    def _accept(self) -> None:
        socket = self._server.nextPendingConnection()
        if socket is not None:
            socket.readyRead.connect(lambda: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)

    def _read(self, socket: QLocalSocket) -> None:
        if socket.bytesAvailable() > MAX_MESSAGE:
            socket.abort()
        elif socket.canReadLine():
            self.handed.emit(bytes(socket.readLine(MAX_MESSAGE).data()).decode().strip())

    def close(self) -> None:
        """Stop listening and remove the socket."""
        self._server.close()
