import pytest

from grader.matching import has_code


@pytest.mark.parametrize(
    ("source", "answered"),
    [
        ("# 문제: mse\n# 모르겠음", False),
        ("# 문제: mse\npass", False),
        ("# 문제: mse\n...\n", False),
        ("# 문제: mse\nraise NotImplementedError('답')  # 지우고 쓰세요", False),
        ("%check mse", False),
        ("for i in range(30):\n    pass", True),
        ("What", True),
    ],
)
def test_what_is_no_answer(source, answered):
    """Comments, ``pass``, dots and what says that nothing stands there hold the place of an answer."""
    assert answered == has_code(source)
