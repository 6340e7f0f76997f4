"""Right and wrong answers to ``tensors``: the solution of a question with other lines, and what that loses."""
# ruff: noqa: E501 - tables of students' cells, a row a line

from __future__ import annotations

SOLUTIONS = {
    "shapes": {
        "a": "torch.tensor([1, 2, 3])",
        "col1": "torch.tensor([[1], [2], [3]])",
        "col2": "torch.tensor([1, 2, 3]).reshape(3, 1)",
        "row1": "torch.tensor([[1, 2, 3]])",
        "row2": "torch.tensor([1, 2, 3]).reshape(1, 3)",
    },
    "dtypes": {
        "d_float": "torch.tensor([1.23, 2.34]).dtype",
        "d_int": "torch.tensor([1, 2]).dtype",
        "t1": "torch.tensor([1, 2], dtype=torch.float32)",
        "t2": "torch.tensor([1, 2.0])",
        "t3": "torch.tensor([1, 2]).float()",
    },
    "mixed": {
        "minus": "torch.tensor([1, 2]) - torch.tensor([1.0, 2.0])",
        "both_int": "torch.tensor([[1, 0], [0, 1]]) @ torch.tensor([[1], [2]])",
        "both_float": "torch.tensor([[1.0, 0.0], [0.0, 1.0]]) @ torch.tensor([[1.0], [2.0]])",
        "error1": "True",
        "error2": "True",
    },
    "matmul": {
        "A": "torch.tensor([[2.00, 0.00], [0.00, 3.00]])",
        "b1": "torch.tensor([[-1.0, -5.0]])",
        "b2": "torch.tensor([[-1.0], [-5.0]])",
        "b3": "torch.tensor([-1.0, -5.0])",
        "b1_A": "b1 @ A",
        "A_b2": "A @ b2",
        "A_b3": "A @ b3",
        "b3_A": "b3 @ A",
        "error3": "True",
        "error4": "True",
    },
    "broadcast": {
        "a": "torch.tensor([1, 2, 3])",
        "b": "torch.tensor([[1], [2], [3]])",
        "a_1": "a - 1",
        "b_1": "b - 1",
        "plus": "a + torch.tensor([10])",
        "trap": "a - b",
        "safe": "a.reshape(3, 1) - b",
    },
    "csv": {
        "raw": "torch.tensor(df.x)",
        "x": "torch.tensor(df.x, dtype=torch.float32).reshape(100, 1)",
    },
    "numpy": {
        "n_range": "np.arange(10)",
        "t_range": "torch.arange(10)",
        "n_lin": "np.linspace(0, 1, 10)",
        "t_lin": "torch.linspace(0, 1, 10)",
        "n_digits": "np.array([3.123456789])",
        "t_digits": "torch.tensor([3.123456789])",
    },
}
CAUGHT = """try:
    torch.tensor([[1.0, 0.0], [0.0, 1.0]]) @ torch.tensor([[1], [2]])
except RuntimeError as error:
    error1 = {}
try:
    torch.tensor([[1, 0], [0, 1]]) @ torch.tensor([[1.0], [2.0]])
except Exception as error:
    error2 = {}"""
SHOWN = (
    "torch.tensor([[1.0, 0.0], [0.0, 1.0]]) @ torch.tensor([[1], [2]])",
    "torch.tensor([[1, 0], [0, 1]]) @ torch.tensor([[1.0], [2.0]])",
)
SWAPPED = (
    CAUGHT.format("str(error)", "error")
    .replace("error1 =", "error0 =")
    .replace("error2 =", "error1 =")
    .replace("error0 =", "error2 =")
)
DELETED = f"""try: {SHOWN[0]}
except RuntimeError as error1: print(error1)
try: {SHOWN[1]}
except Exception as error2: print(error2)"""
SHOWN_OF_VECTORS = (
    "torch.tensor([[1.0, 0.0], [0.0, 1.0]]) @ torch.tensor([1, 2])",
    "torch.tensor([[1, 0], [0, 1]]).mv(torch.tensor([1.0, 2.0]))",
)


def cell(question: str, lines: dict[str, str] | None = None) -> str:
    """Give the solution of a question with some of its lines replaced; ``""`` leaves a line out."""
    merged = SOLUTIONS[question] | (lines or {})
    return "\n".join(f"{name} = {line}" for name, line in merged.items() if line)


