"""Answers whose verdicts were written down before the grader had seen them, in styles the tables do not have.

Written in three helpings. What the grader got wrong in the first two was mended in the grader, not here.
"""
# ruff: noqa: E501 - tables of students' cells, a row a line

from __future__ import annotations

from .answers import Answer, steps


def right(name: str, question: str, *sources: str) -> Answer:
    """Make an answer that loses nothing and is told nothing."""
    return Answer(f"{question}: {name}", tuple((question, source) for source in sources), named=())


def wrong(
    name: str, question: str, loses: str, names: str, *sources: str, unseen: str = "", reason: str = ""
) -> Answer:
    """Make an answer that loses ``loses`` and is told ``names``, both separated by spaces."""
    return Answer(
        f"{question}: {name}",
        tuple((question, source) for source in sources),
        loses=steps(question, loses),
        unseen=steps(question, unseen),
        named=tuple(sorted(names.split())),
        but=reason,
    )


# ── right ─────────────────────────────────────────────────────────────────────────────────────────────────

RIGHT = (
    right("micro-batches", "mse", """
theta = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoch in range(30):
    for i in range(0, 100, 20):
        part = ((y[i:i + 20] - X[i:i + 20] @ theta) ** 2).sum() / 100
        part.backward()
    with torch.no_grad():
        theta -= 0.1 * theta.grad
    theta.grad = None"""),
    right("enumerate", "sse", """
W = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for i, _ in enumerate(range(30)):
    err = y - X @ W
    (err ** 2).sum().backward()
    W.data = W.data - W.grad * 0.001
    W.grad = None"""),
    right("islice of count", "mse", """
from itertools import count, islice
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoc in islice(count(1), 30):
    loss = torch.nn.functional.mse_loss(X @ What, y)
    loss.backward()
    What.data -= What.grad / 10
    What.grad.zero_()"""),
    right("recursion", "net-bias-train", """
model = torch.nn.Linear(1, 1)
model.bias.data = torch.tensor([-5.0])
model.weight.data = torch.tensor([[10.0]])
def fit(n):
    if n == 0:
        return model
    ((model(x) - y) ** 2).mean().backward()
    for p in model.parameters():
        p.data -= 1e-1 * p.grad
        p.grad = None
    return fit(n - 1)
net = fit(30)"""),
    right("train() with arguments", "net-nobias-train", """
def train(net, inputs, target, lr=0.1, epochs=30):
    history = []
    for _ in range(epochs):
        loss = torch.nn.MSELoss()(net(inputs), target)
        net.zero_grad()
        loss.backward()
        with torch.no_grad():
            for param in net.parameters():
                param.sub_(lr * param.grad)
        history.append(loss.item())
    return history

net = torch.nn.Linear(2, 1, bias=False)
with torch.no_grad():
    net.weight.copy_(torch.tensor([[-5.0, 10.0]]))
losses = train(net, X, y)"""),
    right("torch.func.grad", "mse", """
from torch.func import grad
def objective(W):
    return ((y - X @ W) ** 2).mean()
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for _ in range(30):
    g = grad(objective)(What)
    What.data = What.data - 0.1 * g"""),
    right("a loss of rows, summed in the call", "sgd-what", """
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
opt = torch.optim.SGD([What], lr=0.1)
for t in range(30):
    opt.zero_grad()
    loss = (y - X @ What) ** 2 / len(y)
    loss.sum().backward()
    opt.step()"""),
    right("foreach", "net-bias-train", """
net = torch.nn.Linear(1, 1)
torch.nn.init.constant_(net.weight, 10.0)
torch.nn.init.constant_(net.bias, -5.0)
for _ in range(30):
    ps = list(net.parameters())
    gs = torch.autograd.grad(((y - net(x)) ** 2).mean(), ps)
    with torch.no_grad():
        torch._foreach_sub_(ps, torch._foreach_mul(gs, 0.1))"""),
    right("rate by param_groups", "sgd-bias", """
net = torch.nn.Linear(1, 1)
net.weight.data.fill_(10.0); net.bias.data.fill_(-5.0)
optimizer = torch.optim.SGD(net.parameters(), lr=1.0)
for epoch in range(30):
    for group in optimizer.param_groups:
        group['lr'] = 0.1
    loss = (net(x) - y).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 10 == 9:
        print(f"[{epoch + 1:2d}] {loss.item():.4f} lr={optimizer.param_groups[0]['lr']}")"""),
    right("a constant schedule", "sgd-nobias", """
net = torch.nn.Linear(2, 1, bias=False)
net.weight = torch.nn.Parameter(torch.tensor([[-5., 10.]]))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1.0)
criterion = torch.nn.MSELoss()
for epoch in range(30):
    optimizer.zero_grad()
    output = net(X)
    loss = criterion(output, y)
    loss.backward()
    optimizer.step()
    scheduler.step()"""),
    right("reduction='sum' over n", "sgd-scalars", """
b = torch.tensor(-5., requires_grad=True)
w = torch.tensor(10., requires_grad=True)
optimizr = torch.optim.SGD([b, w], lr=1/10)
sse = torch.nn.MSELoss(reduction='sum')
for epoc in range(30):
    loss = sse(b + w*x, y) / 100
    loss.backward()
    optimizr.step()
    optimizr.zero_grad()"""),
    right("reduction='none'", "net-bias-train", """
net = torch.nn.Linear(1, 1)
net.bias.data, net.weight.data = torch.tensor([-5.]), torch.tensor([[10.]])
each = torch.nn.MSELoss(reduction='none')
for epoc in range(30):
    loss = each(net(x), y).mean()
    loss.backward()
    net.weight.data -= 0.1*net.weight.grad; net.bias.data -= 0.1*net.bias.grad
    net.zero_grad()"""),
    right("a module that fits itself", "sgd-bias", """
from torch import nn, optim
class LinearRegression(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)
        self.linear.weight.data = torch.tensor([[10.0]])
        self.linear.bias.data = torch.tensor([-5.0])
    def forward(self, x):
        return self.linear(x)
    def fit(self, x, y, epochs=30):
        optimizer = optim.SGD(self.parameters(), lr=0.1)
        for epoch in range(epochs):
            self.train()
            loss = nn.functional.mse_loss(self(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return self
model = LinearRegression().fit(x, y)"""),
    right("Colab with a device", "sgd-bias", """
#@title 학습 { display-mode: "form" }
device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
EPOCHS = 30 #@param {type:"integer"}
LR = 0.1 #@param {type:"number"}
net = torch.nn.Linear(1, 1).to(device)
net.bias.data = torch.tensor([-5.0], device=device)
net.weight.data = torch.tensor([[10.0]], device=device)
optimizr = torch.optim.SGD(net.parameters(), lr=LR)
loss_fn = torch.nn.MSELoss().to(device)
for epoc in range(EPOCHS):
    xb, yb = x.to(device), y.to(device)
    yhat = net(xb)
    loss = loss_fn(yhat, yb)
    loss.backward()
    optimizr.step()
    optimizr.zero_grad(set_to_none=True)"""),
    right("DataLoader of one shuffled batch", "sgd-nobias", """
from torch.utils.data import DataLoader, TensorDataset
loader = DataLoader(TensorDataset(X, y), batch_size=100, shuffle=True)
net = torch.nn.Linear(2, 1, bias=False)
net.weight.data = torch.tensor([[-5.0, 10.0]])
optimizr = torch.optim.SGD(net.parameters(), lr=1/10)
for epoch in range(30):
    for xb, yb in loader:
        loss = torch.mean((yb - net(xb))**2)
        loss.backward()
        optimizr.step()
        optimizr.zero_grad()"""),
    right("functional_call", "net-bias-train", """
from torch.func import functional_call
net = torch.nn.Linear(1, 1)
params = {'weight': torch.tensor([[10.0]], requires_grad=True), 'bias': torch.tensor([-5.0], requires_grad=True)}
for _ in range(30):
    loss = ((functional_call(net, params, (x,)) - y) ** 2).mean()
    grads = torch.autograd.grad(loss, list(params.values()))
    params = {k: (p - 0.1 * g).detach().requires_grad_() for (k, p), g in zip(params.items(), grads)}
net.load_state_dict(params)"""),
    right("set_grad_enabled", "mse", """
weights = torch.tensor([[-5.0], [10.0]]).requires_grad_()
for _ in range(30):
    if weights.grad is not None:
        weights.grad = None
    torch.square(X.mm(weights) - y).mean().backward()
    with torch.set_grad_enabled(False):
        weights.sub_(weights.grad, alpha=0.1)"""),
    right("a walrus", "sse", """
What = torch.tensor([[-5.0], [10.0]], requires_grad=True); n = 0
while (n := n + 1) <= 30:
    (loss := torch.sum((y - X @ What) ** 2)).backward()
    What.data, What.grad = What.data - 0.001 * What.grad, None"""),
    right("a generator", "sgd-scalars", """
b = torch.tensor(-5.0, requires_grad=True); w = torch.tensor(10.0, requires_grad=True)
def training(optimizer):
    while True:
        optimizer.zero_grad()
        loss = torch.mean((y - (b + w * x)) ** 2)
        loss.backward()
        optimizer.step()
        yield loss.item()
steps = training(torch.optim.SGD([b, w], lr=0.1))
losses = [next(steps) for _ in range(30)]"""),
    right("functools.reduce", "mse", """
from functools import reduce
def step(W, _):
    W = W.detach().requires_grad_()
    loss = torch.mean((y - X @ W) ** 2)
    g, = torch.autograd.grad(loss, W)
    return W - 0.1 * g
What = reduce(step, range(30), torch.tensor([[-5.0], [10.0]]))"""),
    right("ParameterDict", "sgd-scalars", """
params = torch.nn.ParameterDict({'w0': torch.tensor(-5.0), 'w1': torch.tensor(10.0)})
optimizr = torch.optim.SGD(params.parameters(), lr=0.1)
for epoc in range(30):
    yhat = params['w0'] + params['w1'] * x
    loss = torch.mean((y - yhat)**2)
    loss.backward()
    optimizr.step()
    optimizr.zero_grad()"""),
    right("vmap over the rows", "mse", """
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
per_row = torch.vmap(lambda row, target: ((target - row @ What) ** 2).sum())
for epoc in range(30):
    loss = per_row(X, y).mean()
    loss.backward()
    What.data = What.data - 1/10*What.grad
    What.grad = None"""),
    right("a decorated update", "net-nobias-train", """
net = torch.nn.Linear(2, 1, bias=False)
net.weight.data = torch.tensor([[-5.0, 10.0]])
@torch.no_grad()
def update(module, rate):
    for p in module.parameters():
        p.add_(p.grad, alpha=-rate)
        p.grad = None
for _ in range(30):
    loss = (y - net(X)).square().mean()
    loss.backward()
    update(net, 0.1)"""),
    right("clipping that clips nothing", "sgd-bias", """
net = torch.nn.Linear(1, 1)
net.bias.data = torch.tensor([-5.0])
net.weight.data = torch.tensor([[10.0]])
optimizr = torch.optim.SGD(net.parameters(), lr=0.1)
for epoc in range(30):
    loss = torch.mean((y - net(x))**2)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), max_norm=1e6)
    optimizr.step()
    optimizr.zero_grad()"""),
    right("a mean of chunks", "sgd-what", """
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
optimizer = torch.optim.SGD([What], lr=0.1)
for epoch in range(30):
    parts = [((b - a @ What) ** 2).mean() for a, b in zip(X.split(25), y.split(25))]
    loss = torch.stack(parts).mean()
    optimizer.zero_grad(); loss.backward(); optimizer.step()"""),
    right("a dictionary of settings", "sse", """
config = dict(lr=1e-3, epochs=30)
What = torch.tensor([-5.0, 10.0]).view(2, 1)
What.requires_grad_()
losses = torch.zeros(config['epochs'])
for e in range(config['epochs']):
    residual = (X @ What - y).squeeze()
    loss = residual @ residual
    loss.backward()
    losses[e] = loss.detach()
    What.data.add_(What.grad, alpha=-config['lr'])
    What.grad.detach_().zero_()"""),
    right("an averaged copy beside it", "sgd-bias", """
import copy
net = torch.nn.Linear(1, 1)
net.bias.data = torch.tensor([-5.0])
net.weight.data = torch.tensor([[10.0]])
ema = copy.deepcopy(net)
optimizr = torch.optim.SGD(net.parameters(), lr=0.1)
for epoc in range(30):
    loss = torch.nn.MSELoss()(net(x), y)
    optimizr.zero_grad()
    loss.backward()
    optimizr.step()
    for slow, p in zip(ema.parameters(), net.parameters()):
        slow.data = 0.9 * slow.data + 0.1 * p.data"""),
    right("two groups", "sgd-bias", """
net = torch.nn.Linear(1, 1)
net.bias.data = torch.tensor([-5.0])
net.weight.data = torch.tensor([[10.0]])
opt = torch.optim.SGD([{'params': [net.weight], 'lr': 0.1}, {'params': [net.bias], 'lr': 0.1}], lr=0.001)
for epoc in range(30):
    opt.zero_grad()
    torch.nn.functional.mse_loss(net(x), y).backward()
    opt.step()"""),
    # the second helping: written after the first, before its verdicts were seen
    right("the gradient looked at by autograd.grad", "mse", """
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoc in range(30):
    loss = torch.mean((y - X @ What)**2)
    g, = torch.autograd.grad(loss, What, retain_graph=True)
    loss.backward()
    assert torch.allclose(g, What.grad)
    What.data = What.data - 1/10 * What.grad
    What.grad = None"""),
    right("the gradient compared with torch.func.grad", "net-nobias-train", """
net = torch.nn.Linear(2, 1, bias=False)
net.weight.data = torch.tensor([[-5.0, 10.0]])
slope = torch.func.grad(lambda w: torch.mean((y - X @ w.T)**2))
for epoc in range(30):
    loss = torch.mean((y - net(X))**2)
    loss.backward()
    assert torch.allclose(slope(net.weight.data), net.weight.grad, rtol=1e-3)
    net.weight.data = net.weight.data - 1/10 * net.weight.grad
    net.zero_grad()"""),
    right("grad_and_value", "sse", """
f = torch.func.grad_and_value(lambda W: torch.sum((y - X @ W)**2))
What = torch.tensor([[-5.0], [10.0]])
losses = []
for epoc in range(30):
    g, loss = f(What)
    losses.append(loss.item())
    What = What - 0.001 * g"""),
    right("the gradient looked at first, apart", "sgd-what", """
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
optimizr = torch.optim.SGD([What], lr=0.1)
torch.mean((y - X @ What)**2).backward()
print(What.grad)
optimizr.zero_grad()
for epoc in range(30):
    optimizr.zero_grad()
    yhat = X @ What
    loss = torch.mean((y - yhat)**2)
    loss.backward()
    optimizr.step()
    print(What.grad.norm(), (yhat - y).abs().max())"""),
    right("a second derivative for show", "mse", """
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoc in range(30):
    loss = torch.mean((y - X @ What)**2)
    g, = torch.autograd.grad(loss, What, create_graph=True)
    h, = torch.autograd.grad(g.sum(), What)
    What.data = What.data - 1/10 * g.detach()
print(h)"""),
    right("parts of the loss, by autograd.grad", "net-nobias-train", """
net = torch.nn.Linear(2, 1, bias=False)
net.weight.data = torch.tensor([[-5.0, 10.0]])
for epoc in range(30):
    g = 0
    for xb, yb in zip(X.chunk(4), y.chunk(4)):
        g = g + torch.autograd.grad(((yb - net(xb)) ** 2).sum() / 100, net.weight)[0]
    net.weight.data = net.weight.data - 0.1 * g"""),
    right("parts of the loss, rebound", "sse", """
W = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoc in range(30):
    first, = torch.autograd.grad(((y[:50] - X[:50] @ W) ** 2).sum(), W)
    second, = torch.autograd.grad(((y[50:] - X[50:] @ W) ** 2).sum(), W)
    W = (W - 0.001 * (first + second)).detach().requires_grad_()"""),
    # the third helping
    right("training in a with block", "mse", """
import contextlib
@contextlib.contextmanager
def epoch(W):
    loss = ((y - X @ W) ** 2).mean()
    yield loss
    loss.backward()
    W.data.sub_(0.1 * W.grad)
    W.grad = None
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for t in range(30):
    with epoch(What) as loss:
        print(t, loss.item())"""),
    right("optimizer as an argument", "sgd-nobias", """
def fit(model, data, optimizer, criterion, n):
    inputs, targets = data
    for _ in range(n):
        prediction = model(inputs)
        optimizer.zero_grad()
        criterion(prediction, targets).backward()
        optimizer.step()
net = torch.nn.Linear(in_features=2, out_features=1, bias=False)
net.weight.data[:] = torch.tensor([-5.0, 10.0])
fit(net, (X, y), torch.optim.SGD(net.parameters(), lr=0.1), torch.nn.MSELoss(), 30)"""),
    right("columns of two tensors stacked", "sgd-scalars", """
b = torch.tensor(-5.0, requires_grad=True)
w = torch.tensor(10.0, requires_grad=True)
optimizr = torch.optim.SGD([b, w], lr=1/10)
for epoc in range(30):
    What = torch.stack([b, w]).unsqueeze(1)
    yhat = X @ What
    loss = torch.mean((y - yhat)**2)
    loss.backward()
    optimizr.step()
    optimizr.zero_grad()"""),
    right("two trainings compared in one cell", "sse", """
def train(alpha, n):
    W = torch.tensor([[-5.0], [10.0]], requires_grad=True)
    for _ in range(n):
        loss = torch.sum((y - X @ W) ** 2)
        loss.backward()
        W.data = W.data - alpha * W.grad
        W.grad = None
    return W
slow = train(1/10000, 30)
What = train(1/1000, 30)"""),
    right("weights by name", "net-bias-train", """
net = torch.nn.Linear(1, 1)
state = net.state_dict()
state['weight'].fill_(10.0)
state['bias'].fill_(-5.0)
for epoc in range(30):
    yhat = net(x)
    loss = torch.mean((y - yhat)**2)
    net.zero_grad(set_to_none=True)
    loss.backward()
    for name, p in net.named_parameters():
        state[name] -= 0.1 * p.grad"""),
    right("a deque of losses and an early look", "mse", """
from collections import deque
recent = deque(maxlen=5)
theta = torch.tensor([[-5.0], [10.0]], requires_grad=True)
epoch = 0
while epoch != 30:
    residual = torch.sub(y, torch.mm(X, theta))
    mse = torch.div(torch.sum(torch.mul(residual, residual)), residual.shape[0])
    mse.backward()
    recent.append(float(mse))
    if len(recent) == 5 and max(recent) - min(recent) < 1e-12:
        break
    theta.data.copy_(torch.sub(theta.data, theta.grad, alpha=0.1))
    theta.grad = None
    epoch += 1"""),
    right("try and finally", "sgd-bias", """
net = torch.nn.Linear(1, 1)
torch.nn.init.constant_(net.bias, -5.)
torch.nn.init.constant_(net.weight, 10.)
opt = torch.optim.SGD(net.parameters(), lr=.1)
for i in range(30):
    try:
        (y - net(x)).square().mean().backward()
        opt.step()
    finally:
        opt.zero_grad()"""),
    right("numpy between the lines", "net-nobias-train", """
import numpy as np
net = torch.nn.Linear(2, 1, bias=False)
net.weight.data = torch.from_numpy(np.array([[-5, 10]], dtype=np.float32))
history = np.zeros((30, 2))
for i in np.arange(30):
    history[i] = net.weight.detach().numpy()
    loss = torch.nn.functional.mse_loss(net(X), y)
    loss.backward()
    with torch.no_grad():
        net.weight.copy_(net.weight - 0.1 * net.weight.grad)
    net.weight.grad = None"""),
    right("a hook that writes down", "sgd-what", """
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
norms = []
What.register_hook(lambda g: norms.append(g.norm().item()))
optimizer = torch.optim.SGD(params=[What], lr=1e-1)
for _ in range(30):
    optimizer.zero_grad()
    torch.nn.functional.mse_loss(X @ What, y).backward()
    optimizer.step()"""),
    right("Module of a buffer and a parameter", "mse", """
class Line(torch.nn.Module):
    def __init__(self, X):
        super().__init__()
        self.register_buffer('X', X)
        self.What = torch.nn.Parameter(torch.tensor([[-5.0], [10.0]]))
    def forward(self):
        return self.X @ self.What
line = Line(X)
for epoc in range(30):
    loss = torch.mean((y - line())**2)
    line.zero_grad()
    loss.backward()
    line.What.data -= 0.1 * line.What.grad"""),
    right("the loss of other data watched", "sgd-bias", """
net = torch.nn.Linear(1, 1)
net.bias.data = torch.tensor([-5.0])
net.weight.data = torch.tensor([[10.0]])
optimizr = torch.optim.SGD(net.parameters(), lr=0.1)
train_losses, val_losses = [], []
for epoc in range(30):
    net.train()
    loss = torch.nn.functional.mse_loss(net(x), y)
    optimizr.zero_grad(); loss.backward(); optimizr.step()
    net.eval()
    with torch.inference_mode():
        val_losses.append(torch.nn.functional.mse_loss(net(x[::2]), y[::2]).item())
    train_losses.append(loss.item())"""),
    right("lists of tensors", "sgd-scalars", """
theta = [torch.tensor(v, requires_grad=True) for v in (-5.0, 10.0)]
optimizr = torch.optim.SGD(theta, lr=0.1)
line = lambda: theta[0] + theta[1] * x
while len(losses := globals().setdefault('losses', [])) < 30:
    optimizr.zero_grad()
    losses.append((y - line()).pow(2).mean())
    losses[-1].backward()
    optimizr.step()"""),
    right("Jacobian of the residuals", "mse", """
What = torch.tensor([[-5.0], [10.0]], requires_grad=True)
for epoc in range(30):
    e = y - X @ What
    e.backward(gradient=2 * e.detach() / 100)
    What.data -= 0.1 * What.grad
    What.grad = None"""),
)  # fmt: skip

