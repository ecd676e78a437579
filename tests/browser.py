"""A headless Chromium for tests, by the DevTools protocol over two pipes: no driver, no port, no library.

https://chromedevtools.github.io/devtools-protocol; under ``--remote-debugging-pipe`` file 3 is read and
file 4 written, messages end with a zero byte. Requests, messages of the console and uncaught errors are kept.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
    *("--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-sync"),
    *("--force-color-profile=srgb", "--lang=en", "--mute-audio", "--remote-debugging-pipe"),
)
PATIENCE = 30.0  # seconds for an answer
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36}
KEYS |= {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}


def find() -> str | None:
    """The browser of this machine, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Page:
    """One page of a running browser."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read, self._last, self._rest = write, read, 0, b""
        self.session: str | None = None
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._loaded, self._scripts = False, True
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Accessibility"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its result; what happens meanwhile is kept."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def _receive(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0.0, end - time.monotonic()))
            part = os.read(self._read, 1 << 20) if ready else b""
            if not part:
                raise TimeoutError("the browser does not answer")
            self._rest += part
        line, self._rest = self._rest.split(b"\0", 1)
        message = json.loads(line)
        self._keep(message.get("method", ""), message.get("params", {}))
        return message

    def _keep(self, method: str, params: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(str(params["args"]))
        elif method == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])
        elif method == "Page.javascriptDialogOpening":
            self.complaints.append(f"dialog: {params['message']}")
        elif method == "Page.loadEventFired":
            self._loaded = True

    def open(self, file: Path, part: str = "", *, scripts: bool = True) -> None:
        """Open a file from nothing, with a fragment, and wait until it is there."""
        self._go("about:blank")
        self.requests, self.complaints = [], []
        self._scripts = scripts
        self.send("Emulation.setScriptExecutionDisabled", value=not scripts)
        self._go(file.resolve().as_uri() + part)
        self.settle()

    def _go(self, url: str) -> None:
        self._loaded = False
        self.send("Page.navigate", url=url)
        while not self._loaded:
            self._receive()

    def settle(self) -> None:
        """Wait until the page has drawn what it was told to."""
        if not self._scripts:
            return
        wait = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        self.send("Runtime.evaluate", expression=wait, awaitPromise=True)

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page."""
        found = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(str(found["exceptionDetails"]))
        return found["result"].get("value")

    def screen(self, width: int, height: int = 800, *, dark: bool = False) -> None:
        """Set the size of the screen, in light or dark."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.send("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])
        self.settle()

    def press(self, *keys: str) -> None:
        """Press keys one after the other: names of ``KEYS``, or letters."""
        for key in keys:
            code = {"windowsVirtualKeyCode": KEYS[key], "code": key} if key in KEYS else {}
            text = {"text": "\r"} if key == "Enter" else {} if key in KEYS else {"text": key}
            self.send("Input.dispatchKeyEvent", type="keyDown", key=key, **code, **text)
            self.send("Input.dispatchKeyEvent", type="keyUp", key=key, **code)
        self.settle()

    def click(self, selector: str) -> None:
        """Click in the middle of an element with the mouse."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.ask(f"{found}.scrollIntoView({{block: 'center'}})")
        box = self.ask(
            f"(r => [r.x + r.width / 2, r.y + r.height / 2])({found}.getBoundingClientRect())",
        )
        for kind in ("mousePressed", "mouseReleased"):
            place = {"x": box[0], "y": box[1], "button": "left", "clickCount": 1}
            self.send("Input.dispatchMouseEvent", type=kind, **place)
        self.settle()

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Save what is on the screen, or the whole page, as PNG."""
        made = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(made["data"]))


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """Run the browser with its profile in ``folder``; it ends with the block."""
    (listen, speak), (hear, answer) = os.pipe(), os.pipe()
    # Copies above what a shell uses itself, or one could be lost when it becomes file 3.
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (listen, answer)]
    command = [str(find()), *OPTIONS, f"--user-data-dir={folder}", "about:blank"]
    wrapped = ["bash", "-c", f'exec "$@" 3<&{ends[0]} 4>&{ends[1]}', "bash", *command]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(wrapped, pass_fds=ends, stdout=quiet, stderr=quiet)
    for end in (listen, answer, *ends):
        os.close(end)
    try:
        page = Page(speak, hear)
        yield page
        page.session = None
        page.send("Browser.close")
        process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
        os.close(speak)
        os.close(hear)