#: question, name, a right way to write it.
RIGHT_LINES = (
    ("shapes", "a", "torch.tensor((1, 2, 3))"),
    ("shapes", "a", "torch.tensor([1.0, 2.0, 3.0])"),
    ("shapes", "a", "torch.arange(1, 4)"),
    ("shapes", "a", "torch.arange(3) + 1"),
    ("shapes", "a", "torch.linspace(1, 3, 3)"),
    ("shapes", "a", "torch.from_numpy(np.array([1, 2, 3]))"),
    ("shapes", "a", "torch.as_tensor(np.arange(1, 4), dtype=torch.int32)"),
    ("shapes", "a", "torch.tensor([[1, 2, 3]]).flatten()"),
    ("shapes", "a", "torch.cat([torch.tensor([1]), torch.tensor([2, 3])])"),
    ("shapes", "a", "torch.ones(3).cumsum(0)"),
    ("shapes", "col1", "torch.tensor([[1.0], [2.0], [3.0]])"),
    ("shapes", "col1", "torch.tensor([[1, 2, 3]]).T"),
    ("shapes", "col2", "a.reshape(-1, 1)"),
    ("shapes", "col2", "a.view(3, 1)"),
    ("shapes", "col2", "a.unsqueeze(1)"),
    ("shapes", "col2", "a[:, None]"),
    ("shapes", "col2", "torch.arange(1, 4).reshape([3, 1]).float()"),
    ("shapes", "col2", "torch.stack([a], dim=1)"),
    ("shapes", "row1", "torch.tensor([[1, 2, 3.0]])"),
    ("shapes", "row2", "a.reshape(1, -1)"),
    ("shapes", "row2", "a[None]"),
    ("shapes", "row2", "a.unsqueeze(0).double()"),
    ("shapes", "row2", "torch.vstack([a])"),
    ("shapes", "row2", "col1.T"),
    ("dtypes", "d_float", "'float32'"),
    ("dtypes", "d_float", "'torch.float32'"),
    ("dtypes", "d_float", "str(torch.tensor([1.23, 2.34]).dtype)"),
    ("dtypes", "d_float", "torch.float32"),
    ("dtypes", "d_float", "torch.get_default_dtype()"),
    ("dtypes", "d_int", "torch.long"),
    ("dtypes", "d_int", "'int64'"),
    ("dtypes", "d_int", "f'{torch.tensor([1, 2]).dtype}'"),
    ("dtypes", "t1", "torch.tensor([1, 2], dtype=torch.float)"),
    ("dtypes", "t1", "torch.FloatTensor([1, 2])"),
    ("dtypes", "t1", "torch.Tensor([1, 2])"),
    ("dtypes", "t2", "torch.tensor([1., 2.])"),
    ("dtypes", "t2", "torch.tensor([1, 2]) * 1.0"),
    ("dtypes", "t2", "torch.tensor([1, 2]) / 1"),
    ("dtypes", "t3", "torch.tensor([1, 2]).to(torch.float32)"),
    ("dtypes", "t3", "torch.tensor([1, 2]).type(torch.float32)"),
    ("dtypes", "t3", "torch.tensor([1, 2]).type('torch.FloatTensor')"),
    ("dtypes", "t3", "torch.arange(1, 3).float()"),
    ("dtypes", "t3", "torch.tensor([1, 2]) + torch.zeros(2)"),
    ("mixed", "minus", "torch.tensor([1, 2]).sub(torch.tensor([1.0, 2.0]))"),
    ("mixed", "minus", "torch.zeros(2)"),
    ("mixed", "both_int", "torch.eye(2, dtype=torch.int64) @ torch.tensor([[1], [2]])"),
    ("mixed", "both_int", "torch.matmul(torch.tensor([[1, 0], [0, 1]]), torch.tensor([1, 2]).reshape(2, 1))"),
    ("mixed", "both_float", "torch.eye(2) @ torch.tensor([[1.0], [2.0]])"),
    ("mixed", "both_float", "torch.mm(torch.eye(2), torch.tensor([[1], [2]]).float())"),
    ("mixed", "both_int", "torch.eye(2).int() @ torch.tensor([[1], [2]]).int()"),
    ("mixed", "both_float", "torch.eye(2, dtype=torch.float64) @ torch.tensor([[1], [2]]).double()"),
    ("mixed", "error1", "'RuntimeError'"),
    ("mixed", "error1", "RuntimeError('expected scalar type Float but found Long')"),
    ("mixed", "error1", "RuntimeError"),
    ("mixed", "error2", "'expected m1 and m2 to have the same dtype, but got: long int != float'"),
    ("mixed", "error2", "'RuntimeError: expected scalar type Long but found Float'"),
    ("matmul", "b1_A", "torch.matmul(b1, A)"),
    ("matmul", "b1_A", "b1.mm(A)"),
    ("matmul", "b1_A", "b1 * torch.tensor([[2.0, 3.0]])"),
    ("matmul", "A_b2", "A.matmul(b2)"),
    ("matmul", "A_b2", "torch.tensor([[-2.0], [-15.0]])"),
    ("matmul", "A_b2", "(b2.T @ A.T).T"),
    ("matmul", "A_b3", "torch.mv(A, b3)"),
    ("matmul", "A_b3", "(A @ b2).reshape(-1)"),
    ("matmul", "b3_A", "torch.einsum('i,ij->j', b3, A)"),
    ("matmul", "b3_A", "(b1 @ A)[0]"),
    ("matmul", "error3", "'mat1 and mat2 shapes cannot be multiplied (2x2 and 1x2)'"),
    ("matmul", "error3", "'에러: shapes cannot be multiplied'"),
    ("matmul", "error4", "'RuntimeError'"),
    ("broadcast", "a_1", "a.float() - 1"),
    ("broadcast", "a_1", "torch.tensor([0, 1, 2])"),
    ("broadcast", "b_1", "b.sub(1)"),
    ("broadcast", "b_1", "b - torch.ones(3, 1)"),
    ("broadcast", "plus", "torch.add(a, torch.tensor([10.0]))"),
    ("broadcast", "plus", "torch.tensor([10]) + a"),
    ("broadcast", "trap", "a.reshape(1, 3) - b"),
    ("broadcast", "trap", "-(b - a)"),
    ("broadcast", "trap", "torch.tensor([[0, 1, 2], [-1, 0, 1], [-2, -1, 0]])"),
    ("broadcast", "safe", "a[:, None] - b"),
    ("broadcast", "safe", "(a - b.reshape(3)).reshape(3, 1)"),
    ("broadcast", "safe", "torch.zeros(3, 1)"),
    ("csv", "raw", "torch.tensor(df['x'])"),
    ("csv", "raw", "torch.tensor(df.x.values)"),
    ("csv", "raw", "torch.from_numpy(df.x.to_numpy(copy=True))"),
    ("csv", "raw", "torch.tensor(list(df.x), dtype=torch.float64)"),
    ("csv", "x", "torch.tensor(df.x).float().reshape(100, 1)"),
    ("csv", "x", "torch.tensor(df.x.tolist()).reshape(-1, 1)"),
    ("csv", "x", "torch.tensor(df[['x']].values, dtype=torch.float32)"),
    ("csv", "x", "raw.to(torch.float32)[:, None]"),
    ("csv", "x", "torch.FloatTensor(df.x).view(100, 1)"),
    ("numpy", "n_range", "np.array(range(10))"),
    ("numpy", "n_range", "np.arange(0, 10, 1)"),
    ("numpy", "n_range", "np.arange(10, dtype=np.int32)"),
    ("numpy", "t_range", "torch.arange(10, dtype=torch.int32)"),
    ("numpy", "t_range", "torch.tensor(range(10))"),
    ("numpy", "t_range", "torch.from_numpy(np.arange(10))"),
    ("numpy", "n_lin", "np.arange(10) / 9"),
    ("numpy", "n_lin", "np.linspace(0, 1, num=10)"),
    ("numpy", "n_lin", "np.linspace(0, 1, 10).astype(np.float32)"),
    ("numpy", "t_lin", "torch.arange(10) / 9"),
    ("numpy", "t_lin", "torch.tensor(np.linspace(0, 1, 10))"),
    ("numpy", "t_lin", "torch.tensor(np.linspace(0, 1, 10)).float()"),
    ("numpy", "n_digits", "np.array([3.123456789], dtype=np.float64)"),
    ("numpy", "t_digits", "torch.tensor([3.123456789], dtype=torch.float32)"),
    ("numpy", "t_digits", "torch.tensor(np.array([3.123456789])).float()"),
)

