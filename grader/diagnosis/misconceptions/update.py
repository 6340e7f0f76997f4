"""What goes wrong in steps 3 and 4, and in clearing the gradient."""

from __future__ import annotations

from collections.abc import Callable

import torch

from grader.training import Parameters, Training, Update, replace


def backward_twice(reference: Training) -> Training:
    """The same loss is differentiated {count} times in every epoch.

    Why it matters: `backward()` adds to `.grad`, so that the gradient comes out {count} times as large.
    Try: one `backward()` an epoch. `retain_graph=True` is not needed then.
    Not this: several backwards of parts of the loss that add up to it are fine.
    """
    return replace(reference, flow="backward-twice")


def wrong_sign(reference: Training) -> Training:
    """The update adds the gradient instead of subtracting it.

    Why it matters: the gradient points to where the loss grows, so training climbs; the loss gets larger with
    every epoch.
    Try: a minus: `What.data = What.data - alpha*What.grad`.
    Not this: loss and gradient are right.
    """
    return _moved(reference, lambda p, moved: {name: 2 * p[name] - moved[name] for name in p})


def learning_rate(reference: Training, rate: float | None = None) -> Training:
    """The steps are those of a learning rate of {actual}; the question asks for {expected}.

    Why it matters: too small a rate hardly moves in the epochs there are, too large a one overshoots.
    Try: look at the number that the gradient is multiplied by (or `lr=`). `1//10` is 0: it divides whole
    numbers.
    Not this: the direction of the update is right.
    """
    return replace(reference, lr=reference.lr / 10 if rate is None else rate)


def constant_rate(reference: Training) -> Training:
    """The learning rate is the same in every epoch; the question asks for one that changes.

    Why it matters: a schedule makes large steps at first and small ones near the end; without it the path is
    another one from the first change on.
    Try: the rate of each epoch within the loop; with one of `torch.optim.lr_scheduler`, its `step()` once an
    epoch, after the optimizer's.
    Not this: the first epochs are right.
    """
    return replace(reference, rate=lambda epoch: reference.rate(0))  # noqa: ARG005


def bias_not_updated(reference: Training) -> Training:
    """Only the slope is updated; {name} stays where it started.

    Why it matters: the line can turn, but not move up or down.
    Try: update every parameter, `net.bias` as well as `net.weight`, or the whole of `What`; an optimizer
    takes `net.parameters()`.
    Not this: the gradient of {name} is there, it is just not used.
    """
    return _without(reference, first=True)


def weight_not_updated(reference: Training) -> Training:
    """Only the intercept is updated; {name} stays where it started.

    Why it matters: the line can move up or down, but not turn.
    Try: update every parameter, `net.weight` as well as `net.bias`, or the whole of `What`; an optimizer
    takes `net.parameters()`.
    Not this: the gradient of {name} is there, it is just not used.
    """
    return _without(reference, first=False)


def never_updated(reference: Training) -> Training:
    """The gradient is computed, but no parameter ever moves.

    Why it matters: without step 4 every epoch repeats the first one.
    Try: assign the new value, `What.data = What.data - alpha*What.grad`, or call `optimizr.step()` with its
    brackets. `==` compares, and `optimizr.step` alone only names the function.
    Not this: steps 1 to 3 are a different matter.
    """
    return replace(reference, step4=lambda p, gradient: dict(p), flow="not-updated")  # noqa: ARG005


def leaf_rebound(reference: Training) -> Training:
    """The name of the parameter was given to the result of a computation, which is no parameter any more.

    Why it matters: after `What = What - alpha*What.grad` there is no `What.grad` in the next epoch: it is
    None.
    Try: change the value inside: `What.data = What.data - alpha*What.grad`.
    Not this: the arithmetic of the update is right, which is why the first step was good.
    """
    return replace(reference, flow="rebound")


def leaf_in_place(reference: Training) -> Training:
    """The parameter was changed in place while torch was still writing down what happens to it.

    Why it matters: torch refuses `What -= alpha*What.grad`, since the way of a parameter that asks for a
    gradient may not be changed under its feet. The loop ends at its first update.
    Try: change the value alone, `What.data -= alpha*What.grad`, or put the update below
    `with torch.no_grad():`.
    Not this: the arithmetic of the update is right.
    """
    return replace(reference, step4=lambda p, gradient: dict(p), flow="in-place")  # noqa: ARG005


def stale_gradient(reference: Training) -> Training:
    """Each update follows the gradient of the epoch before, not that of its own.

    Why it matters: a gradient belongs to the parameters it was computed at. One epoch later they stand
    elsewhere, so every step lags behind, even where the last loss looks good.
    Try: after `backward()`, update with the `What.grad` of the same epoch, not with one kept from before.
    Not this: loss and gradient are right.
    """
    last: list[Parameters] = []

    def step4(p: Parameters, gradient: Parameters) -> Parameters:
        last.append(gradient)
        return reference.step4(p, last[-2]) if len(last) > 1 else dict(p)

    return replace(reference, step4=step4, flow="stale-gradient")


def stale_optimizer(reference: Training) -> Training:
    """The optimizer holds other parameters than those the loss is computed from.

    Why it matters: it updates what it was given when it was made, here those of a net from before, or
    copies; the present ones never move, and there is no error.
    Try: make the optimizer after the net (or parameters), every time these are made anew, and give it the
    parameters themselves, not `What.data` or a copy.
    Not this: `step()` and `zero_grad()` are in the right places.
    """
    return replace(reference, step4=lambda p, gradient: dict(p), flow="stale-optimizer")  # noqa: ARG005


