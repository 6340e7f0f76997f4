"""The student's page and the class page: self-contained HTML, made from reports alone."""

from grader.render.class_page import ClassEntry, class_page
from grader.render.student_page import student_page

__all__ = ["ClassEntry", "class_page", "student_page"]
