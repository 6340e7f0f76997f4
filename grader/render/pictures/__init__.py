"""The pictures of a question, made from its report alone."""

from __future__ import annotations

from grader.records import QuestionReport
from grader.render.messages import Words
from grader.render.pictures.fit import fit_picture
from grader.render.pictures.losses import loss_picture
from grader.render.pictures.path import path_picture
from grader.render.pictures.picture import Key, Picture

__all__ = ["Key", "Picture", "pictures"]


def pictures(question: QuestionReport, words: Words) -> list[Picture]:
    """Give what there is to see of a training: the data with the line, the loss, the path."""
    made = (fit_picture, loss_picture, path_picture)
    return [picture for draw in made if (picture := draw(question, words)) is not None]
