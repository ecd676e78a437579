"""cosmic-ray, in an environment of its own, in the versions of requirements.lock."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).with_name("requirements.lock")


def program_in(folder: Path) -> Path:
    """The program, installed where it is absent or the lock has changed."""
    stamp = folder / ".made"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"Installing cosmic-ray into {folder} ...", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-input", "--require-hashes", "--requirement", str(LOCK)], check=True)
        stamp.write_text(wanted)
    return (folder / "bin" / "cosmic-ray").resolve()
