"""Notices: what people were told about their data, from files to values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.config import Configuration, read_named
from enforcer.rules import Notice

if TYPE_CHECKING:
    from enforcer.documents import Document
    from enforcer.taxonomy import Taxonomy


def load_notices(configuration: Configuration, taxonomy: Taxonomy) -> tuple[Notice, ...]:
    """The notices that a configuration names, in its order.

    Raises `PolicyError` for one that cannot be read, says nothing of any data, or speaks of a
    category that does not exist.
    """
    documents = [read_named(configuration, path, Notice) for path in configuration.settings.notice]
    for document in documents:
        check_notice(document, taxonomy)
    return tuple(document.value for document in documents)


def check_notice(document: Document[Notice], taxonomy: Taxonomy) -> None:
    """Whether a notice speaks of what there is; raises `PolicyError`."""
    for category in document.value.categories:
        taxonomy.check_pattern(category, document.key_origin("categories", category))
