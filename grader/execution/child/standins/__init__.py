"""What a notebook expects of the machine it was written on, answered for here.

No name enters the student's namespace, and a notebook that needs none of it is run as if it were not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.execution.child import notes
from grader.execution.child.files import ServedFiles
from grader.execution.child.standins import checker, colab, cuda, magics, packages, progress, saving, served

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def install(shell: Any, config: Path, files: Mapping[str, str]) -> None:
    """Put every stand-in in its place. Called once, before the first cell.

    Args:
        shell: the InteractiveShell.
        config: the child's configuration file; notes lie beside it.
        files: the served files by the name under which notebooks ask for them.
    """
    there = ServedFiles(files)
    notes.listen(notes.file_of(config))
    served.install(there)
    saving.install()
    colab.install(there)
    magics.install(shell)
    packages.install(shell)
    progress.install()
    cuda.install(shell)
    checker.install(shell)
