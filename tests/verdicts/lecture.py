"""A student's notebook that works through the whole lecture in small cells: no metadata, no markers.

Names come again in every section, single steps stand before the loops, pitfalls after the right way, and some cells
raise on purpose. ``SECTIONS`` is the lecture in order; what it is made into stands in ``variants``.
"""
# ruff: noqa: E501 - cells as students write them

from __future__ import annotations

from dataclasses import dataclass

URL = "https://raw.githubusercontent.com/guebin/DL2022/master/_notebooks/2022-09-22-regression.csv"


@dataclass(frozen=True)
class Cell:
    """One cell. ``raises`` if its error is meant."""

    kind: str
    source: str
    raises: bool = False


@dataclass(frozen=True)
class Section:
    """A stretch of the lecture and the question it answers, if it does."""

    question: str | None
    cells: tuple[Cell, ...]

    @property
    def code(self) -> tuple[Cell, ...]:
        """Its code cells."""
        return tuple(cell for cell in self.cells if cell.kind == "code")


def section(question: str | None, text: str) -> Section:
    """Make a section of cells between lines of ``---``: ``#`` and ``:`` begin text, ``!`` a cell that raises."""
    cells = []
    for block in text.strip("\n").split("\n---\n"):
        if block.startswith(("# ", "## ", "### ", ": ")):
            cells.append(Cell("markdown", block.removeprefix(": ")))
        else:
            cells.append(Cell("code", block.removeprefix("!"), raises=block.startswith("!")))
    return Section(question, tuple(cells))


PLOT = "plt.plot(x, y, 'o')\nplt.plot(x, {}, '--')"
X_LINE, BIG_LINE = PLOT.format("net(x).data"), PLOT.format("net(X).data")
WHAT_LINE = PLOT.format("(X @ What).data")