#: question, the sources of its cells: right as a whole.
RIGHT_CELLS = (
    *((question, (cell(question),)) for question in SOLUTIONS),
    ("mixed", (cell("mixed", {"error1": "", "error2": ""}) + "\n" + CAUGHT.format("error", "error"),)),
    (
        "mixed",
        (
            cell("mixed", {"error1": "", "error2": ""})
            + "\nimport sys\n"
            + CAUGHT.format("sys.exc_info()", "type(error)"),
        ),
    ),
    (
        "mixed",
        (
            cell("mixed", {"error1": "", "error2": ""})
            + "\n"
            + CAUGHT.format("repr(error)", "type(error).__name__"),
        ),
    ),
    ("mixed", (cell("mixed", {"error1": "", "error2": ""}) + "\n" + CAUGHT.format("True", "True"),)),
    ("mixed", (cell("mixed", {"error1": "", "error2": ""}) + "\n" + DELETED,)),
    ("mixed", (cell("mixed", {"error1": "", "error2": ""}), *SHOWN)),
    ("mixed", (*SHOWN, cell("mixed", {"error1": "", "error2": ""}))),
    ("mixed", (cell("mixed", {"error1": "", "error2": ""}), f"error1 = {SHOWN[0]}", f"error2 = {SHOWN[1]}")),
    ("mixed", (cell("mixed", {"error2": ""}), SHOWN[1])),
    ("mixed", (cell("mixed", {"error1": "", "error2": ""}), *SHOWN_OF_VECTORS)),
    (
        "mixed",
        (
            cell("mixed", {"error1": "", "error2": ""})
            + f"\ntry: {SHOWN_OF_VECTORS[0]}\nexcept Exception as e: error1 = e"
            + f"\ntry: {SHOWN_OF_VECTORS[1]}\nexcept Exception as e: error2 = e",
        ),
    ),
    ("matmul", (cell("matmul", {"error3": "", "error4": ""}), "A @ b1", "b2 @ A")),
    (
        "matmul",
        (
            cell("matmul", {"error3": "", "error4": "", "A_b3": "", "b3_A": ""}),
            "A @ b1",
            "b2 @ A",
            "A @ b3, b3 @ A",
        ),
    ),
    (
        "numpy",
        (
            "n_range, t_range = np.arange(10), torch.arange(10)\n"
            + cell("numpy", {"n_range": "", "t_range": ""}),
        ),
    ),
    ("shapes", (cell("shapes", {"a": ""}), "vector = torch.tensor([1, 2, 3])")),
)