# ── wrong ─────────────────────────────────────────────────────────────────────────────────────────────────

REST = "init step1 step2 step3 step4 clear epochs result"


def but(*names: str) -> str:
    """Give the steps without some."""
    return " ".join(step for step in REST.split() if step not in names)


NET = "net = torch.nn.Linear(1, 1)\nnet.bias.data = torch.tensor([-5.0])\nnet.weight.data = torch.tensor([[10.0]])\n"
NET2 = "net = torch.nn.Linear(2, 1, bias=False)\nnet.weight.data = torch.tensor([[-5.0, 10.0]])\n"
THETA = "theta = torch.tensor([[-5.0], [10.0]], requires_grad=True)\n"
SCALARS = "b = torch.tensor(-5.0, requires_grad=True)\nw = torch.tensor(10.0, requires_grad=True)\n"

WRONG = (
    wrong("a trainer that never clears", "mse", "clear", "gradient-not-cleared", """
class Trainer:
    def __init__(self, lr):
        self.lr = lr
        self.W = torch.tensor([[-5.0], [10.0]], requires_grad=True)
    def epoch(self):
        loss = torch.mean((y - X @ self.W) ** 2)
        loss.backward()
        self.W.data = self.W.data - self.lr * self.W.grad
t = Trainer(0.1)
for _ in range(30):
    t.epoch()"""),
    wrong("zero_ without ()", "sse", "clear", "gradient-not-cleared", THETA + """
for i in range(30):
    loss = ((y - X @ theta) ** 2).sum()
    loss.backward()
    theta.data -= 0.001 * theta.grad
    theta.grad.zero_"""),
    wrong("the loss's gradient cleared", "mse", "clear", "gradient-not-cleared", THETA + """
for i in range(30):
    loss = ((y - X @ theta) ** 2).mean()
    loss.backward()
    theta.data -= 0.1 * theta.grad
    loss.grad = None"""),
    wrong("net.zero_grad without ()", "net-bias-train", "clear", "gradient-not-cleared", NET + """
for epoc in range(30):
    loss = torch.nn.MSELoss()(net(x), y)
    loss.backward()
    with torch.no_grad():
        for p in net.parameters():
            p -= 0.1 * p.grad
    net.zero_grad"""),
    wrong("another optimizer cleared", "sgd-bias", "clear", "gradient-not-cleared", "other = torch.nn.Linear(1, 1)\nopt0 = torch.optim.SGD(other.parameters(), lr=0.1)\n" + NET + """
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoc in range(30):
    opt0.zero_grad()
    loss = torch.nn.MSELoss()(net(x), y)
    loss.backward()
    opt.step()"""),
    wrong("only the weight cleared, in a function", "net-bias-train", "clear", "gradient-partly-cleared", NET + """
def update(lr):
    net.weight.data -= lr * net.weight.grad
    net.bias.data -= lr * net.bias.grad
    net.weight.grad.zero_()
for epoc in range(30):
    loss = ((y - net(x)) ** 2).mean()
    loss.backward()
    update(0.1)"""),
    wrong("step before backward", "sgd-nobias", "clear", "cleared-before-step", NET2 + """
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoc in range(30):
    loss = ((y - net(X)) ** 2).mean()
    opt.step()
    loss.backward()
    opt.zero_grad()"""),
    wrong("cleared by the module, then stepped", "sgd-bias", "clear", "cleared-before-step", NET + """
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoc in range(30):
    loss = ((y - net(x)) ** 2).mean()
    loss.backward()
    net.zero_grad()
    opt.step()"""),
    wrong("cleared every second epoch", "sgd-what", "clear", "gradient-sometimes-cleared", THETA + """
opt = torch.optim.SGD([theta], lr=0.1)
for i in range(30):
    if i % 2 == 0:
        opt.zero_grad()
    loss = ((y - X @ theta) ** 2).mean()
    loss.backward()
    opt.step()"""),
    wrong("uphill over the parameters", "net-nobias-train", "step4", "wrong-sign", NET2 + """
for epoc in range(30):
    loss = ((y - net(X)) ** 2).mean()
    loss.backward()
    for p in net.parameters():
        p.data.add_(0.1 * p.grad)
    net.zero_grad()"""),
    wrong("brackets around the minus", "mse", "step4", "", THETA + """
for i in range(30):
    loss = ((y - X @ theta) ** 2).mean()
    loss.backward()
    theta.data = 0.1 * (theta.data - theta.grad)
    theta.grad = None"""),
    wrong("a rate by position", "sgd-scalars", "step4", "learning-rate", SCALARS + """
opt = torch.optim.SGD([b, w], 1e-3)
for i in range(30):
    loss = torch.nn.MSELoss()(b + w * x, y)
    opt.zero_grad()
    loss.backward()
    opt.step()"""),
    wrong("over n once more", "mse", "step4", "learning-rate", THETA + """
alpha = 0.1
for i in range(30):
    loss = ((y - X @ theta) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        theta -= alpha * theta.grad / len(y)
    theta.grad.zero_()"""),
    wrong("rate of the other question", "sse", "step4", "learning-rate", THETA + """
for i in range(30):
    loss = ((y - X @ theta) ** 2).sum()
    loss.backward()
    theta.data -= 1/10 * theta.grad
    theta.grad.zero_()"""),
    wrong("a schedule in steps", "sgd-bias", "step4", "", NET + """
opt = torch.optim.SGD(net.parameters(), lr=0.1)
plan = torch.optim.lr_scheduler.StepLR(opt, step_size=10, gamma=0.1)
for epoc in range(30):
    loss = torch.nn.MSELoss()(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step(); plan.step()"""),
    wrong("Adam imported", "sgd-nobias", "step4", "wrong-optimizer", "from torch.optim import Adam\n" + NET2 + """
opt = Adam(net.parameters(), 1e-1)
for epoc in range(30):
    opt.zero_grad()
    torch.nn.functional.mse_loss(net(X), y).backward()
    opt.step()"""),
    wrong("momentum in a class", "sgd-bias", "step4", "optimizer-settings", """
class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.b = torch.nn.Parameter(torch.tensor([-5.0]))
        self.w = torch.nn.Parameter(torch.tensor([[10.0]]))
        self.opt = torch.optim.SGD([self.b, self.w], lr=0.1, momentum=0.5)
    def forward(self, x):
        return self.b + x @ self.w
net = Model()
for epoc in range(30):
    net.opt.zero_grad()
    ((y - net(x)) ** 2).mean().backward()
    net.opt.step()"""),
    wrong("maximize", "sgd-what", "step4", "optimizer-settings", THETA + """
opt = torch.optim.SGD([theta], lr=0.1, maximize=True)
for i in range(30):
    opt.zero_grad()
    ((y - X @ theta) ** 2).mean().backward()
    opt.step()"""),
    wrong("the optimizer in an earlier cell", "sgd-bias", "step4", "stale-optimizer",
        "net = torch.nn.Linear(1, 1)\nopt = torch.optim.SGD(net.parameters(), lr=0.1)", NET + """
for epoc in range(30):
    loss = ((y - net(x)) ** 2).mean()
    opt.zero_grad(); loss.backward(); opt.step()"""),
    wrong("the optimizer of a copy", "sgd-nobias", "step4", "stale-optimizer", "import copy\n" + NET2 + """
opt = torch.optim.SGD(copy.deepcopy(net).parameters(), lr=0.1)
for epoc in range(30):
    loss = ((y - net(X)) ** 2).mean()
    loss.backward()
    opt.step()
    net.zero_grad()"""),
    wrong("only what is called weight", "net-bias-train", "step4", "bias-not-updated", NET + """
for epoc in range(30):
    loss = ((y - net(x)) ** 2).mean()
    loss.backward()
    for name, p in net.named_parameters():
        if 'weight' in name:
            p.data -= 0.1 * p.grad
    net.zero_grad()"""),
    wrong("only the second number", "sse", "step4", "bias-not-updated", THETA + """
for i in range(30):
    loss = ((y - X @ theta) ** 2).sum()
    loss.backward()
    theta.data[1] = theta.data[1] - 0.001 * theta.grad[1]
    theta.grad = None"""),
    wrong("theta rebound", "sse", "step4", "leaf-rebound", THETA + """
for i in range(30):
    loss = ((y - X @ theta) ** 2).sum()
    loss.backward()
    theta = theta - 0.001 * theta.grad""", unseen="clear epochs"),
    wrong("in place without no_grad", "mse", "step4", "leaf-in-place", THETA + """
for i in range(30):
    loss = ((y - X @ theta) ** 2).mean()
    loss.backward()
    theta -= 0.1 * theta.grad
    theta.grad.zero_()""", unseen="clear epochs result"),
    wrong("the last gradient", "net-nobias-train", "step4", "stale-gradient", NET2 + """
g = torch.zeros(1, 2)
for epoc in range(30):
    loss = ((y - net(X)) ** 2).mean()
    net.zero_grad()
    loss.backward()
    net.weight.data = net.weight.data - 0.1 * g
    g = net.weight.grad.clone()"""),
    wrong("backward twice without retain_graph", "sgd-what", "step3", "backward-twice", THETA + """
opt = torch.optim.SGD([theta], lr=0.1)
for i in range(30):
    loss = ((y - X @ theta) ** 2).mean()
    loss.backward()
    loss.backward()
    opt.step()
    opt.zero_grad()""", unseen="step4 clear epochs result"),
    wrong("backward without ()", "sgd-bias", "step3", "no-backward", NET + """
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoc in range(30):
    loss = ((y - net(x)) ** 2).mean()
    loss.backward
    opt.step()
    opt.zero_grad()"""),
    wrong("F.mse_loss for the sum", "sse", "step2", "mean-for-sum", "import torch.nn.functional as F\n" + THETA + """
for i in range(30):
    loss = F.mse_loss(X @ theta, y)
    loss.backward()
    theta.data -= 0.001 * theta.grad
    theta.grad = None"""),
    wrong("reduction='sum'", "sgd-what", "step2", "sum-for-mean", THETA + """
opt = torch.optim.SGD([theta], lr=0.1)
criterion = torch.nn.MSELoss(reduction='sum')
for i in range(30):
    opt.zero_grad()
    criterion(X @ theta, y).backward()
    opt.step()"""),
    wrong("mean over the wrong dimension", "net-bias-train", "step2", "sum-for-mean", NET + """
for epoc in range(30):
    loss = torch.mean((y - net(x)) ** 2, dim=1).sum()
    loss.backward()
    for p in net.parameters():
        p.data -= 0.1 * p.grad
    net.zero_grad()"""),
    wrong("half the sum", "sse", "step2", "half-loss", THETA + """
for i in range(30):
    loss = 1/2 * torch.sum((X @ theta - y) ** 2)
    loss.backward()
    theta.data -= 0.001 * theta.grad
    theta.grad = None"""),
    wrong("over 2n, in a function", "sgd-bias", "step2", "half-loss", NET + """
def cost(h, t):
    return ((h - t) ** 2).sum() / (2 * len(t))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoc in range(30):
    loss = cost(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()"""),
    wrong("sum of residuals", "sse", "step2", "no-square", THETA + """
for i in range(30):
    loss = torch.sum(y - X @ theta)
    loss.backward()
    theta.data -= 0.001 * theta.grad
    theta.grad = None"""),
    wrong("residuals the other way round", "sgd-scalars", "step2", "no-square", SCALARS + """
opt = torch.optim.SGD([b, w], lr=0.1)
for i in range(30):
    loss = (b + w * x - y).mean()
    opt.zero_grad(); loss.backward(); opt.step()"""),
    wrong("the sum squared", "sse", "step2", "square-outside-mean", THETA + """
for i in range(30):
    loss = torch.sum(y - X @ theta) ** 2
    loss.backward()
    theta.data -= 0.001 * theta.grad
    theta.grad = None"""),
    wrong("l1_loss of reduction sum", "sse", "step2", "absolute-for-square", THETA + """
for i in range(30):
    loss = torch.nn.functional.l1_loss(X @ theta, y, reduction='sum')
    loss.backward()
    theta.data -= 0.001 * theta.grad
    theta.grad = None"""),
    wrong("a norm for a mean", "net-nobias-train", "step2", "root-of-loss", NET2 + """
for epoc in range(30):
    loss = torch.norm(y - net(X)) / 10
    loss.backward()
    net.weight.data -= 0.1 * net.weight.grad
    net.zero_grad()"""),
    wrong("y squeezed in the loss", "sgd-bias", "step2", "broadcast-target", NET + """
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoc in range(30):
    loss = torch.nn.MSELoss()(net(x), y.squeeze())
    opt.zero_grad(); loss.backward(); opt.step()"""),
    wrong("yhat squeezed", "mse", "step2", "broadcast-target", THETA + """
for i in range(30):
    yhat = (X @ theta).squeeze()
    loss = ((yhat - y) ** 2).mean()
    loss.backward()
    theta.data -= 0.1 * theta.grad
    theta.grad = None"""),
    wrong("slope and intercept mixed up", "sgd-scalars", "step1", "coefficients-swapped", SCALARS + """
opt = torch.optim.SGD([b, w], lr=0.1)
for i in range(30):
    hypothesis = w + b * x
    loss = torch.nn.functional.mse_loss(hypothesis, y)
    opt.zero_grad(); loss.backward(); opt.step()"""),
    wrong("a module with one bias too many", "net-nobias-train", "step1", "bias-doubled", """
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(2, 1)
        self.fc.weight.data = torch.tensor([[-5.0, 10.0]])
    def forward(self, X):
        return self.fc(X)
model = Net()
for epoc in range(30):
    loss = ((y - model(X)) ** 2).mean()
    loss.backward()
    for p in model.parameters():
        p.data -= 0.1 * p.grad
        p.grad = None"""),
    wrong("the intercept left out of the line", "mse", "step1", "no-intercept", THETA + """
for i in range(30):
    yhat = theta[1] * x
    loss = ((yhat - y) ** 2).mean()
    loss.backward()
    theta.data -= 0.1 * theta.grad
    theta.grad = None"""),
    wrong("ŷ made before a while loop", "sgd-bias", "step1", "forward-outside-loop", NET + """
opt = torch.optim.SGD(net.parameters(), lr=0.1)
pred = net(x)
k = 0
while k < 30:
    loss = torch.nn.MSELoss()(pred, y)
    opt.zero_grad()
    loss.backward(retain_graph=True)
    opt.step()
    k += 1"""),
    wrong("an activation", "net-bias-train", "step1", "", NET + """
for epoc in range(30):
    loss = ((y - torch.tanh(net(x))) ** 2).mean()
    loss.backward()
    for p in net.parameters():
        p.data -= 0.1 * p.grad
    net.zero_grad()"""),
    wrong("one too few", "mse", "epochs", "epochs", THETA + """
i = 1
while i < 30:
    loss = ((y - X @ theta) ** 2).mean()
    loss.backward()
    theta.data -= 0.1 * theta.grad
    theta.grad = None
    i = i + 1"""),
    wrong("from 1 to 30", "sgd-what", "epochs", "epochs", THETA + """
opt = torch.optim.SGD([theta], lr=0.1)
for epoch in range(1, 30):
    opt.zero_grad()
    ((y - X @ theta) ** 2).mean().backward()
    opt.step()"""),
    wrong("a function called twice", "sgd-scalars", "epochs", "epochs", SCALARS + """
opt = torch.optim.SGD([b, w], lr=0.1)
def train(n=30):
    for _ in range(n):
        opt.zero_grad()
        torch.nn.functional.mse_loss(b + w * x, y).backward()
        opt.step()
train()
train()"""),
    wrong("FloatTensor without gradient", "mse", "init", "requires-grad-missing", """
theta = torch.FloatTensor([[-5], [10]])
for i in range(30):
    loss = ((y - X @ theta) ** 2).mean()
    loss.backward()
    theta.data -= 0.1 * theta.grad""", unseen=but("init")),
    wrong("requires_grad_ of whole numbers", "sse", "init", "integer-parameter", """
theta = torch.tensor([[-5], [10]]).requires_grad_()
for i in range(30):
    loss = ((y - X @ theta) ** 2).sum()
    loss.backward()
    theta.data -= 0.001 * theta.grad""", unseen=but("init")),
    wrong("a net an epoch", "net-bias-train", "init", "parameters-recreated", """
def make():
    net = torch.nn.Linear(1, 1)
    net.bias.data = torch.tensor([-5.0])
    net.weight.data = torch.tensor([[10.0]])
    return net
for epoc in range(30):
    net = make()
    loss = ((y - net(x)) ** 2).mean()
    loss.backward()
    for p in net.parameters():
        p.data -= 0.1 * p.grad"""),
    wrong("10 and -5 filled in", "sgd-bias", "init", "columns-swapped", """
net = torch.nn.Linear(1, 1)
net.bias.data.fill_(10.0)
net.weight.data.fill_(-5.0)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoc in range(30):
    opt.zero_grad(); torch.nn.MSELoss()(net(x), y).backward(); opt.step()"""),
    wrong("zeros", "mse", "init", "start-at-zero", """
theta = torch.zeros(2, 1, requires_grad=True)
for i in range(30):
    loss = ((y - X @ theta) ** 2).mean()
    loss.backward()
    theta.data -= 0.1 * theta.grad
    theta.grad = None"""),
    wrong("filled in, no training", "sgd-nobias", REST, "hard-coded", """
net = torch.nn.Linear(2, 1, bias=False)
with torch.no_grad():
    net.weight.copy_(torch.tensor([[2.4290, 4.0144]]))
yhat = net(X)"""),
    wrong("typed over after the training", "net-bias-train", "result", "hard-coded", NET + """
for epoc in range(30):
    loss = ((y - net(x)) ** 2).mean()
    loss.backward()
    for p in net.parameters():
        p.data -= 0.1 * p.grad
    net.zero_grad()
net.bias.data = torch.tensor([2.5])
net.weight.data = torch.tensor([[4.0]])"""),
    wrong("a loop that only prints", "sgd-scalars", REST, "no-backward", SCALARS + """
opt = torch.optim.SGD([b, w], lr=0.1)
def epoch():
    yhat = b + w * x
    return torch.mean((y - yhat) ** 2)
for i in range(30):
    print(epoch().item())
    opt.step()"""),
    # the third helping
    wrong("never cleared, in a with block", "net-bias-train", "clear", "gradient-not-cleared", NET + """
def one(model):
    loss = torch.mean((y - model(x)) ** 2)
    loss.backward()
    return loss
for i in range(30):
    one(net)
    with torch.no_grad():
        for p in net.parameters():
            p -= 0.1 * p.grad"""),
    wrong("cleared on another name", "mse", "clear", "gradient-not-cleared", THETA + """
for i in range(30):
    loss = torch.mean((y - X @ theta) ** 2)
    loss.backward()
    theta.data = theta.data - 0.1 * theta.grad
    grad = theta.grad
    grad = None"""),
    wrong("a rate per epoch count", "sgd-nobias", "step4", "learning-rate", NET2 + """
opt = torch.optim.SGD(net.parameters(), lr=1/30)
for i in range(30):
    opt.zero_grad(); torch.nn.MSELoss()(net(X), y).backward(); opt.step()"""),
    wrong("minus a minus", "sse", "step4", "wrong-sign", THETA + """
for i in range(30):
    loss = torch.sum((y - X @ theta) ** 2)
    loss.backward()
    theta.data = theta.data - (-1/1000) * theta.grad
    theta.grad = None"""),
    wrong("only the bias in the optimizer", "sgd-bias", "step4", "weight-not-updated", NET + """
opt = torch.optim.SGD([net.bias], lr=0.1)
for i in range(30):
    net.zero_grad()
    torch.nn.MSELoss()(net(x), y).backward()
    opt.step()"""),
    wrong("step in a function that is not called", "sgd-what", "step4", "never-updated", THETA + """
opt = torch.optim.SGD([theta], lr=0.1)
def update():
    opt.step()
    opt.zero_grad()
for i in range(30):
    loss = torch.mean((y - X @ theta) ** 2)
    opt.zero_grad()
    loss.backward()
    update"""),
    wrong("half by a weight", "sgd-scalars", "step2", "half-loss", SCALARS + """
opt = torch.optim.SGD([b, w], lr=0.1)
for i in range(30):
    loss = .5 * torch.nn.functional.mse_loss(b + w*x, y)
    opt.zero_grad(); loss.backward(); opt.step()"""),
    wrong("mean and then square, in a function", "net-nobias-train", "step2", "square-outside-mean", NET2 + """
def loss_fn(yhat, y):
    return torch.square((yhat - y).mean())
for i in range(30):
    loss_fn(net(X), y).backward()
    net.weight.data -= 0.1 * net.weight.grad
    net.weight.grad = None"""),
    wrong("yhat of an older net", "sgd-bias", "step1", "forward-outside-loop", NET + """
opt = torch.optim.SGD(net.parameters(), lr=0.1)
yhat = net(x)
def train_step():
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    opt.step()
    opt.zero_grad()
for i in range(30):
    train_step()""", unseen="clear epochs"),
    wrong("y subtracted twice", "mse", "step2", "", THETA + """
for i in range(30):
    loss = torch.mean((y - X @ theta - y) ** 2)
    loss.backward()
    theta.data -= 0.1 * theta.grad
    theta.grad = None"""),
    wrong("31 by an inclusive while", "net-nobias-train", "epochs", "epochs", NET2 + """
i = 0
while i <= 30:
    loss = torch.mean((y - net(X)) ** 2)
    loss.backward()
    net.weight.data -= 0.1 * net.weight.grad
    net.zero_grad()
    i += 1"""),
    wrong("start by arange", "sgd-what", "init", "", """
theta = torch.arange(-5., 11., 15.).reshape(2, 1) + 1
theta.requires_grad_()
opt = torch.optim.SGD([theta], lr=0.1)
for i in range(30):
    opt.zero_grad(); torch.mean((y - X @ theta) ** 2).backward(); opt.step()"""),
    wrong("the graph goes on", "mse", "init", "requires-grad-missing", """
theta = torch.tensor([[-5.0], [10.0]])
for i in range(30):
    yhat = X @ theta
    loss = torch.mean((y - yhat) ** 2)
    g = torch.autograd.grad(loss, theta)[0]
    theta = theta - 0.1 * g""", unseen=but("init", "step1", "step2")),
    wrong("from 1, over 200", "sgd-what", "step2 epochs", "half-loss epochs", THETA + """
opt = torch.optim.SGD([theta], lr=0.1)
for i in range(1, 30):
    opt.zero_grad(); (torch.sum((y - X @ theta) ** 2) / 200).backward(); opt.step()"""),
    # two mistakes at once
    wrong("never cleared, rate halved", "mse", "clear step4", "gradient-not-cleared learning-rate", THETA + """
for i in range(30):
    loss = ((y - X @ theta) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        theta -= 0.05 * theta.grad"""),
    wrong("uphill, bias never cleared", "net-bias-train", "step4 clear", "wrong-sign gradient-partly-cleared", NET + """
for epoc in range(30):
    loss = ((y - net(x)) ** 2).mean()
    loss.backward()
    for p in net.parameters():
        p.data += 0.1 * p.grad
    net.weight.grad = None"""),
    wrong("mixed up, sum for mean", "sgd-scalars", "step1 step2", "coefficients-swapped sum-for-mean", SCALARS + """
opt = torch.optim.SGD([b, w], lr=0.1)
for i in range(30):
    loss = ((y - (w + b * x)) ** 2).sum()
    opt.zero_grad(); loss.backward(); opt.step()"""),
    wrong("half the loss, 29 epochs", "sgd-what", "step2 epochs", "half-loss epochs", THETA + """
opt = torch.optim.SGD([theta], lr=0.1)
for i in range(29):
    opt.zero_grad()
    (((y - X @ theta) ** 2).mean() / 2).backward()
    opt.step()"""),
    wrong("Adam, from zero", "sgd-nobias", "init step4", "start-at-zero wrong-optimizer", """
net = torch.nn.Linear(2, 1, bias=False)
torch.nn.init.zeros_(net.weight)
opt = torch.optim.Adam(net.parameters(), lr=0.1)
for epoc in range(30):
    opt.zero_grad(); torch.nn.MSELoss()(net(X), y).backward(); opt.step()"""),
    wrong("y squeezed, never cleared", "net-nobias-train", "step2 clear", "broadcast-target gradient-not-cleared", NET2 + """
for epoc in range(30):
    loss = torch.nn.functional.mse_loss(net(X), y.squeeze())
    loss.backward()
    net.weight.data -= 0.1 * net.weight.grad"""),
    wrong("outside the loop, uphill", "mse", "step1 step4", "forward-outside-loop wrong-sign", THETA + """
yhat = X @ theta
for i in range(30):
    loss = ((y - yhat) ** 2).mean()
    loss.backward(retain_graph=True)
    theta.data += 0.1 * theta.grad
    theta.grad = None"""),
)  # fmt: skip

