"""The misconceptions that the answers of the tables are named; the others are told in numbers alone."""

from __future__ import annotations

from grader.diagnosis import MISCONCEPTIONS

from .answers import Answer

#: What forms begin with -> codes; a form that begins with a code has that.
BY_FORM = {
    **{one.code: one.code for one in MISCONCEPTIONS},
    "loss outside the loop too": "forward-outside-loop",
    "coefficients swapped": "coefficients-swapped",
    "absolute": "absolute-for-square",
    "L1Loss": "absolute-for-square",
    "root": "root-of-loss",
    "broadcast yhat": "broadcast-target",
    "two backwards an epoch": "backward-twice",
    "ŷ, loss and backward twice": "backward-twice",
    "maximize": "optimizer-settings",
    "learning-rate forgotten": "learning-rate",
    "lr ": "learning-rate",
    "into another name": "never-updated",
    "compared, not assigned": "never-updated",
    "on a copy": "never-updated",
    "no update": "never-updated",
    "no step": "never-updated",
    "step without ()": "never-updated",
    "Adam": "wrong-optimizer",
    "RMSprop": "wrong-optimizer",
    "Adagrad": "wrong-optimizer",
    "LBFGS": "wrong-optimizer",
    "momentum": "optimizer-settings",
    "nesterov": "optimizer-settings",
    "weight decay": "optimizer-settings",
    "only the slope": "bias-not-updated",
    "gradient of the epoch before": "stale-gradient",
    "weight not updated": "weight-not-updated",
    "cleared once before the loop": "gradient-not-cleared",
    "gradient compared with None": "gradient-not-cleared",
    "cleared after the loop": "gradient-not-cleared",
    "copy of the gradient cleared": "gradient-not-cleared",
    "every second epoch": "gradient-sometimes-cleared",
    "zero_grad without ()": "gradient-not-cleared",
    "weight and bias swapped": "columns-swapped",
    "other signs": "start-sign",
    "zeros": "start-at-zero",
    "2 epochs": "epochs",
    "29 epochs": "epochs",
    "31 epochs": "epochs",
    "300 epochs": "epochs",
    "cell run twice": "epochs",
    "both loops in one cell": "epochs",
    "one and thirty": "epochs",
    "early break": "epochs",
    "break on a small loss": "epochs",
    "typed over": "hard-coded",
    "typed over with the right numbers": "epochs hard-coded",
    "no backward": "no-backward",
    "y as int;": "integer-data",
    "y integer": "integer-data",
    "y flat": "broadcast-target",
    "a tenth of the epochs": "epochs",
    "an epoch too few": "epochs",
    "weights typed in": "hard-coded",
    "bias forgotten": "bias-doubled",
    "value: bias forgotten": "bias-doubled",
    "value: bias set to zero": "bias-doubled",
}
#: What the pieces that pairs are made of are named.
PIECES = {
    "init": "start-sign",
    "step2": "half-loss",
    "step3": "backward-twice",
    "step4": "learning-rate",
    "clear": "gradient-not-cleared",
    "epochs": "epochs",
    "result": "hard-coded",
}
#: The same words, another matter: a mean halved for a sum is neither; nothing tells a schedule.
NOT = ("lr decaying",)
NEITHER = ("sse: half-loss", "sse: half-loss, another way")


def named(answer: Answer) -> list[str]:
    """Give the codes that a wrong answer should be told, sorted."""
    if answer.named is not None:
        return list(answer.named)
    form = answer.form or answer.name
    if form.startswith("pair: "):
        return sorted(PIECES[piece] for piece in form[6:].split(" and ") if piece in PIECES)
    if answer.name in NEITHER or form in NOT:
        return []
    if form == "lr of nothing":
        return ["learning-rate"]
    known = [word for word in BY_FORM if form.startswith(word)]
    return sorted(BY_FORM[max(known, key=len)].split()) if known else []
