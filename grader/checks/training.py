"""A training question: the student's run, step by step, against its reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType, SimpleNamespace

from torch import Tensor

from grader.assignment.model import Question
from grader.checks.broken_off import broken_off
from grader.checks.end import judge_result
from grader.checks.finding import PASSED, Finding, failed, result
from grader.checks.forward import Forward, judge_forward
from grader.checks.loop import BELOW, judge_clear, judge_epochs, judge_step4
from grader.checks.lost_numbers import lost_numbers
from grader.checks.numbers import same_tensor
from grader.checks.observed import Observed, observe
from grader.checks.raised import Raised
from grader.checks.rows import in_order_of
from grader.checks.sent_back import sent_back
from grader.checks.start import judge_init
from grader.checks.undifferentiated import around
from grader.recording import OptimizerStep, Value
from grader.records import CheckResult, CheckStatus, Step
from grader.runs.training_runs import TrainingRun
from grader.training import MISFIT, Data, Training
from grader.training import replace as replaced

FEW = 2  # epochs judged on a student's own data of other shapes


@dataclass(frozen=True)
class TrainingJudgement:
    """A run's checks; how often they failed decides between several tries of a question."""

    run: TrainingRun
    observed: Observed
    checks: tuple[CheckResult, ...]
    own_data: bool
    broadcast: tuple[int, ...] | None
    data: Data

    @property
    def points(self) -> float:
        """The points of all checks."""
        return sum(check.points for check in self.checks)

    @property
    def perfect(self) -> bool:
        """Tell whether no check lost a point."""
        return all(check.points == check.max_points for check in self.checks)

    def lost(self, step: Step) -> bool:
        """Tell whether a step was judged and lost."""
        return any(check.step is step and check.status is CheckStatus.FAILED for check in self.checks)


def check_training(  # noqa: PLR0913 - a run and all that is known around it
    question: Question,
    run: TrainingRun,
    data: Data,
    namespace: Mapping[str, Value],
    *,
    source: str = "",
    raised: Raised | None = None,
    accepts: Callable[[str, Tensor], bool] = lambda _name, _tensor: True,
    before: Mapping[str, Value] = MappingProxyType({}),
    steps: Sequence[OptimizerStep] = (),
) -> TrainingJudgement:
    """Judge ``run`` as the answer to a training question.

    Args:
        question: its ``training`` is the reference.
        run: the student's run.
        data: the assignment's data.
        namespace: the student's names at the end of the question's cells.
        source: the text of the run's cells.
        raised: the exception that ended the run's last cell.
        accepts: whether a tensor of this name, other than the data's, may be the student's own data.
        before: the student's names where the question's cells begin.
        steps: those that optimizers made in the answer's cells.
    """
    training = question.training
    assert training is not None
    observed = observe(training, run, source, raised)
    data = in_order_of(data, _variables(observed))
    forward = _forward(training, observed, data, accepts)
    shapes = {spec.step: spec.any_shape for spec in question.checks}
    findings = {
        Step.DATA: PASSED,
        Step.INIT: _init(training, observed, forward, data, any_shape=shapes.get(Step.INIT, True)),
        Step.STEP1: forward.step1,
        Step.STEP2: forward.step2,
        Step.STEP3: forward.step3,
        Step.STEP4: judge_step4(training, observed, late=forward.late, times=forward.times),
        Step.CLEAR: judge_clear(training, observed),
        Step.EPOCHS: judge_epochs(training, observed, late=forward.late, batches=forward.batches),
        Step.RESULT: judge_result(observed, namespace, before),
    }
    findings |= sent_back(training, observed, forward.data, namespace, findings)
    findings |= broken_off(training, observed, namespace, findings)
    findings |= lost_numbers(training, observed, findings)
    if findings[Step.EPOCHS].message.id == BELOW:  # what the loop did all the same
        in_front = [step for step in steps if (step.cell, step.seq) < run.begin[:2]]
        done = around(training, source, in_front)
        findings |= {s: f for s, f in done.items() if findings[s].status is CheckStatus.SKIPPED}
    return TrainingJudgement(
        run=run,
        observed=observed,
        checks=tuple(result(question.id, spec, findings[spec.step]) for spec in question.checks),
        own_data=forward.data is not data,
        broadcast=forward.broadcast,
        data=forward.data,
    )