# ── data, before a right training ─────────────────────────────────────────────────────────────────────────

TRAINED = (
    NET
    + """
for epoc in range(30):
    yhat = net(x)
    loss = torch.mean((y - yhat)**2)
    loss.backward()
    net.bias.data -= 0.1*net.bias.grad
    net.weight.data -= 0.1*net.weight.grad
    net.zero_grad()"""
)
WHAT_TRAINED = (
    THETA
    + """
for i in range(30):
    loss = ((y - X @ theta) ** 2).mean()
    loss.backward()
    theta.data -= 0.1 * theta.grad
    theta.grad = None"""
)


def wrong_data(name: str, loses: str, names: str, source: str, *training: str) -> Answer:
    """Make an answer whose data are wrong; the training after them is right."""
    question = "mse" if training == (WHAT_TRAINED,) else "net-bias-train"
    cells = (("data", source), *((question, one) for one in training))
    return Answer(
        f"wrong data: {name}", cells, loses=frozenset(loses.split()), named=tuple(sorted(names.split()))
    )


WRONG_DATA = (
    wrong_data("y from values", "data.y", "broadcast-target", """
x = torch.FloatTensor(df['x'].values).unsqueeze(-1)
y = torch.FloatTensor(df['y'].values)
X = torch.hstack((torch.ones_like(x), x))""", TRAINED),
    wrong_data("x first", "data.X", "columns-swapped", """
x = torch.tensor(df[['x']].values).float()
y = torch.tensor(df[['y']].values).float()
X = torch.hstack((x, torch.ones_like(x)))""", WHAT_TRAINED),
    wrong_data("from_numpy", "data.x data.y data.X", "float64", """
x = torch.from_numpy(df.x.values).reshape(-1, 1)
y = torch.from_numpy(df.y.values).reshape(-1, 1)
X = torch.cat([torch.ones(100, 1), x], dim=1)"""),
    wrong_data("long", "data.y", "integer-data", """
x = torch.tensor(df[['x']].values).float()
y = torch.tensor(df[['y']].values).long()
X = torch.hstack((torch.ones_like(x), x))""", TRAINED),
)  # fmt: skip

