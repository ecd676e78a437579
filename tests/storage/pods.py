"""A stand-in for Kubernetes: of its API what the executor plugin asks, with pods that are processes.

A pod has an empty folder, the variables of its container, and a name space of mounts in which given folders
are empty: of the machine that sends the job it has the installed packages, as an image would.
"""

from __future__ import annotations

import base64
import json
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

UNSHARE = ("unshare", "--map-root-user", "--mount")
NAME = "snakemake"  # of the container
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: here
contexts: [{{name: here, context: {{cluster: here, user: me}}}}]
clusters: [{{name: here, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
users: [{{name: me, user: {{}}}}]
"""


@dataclass
class Pod:
    """One job: its folder, its process and what that prints."""

    folder: tempfile.TemporaryDirectory[str]
    process: subprocess.Popen[bytes]

    @property
    def code(self) -> int | None:
        """How it ended; None while it runs. Its folder goes with it, but for the log beside the folder."""
        code = self.process.poll()
        if code is not None:
            self.folder.cleanup()
        return code


@dataclass
class Cluster:
    """Secrets and pods by name; ``image`` is the environment of every container."""

    folder: Path
    image: Mapping[str, str]
    hidden: tuple[Path, ...]
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    pods: dict[str, Pod] = field(default_factory=dict)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def said(self, name: str) -> str:
        return self.log(name).read_text(encoding="utf-8", errors="replace")

    def start(self, job: dict[str, Any]) -> None:
        """Run the one container of a job."""
        name, container = job["metadata"]["name"], job["spec"]["template"]["spec"]["containers"][0]
        workdir = tempfile.TemporaryDirectory(prefix="pod-", dir=self.folder)
        environment = {**self.image, "HOME": workdir.name}
        for variable in container["env"]:
            key = variable["valueFrom"]["secretKeyRef"]
            environment[variable["name"]] = self.secrets[key["name"]][key["key"]]
        with self.log(name).open("wb") as log:
            command = [*UNSHARE, "sh", "-c", self.inside(container)]
            process = subprocess.Popen(
                command, cwd=workdir.name, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        self.pods[name] = Pod(workdir, process)

    def inside(self, container: dict[str, Any]) -> str:
        """What the shell of a pod runs: first it empties the folders that no pod sees."""
        mounts = [f"mount -t tmpfs none {shlex.quote(str(folder))}" for folder in self.hidden]
        return " && ".join([*mounts, f"exec {shlex.join([*container['command'], *container['args']])}"])

    def status(self, name: str) -> dict[str, int]:
        code = self.pods[name].code
        return {"active": 1} if code is None else {"failed": 1} if code else {"succeeded": 1}

    def listed(self, name: str) -> dict[str, Any]:
        """The pod of a job as the API lists it."""
        code = self.pods[name].code
        state = {"running": {}} if code is None else {"terminated": {"exitCode": code}}
        own = {"name": NAME, "state": state, "image": "", "imageID": "", "ready": True, "restartCount": 0}
        return {"items": [{"metadata": {"name": name}, "status": {"containerStatuses": [own]}}]}

    def stop(self) -> None:
        for pod in self.pods.values():
            if pod.code is None:
                pod.process.kill()
                pod.process.wait()


class Api(BaseHTTPRequestHandler):
    """Jobs and secrets are made, looked up and deleted."""

    def __init__(self, cluster: Cluster, *given: Any) -> None:
        self.cluster = cluster
        super().__init__(*given)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.endswith("/jobs"):
            self.cluster.start(body)
        else:
            texts = {key: base64.b64decode(text).decode() for key, text in body["data"].items()}
            self.cluster.secrets[body["metadata"]["name"]] = texts
        self.answer(json.dumps(body))

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path.endswith("/status"):
            self.answer(json.dumps({"status": self.cluster.status(path.split("/")[-2])}))
        elif path.endswith("/log"):
            self.answer(self.cluster.said(path.split("/")[-2]))
        else:
            self.answer(json.dumps(self.cluster.listed(query.rpartition("%3D")[2])))

    def do_DELETE(self) -> None:
        self.answer("{}")

    def answer(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """Print nothing of every request."""


@contextmanager
def cluster(folder: Path, image: Mapping[str, str], hidden: tuple[Path, ...]) -> Iterator[Cluster]:
    """Serve on a free port; ``folder/kubeconfig`` leads there."""
    own = Cluster(folder, image, hidden)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Api, own)) as server:
        (folder / "kubeconfig").write_text(KUBECONFIG.format(port=server.server_port), encoding="utf-8")
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield own
        finally:
            own.stop()
            server.shutdown()
