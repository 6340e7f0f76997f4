"""What goes wrong in step 2: the loss."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from grader.training import Data, Training, replace

Pool = Callable[[Tensor], Tensor]
"""What makes one number of the rows: their mean, or their sum."""


def broadcast_target(reference: Training) -> Training:
    """Shapes {left} and {right} do not match: subtracted, they spread to {result}, each y against every ŷ.

    Why it matters: there is no error, but the loss compares each y with the ŷ of all other rows; the line
    ends up flat at the mean of y.
    Try: reshape the one that is flat, y or ŷ, as `y.reshape(-1,1)` does; look at `(y-yhat).shape`.
    Not this: the formula of the loss is right for shapes that match.
    """

    def step2(yhat: Tensor, data: Data) -> Tensor:
        return torch.mean((data.y.reshape(1, -1) - yhat.reshape(-1, 1)) ** 2)

    return replace(reference, step2=step2, flow="broadcast")


def sum_for_mean(reference: Training) -> Training:
    """The loss is the sum over all rows where the question asks for their mean.

    Why it matters: loss and gradient come out as many times larger as there are rows, and with the learning
    rate of the mean every step overshoots: the loss grows until it is NaN.
    Try: `torch.mean(…)` instead of `torch.sum(…)`.
    Not this: the learning rate is not to blame, nor is the square.
    """
    return replace(reference, step2=lambda yhat, data: _by_row(reference, yhat, data).sum())


def mean_for_sum(reference: Training) -> Training:
    """The loss is the mean over all rows where the question asks for their sum.

    Why it matters: the gradient is as many times smaller as there are rows, and with the learning rate of
    the sum training hardly moves.
    Try: `torch.sum(…)` instead of `torch.mean(…)`.
    Not this: more epochs would only hide it.
    """
    return replace(reference, step2=lambda yhat, data: _by_row(reference, yhat, data).mean())


def half_loss(reference: Training) -> Training:
    """The loss is half of what it should be.

    Why it matters: the gradient is halved with it, so training goes at half speed; the limit is the same.
    Try: take the `/2` (or `0.5 *`) away. Books put it there to tidy up the derivative; this question does
    not.
    Not this: the learning rate is right.
    """
    return replace(reference, step2=lambda yhat, data: reference.step2(yhat, data) / 2)


def no_square(reference: Training, pool: Pool = torch.mean, sign: int = 1) -> Training:
    """The residuals are added up or averaged without being squared.

    Why it matters: positive and negative residuals cancel, and the loss can fall without end below zero.
    Try: square first, `(y-yhat)**2`, and take the mean or the sum of that, as the question has it.
    Not this: `y-yhat` itself is right.
    """
    return replace(reference, step2=lambda yhat, data: sign * pool(data.y - yhat))


def square_outside_mean(reference: Training, pool: Pool = torch.mean) -> Training:
    """The mean or sum is squared instead of the residuals: the bracket closes too late.

    Why it matters: positive and negative residuals cancel first, so that a wrong line gets a loss near zero.
    Try: square first, then average or add up: `torch.mean((y-yhat)**2)`, not `torch.mean(y-yhat)**2`.
    """
    return replace(reference, step2=lambda yhat, data: pool(data.y - yhat) ** 2)


def absolute_for_square(reference: Training, pool: Pool = torch.mean) -> Training:
    """The loss takes the residuals' absolute values where the question asks for their squares.

    Why it matters: the gradient then only knows the residuals' signs, not their size.
    Try: `(y-yhat)**2` in place of `abs`, or `torch.nn.MSELoss()`; `L1Loss` is the absolute value.
    """
    return replace(reference, step2=lambda yhat, data: pool(torch.abs(data.y - yhat)))


def penalty_missing(reference: Training) -> Training:
    """The loss lacks its penalty: what the question adds to it for the parameters themselves.

    Why it matters: the penalty is what keeps the parameters small; without it they go where the data alone
    take them.
    Try: add it to the loss before `backward()`, as the question has it.
    Not this: the rest of the loss is right.
    """
    return replace(reference, penalty=lambda p: 0.0)  # noqa: ARG005


def root_of_loss(reference: Training, pool: Pool | None = None) -> Training:
    """The loss is the square root of what it should be.

    Why it matters: the root has the same minimum, but another gradient, and so another path.
    Try: leave the root out; `RMSE` is for reporting, the training here minimises the squares themselves.
    """

    def step2(yhat: Tensor, data: Data) -> Tensor:
        whole = reference.step2(yhat, data) if pool is None else pool(_by_row(reference, yhat, data))
        return torch.sqrt(whole)

    return replace(reference, step2=step2)


def loss_arguments_swapped(reference: Training, *, logits: bool = True) -> Training:
    """The loss is given y and ŷ in each other's place.

    Why it matters: its logarithms are then taken of y, which is 0 or 1: the gradient is no number, or always
    the same, and the parameters are lost.
    Try: what was predicted comes first: `BCELoss()(yhat, y)`.
    Not this: the loss itself is the right one.
    """

    def step2(yhat: Tensor, data: Data) -> Tensor:
        if logits:  # ``BCEWithLogitsLoss`` takes y for the logits, and no logarithm of it
            return torch.nn.functional.binary_cross_entropy_with_logits(data.y, torch.logit(yhat))
        return reference.step2(data.y, type(data)(**{**vars(data), "y": yhat}))

    return replace(reference, step2=step2)


def logits_for_probability(reference: Training) -> Training:
    """The loss and ŷ do not agree on who applies the sigmoid.

    Why it matters: `BCEWithLogitsLoss` applies a sigmoid of its own and wants the line `l1(x)`; `BCELoss`
    wants the probability `a1(l1(x))`. The other way round it is applied twice, or not at all.
    Try: `BCELoss()(a1(l1(x)), y)` or `BCEWithLogitsLoss()(l1(x), y)`.
    Not this: the linear layer and y are right.
    """
    return replace(reference, step2=lambda yhat, data: reference.step2(torch.sigmoid(yhat), data))


def mse_for_bce(reference: Training) -> Training:
    """The loss is the mean squared error where the question asks for the cross entropy of y and ŷ.

    Why it matters: with a sigmoid the squared error is not convex, and trains more slowly.
    Try: `-torch.mean(y*torch.log(yhat) + (1-y)*torch.log(1-yhat))` or `torch.nn.BCELoss()`.
    """
    return replace(reference, step2=lambda yhat, data: torch.mean((data.y - yhat) ** 2))


def bce_for_mse(reference: Training) -> Training:
    """The loss is the cross entropy where this question asks for the mean squared error, on purpose.

    Why it matters: it is the better loss for this model, which the next question shows; here the two are to
    be compared.
    Try: `torch.mean((y-yhat)**2)`.
    """

    def step2(yhat: Tensor, data: Data) -> Tensor:
        return -torch.mean(data.y * torch.log(yhat) + (1 - data.y) * torch.log(1 - yhat))

    return replace(reference, step2=step2)


def bce_one_term(reference: Training, *, first: bool = True) -> Training:
    """The cross entropy has only one of its two terms.

    Why it matters: with y·log ŷ alone, rows with y = 0 cost nothing and ŷ goes to 1 everywhere; with the
    other term alone it goes to 0.
    Try: both terms inside the bracket: `y*torch.log(yhat) + (1-y)*torch.log(1-yhat)`.
    """

    def step2(yhat: Tensor, data: Data) -> Tensor:
        y, p = (data.y, yhat) if first else (1 - data.y, 1 - yhat)
        return -torch.mean(y * torch.log(p))

    return replace(reference, step2=step2)


def bce_sign(reference: Training) -> Training:
    """The minus in front of the cross entropy is missing.

    Why it matters: training then makes the loss of the right answers as large as it can.
    Try: `loss = -torch.mean(…)`.
    Not this: the update is right: it subtracts the gradient of whatever loss there is.
    """
    return replace(reference, step2=lambda yhat, data: -reference.step2(yhat, data))


def target_is_probability(reference: Training) -> Training:
    """The loss compares ŷ with the true probability v, not with the observed y.

    Why it matters: v is what nobody knows in practice; only y was observed. The result comes out better
    than any training on y could.
    Try: `y` in the place of `v` in the loss.
    """

    def step2(yhat: Tensor, data: Data) -> Tensor:
        seen = type(data)(**{**vars(data), "y": data.v})
        return reference.step2(yhat, seen)

    return replace(reference, step2=step2)


def _by_row(reference: Training, yhat: Tensor, data: Data) -> Tensor:
    """Give the loss of each row alone, (n,): a mean and a sum over one row are the same."""

    def one(yhat_row: Tensor, y_row: Tensor) -> Tensor:
        row = type(data)(**{**vars(data), "y": y_row[None]})
        return reference.step2(yhat_row[None], row)

    rows = yhat.reshape(data.y.shape) if yhat.numel() == data.y.numel() else yhat
    return torch.func.vmap(one)(rows, data.y)