# ── logistic ──────────────────────────────────────────────────────────────────────────────────────────────

LINE = "l1 = torch.nn.Linear(1, 1)\nl1.bias.data = torch.tensor([-1.0])\nl1.weight.data = torch.tensor([[1.0]])\n"
SIGMOID = """class Logistic(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = torch.nn.Linear(1, 1)
        self.l1.bias.data = torch.tensor([-1.0])
        self.l1.weight.data = torch.tensor([[1.0]])
    def forward(self, x):
        return {out}
net = Logistic()
"""

RIGHT_LOGISTIC = (
    right("logsigmoid", "train-bce", LINE + """
ls = torch.nn.functional.logsigmoid
for epoch in range(100):
    u = l1(x)
    loss = -(y * ls(u) + (1 - y) * ls(-u)).mean()
    loss.backward()
    with torch.no_grad():
        for p in l1.parameters():
            p -= 0.1 * p.grad
            p.grad = None"""),
    right("expit", "train-mse", LINE + """
for epoch in range(100):
    p = torch.special.expit(l1(x))
    loss = torch.nn.functional.mse_loss(p, y)
    l1.zero_grad()
    loss.backward()
    l1.bias.data -= l1.bias.grad / 10
    l1.weight.data -= l1.weight.grad / 10"""),
    right("a module, two halves of the data", "train-sgd", SIGMOID.format(out="torch.sigmoid(self.l1(x))") + """
opt = torch.optim.SGD(net.parameters(), lr=0.1)
bce = torch.nn.BCELoss(reduction='sum')
for epoch in range(100):
    opt.zero_grad()
    for part in (slice(0, 1000), slice(1000, 2000)):
        (bce(net(x[part]), y[part]) / 2000).backward()
    opt.step()"""),
    right("two classes by log_softmax", "train-bce", LINE + """
for epoch in range(100):
    u = l1(x)
    both = torch.cat([torch.zeros_like(u), u], dim=1)
    loss = torch.nn.functional.cross_entropy(both, y.flatten().long())
    loss.backward()
    l1.bias.data = l1.bias.data - 0.1 * l1.bias.grad
    l1.weight.data = l1.weight.data - 0.1 * l1.weight.grad
    l1.zero_grad()"""),
)  # fmt: skip