def _init(
    training: Training, observed: Observed, forward: Forward, data: Data, *, any_shape: bool
) -> Finding:
    """Judge the start; where the student's own X has its columns swapped, the swapped start is the same."""
    judge = partial(judge_init, observed=observed, any_shape=any_shape, frozen=forward.frozen)
    found = judge(training)
    if found.status is CheckStatus.FAILED and _columns_swapped(forward.data, data):
        start = {
            name: value.flatten().flip(0).reshape(value.shape) for name, value in training.init().items()
        }
        swapped = judge(replaced(training, init=lambda: start))
        return swapped if swapped.status is not CheckStatus.FAILED else found
    return found


def _columns_swapped(own: Data, data: Data) -> bool:
    mine, nominal = getattr(own, "X", None), getattr(data, "X", None)
    return isinstance(mine, Tensor) and isinstance(nominal, Tensor) and same_tensor(mine, nominal.flip(1))


def _forward(
    training: Training, observed: Observed, data: Data, accepts: Callable[[str, Tensor], bool]
) -> Forward:
    """Judge on the assignment's data, or the student's own where that explains more: wrong data cost once.

    Data that the answer itself made others explain as much, and are its mistake.
    """
    best = judge_forward(training, observed, data)
    used = _used(observed, data) if best.mistakes else {}
    own = {name: tensor for name, tensor in used.items() if accepts(name, tensor)}
    for tensors in (own, _shaped_like(data, own)):
        best = _better(training, observed, best, tensors)
    if best.mistakes and best.broadcast is None and len(own) < len(used):
        other = _better(training, observed, best, used)
        if other is not best:
            return _changed(other, best.data, [name for name in used if name not in own])
    return best


def _better(training: Training, observed: Observed, best: Forward, used: Mapping[str, Tensor]) -> Forward:
    """Give the judgement on tensors that the student used as data, where it finds fewer mistakes."""
    if not best.mistakes or not any(not same_tensor(used[name], getattr(best.data, name)) for name in used):
        return best
    own = SimpleNamespace(**{**vars(best.data), **used})
    try:
        other = judge_forward(training, _few(observed) if _spread(own, best.data) else observed, own)
    except MISFIT:  # their shapes do not fit the reference's steps
        return best
    return other if other.mistakes < best.mistakes else best


def _shaped_like(data: Data, own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Give the student's data in the assignment's shapes: a right loop may train on flat ones."""
    shapes = {name: getattr(data, name).shape for name in own}
    return {n: t.reshape(shapes[n]) if t.numel() == shapes[n].numel() else t for n, t in own.items()}


def _changed(other: Forward, data: Data, names: Sequence[str]) -> Forward:
    """Charge data that were made others in the answer itself: y to the loss, what ŷ is made of to ŷ."""
    wrong = failed("check.changed-data", name=", ".join(names))
    if names == ["y"]:
        return replace(other, data=data, step2=wrong)
    return replace(other, data=data, step1=wrong)


def _used(observed: Observed, data: Data) -> dict[str, Tensor]:
    """Give the student's tensors that have names of the data."""
    variables = _variables(observed)
    return {
        name: value.tensor
        for name in vars(data)
        if (value := variables.get(name)) is not None and value.tensor is not None and _usable(value.tensor)
    }


def _variables(observed: Observed) -> Mapping[str, Value]:
    return next((e.variables for e in observed.epochs if e.variables), {})


def _spread(own: Data, data: Data) -> bool:
    """Tell whether the student's data have other shapes: a loss may be a matrix of rows times rows then."""
    tensors = {name: value for name, value in vars(data).items() if isinstance(value, Tensor)}
    return any(getattr(own, name).shape != value.shape for name, value in tensors.items())


def _few(observed: Observed) -> Observed:
    """Keep the first epochs alone, which say as much as all where each costs millions of numbers."""
    return replace(
        observed,
        epochs=observed.epochs[:FEW],
        states=observed.states[:FEW],
        gradients=observed.gradients[:FEW],
    )


def _usable(tensor: Tensor) -> bool:
    return not tensor.is_complex() and tensor.numel() > 0 and bool(tensor.isfinite().all())


def pick(judgements: Sequence[TrainingJudgement]) -> TrainingJudgement | None:
    """Pick the try that counts: one that fits exactly, else the latest complete one, else the latest.

    Of several in one loop, by turns, it is the best one: each parameter after a loss of its own makes two.
    """
    perfect = [j for j in judgements if j.perfect]
    if perfect:
        return perfect[-1]
    tries = [j for j in judgements if j.run.count > 1] or list(judgements)
    last_readings = {j.run.begin: j for j in tries}  # of a run as it is: it comes after what else it may be
    by_turns = [j for j in last_readings.values() if j.run.overlaps(tries[-1].run)]
    return max(reversed(by_turns), key=lambda j: j.points, default=None)
