"""What goes wrong around the steps: the number of epochs, no training at all, and the data."""

from __future__ import annotations

from grader.training import Training, replace


def epochs(reference: Training, count: int | None = None) -> Training:
    """The loop ran {actual} epochs; the question asks for {expected}.

    Why it matters: gradient descent is still on its way, so each epoch more or less ends elsewhere.
    Try: `range({expected})`. Running a training cell again goes on from where it stood: set the parameters
    anew first.
    Not this: the steps themselves are right.
    """
    return replace(reference, epochs=reference.epochs - 1 if count is None else count)


def hard_coded(reference: Training) -> Training:
    """The parameters at the end were typed in: no training leads to them.

    Why it matters: the question is about how such numbers are found.
    Try: start from the question's values and let the loop, step 1 to 4, lead to the numbers.
    """
    return replace(reference, flow="hard-coded")


def no_backward(reference: Training) -> Training:
    """The loss is computed, but nothing is differentiated: there is no `backward()`.

    Why it matters: without step 3 there is no gradient, and nothing for step 4 to follow.
    Try: `loss.backward()`, with its brackets, after the loss, in every epoch.
    """
    return replace(reference, flow="no-backward")


def updated_without_gradient(reference: Training) -> Training:
    """The update asks for a gradient, but nothing was differentiated: there is no `backward()`.

    Why it matters: before step 3, `.grad` is None, and a learning rate times None is an error.
    Try: `loss.backward()`, with its brackets, after the loss and before the update, in every epoch.
    Not this: the update itself raised the error, but it is not what is wrong.
    """
    return replace(reference, flow="no-gradient")


def float64(reference: Training) -> Training:
    """{name} is float64; the networks of torch have float32 parameters.

    Why it matters: `net(x)` raises when the two meet. A column of pandas is float64, and torch keeps that.
    Try: `torch.tensor(df.x, dtype=torch.float32)`, or `.float()` at the end.
    Not this: the numbers are right.
    """
    return replace(reference, flow="float64")


def integer_data(reference: Training) -> Training:
    """{name} is made of whole numbers, where the question asks for float32.

    Why it matters: whatever came after a decimal point is gone, and no error says so.
    Try: `dtype=torch.float32`, or `.float()` instead of `.int()`.
    """
    return reference
