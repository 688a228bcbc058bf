"""The project's own categories, and its own words for them: the taxonomy that it is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.config import load_config
from enforcer.documents import nearest_or_all
from enforcer.documents.nearest import quoted
from enforcer.taxonomy import NONE, Category, Taxonomy, load_taxonomy
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from pathlib import Path

    from enforcer.config import Configuration

_SHIPPED: Final = "policies/taxonomy/categories.yml"


def load_project_taxonomy(path: Path) -> Taxonomy:
    """The taxonomy of the project at `path`; raises `PolicyError` like `project_taxonomy`."""
    return project_taxonomy(load_config(path), load_taxonomy())


def project_taxonomy(configuration: Configuration, taxonomy: Taxonomy) -> Taxonomy:
    """The taxonomy with the categories and the words of the project's own.

    Raises `PolicyError`, where it is written, for a category that is shipped already, is a
    shipped word for one, has no parent or names an unknown set; for a word that stands for no
    category; and for a category that is to stand for another.
    """
    return _with_aliases(configuration, _with_categories(configuration, taxonomy))


def _with_categories(configuration: Configuration, taxonomy: Taxonomy) -> Taxonomy:
    own = configuration.settings.categories
    for key in own:
        _check_new(configuration, key, taxonomy)
        _check_parent(configuration, key, taxonomy)
    sets = taxonomy.sets()
    belonging: dict[str, list[str]] = {}
    for key, category in own.items():
        for number, name in enumerate(category.sets):
            if name not in sets:
                at = configuration.origin("categories", key, "sets", number)
                what = f"unknown set of categories {quoted(name)}"
                raise PolicyError(at, what, nearest_or_all(name, sets))
            belonging.setdefault(name, []).append(key)
    added = {
        key: Category(about=one.about, enumerable=one.enumerable, added=True, form=one.form)
        for key, one in own.items()
    }
    return taxonomy.with_categories(added, belonging)


def _check_new(configuration: Configuration, key: str, taxonomy: Taxonomy) -> None:
    """Raises `PolicyError` for a key that means something already."""
    at, meant = configuration.key_origin("categories", key), taxonomy.of_alias(key)
    if taxonomy.known(key):
        what = f"{quoted(key)} is a category that is shipped"
        raise PolicyError(at, what, f"use it as it is, or choose another key (see {_SHIPPED})")
    if meant is not None:
        what = f"{quoted(key)} is a word for {quoted(meant)} already"
        raise PolicyError(at, what, f"use {quoted(meant)}, or choose another key")


def _check_parent(configuration: Configuration, key: str, taxonomy: Taxonomy) -> None:
    """Raises `PolicyError` for a key below nothing, or below what says that it is nothing."""
    own, parent = configuration.settings.categories, key.rpartition(".")[0]
    if not parent or parent in own or (taxonomy.known(parent) and parent != NONE):
        return
    at = configuration.key_origin("categories", key)
    if parent == NONE:
        what = f"{quoted(key)} is below {quoted(NONE)}, which says that a column is not personal"
        raise PolicyError(at, what, "choose another key")
    meant = taxonomy.closest(parent)
    step = f"declare {quoted(parent)} as well"
    step += f", or did you mean {quoted(meant)}?" if meant else ""
    raise PolicyError(at, f"{quoted(key)} is below {quoted(parent)}, which is no category", step)


def _with_aliases(configuration: Configuration, taxonomy: Taxonomy) -> Taxonomy:
    aliases = configuration.settings.aliases
    for word, category in aliases.items():
        if taxonomy.known(word):
            what = f"{quoted(word)} is a category itself"
            step = f"label the columns as `{NONE}` that it does not fit, or remove the alias"
            raise PolicyError(configuration.key_origin("aliases", word), what, step)
        taxonomy.check(category, configuration.origin("aliases", word))
    meant = {word: taxonomy.of_alias(category) or NONE for word, category in aliases.items()}
    return taxonomy.with_aliases(meant)
