"""Every command of the tutorial, one after the other, prints what the tutorial shows: `make tutorial`.

It takes two minutes, and first what `make` still has to do. Not part of `make test`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from docs_pages import ROOT, answers, blocks, sessions

AS_A_READER = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
PAGE = ROOT / "docs" / "tutorial" / "README.md"


def test_the_tutorial_shows_what_its_commands_print(tmp_path: Path) -> None:
    for study in ("first", "near"):
        shutil.rmtree(ROOT / "results" / study, ignore_errors=True)
    elsewhere = str(tmp_path / "trees")  # what the reader copies beside the checkout
    for code in blocks(PAGE):
        for command, shown in sessions(code.text) if code.language == "console" else ():
            done = subprocess.run(
                ["bash", "-o", "pipefail", "-c", command.replace("../trees", elsewhere)],
                cwd=ROOT,
                env=AS_A_READER,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            printed = done.stdout.replace(elsewhere, "../trees")
            assert done.returncode == 0, f"{command}\nprints\n{printed}"
            assert answers(shown, printed), f"{command}\nprints\n{printed}"