#: question, name, a wrong way to write it: its own check is lost, and no other.
WRONG_LINES = (
    ("shapes", "a", "[1, 2, 3]"),
    ("shapes", "a", "np.array([1, 2, 3])"),
    ("shapes", "a", "torch.tensor([[1, 2, 3]])"),
    ("shapes", "a", "torch.tensor([[1], [2], [3]])"),
    ("shapes", "a", "torch.tensor([0, 1, 2])"),
    ("shapes", "a", "torch.arange(3)"),
    ("shapes", "a", "torch.tensor([3, 2, 1])"),
    ("shapes", "a", "torch.tensor([1, 2, 3, 4])"),
    ("shapes", "a", "(1, 2, 3)"),
    ("shapes", "a", "'[1, 2, 3]'"),
    ("shapes", "a", "pd.Series([1, 2, 3])"),
    ("shapes", "col1", "torch.tensor([1, 2, 3])"),
    ("shapes", "col1", "torch.tensor([[1, 2, 3]])"),
    ("shapes", "col1", "[[1], [2], [3]]"),
    ("shapes", "col2", "torch.tensor([1, 2, 3]).reshape(1, 3)"),
    ("shapes", "col2", "torch.tensor([1, 2, 3]).reshape(3)"),
    ("shapes", "col2", "torch.tensor([1, 2, 3]).T"),
    ("shapes", "col2", "np.array([[1], [2], [3]])"),
    ("shapes", "col2", "(3, 1)"),
    ("shapes", "row1", "torch.tensor([1, 2, 3])"),
    ("shapes", "row1", "torch.tensor([[[1, 2, 3]]])"),
    ("shapes", "row2", "torch.tensor([1, 2, 3]).reshape(3, 1)"),
    ("shapes", "row2", "torch.tensor([1, 2, 3]).reshape(1, 1, 3)"),
    ("shapes", "row2", "torch.tensor([[1, 2, 3]]).shape"),
    ("dtypes", "d_float", "torch.float64"),
    ("dtypes", "d_float", "'float'"),
    ("dtypes", "d_float", "float"),
    ("dtypes", "d_float", "torch.tensor([1.23, 2.34])"),
    ("dtypes", "d_float", "np.array([1.23, 2.34]).dtype"),
    ("dtypes", "d_int", "torch.int32"),
    ("dtypes", "d_int", "int"),
    ("dtypes", "d_int", "torch.float32"),
    ("dtypes", "t1", "torch.tensor([1, 2])"),
    ("dtypes", "t1", "torch.tensor([1, 2], dtype=torch.float64)"),
    ("dtypes", "t1", "torch.tensor([1.0])"),
    ("dtypes", "t2", "torch.tensor([1.2, 2.0])"),
    ("dtypes", "t2", "[1.0, 2.0]"),
    ("dtypes", "t2", "torch.tensor([1, 2]).double()"),
    ("dtypes", "t3", "torch.tensor([1, 2]).half()"),
    ("dtypes", "t3", "torch.tensor([[1, 2]]).float()"),
    ("dtypes", "t3", "torch.tensor([1, 2]).int()"),
    ("dtypes", "t3", "torch.tensor([2, 1]).float()"),
    ("dtypes", "t3", "np.array([1, 2], dtype=np.float32)"),
    ("mixed", "minus", "torch.tensor([1, 2]) - torch.tensor([1, 2])"),
    ("mixed", "minus", "torch.tensor([1, 2]) - torch.tensor([[1.0], [2.0]])"),
    ("mixed", "minus", "torch.tensor([1, 2]) + torch.tensor([1.0, 2.0])"),
    ("mixed", "both_int", "torch.tensor([[1.0, 0.0], [0.0, 1.0]]) @ torch.tensor([[1.0], [2.0]])"),
    ("mixed", "both_int", "torch.tensor([[1, 0], [0, 1]]) @ torch.tensor([1, 2])"),
    ("mixed", "both_int", "torch.tensor([[1, 0], [0, 1]]) * torch.tensor([[1], [2]])"),
    ("mixed", "both_float", "torch.tensor([[1, 0], [0, 1]]) @ torch.tensor([[1], [2]])"),
    ("mixed", "both_float", "np.eye(2) @ np.array([[1.0], [2.0]])"),
    ("mixed", "error1", "False"),
    ("mixed", "error1", "None"),
    ("mixed", "error1", "'TypeError'"),
    ("mixed", "error1", "ValueError('no')"),
    ("mixed", "error2", "RuntimeError('mat1 and mat2 shapes cannot be multiplied (2x2 and 1x2)')"),
    ("mixed", "error2", "'괜찮음'"),
    ("mixed", "error2", "1"),
    ("matmul", "b1_A", "(b1 @ A).T"),
    ("matmul", "b1_A", "(b1 @ A)[0]"),
    ("matmul", "b1_A", "b1 * A"),
    ("matmul", "A_b2", "A @ b3"),
    ("matmul", "A_b2", "A * b2"),
    ("matmul", "A_b2", "A @ b2 + 1"),
    ("matmul", "A_b3", "A @ b2"),
    ("matmul", "A_b3", "A * b3"),
    ("matmul", "b3_A", "b1 @ A"),
    ("matmul", "b3_A", "(b3 @ A).tolist()"),
    ("matmul", "error3", "False"),
    ("matmul", "error4", "'expected m1 and m2 to have the same dtype'"),
    ("matmul", "error4", "'mat1 and mat2 shapes cannot be multiplied (2x2 and 1x2)'"),
    ("broadcast", "a_1", "a"),
    ("broadcast", "a_1", "b - 1"),
    ("broadcast", "b_1", "a - 1"),
    ("broadcast", "b_1", "b + 1"),
    ("broadcast", "plus", "torch.cat([a, torch.tensor([10])])"),
    ("broadcast", "plus", "a + torch.tensor([[10], [10], [10]])"),
    ("broadcast", "plus", "a + torch.tensor([1])"),
    ("broadcast", "trap", "a.reshape(3, 1) - b"),
    ("broadcast", "trap", "b - a"),
    ("broadcast", "trap", "(a - b).shape"),
    ("broadcast", "trap", "torch.tensor([0, 0, 0])"),
    ("broadcast", "safe", "a - b"),
    ("broadcast", "safe", "a - b.reshape(3)"),
    ("broadcast", "safe", "torch.zeros(1, 3)"),
    ("csv", "raw", "torch.tensor(df.x)\nraw = raw.float()"),
    ("csv", "raw", "torch.tensor(df.y)"),
    ("csv", "raw", "df.x"),
    ("csv", "raw", "df.x.values"),
    ("csv", "raw", "torch.tensor(df.x).reshape(100, 1)"),
    ("csv", "x", "torch.tensor(df.x).reshape(100, 1)"),
    ("csv", "x", "torch.tensor(df.x).float()"),
    ("csv", "x", "torch.tensor(df.x).float().reshape(1, 100)"),
    ("csv", "x", "torch.tensor(df.x).int().reshape(100, 1)"),
    ("csv", "x", "torch.tensor(df.values).float()"),
    ("csv", "x", "torch.tensor(df.y).float().reshape(100, 1)"),
    ("numpy", "n_range", "torch.arange(10)"),
    ("numpy", "n_range", "np.arange(1, 11)"),
    ("numpy", "n_range", "list(range(10))"),
    ("numpy", "t_range", "np.arange(10)"),
    ("numpy", "n_range", "np.arange(10.0)"),
    ("numpy", "t_range", "torch.arange(10.0)"),
    ("numpy", "t_range", "torch.arange(0, 9)"),
    ("numpy", "n_lin", "np.linspace(0, 1, 11)"),
    ("numpy", "n_lin", "np.linspace(0, 1, 10).tolist()"),
    ("numpy", "t_lin", "torch.linspace(0, 10, 10)"),
    ("numpy", "t_lin", "np.linspace(0, 1, 10)"),
    ("numpy", "t_lin", "torch.linspace(0, 1, 100)"),
    ("numpy", "n_digits", "3.123456789"),
    ("numpy", "n_digits", "np.array([3.1235])"),
    ("numpy", "t_digits", "torch.tensor(3.123456789)"),
    ("numpy", "t_digits", "torch.tensor([3.123456789], dtype=torch.float64)"),
    ("numpy", "t_digits", "torch.tensor([3.1235])"),
)

