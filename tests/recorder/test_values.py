"""What of the namespace is recorded at a cell's end, and that odd objects harm nothing."""

# ruff: noqa: E501 - cells and documents are easier to read in one line

import pytest

ODD = {
    "repr": "class O:\n    def __repr__(self): raise ValueError\n    __str__ = __repr__",
    "eq": "class O:\n    def __eq__(self, o): raise ValueError\n    def __hash__(self): raise ValueError",
    "len": "class O(list):\n    def __len__(self): raise ValueError\n    def __iter__(self): raise ValueError",
    "class": "class O:\n    @property\n    def __class__(self): raise ValueError",
    "lies": "class O:\n    __class__ = torch.Tensor\n    shape = 'no'",
    "getattr": "class O:\n    def __getattribute__(self, n): raise ValueError",
    "hang": "import time\nclass O:\n    def __getattribute__(self, n): time.sleep(100)\n    def __len__(self): time.sleep(100)",
    "str of an exception": "class O(Exception):\n    def __str__(self): raise ValueError",
    "int": "class O(int):\n    def __index__(self): raise ValueError\n    def bit_length(self): raise ValueError",
    "text": "class O(str):\n    def __getitem__(self, i): raise ValueError",
    "module": "class O(torch.nn.Module):\n    @property\n    def weight(self): raise ValueError\n"
              "    def named_parameters(self, *a): raise ValueError",
    "tensor": "def O():\n    class T(torch.Tensor):\n        @classmethod\n        def __torch_function__(c, *a, **k): raise ValueError\n"
              "    return torch.ones(2).as_subclass(T)",
    "numpy's own": "class O:\n    __module__ = 'numpy'\n    @property\n    def dtype(self): raise ValueError",
    "meta": "def O(): return torch.ones(3, device='meta')",
    "sparse": "def O(): return torch.eye(3).to_sparse()",
    "quantized": "def O(): return torch.quantize_per_tensor(torch.ones(3), .1, 0, torch.qint8)",
    "complex": "def O(): return torch.ones(3, dtype=torch.complex64)",
    "conjugate": "def O(): return torch.ones(3, dtype=torch.complex64).conj().imag",
    "enormous": "def O(): return torch.ones(1).expand(1 << 60)",
    "long": "def O(): return list(range(10 ** 6))",
    "recursive": "def O():\n    a = []\n    a.append(a)\n    return a",
    "wide and deep": "def O():\n    a = [0] * 1000\n    for i in range(6): a = [a] * 1000\n    return a",
    "text of a hundred million": "def O(): return 'a' * 10 ** 8",
    "surrogate": "def O(): return '\\ud800'",
    "huge": "def O(): return 10 ** 100_000",
    "set": "class P:\n    def __str__(self): raise ValueError\ndef O(): return {P(), P()}",
    "big-endian": "import numpy\ndef O(): return numpy.ones(3, '>f8')",
    "ring of modules": "def O():\n    a = torch.nn.Module()\n    a.__dict__['_modules'] = {'a': a}\n    return a",
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_odd_objects_harm_nothing(run, odd):
    """Whatever stands in the namespace, nothing is printed, and loop and other values are recorded."""
    seen = run(
        f"{ODD[odd]}\nodd = O()\nodds = [O(), {{'a': O()}}]\ntorch.mean(X @ What).backward()\nafter = 7",
        "after = 8",
    )

    assert ["", ""] == seen.outputs
    assert 1 == len(seen.backwards)
    assert 8 == seen.values["after"].plain


@pytest.mark.parametrize(
    ("code", "kind", "plain"),
    [
        ("1", "number", 1),
        ("True", "number", True),
        ("2.5", "number", 2.5),
        ("1 << 500", "number", 1 << 500),
        ("__import__('numpy').float32(.5)", "number", 0.5),
        ("'글'", "text", "글"),
        ("None", "none", None),
        ("ValueError('no')", "exception", "no"),
        ("torch.optim", "object", None),
    ],
)
def test_plain_values(run, code, kind, plain):
    """Numbers, text, exceptions and None are recorded as they are; other objects by their type."""
    seen = run(f"v = {code}")

    assert (kind, plain) == (seen.values["v"].kind, seen.values["v"].plain)


@pytest.mark.parametrize(
    "code", ["torch.ones(2, 3)", "torch.arange(100.)", "torch.ones(2, dtype=torch.bool)", "torch.ones(50).bfloat16()",
             "__import__('numpy').arange(50)", "__import__('pandas').Series([1.5, 2])"]
)  # fmt: skip
def test_tensors_and_arrays(run, code):
    """Tensors, arrays and Series come with shape, dtype and all numbers."""
    seen = run(f"v = {code}\nw = v.tolist(); s = list(v.shape)")

    assert seen.values["s"].shape == (len(seen.values["v"].shape),)
    assert [item.plain for item in seen.values["w"].plain][:2] == seen.values["v"].tensor.tolist()[
        :2
    ] or "2, 3" in code


def test_only_what_changed_is_written(run):
    """A value is written where it is new or another; a name that is deleted is gone."""
    seen = run(
        "a, b, c = 1, torch.ones(3), [1, [2]]",
        "a = 1; b[0] = 5; c[1][0] = 3; n = float('nan')",
        "del a; n = float('nan')",
    )
    written = [set(cell.values) for cell in seen.recording.cells[2:]]

    assert [{"b", "c", "n"}, set()] == written
    assert ("a",) == seen.recording.cells[3].gone
    assert [5.0, 1.0, 1.0] == seen.values["b"].tensor.tolist()


def test_the_last_expression_is_kept(run):
    """The value a cell shows is recorded as ``_``."""
    assert [2.0] == run("a = 1\ntorch.tensor([2.0])").values["_"].tensor.tolist()