def wrong_optimizer(reference: Training) -> Training:
    """The optimizer is {actual}; the question asks for {expected}.

    Why it matters: other optimizers make other steps of the same gradient, so the path is another one.
    Try: `torch.optim.{expected}(…)`.
    Not this: loss and gradient are right.
    """
    other = "SGD" if reference.optimizer == "Adam" else "Adam"
    return replace(
        reference,
        optimizer=other,
        settings={},
        step4=lambda p, gradient: {n: p[n] - reference.lr * torch.sign(gradient[n]) for n in p},
    )


def optimizer_settings(reference: Training) -> Training:
    """The optimizer was given more than a learning rate: {setting}.

    Why it matters: each step then is not learning rate times gradient any more.
    Try: the learning rate alone: `torch.optim.SGD(net.parameters(), lr=1/10)`.
    Not this: such settings are useful elsewhere; this question asks for the plain update.
    """
    speed: Parameters = {}

    def step4(p: Parameters, gradient: Parameters) -> Parameters:
        for name, value in gradient.items():
            speed[name] = 0.9 * speed.get(name, torch.zeros_like(value)) + value
        return {name: p[name] - reference.lr * speed[name] for name in p}

    return replace(reference, step4=step4, flow="momentum")


def other_settings(reference: Training) -> Training:
    """The optimizer has {actual}; the question asks for {expected}.

    Why it matters: its settings decide what it makes of a gradient, and so where each epoch leads.
    Try: `torch.optim.…(…, {expected})`, beside the learning rate.
    Not this: it is the right optimizer, and loss and gradient are right.
    """
    if reference.settings:
        return replace(reference, settings={}, flow="other-settings")
    return replace(reference, settings={"weight_decay": 0.5})


def gradient_not_cleared(reference: Training) -> Training:
    """The gradient of earlier epochs is still there: from epoch {epoch} on yours is the sum of all so far.

    How much larger than each epoch's own: {factors}
    Why it matters: `backward()` adds to `.grad`; every update then follows the sum of all gradients so far,
    and the loss swings.
    Try: `What.grad = None` (or `optimizr.zero_grad()`, with its brackets) once an epoch, after the update.
    Not this: several `backward()` calls before one update, on purpose.
    """
    return replace(reference, clear=lambda gradient: gradient)


def gradient_sometimes_cleared(reference: Training) -> Training:
    """The gradient is not cleared in every epoch: in epoch {epoch} that of the epoch before is still there.

    Why it matters: `backward()` adds to `.grad`; every update after an epoch that was left out follows the
    sum of two gradients or more.
    Try: take the clearing out of the `if`, so that it happens once in every epoch.
    Not this: in the epochs where it is cleared, all is well.
    """
    epochs: list[Parameters] = []

    def clear(gradient: Parameters) -> Parameters:
        epochs.append(gradient)
        return gradient if len(epochs) % 2 else reference.clear(gradient)

    return replace(reference, clear=clear, flow="sometimes-cleared")


def gradient_partly_cleared(reference: Training, kept: tuple[str, ...] = ()) -> Training:
    """Only some gradients are cleared: that of {name} still holds the earlier epochs', from epoch {epoch} on.

    Why it matters: `backward()` adds to `.grad` of every parameter; one that is not cleared goes its own way.
    Try: clear each of them, `net.bias.grad` and `net.weight.grad`, or all at once with `net.zero_grad()`.
    Not this: the gradients that are cleared are right.
    """
    names = kept or tuple(reference.init())[-1:]
    return replace(
        reference,
        clear=lambda gradient: {
            name: value if name in names else torch.zeros_like(value) for name, value in gradient.items()
        },
    )


def cleared_before_step(reference: Training) -> Training:
    """The gradient is cleared after `backward()` and before the update, which then finds nothing to follow.

    Why it matters: the parameters stay where they are, and the loss stays the same for ever.
    Try: this order: `backward()`, update, clear.
    Not this: clearing itself is right, only its place is not.
    """
    return replace(reference, step4=lambda p, gradient: dict(p), flow="cleared-first")  # noqa: ARG005


def _without(reference: Training, *, first: bool) -> Training:
    """Give the reference whose step 4 leaves the first or last parameter alone, or the number of the one."""
    names = list(reference.init())
    fixed = names[0 if first else -1]

    def left_out(p: Parameters, moved: Parameters) -> Parameters:
        if len(names) > 1:
            return {**moved, fixed: p[fixed]}
        old, new = p[fixed].flatten(), moved[fixed].flatten()
        kept = [old[:1], new[1:]] if first else [new[:-1], old[-1:]]
        return {fixed: torch.cat(kept).reshape(p[fixed].shape)}

    return _moved(reference, left_out)


def _moved(reference: Training, change: Callable[[Parameters, Parameters], Parameters]) -> Training:
    """Give the reference whose updates are what ``change`` makes of parameters and where they should go."""

    def begin() -> Update:
        update = reference.begin()
        return lambda epoch, p, gradient: change(p, update(epoch, p, gradient))

    if reference.remembers:
        return replace(reference, begin=begin)
    return replace(reference, step4=lambda p, gradient: change(p, reference.step4(p, gradient)))
