"""A package that is not installed here costs what needs it, not the rest of the cell that imports it.

An import statement at the top level of a cell, outside any ``try``, whose package is missing is skipped: the
names it would have brought are bound to an ``Absent``, which raises ``ModuleNotFoundError`` where it is used.
A statement that does nothing but use it, to draw or to print, is skipped wherever it stands. What only keeps
a diary of a training, as wandb and tensorboard do, or draws it, as plotly does, takes whatever it is told.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from typing import Any, NoReturn, Self

from grader.execution.child.notes import note
from grader.execution.child.standins.frames import unseen
from grader.execution.child.standins.rewriting import call

#: What a star import is mostly wanted for, where the package itself is missing: ``name -> module[:name]``.
#: Those of fastai are in fastai.imports, fastai.torch_imports and fastai.basics.
STARS = {
    package: {
        "np": "numpy",
        "pd": "pandas",
        "plt": "matplotlib.pyplot",
        "torch": "torch",
        "nn": "torch.nn",
        "F": "torch.nn.functional",
        "math": "math",
        "os": "os",
        "random": "random",
        "re": "re",
        "sys": "sys",
        "Path": "pathlib:Path",
        "partial": "functools:partial",
    }
    for package in ("fastai", "fastbook")
}

DIARIES = frozenset(
    {
        *("comet_ml", "loguru", "mlflow", "neptune", "tensorboard", "tensorboardX", "visdom", "wandb"),
        *("alive_progress", "ipywidgets", "livelossplot", "prettytable"),
        *("altair", "bokeh", "plotly", "seaborn", "torchinfo", "torchsummary", "torchviz"),
    }
)
"""Packages that are told of a training, or show it, and give nothing that it needs."""
WITHIN = {"torch.utils.tensorboard": "tensorboard"}
"""Modules of a package that is there which import another one, and what that is."""
SHOWS = ("print", "display")


def install(shell: Any) -> None:
    """Let cells go on after an import of what is not there."""
    shell.ast_transformers.append(_SkipMissing(shell.user_ns))


class Absent:
    """Stands for what could not be imported; it can be passed around, but not used."""

    def __init__(self, package: str) -> None:
        self.__package = package

    @unseen
    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):  # what Python and its tools ask of any object
            raise AttributeError(name)
        raise _missing_module(self.__package)

    @unseen
    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        """Say what is missing instead."""
        raise _missing_module(self.__package)

    @unseen
    def __getitem__(self, _: Any) -> NoReturn:
        raise _missing_module(self.__package)

    @unseen
    def __mro_entries__(self, _: tuple[Any, ...]) -> NoReturn:
        """Be no base class either."""
        raise _missing_module(self.__package)

    @unseen
    def _operated(self, *_: Any) -> NoReturn:
        raise _missing_module(self.__package)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _operated
    __matmul__ = __rmatmul__ = __pow__ = __iter__ = __len__ = __float__ = __format__ = _operated
    __lt__ = __le__ = __gt__ = __ge__ = _operated

    def __repr__(self) -> str:
        return f"<{self.__package}: not installed>"


class Diary(Absent):
    """Stands for what is told of a training: each call and attribute is another one; a number it is not."""

    def __getattr__(self, name: str) -> Diary:
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Diary:
        """Be told."""
        return self

    def __iadd__(self, _: Any) -> Self:  # type: ignore[misc] # there is no sum otherwise
        """Be moved on, as a progress bar is: ``bar.value += 1``."""
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _missing_module(package: str) -> ModuleNotFoundError:
    return ModuleNotFoundError(f"No module named {package!r}", name=package)


def absent(package: str) -> Absent:
    """Give the stand-in for something of a missing package. Called from rewritten cells."""
    note("package", package)
    return Diary(package) if package in DIARIES else Absent(package)


def star(package: str, names: dict[str, Any]) -> None:
    """Bring what ``from package import *`` is mostly wanted for. Called from rewritten cells."""
    note("package", package)
    for name, origin in STARS.get(package, {}).items():
        module, _, attribute = origin.partition(":")
        found = importlib.import_module(module)
        names[name] = getattr(found, attribute) if attribute else found


class _SkipMissing(ast.NodeTransformer):
    """Rewrites ``import seaborn as sns`` to fall back on an ``Absent`` where there is no seaborn."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def visit_Module(self, node: ast.Module) -> ast.Module:
        """Look at the statements of the cell itself. Called by IPython for each cell."""
        missing = {name for name, value in self._names.items() if type(value) in (Absent, Diary)}
        body = []
        for statement in node.body:
            if (package := _missing(statement)) is not None:
                instead = _stand_ins(statement, package)
                missing |= _bound(instead)
                statement = _or_else(statement, instead)  # noqa: PLW2901
            body.append(statement)
        node.body = [_SkipUses(missing).visit(statement) for statement in body] if missing else body
        return ast.fix_missing_locations(node)


