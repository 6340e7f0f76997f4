"""The table: every misconception, the step that loses its points, and how a run of it is recognised.

Order matters within a step: the first that fits is the one that is named, so the more specific come first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from grader.diagnosis import agreement, optimizers, rules
from grader.diagnosis.agreement import Evidence
from grader.diagnosis.case import Case
from grader.diagnosis.misconceptions import around, init, step1, step2, update
from grader.records import CheckResult, Step
from grader.training import MISFIT, Data, Training

Agreement = Callable[[Case, CheckResult, Training], Evidence | None]


def anywhere(reference: Training, data: Data) -> bool:  # noqa: ARG001
    """Tell that a misconception can befall any training."""
    return True


def probability(reference: Training, data: Data) -> bool:
    """Tell whether ŷ is a probability: strictly between 0 and 1."""
    yhat = reference.step1(reference.init(), data)
    return bool(((yhat > 0) & (yhat < 1)).all())


def one_sided(reference: Training, data: Data) -> bool:
    """Tell whether ŷ is a probability, and the loss takes y and ŷ each in its own way."""
    if not probability(reference, data):
        return False
    yhat = reference.step1(reference.init(), data)
    swapped = step2.loss_arguments_swapped(reference, logits=False).step2(yhat, data)
    return not bool(torch.isclose(swapped, reference.step2(yhat, data)))


def known_probability(reference: Training, data: Data) -> bool:
    """Tell whether the data hold the true probability v beside y."""
    return hasattr(data, "v") and probability(reference, data)


def with_optimizer(reference: Training, data: Data) -> bool:  # noqa: ARG001
    """Tell whether the question asks for an optimizer."""
    return reference.optimizer is not None


def plain(reference: Training, data: Data) -> bool:  # noqa: ARG001
    """Tell whether the question asks for an optimizer and a learning rate alone."""
    return reference.optimizer is not None and not reference.remembers


def with_settings(reference: Training, data: Data) -> bool:  # noqa: ARG001
    """Tell whether the question asks for an optimizer with settings, or for one that has them always."""
    return reference.optimizer is not None and reference.remembers


def without_memory(reference: Training, data: Data) -> bool:  # noqa: ARG001
    """Tell whether the question asks for an update by hand that is the same in every epoch."""
    return reference.optimizer is None and not reference.remembers and not reference.scheduled


def scheduled(reference: Training, data: Data) -> bool:  # noqa: ARG001
    """Tell whether the learning rate changes from epoch to epoch."""
    return reference.scheduled


def penalised(reference: Training, data: Data) -> bool:  # noqa: ARG001
    """Tell whether the loss has a penalty."""
    return reference.penalised


def one_a_row(reference: Training, data: Data) -> bool:
    """Tell whether ŷ has one number for each y."""
    y = getattr(data, "y", None)
    return isinstance(y, Tensor) and reference.step1(reference.init(), data).numel() == y.numel()


def classes(reference: Training, data: Data) -> bool:
    """Tell whether ŷ has several numbers a row, from which the loss makes probabilities itself."""
    yhat = reference.step1(reference.init(), data)
    if yhat.dim() != 2 or yhat.shape[1] < 2:
        return False
    return bool(torch.isclose(reference.step2(yhat, data), reference.step2(yhat + 1, data), rtol=1e-4))


def by_hand(reference: Training, data: Data) -> bool:  # noqa: ARG001
    """Tell whether the question asks for an update by hand."""
    return reference.optimizer is None


def several_parameters(reference: Training, data: Data) -> bool:  # noqa: ARG001
    """Tell whether there is more than one tensor to update and to clear."""
    return len(reference.init()) > 1


def separable(reference: Training, data: Data) -> bool:
    """Tell whether an update can leave one coefficient out: a tensor of its own, or a number by hand."""
    return several_parameters(reference, data) or by_hand(reference, data)


def one_tensor(reference: Training, data: Data) -> bool:  # noqa: ARG001
    """Tell whether one tensor holds intercept and slope: a column of ones does the intercept's work."""
    return len(reference.init()) == 1


def told_from_signs(reference: Training, data: Data) -> bool:  # noqa: ARG001
    """Tell whether a start in the other order is another than one with the other signs, as of (-1, 1)."""
    start = torch.cat([value.flatten() for value in reference.init().values()])
    return not torch.equal(start.flip(0), -start)


