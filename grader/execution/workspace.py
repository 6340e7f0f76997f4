"""Everything a kernel finds on disk, in one temporary folder that vanishes with it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.execution import programs
from grader.execution.child.config import Config
from grader.execution.child.folders import remove

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor

    from grader.records import Limits

#: What of the grader's environment a student's process gets to see.
PASSED_ON = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")

#: sun_path, the address of a Unix socket, holds 104 bytes on macOS and 108 on Linux.
LONGEST_SOCKET = 100

PREFIX = "grader-"

#: The generators' seed before the first cell.
SEED = 20220922


@dataclass(frozen=True)
class Workspace:
    """The folders of one run of one notebook, and what it may use.

    ``work`` is the notebook's working directory and home; ``kernel`` holds what the grader put there
    (connection file, sockets, configuration, served files), ``programs`` the stand-ins for ``wget`` and the
    like; ``recording`` is written by the recorder. ``at_end`` is closed when all of these are gone.
    """

    root: Path
    limits: Limits
    at_end: ExitStack = field(default_factory=ExitStack, compare=False, repr=False)

    @property
    def work(self) -> Path:  # noqa: D102 - see the class
        return self.root / "work"

    @property
    def kernel(self) -> Path:  # noqa: D102
        return self.root / "kernel"

    @property
    def programs(self) -> Path:  # noqa: D102
        return self.root / "programs"

    @property
    def recording(self) -> Path:  # noqa: D102
        return self.root / "recording"

    @property
    def config(self) -> Path:
        """The child's configuration file."""
        return self.kernel / "config.json"

    @property
    def log(self) -> Path:
        """What the kernel's process says before it is ready."""
        return self.kernel / "log"

    def environment(self) -> dict[str, str]:
        """All of the environment variables that the kernel starts with."""
        return {
            **interpreter_environment(self.programs),
            "HOME": str(self.work),
            "TMPDIR": str(self.kernel / "tmp"),
            "IPYTHONDIR": str(self.kernel / "ipython"),
            "MPLCONFIGDIR": str(self.kernel / "matplotlib"),
            "XDG_CACHE_HOME": str(self.kernel / "cache"),
            # What is not on the path, as in subprocess.run([sys.executable, "-m", "pip", …]), fails at once.
            "PIP_NO_INDEX": "1",
            "CUDA_VISIBLE_DEVICES": "",  # every notebook is graded on the same kind of machine
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "TORCHDYNAMO_DISABLE": "1",  # torch.compile changes nothing: what it builds could not be loaded
        }


def interpreter_environment(*programs: Path) -> dict[str, str]:
    """All that decides how Python and its libraries start, whichever process they start in."""
    path = [*map(str, programs), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    return {
        **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
        "PATH": os.pathsep.join(path),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
    }


@contextmanager
def workspace(
    files: Mapping[str, Path], limits: Limits, calls: Mapping[str, Tensor] | None = None
) -> Iterator[Workspace]:
    """Make a workspace with the data files in it; afterwards its folder is gone."""
    space = Workspace(Path(tempfile.mkdtemp(prefix=PREFIX, dir=_within_reach())).resolve(), limits)
    try:
        _furnish(space, files, calls or {})
        yield space
    finally:
        with space.at_end:
            remove(str(space.root))


def _within_reach() -> str:
    """Give a folder for temporary files below which a kernel's sockets still have an address."""
    usual = tempfile.gettempdir()
    longest = len(PREFIX) + len("/12345678/kernel/ipc-pipe")
    places = (place for place in (usual, "/tmp") if len(os.path.realpath(place)) + longest < LONGEST_SOCKET)  # noqa: S108 - mkdtemp makes a folder there that is ours alone
    return next(places, usual)


def _furnish(space: Workspace, files: Mapping[str, Path], calls: Mapping[str, Tensor]) -> None:
    served = space.kernel / "served"
    for folder in (space.work, space.recording, served, space.programs, space.kernel / "tmp"):
        folder.mkdir(parents=True)
    for name, path in files.items():
        shutil.copyfile(path, served / name)
        shutil.copyfile(path, space.work / name)
    Config(
        recording=str(space.recording),
        recording_bytes=space.limits.recording_bytes,
        output_bytes=space.limits.output_bytes,
        seed=SEED,
        files={name: str(served / name) for name in files},
        calls={key: (tuple(given.shape), tuple(given.flatten().tolist())) for key, given in calls.items()},
    ).write(space.config)
    programs.write(space.programs, space.config)