SECTIONS = (
    section(
        None,
        """# 딥러닝의 기초 (4주차) 복습
---
: 9월 28일 수업을 처음부터 다시 따라 해 봄. 셀마다 한 줄씩!
---
## imports
---
%matplotlib inline
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
---
import torch
---
## numpy, torch
---
: torch.tensor는 np.array처럼 생각해도 된다
---
np.array([1, 2, 3]), torch.tensor([1, 2, 3])
---
torch.tensor([3.123456789])
---
: 길이가 3인 벡터, 3x1, 1x3
---
a = torch.tensor([1, 2, 3])
a.shape
---
a = torch.tensor([[1], [2], [3]])
a.shape
---
a = torch.tensor([1, 2, 3]).reshape(1, 3)
a.shape
---
tsr = torch.tensor([1, 2], dtype=torch.float32)
tsr.dtype
---
: 정수와 소수를 곱하면 에러
---
!torch.tensor([[1.0, 0.0], [0.0, 1.0]]) @ torch.tensor([[1], [2]])
---
torch.tensor([[1.0, 0.0], [0.0, 1.0]]) @ torch.tensor([[1.0], [2.0]])
---
A = torch.tensor([[2.0, 0.0], [0.0, 3.0]])
b1 = torch.tensor([[-1.0, -5.0]])
b2 = torch.tensor([[-1.0], [-5.0]])
---
!A @ b1
---
A @ b2
---
a = torch.tensor([1, 2, 3])
b = torch.tensor([[1], [2], [3]])
a - b""",
    ),
    section(
        "data",
        f"""## Review: step1~4
---
: 자료를 읽고 그림부터
---
df = pd.read_csv("{URL}")
df
---
plt.plot(df.x, df.y, 'o')
---
torch.tensor(df.x).dtype
---
x = torch.tensor(df.x, dtype=torch.float32).reshape(100, 1)
y = torch.tensor(df.y, dtype=torch.float32).reshape(100, 1)
---
_1 = torch.ones([100, 1])
X = torch.concat([_1, x], axis=1)
---
X.shape, X.dtype""",
    ),
    section(
        "sse",
        f"""### 오차제곱의 합으로
---
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
What
---
: 처음의 선
---
{WHAT_LINE}
---
: 한 번만 해 보자
---
yhat = X @ What
---
loss = torch.sum((y - yhat) ** 2)
loss
---
loss.backward()
---
What.grad
---
What.data = What.data - 1/1000 * What.grad
What.grad = None
What
---
: 반복
---
alpha = 1/1000
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
---
for epoc in range(30):
    # step1
    yhat = X @ What
    # step2
    loss = torch.sum((y - yhat) ** 2)
    # step3
    loss.backward()
    # step4
    What.data = What.data - alpha * What.grad
    What.grad = None
---
What
---
{WHAT_LINE}
---
: 왜 What = What - alpha*What.grad 로는 안 되는지?
---
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
---
!for epoc in range(30):
    yhat = X @ What
    loss = torch.sum((y - yhat) ** 2)
    loss.backward()
    What = What - alpha * What.grad
---
: What과 What.data는 다르다""",
    ),
    section(
        "mse",
        f"""### 오차제곱의 평균으로
---
: 평균을 쓰면 자료 수에 따라 학습률을 바꾸지 않아도 된다
---
alpha = 1/10
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoc in range(30):
    yhat = X @ What
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    What.data = What.data - alpha * What.grad
    What.grad = None
---
What
---
{WHAT_LINE}
---
: 합인 채로 1/10을 쓰면? 발산
---
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoc in range(30):
    yhat = X @ What
    loss = torch.sum((y - yhat) ** 2)
    loss.backward()
    What.data = What.data - alpha * What.grad
    What.grad = None
---
What
---
: grad를 안 비우면?
---
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoc in range(30):
    yhat = X @ What
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    What.data = What.data - alpha * What.grad
---
What""",
    ),
    section(
        "net-bias",
        f"""## step1의 다른 버전 -- net 설계만
---
### torch.nn.Linear, bias=True
---
x.shape, y.shape
---
_net = torch.nn.Linear(in_features=1, out_features=1, bias=True)
_net(x).shape
---
_net.bias
---
torch.manual_seed(43052)
net = torch.nn.Linear(in_features=1, out_features=1, bias=True)
net.bias, net.weight
---
yhat = net(x)
---
{X_LINE}
---
: 손으로 적은 값과 같은지
---
_yhat = -0.8470 + -0.3467 * x
---
plt.plot(x, y, 'o')
plt.plot(x, _yhat, '--')
plt.plot(x, net(x).data, '-.')""",
    ),
    section(
        "net-nobias",
        f"""### X를 넣고 싶다면, bias=False
---
!net(X)
---
torch.manual_seed(43052)
net = torch.nn.Linear(in_features=2, out_features=1, bias=False)
---
yhat = net(X)
yhat.shape
---
net.weight
---
net.bias
---
{BIG_LINE}
---
plt.plot(x, y, 'o')
plt.plot(x, X @ torch.tensor([[-0.2451], [-0.5989]]), '-.')""",
    ),
    section(
        "net-wrong",
        f"""### 잘못된 사용
---
_x = x.reshape(-1)
_x.shape
---
torch.manual_seed(43052)
net = torch.nn.Linear(in_features=1, out_features=1)
---
!net(_x)
---
yhat = net(_x.reshape(100, 1))
---
!net(X)
---
: bias=False를 깜빡
---
torch.manual_seed(43052)
net = torch.nn.Linear(in_features=2, out_features=1)
---
net.weight
---
net.bias
---
extra_bias = net.bias.item()
extra_bias
---
{BIG_LINE}""",
    ),
    section(
        "net-bias-train",
        f"""## step1의 다른 버전 -- 끝까지
---
### bias=True
---
: 준비
---
net = torch.nn.Linear(1, 1, bias=True)
net.weight.data = torch.tensor([[10.0]])
net.bias.data = torch.tensor([-5.0])
---
net.weight, net.bias
---
: step1
---
yhat = net(x)
---
{X_LINE}
---
: step2
---
loss = torch.mean((y - yhat) ** 2)
---
: step3 (미분 전)
---
net.bias.grad, net.weight.grad
---
loss.backward()
---
net.bias.grad, net.weight.grad
---
: step4
---
net.bias.data = net.bias.data - 0.1 * net.bias.grad
net.weight.data = net.weight.data - 0.1 * net.weight.grad
---
net.bias.grad = None
net.weight.grad = None
---
net.bias, net.weight
---
: 반복
---
net = torch.nn.Linear(1, 1)
net.weight.data = torch.tensor([[10.0]])
net.bias.data = torch.tensor([-5.0])
---
for epoc in range(30):
    yhat = net(x)
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    net.weight.data = net.weight.data - 0.1 * net.weight.grad
    net.bias.data = net.bias.data - 0.1 * net.bias.grad
    net.weight.grad = None
    net.bias.grad = None
---
net.bias, net.weight
---
{X_LINE}
---
: weight만 고치면?
---
net = torch.nn.Linear(1, 1)
net.weight.data = torch.tensor([[10.0]])
net.bias.data = torch.tensor([-5.0])
for epoc in range(30):
    yhat = net(x)
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    net.weight.data = net.weight.data - 0.1 * net.weight.grad
    net.weight.grad = None
    net.bias.grad = None""",
    ),
    section(
        "net-nobias-train",
        f"""### bias=False
---
: 준비
---
net = torch.nn.Linear(2, 1, bias=False)
net.weight.data = torch.tensor([[-5.0, 10.0]])
---
: step1
---
yhat = net(X)
---
: step2
---
loss = torch.mean((y - yhat) ** 2)
---
: step3
---
net.weight.grad
---
loss.backward()
---
net.weight.grad
---
: step4
---
net.weight.data = net.weight.data - 0.1 * net.weight.grad
net.weight.grad = None
---
net.weight
---
: 반복
---
net = torch.nn.Linear(2, 1, bias=False)
net.weight.data = torch.tensor([[-5.0, 10.0]])
---
{BIG_LINE}
---
for epoc in range(30):
    yhat = net(X)
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    net.weight.data = net.weight.data - 0.1 * net.weight.grad
    net.weight.grad = None
---
net.weight
---
{BIG_LINE}""",
    ),
    section(
        "sgd-bias",
        f"""## step4의 다른 버전: 옵티마이저!
---
### bias=True
---
: 준비. bias의 모양이 달라도 돌아감
---
net = torch.nn.Linear(1, 1)
net.weight.data = torch.tensor([[10.0]])
net.bias.data = torch.tensor([[-5.0]])
---
net.parameters()
---
optimizr = torch.optim.SGD(net.parameters(), lr=1/10)
---
: step1~3
---
yhat = net(x)
---
loss = torch.mean((y - yhat) ** 2)
---
loss.backward()
---
: step4 (update 전)
---
net.weight.grad, net.bias.grad
---
optimizr.step()
---
net.weight.data, net.bias.data
---
optimizr.zero_grad()
---
: 반복
---
net = torch.nn.Linear(1, 1)
net.weight.data = torch.tensor([[10.0]])
net.bias.data = torch.tensor([-5.0])
---
optimizr = torch.optim.SGD(net.parameters(), lr=1/10)
---
{X_LINE}
---
for epoc in range(30):
    yhat = net(x)
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    optimizr.step(); optimizr.zero_grad()
---
net.bias, net.weight
---
{X_LINE}
---
: zero_grad를 빼먹으면
---
net = torch.nn.Linear(1, 1)
net.weight.data = torch.tensor([[10.0]])
net.bias.data = torch.tensor([-5.0])
optimizr = torch.optim.SGD(net.parameters(), lr=1/10)
for epoc in range(30):
    yhat = net(x)
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    optimizr.step()
---
net.bias, net.weight""",
    ),
    section(
        "sgd-nobias",
        f"""### bias=False
---
: 바로 반복
---
net = torch.nn.Linear(2, 1, bias=False)
net.weight.data = torch.tensor([[-5.0, 10.0]])
---
optimizr = torch.optim.SGD(net.parameters(), lr=1/10)
---
{BIG_LINE}
---
for epoc in range(30):
    yhat = net(X)
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    optimizr.step(); optimizr.zero_grad()
---
net.weight
---
{BIG_LINE}""",
    ),
    section(
        "parameters",
        """## Appendix: net.parameters()가 뭘까
---
: 탐구 시작
---
torch.manual_seed(43052)
net = torch.nn.Linear(in_features=1, out_features=1)
---
net.weight
---
net.bias
---
: iterable이면 __iter__가 있다
---
set(dir(net.parameters)) & {'__iter__'}
---
set(dir(net.parameters())) & {'__iter__'}
---
method_is_iterable = '__iter__' in dir(net.parameters)
call_is_iterable = '__iter__' in dir(net.parameters())
---
: 하나씩 꺼내기
---
_generator = net.parameters()
---
first = next(_generator)
first
---
second = next(_generator)
second
---
!next(_generator)
---
third = 'StopIteration'
---
: 이런 느낌
---
_generator2 = iter([net.weight, net.bias])
_generator2
---
next(_generator2)
---
: 다 쓴 것을 넣으면
---
!torch.optim.SGD(_generator, lr=1/10)
---
message = 'optimizer got an empty parameter list'
---
_iterator = [net.weight, net.bias]
torch.optim.SGD(_iterator, lr=1/10)""",
    ),
    section(
        "sgd-what",
        f"""### 응용예제1
---
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
---
optimizr = torch.optim.SGD([What], lr=1/10)
---
{WHAT_LINE}
---
for epoc in range(30):
    yhat = X @ What
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    optimizr.step(); optimizr.zero_grad()
---
What
---
{WHAT_LINE}""",
    ),
    section(
        "sgd-scalars",
        f"""### 응용예제2
---
b = torch.tensor(-5.0, requires_grad=True)
w = torch.tensor(10.0, requires_grad=True)
---
optimizr = torch.optim.SGD([b, w], lr=1/10)
---
{PLOT.format("(w * x + b).data")}
---
for epoc in range(30):
    yhat = b + w * x
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    optimizr.step(); optimizr.zero_grad()
---
b, w
---
{PLOT.format("(w * x + b).data")}""",
    ),
    section(
        None,
        """## Logistic regression
---
_df = pd.DataFrame({'x': range(-6, 7), 'y': [0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1]})
_df
---
plt.plot(_df.x, _df.y, 'o')
---
xx = torch.linspace(-6, 6, 100)
def f(x):
    return torch.exp(x) / (1 + torch.exp(x))
---
plt.plot(xx, f(xx))
plt.plot(xx, f(2.5 * xx - 1.2))
---
: 예제 시작
---
torch.bernoulli(torch.tensor([0.5] * 100))
---
x = torch.linspace(-1, 1, 2000).reshape(2000, 1)
w0, w1 = -1, 5
u = w0 + x * w1
v = torch.exp(u) / (1 + torch.exp(u))
y = torch.bernoulli(v)
---
plt.plot(x, y, 'o', alpha=0.05, ms=4)
plt.plot(x, v, '--r')
---
l1 = torch.nn.Linear(1, 1)
l1.bias.data = torch.tensor([-1.0])
l1.weight.data = torch.tensor([[1.0]])
---
a1 = torch.nn.Sigmoid()
---
yhat = a1(l1(x))
---
for epoc in range(1000):
    ## step1
    yhat = a1(l1(x))
    ## step2
    loss = torch.mean((y - yhat) ** 2)
    ## step3
    loss.backward()
    ## step4
    l1.bias.data = l1.bias.data - 0.1 * l1.bias.grad
    l1.weight.data = l1.weight.data - 0.1 * l1.weight.grad
    l1.bias.grad = None
    l1.weight.grad = None
---
plt.plot(x, v, '--r')
plt.plot(x, a1(l1(x)).data, '--r')""",
    ),
)