#: What of these lines is a misconception.
NAMED = {
    "torch.tensor(df.x).reshape(100, 1)": "float64",
    "torch.tensor(df.x).int().reshape(100, 1)": "integer-data",
}

#: question, the sources of its cells, the names that are lost.
WRONG_CELLS = (
    ("shapes", (cell("shapes", {"col2": ""}),), "col2"),
    ("shapes", (cell("shapes", {"row1": "", "row2": ""}),), "row1 row2"),
    ("mixed", (cell("mixed", {"error1": "", "error2": ""}),), "error1 error2"),
    ("mixed", (cell("mixed", {"error1": "", "error2": ""}), SHOWN[0]), "error2"),
    ("mixed", (cell("mixed", {"error1": "", "error2": ""}) + "\n" + SWAPPED,), "error1 error2"),
    ("mixed", (cell("mixed", {"error1": "", "error2": ""}), SHOWN[0], SHOWN[0]), "error2"),
    ("mixed", (cell("mixed", {"error1": "", "error2": ""}), "1 / 0", "undefined"), "error1 error2"),
    ("matmul", (cell("matmul", {"error3": "", "error4": ""}), SHOWN[0], SHOWN[1]), "error3 error4"),
    ("matmul", (cell("matmul", {"error3": "", "error4": ""}), "A @ b1", "A @ b1"), "error4"),
    ("matmul", (cell("matmul", {"b1_A": "A @ b1"}),), "b1_A A_b2 A_b3 b3_A error4"),  # the rest never ran; one error was shown
    ("broadcast", (cell("broadcast", {"trap": "", "safe": ""}),), "trap safe"),
)  # fmt: skip
