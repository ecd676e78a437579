"""A Slurm of one node on this machine: daemons, configuration, key, state and logs in a folder."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd")
COMMANDS = ("sbatch", "scancel", "sinfo", "squeue", "srun")
SECONDS = 60  # for a daemon to be up, or for jobs to be gone

# No cgroups and no accounting: what a container allows. config_overrides claims two CPUs whatever there are.
# A finished job is known to squeue for MinJobAge seconds, and that is the only record of how it ended.
SLURM_CONF = """
ClusterName=interclust
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
MinJobAge=3600
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=8000
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
# The step of a job drops SLURM_CONF from its environment, where srun needs it.
SRUN = '#!/bin/sh\nSLURM_CONF="{folder}/slurm.conf" exec "{srun}" "$@"\n'


def missing() -> list[str]:
    """The daemons and commands that this machine lacks; Debian has the daemons in /usr/sbin."""
    return [name for name in (*DAEMONS, *COMMANDS) if _found(name) is None]


def _found(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin")


class NotStartedError(Exception):
    """A daemon of Slurm that this machine does not let run: no fault of the workflow."""


@contextmanager
def one_node(folder: Path) -> Iterator[dict[str, str]]:
    """Start Slurm in an empty folder, yield the environment in which its commands find it, and stop it.

    Raises:
        NotStartedError: a daemon did not come up; the message holds the end of its log.

    """
    environment = _written(folder)
    with ExitStack() as stack:
        for name, options in _daemons(folder).items():
            daemon = stack.enter_context(_running(name, options, folder, environment))
            _wait_for_start(name, daemon, folder, environment)
        stack.callback(_cancel_jobs, environment)
        yield environment


def _written(folder: Path) -> dict[str, str]:
    """Write the configuration; the environment that points to it."""
    folder.chmod(0o755)  # munged wants its socket to be within everyone's reach, and its key within nobody's
    for name, mode in {"key": 0o700, "state": 0o700, "spool": 0o755, "bin": 0o755, "cache": 0o755}.items():
        (folder / name).mkdir(mode=mode)
    (folder / "key" / "munge.key").write_bytes(secrets.token_bytes(1024))
    (folder / "key" / "munge.key").chmod(0o400)
    host, user = socket.gethostname().split(".")[0], pwd.getpwuid(os.getuid()).pw_name
    configuration = SLURM_CONF.format(host=host, user=user, ports=_free_ports(2), folder=folder)
    (folder / "slurm.conf").write_text(configuration, encoding="utf-8")
    (folder / "cgroup.conf").write_text(f"CgroupPlugin={_cgroup_plugin()}\n", encoding="utf-8")
    srun = folder / "bin" / "srun"
    srun.write_text(SRUN.format(folder=folder, srun=_found("srun")), encoding="utf-8")
    srun.chmod(0o755)
    own = {"SLURM_CONF": str(folder / "slurm.conf"), "XDG_CACHE_HOME": str(folder / "cache")}
    return {**os.environ, **own, "PATH": f"{srun.parent}:{os.environ['PATH']}"}


def _cgroup_plugin() -> str:
    """The one that asks nothing of the machine: before 23.02 slurmd loads one, and v1 touches no file."""
    words = subprocess.run([_found("slurmd") or "slurmd", "-V"], capture_output=True, text=True, check=True)
    version = words.stdout.split()[-1].split(".")
    return "disabled" if (int(version[0]), int(version[1])) >= (23, 2) else "cgroup/v1"


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _daemons(folder: Path) -> dict[str, list[str]]:
    """The daemons in the order of their start, with their options; none leaves the foreground."""
    munge = {
        "key-file": folder / "key" / "munge.key",
        "socket": folder / "munge.socket",
        "pid-file": folder / "munged.pid",
        "log-file": folder / "key" / "munged.log",
        "seed-file": folder / "key" / "munged.seed",
    }
    options = ["--foreground", *(f"--{name}={path}" for name, path in munge.items())]
    return {"munged": options, "slurmctld": ["-D"], "slurmd": ["-D"]}


@contextmanager
def _running(
    name: str, options: list[str], folder: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """One daemon, its words in ``<name>.log``; ended politely, then not."""
    with (folder / f"{name}.log").open("wb") as log:
        command = [_found(name) or name, *options]
        daemon = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment, cwd=folder)
        try:
            yield daemon
        finally:
            daemon.terminate()
            try:
                daemon.wait(SECONDS)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()


def _wait_for_start(
    name: str, daemon: subprocess.Popen[bytes], folder: Path, environment: dict[str, str]
) -> None:
    """Until the socket of munged is there, slurmctld answers, the node of slurmd is idle."""
    for _ in range(SECONDS * 5):
        if _is_up(name, folder, environment):
            return
        if daemon.poll() is not None:
            break
        time.sleep(0.2)
    words = (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
    raise NotStartedError(
        f"{name} did not start within {SECONDS} seconds; the end of its log:\n{words[-3000:]}"
    )


def _is_up(name: str, folder: Path, environment: dict[str, str]) -> bool:
    if name == "munged":
        return (folder / "munge.socket").exists()
    nodes = _answer(environment, "sinfo", "--noheader", "--format=%T")
    return nodes is not None and (name == "slurmctld" or nodes == "idle")


def _answer(environment: dict[str, str], *command: str) -> str | None:
    """What a command of Slurm prints, None where it fails."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def states(environment: dict[str, str]) -> list[str]:
    """The state of every job that was ever sent: COMPLETED, FAILED, RUNNING and so on."""
    return (_answer(environment, "squeue", "--states=all", "--noheader", "--format=%T") or "").split()


def _cancel_jobs(environment: dict[str, str]) -> None:
    """Cancel what runs or waits, so that no step outlives its daemon."""
    for job in (_answer(environment, "squeue", "--noheader", "--format=%i") or "").split():
        _answer(environment, "scancel", "--signal=KILL", "--full", job)
        _answer(environment, "scancel", job)
    for _ in range(SECONDS * 5):
        if not _answer(environment, "squeue", "--noheader"):
            return
        time.sleep(0.2)