WRONG_LOGISTIC = (
    wrong("a module without a sigmoid", "train-mse", "step1", "sigmoid-missing", SIGMOID.format(out="self.l1(x)") + """
for epoch in range(100):
    loss = ((net(x) - y) ** 2).mean()
    loss.backward()
    for p in net.parameters():
        p.data -= 0.1 * p.grad
    net.zero_grad()"""),
    wrong("Sequential and once more", "train-bce", "step1", "sigmoid-twice", """
net = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.Sigmoid())
net[0].bias.data = torch.tensor([-1.0]); net[0].weight.data = torch.tensor([[1.0]])
for epoch in range(100):
    loss = torch.nn.BCELoss()(torch.sigmoid(net(x)), y)
    loss.backward()
    for p in net.parameters():
        p.data -= 0.1 * p.grad
    net.zero_grad()"""),
    wrong("WithLogits of a module with a sigmoid", "train-sgd", "step2", "logits-for-probability", SIGMOID.format(out="torch.sigmoid(self.l1(x))") + """
opt = torch.optim.SGD(net.parameters(), lr=0.1)
loss_fn = torch.nn.BCEWithLogitsLoss()
for epoch in range(100):
    opt.zero_grad(); loss_fn(net(x), y).backward(); opt.step()"""),
    wrong("reduction='sum'", "train-sgd", "step2", "sum-for-mean", SIGMOID.format(out="torch.sigmoid(self.l1(x))") + """
opt = torch.optim.SGD(net.parameters(), lr=0.1)
loss_fn = torch.nn.BCELoss(reduction='sum')
for epoch in range(100):
    opt.zero_grad(); loss_fn(net(x), y).backward(); opt.step()"""),
    wrong("MSELoss", "train-bce", "step2", "mse-for-bce", LINE + """
for epoch in range(100):
    prob = torch.sigmoid(l1(x))
    loss = torch.nn.MSELoss()(prob, y)
    loss.backward()
    for p in l1.parameters():
        p.data -= 0.1 * p.grad
        p.grad = None"""),
    wrong("v for y", "train-sgd", "step2", "target-is-probability", SIGMOID.format(out="torch.sigmoid(self.l1(x))") + """
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(100):
    opt.zero_grad(); torch.nn.BCELoss()(net(x), v).backward(); opt.step()"""),
    wrong("the minus lost", "train-bce", "step2", "bce-sign", LINE + """
for epoch in range(100):
    prob = torch.sigmoid(l1(x))
    loss = (y * prob.log() + (1 - y) * (1 - prob).log()).mean()
    loss.backward()
    for p in l1.parameters():
        p.data -= 0.1 * p.grad
        p.grad = None"""),
    wrong("no sigmoid, a square loss", "train-bce", "step1 step2", "sigmoid-missing mse-for-bce", LINE + """
for epoch in range(100):
    loss = ((l1(x) - y) ** 2).mean()
    loss.backward()
    for p in l1.parameters():
        p.data -= 0.1 * p.grad
        p.grad = None"""),
    wrong("never cleared, a hundredth", "train-sgd", "clear step4", "gradient-not-cleared learning-rate", SIGMOID.format(out="torch.sigmoid(self.l1(x))") + """
opt = torch.optim.SGD(net.parameters(), lr=0.001)
for epoch in range(100):
    torch.nn.BCELoss()(net(x), y).backward()
    opt.step()"""),
)  # fmt: skip