class _SkipUses(ast.NodeTransformer):
    """Rewrites ``sns.lineplot(…)`` and ``print(r2_score(…))``, in loops and functions too, to be skipped."""

    def __init__(self, missing: set[str]) -> None:
        self._missing = missing

    def visit_Try(self, node: ast.Try) -> ast.Try:
        """Leave what students catch themselves alone."""
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        """Look at a statement that is an expression alone, which nothing else can build on."""
        shown = node.value.args if _root(node.value) in SHOWS and isinstance(node.value, ast.Call) else ()
        roots = {_root(node.value), *(_root(part) for value in shown for part in ast.walk(value))}
        return _or_else(node, [ast.Pass()]) if roots & self._missing else node


def _missing(statement: ast.stmt) -> str | None:
    """Give the first package that an import statement asks for and that cannot be found."""
    if isinstance(statement, ast.Import):
        names = [alias.name for alias in statement.names]
    elif isinstance(statement, ast.ImportFrom) and not statement.level:
        names = [statement.module or ""]
    else:
        return None
    packages = (WITHIN.get(name) or name.partition(".")[0] for name in names)
    return next((package for package in packages if not _is_there(package)), None)


def _is_there(package: str) -> bool:
    try:
        return package in sys.modules or importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):  # it is there in some form; the import will say what is the matter
        return True


def _stand_ins(statement: ast.stmt, package: str) -> list[ast.stmt]:
    """Write the statements that bind the names in another way."""
    assert isinstance(statement, (ast.Import, ast.ImportFrom))
    if isinstance(statement, ast.ImportFrom):
        if statement.names[0].name == "*":
            here = ast.Call(ast.Name("globals", ast.Load()), [], [])
            return [ast.Expr(call(__name__, "star", ast.Constant(package), here))]
        bound = [alias.asname or alias.name for alias in statement.names]
        return [_bind(name, package) for name in bound]
    lines: list[ast.stmt] = []
    for alias in statement.names:
        top = alias.name.partition(".")[0]
        lines.append(ast.Import([alias]) if _is_there(top) else _bind(alias.asname or top, top))
    return lines


def _bind(name: str, package: str) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], call(__name__, "absent", ast.Constant(package)))


def _or_else(statement: ast.stmt, instead: list[ast.stmt]) -> ast.stmt:
    """Write ``try: statement`` / ``except ModuleNotFoundError: instead``."""
    handler = ast.ExceptHandler(ast.Name("ModuleNotFoundError", ast.Load()), None, instead)
    return ast.copy_location(ast.Try([statement], [handler], [], []), statement)


def _bound(statements: list[ast.stmt]) -> set[str]:
    """Give the names that assignments bind."""
    targets = [target for line in statements if isinstance(line, ast.Assign) for target in line.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _root(expression: ast.AST) -> str | None:
    """Give the name that a chain of calls and attributes begins with: ``sns`` of ``sns.set()``."""
    while isinstance(expression, (ast.Call, ast.Attribute)):
        expression = expression.func if isinstance(expression, ast.Call) else expression.value
    return expression.id if isinstance(expression, ast.Name) else None