@dataclass(frozen=True)
class Misconception:
    """One row. ``make`` replaces its step in a reference; ``agrees`` is called with the replaced reference.

    ``also`` are other forms of the same mistake. A rule that has to fit a number first (``fits``) is called
    with the reference itself. ``where`` tells which questions it can befall.
    """

    step: Step
    make: Callable[[Training], Training]
    agrees: Agreement
    where: Callable[[Training, Data], bool] = anywhere
    fits: bool = False
    also: tuple[Callable[[Training], Training], ...] = ()

    @property
    def code(self) -> str:
        """The name that reports carry."""
        return self.make.__name__.replace("_", "-")

    def evidence(self, case: Case, check: CheckResult) -> Evidence | None:
        """Give what shows that the case is this misconception; ``None`` if it is not."""
        reference = case.question.training
        if reference is None:
            return self.agrees(case, check, Training())
        if case.data is not None and not self._befalls(reference, case.data):
            return None
        if self.fits:
            return self.agrees(case, check, reference)
        forms = (self.agrees(case, check, make(reference)) for make in (self.make, *self.also))
        return next((found for found in forms if found is not None), None)

    def applies(self, reference: Training, data: Data) -> bool:
        """Tell whether the replaced reference is another training than the reference."""
        if self.step in (Step.DATA, Step.VALUE) or not self._befalls(reference, data):
            return False
        made = self.make(reference)
        return _works(made, data) and differ(reference, made, data)

    def _befalls(self, reference: Training, data: Data) -> bool:
        try:
            return self.where(reference, data)
        except MISFIT:  # a student's own data of another shape
            return False


def _works(made: Training, data: Data) -> bool:
    """Tell whether a replaced reference can be trained: it may be made for other data or parameters."""
    start = made.init()
    try:
        _, _, gradient = made.step3(start, data)
        made.begin()(0, start, gradient)
    except MISFIT:
        return False
    return True


def differ(one: Training, other: Training, data: Data) -> bool:
    """Tell whether two trainings are different ones, as far as their first epoch shows."""
    if one.flow != other.flow or one.epochs != other.epochs:
        return True
    p, q = one.init(), other.init()
    if p.keys() != q.keys() or any(not torch.equal(p[name], q[name]) for name in p):
        return True
    _, loss, gradient = one.step3(p, data)
    _, changed, slope = other.step3(q, data)
    if not bool(changed.isfinite()):
        return False  # a loss that these data do not have
    pairs = (
        ({"": loss}, {"": changed}),
        (gradient, slope),
        (one.begin()(0, p, gradient), other.begin()(0, q, gradient)),
        (one.clear(gradient), other.clear(gradient)),
    )
    return any(not torch.allclose(a[name], b[name], rtol=1e-4) for a, b in pairs for name in a)


