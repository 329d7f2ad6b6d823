"""A cache on loopback: TLS with a certificate authority of its own, a token, and a few commands of Redis."""

import socketserver
import ssl
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import trustme

TOKEN = "correct-horse-&-battery"


class Status(bytes):
    """A reply in one line, such as OK, or a flag of a command."""


class Failure(Exception):
    """A reply that is an error."""


Reply = bytes | int | None | list["Reply"]

_SUBCOMMAND: Reply = [b"object|encoding", 3, [Status(b"readonly")], 2, 2, 1, [], [], [], []]
_COMMANDS: dict[bytes, Reply] = {
    b"get": [b"get", 2, [Status(b"readonly"), Status(b"fast")], 1, 1, 1, [Status(b"@read")], [], [], []],
    b"hgetall": [b"hgetall", 2, [Status(b"readonly")], 1, 1, 1, [], [], [], []],
    b"set": [b"set", -3, [Status(b"write")], 1, 1, 1, [Status(b"@write")], [], [], []],
    b"object": [b"object", -2, [], 0, 0, 0, [], [], [], [_SUBCOMMAND]],
    b"object|encoding": _SUBCOMMAND,
}


@dataclass
class Cache:
    """The server: its port, the authority that clients have to trust, its values, and the commands that came."""

    port: int
    authority: Path
    values: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    commands: list[list[bytes]] = field(default_factory=list[list[bytes]])

    def answer(self, words: Sequence[bytes]) -> Reply:
        match [words[0].lower(), *words[1:]]:
            case [b"ping"]:
                return Status(b"PONG")
            case [b"get", key]:
                return self.values.get(key)
            case [b"set", key, value]:
                self.values[key] = value
                return Status(b"OK")
            case [b"command", b"INFO", *names]:
                return [_COMMANDS.get(name.lower()) for name in names]
            case [b"slowlog", _]:
                return [[14, b"KEYS", [b"*", None]], [15, b"GET", []]]
            case _:
                raise Failure(f"ERR unknown command '{words[0].decode()}'")


def _encoded(reply: Reply) -> bytes:
    match reply:
        case None:
            return b"$-1\r\n"
        case int():
            return b":%d\r\n" % reply
        case Status():
            return b"+%s\r\n" % reply
        case bytes():
            return b"$%d\r\n%s\r\n" % (len(reply), reply)
        case list():
            return b"*%d\r\n" % len(reply) + b"".join(map(_encoded, reply))


def _words(file: BinaryIO) -> list[bytes]:
    """The next command, in the one form in which clients send it; empty at the end."""
    line = file.readline()
    if not line:
        return []
    assert line[:1] == b"*"
    words: list[bytes] = []
    for _ in range(int(line[1:])):
        header = file.readline()
        assert header[:1] == b"$"
        words.append(file.read(int(header[1:])))
        assert file.read(2) == b"\r\n"
    return words


@contextmanager
def cache(folder: Path, name: str = "localhost") -> Generator[Cache]:
    """Serve while the block runs, with a certificate of this name; the authority's is in the folder."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                connection = context.wrap_socket(self.request, server_side=True)
            except OSError:
                return  # the client does not trust the certificate
            known = False
            with connection, connection.makefile("rb") as reading:
                while words := _words(reading):
                    if words[0] == b"AUTH":
                        known = words[1:] == [TOKEN.encode()]
                        answer = b"+OK\r\n" if known else b"-WRONGPASS invalid username-password pair\r\n"
                    elif not known:
                        answer = b"-NOAUTH Authentication required.\r\n"
                    else:
                        there.commands.append(words)
                        try:
                            answer = _encoded(there.answer(words))
                        except Failure as error:
                            answer = f"-{error}\r\n".encode()
                    connection.sendall(answer)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        there = Cache(server.server_address[1], file)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield there
        finally:
            server.shutdown()
