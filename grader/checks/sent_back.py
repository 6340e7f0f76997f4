"""What was sent back is no loss, ``yhat.sum().backward()``, beside the right one: step 3's business."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from torch import Tensor

from grader.checks.evaluation import evaluate
from grader.checks.finding import PASSED, Finding, failed
from grader.checks.observed import Observed
from grader.checks.readings import graph_of
from grader.checks.tolerance import ROUNDINGS
from grader.recording import Value
from grader.records import CheckStatus, Step
from grader.training import Data, Training


def sent_back(
    training: Training,
    observed: Observed,
    data: Data,
    namespace: Mapping[str, Value],
    findings: Mapping[Step, Finding],
) -> dict[Step, Finding]:
    """Give the findings of steps 2 and 3 where what was sent back has no y, and the right loss has a name."""
    if findings[Step.STEP2].status is not CheckStatus.FAILED or not observed.alignment.complete:
        return {}
    graphs = [graph for epoch in observed.epochs if (graph := graph_of(observed, data, epoch)) is not None]
    if not graphs or any(graph.meets_target for graph in graphs):
        return {}
    last = evaluate(training, data, observed.alignment, observed.alignment.to_reference(observed.states[-1:]))
    tolerance = ROUNDINGS * observed.unit * float(last.loss_scale[0])
    for name, tensor in _losses(namespace):
        if abs(float(tensor) - float(last.loss[0])) <= tolerance:
            return {Step.STEP2: PASSED, Step.STEP3: failed("step3.other-than-loss", name=name)}
    return {}


def _losses(namespace: Mapping[str, Value]) -> Iterator[tuple[str, Tensor]]:
    """Give the numbers that follow from parameters, with their names."""
    for name, value in namespace.items():
        if value.requires_grad and value.tensor is not None and value.tensor.numel() == 1:
            yield name, value.tensor
