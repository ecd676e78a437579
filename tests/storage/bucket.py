"""An S3 server on this machine, by moto, and what lies in its bucket."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

SECONDS = 60  # until the server must answer


@dataclass(frozen=True)
class Bucket:
    """A bucket that takes any credentials; ``endpoint`` is the address of its server."""

    endpoint: str
    name: str = "bucket"

    def ask(self, rest: str, method: str = "GET") -> bytes:
        address, headers = f"{self.endpoint}/{self.name}{rest}", {"Authorization": "AWS key:secret"}
        request = Request(address, headers=headers, method=method)  # noqa: S310 - a server of this machine
        with urlopen(request) as answer:  # noqa: S310
            return bytes(answer.read())

    def files(self) -> dict[str, bytes]:
        """Every object by its key; a list of the server holds a thousand at most."""
        listed = self.ask("?list-type=2").decode()
        assert "<IsTruncated>false" in listed
        keys = [unescape(key) for key in re.findall(r"<Key>(.*?)</Key>", listed)]
        return {key: self.ask(f"/{quote(key)}") for key in keys}


@contextmanager
def s3(program: Path, log: Path) -> Iterator[Bucket]:
    """Start the server on a free port, make the bucket, and stop it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("wb") as words:
        command = [program, "--host", "127.0.0.1", "--port", str(port)]
        server = subprocess.Popen(command, stdout=words, stderr=subprocess.STDOUT)
        try:
            yield made(Bucket(f"http://127.0.0.1:{port}"))
        finally:
            server.terminate()
            server.wait()


def made(bucket: Bucket) -> Bucket:
    """The bucket, as soon as its server answers."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            bucket.ask("", "PUT")
        except URLError:
            assert time.monotonic() < end, "the S3 server does not answer"
            time.sleep(0.2)
        else:
            return bucket