MISCONCEPTIONS: tuple[Misconception, ...] = (
    Misconception(Step.INIT, init.requires_grad_missing, rules.no_gradient),
    Misconception(Step.INIT, init.integer_parameter, rules.raised("(?i)only Tensors of floating point")),
    Misconception(Step.INIT, init.parameters_recreated, rules.said("init.recreated")),
    Misconception(Step.INIT, init.columns_swapped, agreement.start, told_from_signs),
    Misconception(
        Step.INIT,
        init.start_sign,
        agreement.start,
        also=(partial(init.start_sign, only=0), partial(init.start_sign, only=-1)),
    ),
    Misconception(Step.INIT, init.start_at_zero, agreement.start),
    Misconception(Step.STEP1, around.float64, rules.raised_by_float64),
    Misconception(Step.STEP1, step1.forward_outside_loop, rules.said("step1.stale")),
    Misconception(Step.STEP1, step1.bias_doubled, rules.bias_on_top, one_tensor),
    Misconception(
        Step.STEP1,
        step1.no_intercept,
        agreement.forward,
        also=(partial(step1.no_intercept, unused=True),),
    ),
    Misconception(Step.STEP1, step1.coefficients_swapped, agreement.forward),
    Misconception(Step.STEP1, step1.sigmoid_missing, agreement.forward, probability),
    Misconception(Step.STEP1, step1.sigmoid_twice, agreement.forward, probability),
    Misconception(Step.STEP1, step1.softmax_twice, agreement.forward, classes),
    Misconception(Step.STEP2, step2.broadcast_target, rules.said("step2.broadcast"), one_a_row),
    Misconception(Step.STEP2, step2.penalty_missing, agreement.forward, penalised),
    Misconception(
        Step.STEP2,
        step2.loss_arguments_swapped,
        agreement.loss,
        one_sided,
        also=(partial(step2.loss_arguments_swapped, logits=False),),
    ),
    Misconception(Step.STEP2, step2.logits_for_probability, rules.wrong_side_of_sigmoid, probability),
    Misconception(Step.STEP2, step2.target_is_probability, agreement.forward, known_probability),
    Misconception(
        Step.STEP2,
        step2.bce_one_term,
        agreement.forward,
        probability,
        also=(partial(step2.bce_one_term, first=False),),
    ),
    Misconception(Step.STEP2, step2.bce_sign, agreement.forward, probability),
    Misconception(Step.STEP2, step2.mse_for_bce, agreement.forward, probability),
    Misconception(Step.STEP2, step2.bce_for_mse, agreement.forward, probability),
    Misconception(Step.STEP2, step2.sum_for_mean, agreement.forward),
    Misconception(Step.STEP2, step2.mean_for_sum, agreement.forward),
    Misconception(Step.STEP2, step2.half_loss, agreement.forward),
    Misconception(
        Step.STEP2,
        step2.square_outside_mean,
        agreement.forward,
        also=(partial(step2.square_outside_mean, pool=torch.sum),),
    ),
    Misconception(
        Step.STEP2,
        step2.no_square,
        agreement.forward,
        also=(
            partial(step2.no_square, sign=-1),
            partial(step2.no_square, pool=torch.sum),
            partial(step2.no_square, pool=torch.sum, sign=-1),
        ),
    ),
    Misconception(
        Step.STEP2,
        step2.absolute_for_square,
        agreement.forward,
        also=(partial(step2.absolute_for_square, pool=torch.sum),),
    ),
    Misconception(
        Step.STEP2,
        step2.root_of_loss,
        agreement.forward,
        also=tuple(partial(step2.root_of_loss, pool=pool) for pool in (torch.mean, torch.sum)),
    ),
    Misconception(Step.STEP3, update.backward_twice, rules.said("step3.repeated")),
    Misconception(Step.STEP3, around.updated_without_gradient, rules.updated_without_gradient, by_hand),
    Misconception(Step.STEP3, around.no_backward, rules.said("step3.no-backward")),
    Misconception(Step.STEP4, update.leaf_rebound, rules.said("step4.rebound"), by_hand),
    Misconception(Step.STEP4, update.leaf_in_place, rules.said("step4.in-place"), by_hand),
    Misconception(Step.STEP4, update.stale_optimizer, optimizers.stale_optimizer, with_optimizer),
    Misconception(Step.STEP4, update.wrong_optimizer, optimizers.wrong_optimizer, with_optimizer, fits=True),
    Misconception(Step.STEP4, update.optimizer_settings, optimizers.optimizer_settings, plain, fits=True),
    Misconception(Step.STEP4, update.other_settings, optimizers.other_settings, with_settings, fits=True),
    Misconception(Step.STEP4, update.wrong_sign, rules.moved),
    Misconception(Step.STEP4, update.stale_gradient, rules.stale_gradient, without_memory, fits=True),
    Misconception(Step.STEP4, update.constant_rate, agreement.update, scheduled),
    Misconception(Step.STEP4, update.learning_rate, rules.learning_rate, fits=True),
    Misconception(Step.STEP4, update.never_updated, agreement.update),
    Misconception(Step.STEP4, update.bias_not_updated, rules.unchanged(0), separable, fits=True),
    Misconception(Step.STEP4, update.weight_not_updated, rules.unchanged(-1), separable, fits=True),
    Misconception(Step.CLEAR, update.cleared_before_step, rules.said("clear.before-step")),
    Misconception(Step.CLEAR, update.gradient_not_cleared, agreement.cleared),
    Misconception(Step.CLEAR, update.gradient_sometimes_cleared, rules.sometimes_cleared, fits=True),
    Misconception(
        Step.CLEAR, update.gradient_partly_cleared, rules.partly_cleared, several_parameters, fits=True
    ),
    Misconception(Step.EPOCHS, around.epochs, rules.said("epochs.differs")),
    Misconception(Step.RESULT, around.no_backward, rules.no_backward),
    Misconception(Step.RESULT, around.hard_coded, rules.hard_coded),
    Misconception(Step.DATA, around.float64, rules.of_dtype("float64")),
    Misconception(Step.DATA, around.integer_data, rules.of_dtype("int", "uint")),
    Misconception(Step.DATA, step2.broadcast_target, rules.flat_target),
    Misconception(Step.DATA, init.columns_swapped, rules.swapped_columns),
    Misconception(Step.VALUE, step1.bias_doubled, rules.bias_that_should_not_be),
)
