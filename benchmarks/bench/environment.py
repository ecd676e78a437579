"""An environment of the benchmark's own, with the peers in the versions of benchmarks/requirements.lock."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from .measure import ROOT

LOCK = ROOT / "benchmarks" / "requirements.lock"


def python_of(folder: Path) -> str:
    """The interpreter of the environment, which is made when it is absent or the lock has changed."""
    python, stamp = folder / "bin" / "python", folder / ".made"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"Installing what the benchmark compares with into {folder} (a minute or two) ...", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
        subprocess.run([*pip, "--require-hashes", "--requirement", str(LOCK)], check=True)
        stamp.write_text(wanted)
    return str(python)


def versions(python: str) -> str:
    """Versions of the programs that are compared, in one line."""
    names = ("numpy", "scipy", "pandas", "pyarrow", "scikit-learn", "statsmodels", "glum")
    code = (
        "import sys, importlib.metadata as m, importlib.util\n"
        "print('Python ' + sys.version.split()[0], *(f'{n} {m.version(n)}' for n in sys.argv[1:] if n in "
        "{d.name for d in m.distributions()}), sep=', ')"
    )
    done = subprocess.run([python, "-c", code, *names], capture_output=True, text=True, check=True)
    found = [done.stdout.strip()]
    if shutil.which("Rscript"):
        script = (
            "cat(sub(' \\\\(.*', '', R.version.string), "
            "sapply(c('sandwich', 'sna'), function(p) paste(p, tryCatch(packageVersion(p), "
            "error = function(e) 'missing'))), sep = ', ')"
        )
        done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=False)
        found.append(done.stdout.strip())
    return ", ".join(found)


def machine() -> str:
    """Processor, cores and memory."""
    import os

    info = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB; load {os.getloadavg()[0]:.1f} at the start"
