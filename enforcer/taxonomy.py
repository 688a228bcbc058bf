"""Categories: what a field can be, and which words and names mean which of them."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

import msgspec

from enforcer.column_names import ColumnNames, Hinted, NameHints
from enforcer.documents import nearest, nearest_or_all, read_document
from enforcer.documents.nearest import quoted
from enforcer.rules import Choice, Strict
from enforcer.shipped import policies_folder
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lineage import Origin

# What a column is labelled with whose name misleads.
NONE: Final = "none"
# What stands before the name of a set where a category might stand.
SET: Final = "set:"
_LIST: Final = "policies/taxonomy/categories.yml"
_SEPARATORS: Final = re.compile(r"[\s-]+")
# fideslang 1 divided what people gave from what was derived; version 2 does not.
_OLD_BRANCH: Final = re.compile(r"^user\.(?:provided|derived)\.(?:identifiable|nonidentifiable)\.")


class Form(Strict, frozen=True, kw_only=True, order=True):
    """What the values of a category look like, as far as it decides what a function leaves of them.

    A cut counts that keeps at most `head` characters at the start, or `tail` at the end;
    both together are fewer than the shortest value has. Rounding counts to `decimals` at
    most, where -1 is to tens. `zip3` tells of a postal code whose first digits are an area,
    `address` of a value with an @ in it, `ascii` of one without letters of other scripts.
    """

    head: Annotated[int, msgspec.Meta(ge=0)] = 3
    tail: Annotated[int, msgspec.Meta(ge=0)] = 4
    decimals: int = -1
    zip3: bool = False
    address: bool = False
    ascii: bool = False

    def stricter(self, other: Form) -> Form:
        """What may be left of a value that is of both forms."""
        return Form(
            head=min(self.head, other.head),
            tail=min(self.tail, other.tail),
            decimals=min(self.decimals, other.decimals),
            zip3=self.zip3 and other.zip3,
            address=self.address and other.address,
            ascii=self.ascii and other.ascii,
        )


DEFAULT_FORM: Final = Form()


class Category(Strict, frozen=True, kw_only=True):
    """What a category means.

    `enumerable`: all its values can be tried in hours or less; `added`: fideslang has no
    such key; `form`: what its values look like, and those of its children.
    """

    leading_key: ClassVar[str] = "about"

    about: str
    enumerable: bool = False
    added: bool = False
    form: Form | None = None


class Taxonomy:
    """The categories, frozen. A parent covers its children, and matching stops at a dot."""

    def __init__(
        self,
        categories: Mapping[str, Category],
        aliases: Mapping[str, str],
        names: ColumnNames,
        sets: Mapping[str, Choice] = MappingProxyType({}),
    ) -> None:
        self._categories = dict(categories)
        self._aliases = {_folded(word): category for word, category in aliases.items()}
        self._names = names
        self._sets = dict(sets)

    def with_categories(
        self, categories: Mapping[str, Category], sets: Mapping[str, Sequence[str]]
    ) -> Taxonomy:
        """The same with more categories; `sets` are those that each set gets beside its own."""
        grown = {
            name: msgspec.structs.replace(choice, any_of=(*choice.any_of, *sets.get(name, ())))
            for name, choice in self._sets.items()
        }
        return Taxonomy(self._categories | dict(categories), self._aliases, self._names, grown)

    def with_aliases(self, aliases: Mapping[str, str]) -> Taxonomy:
        """The same with more words for categories, which go before those that are shipped."""
        folded = {_folded(word): category for word, category in aliases.items()}
        return Taxonomy(self._categories, self._aliases | folded, self._names, self._sets)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._categories))

    def known(self, category: str) -> bool:
        """True when there is such a category."""
        return category in self._categories

    def about(self, category: str) -> str:
        """What a category means, in a few words; empty when there is no such category."""
        found = self._categories.get(category)
        return found.about if found else ""

    def covers(self, parent: str, child: str) -> bool:
        """True when `child` is `parent` or lies below it."""
        return child == parent or child.startswith(f"{parent}.")

    def is_enumerable(self, category: str) -> bool:
        """True when all values of the category can be tried, so that a hash hides nothing."""
        found = self._categories.get(category)
        if found is not None and found.enumerable:
            return True
        parent = category.rpartition(".")[0]
        return bool(parent) and self.is_enumerable(parent)

    def chooses(self, data: Choice, category: str) -> bool:
        """True when a category is among the data that a rule speaks of.

        A pattern is a category, which covers its children, a glob, or `set:` and a set's name.
        """
        if any(self._means(pattern, category) for pattern in data.none_of):
            return False
        return not data.any_of or any(self._means(p, category) for p in data.any_of)

    def _means(self, pattern: str, category: str) -> bool:
        if pattern.startswith(SET):
            return self.chooses(self._sets[pattern.removeprefix(SET)], category)
        if "*" in pattern:
            return fnmatchcase(category, pattern)
        return self.covers(pattern, category)

    def form_of(self, category: str) -> Form:
        """What values of the category look like; its own form, or that of the nearest parent."""
        while category:
            found = self.own_form(category)
            if found is not None:
                return found
            category = category.rpartition(".")[0]
        return DEFAULT_FORM

    def own_form(self, category: str) -> Form | None:
        """The form that is written at the category itself, None where there is none."""
        found = self._categories.get(category)
        return found.form if found else None

    def sets(self) -> Mapping[str, tuple[str, ...]]:
        """The sets of categories by name, each with all categories that it covers."""
        return self._covered

    @cached_property
    def _covered(self) -> Mapping[str, tuple[str, ...]]:
        known = tuple(self)
        return {
            name: tuple(category for category in known if self.chooses(choice, category))
            for name, choice in sorted(self._sets.items())
        }

    def suggest(self, column_name: str) -> str | None:
        """The category that a column of such a name most likely has, None when it tells none."""
        return self._names.suggest(column_name)

    def hinted(self, column_name: str, relation: str = "") -> Hinted | None:
        """The same with the words that tell it; the relation may say whose its columns are."""
        return self._names.hinted(column_name, relation)

    def is_of_codes(self, relation: str) -> bool:
        """True for a relation that is by its name a list of codes, which are nobody's."""
        return self._names.is_of_codes(relation)

    def closest(self, category: str) -> str | None:
        """The category that was most likely meant."""
        last = category.rpartition(".")[2]
        same_end = [name for name in self if name.rpartition(".")[2] == last]
        return same_end[0] if len(same_end) == 1 else nearest(category, self._categories)

    def of_alias(self, word: str) -> str | None:
        """The category that a word stands for: a category itself, an old key, a tag."""
        if word in self._categories:
            return word
        folded = _folded(word)
        today = _OLD_BRANCH.sub("user.", folded)
        for known in (folded, today):
            if known in self._aliases:
                return self._aliases[known]
        return today if today in self._categories else None

    def check(self, category: str, origin: Origin) -> str:
        """The category that was written, by its present key.

        Raises `PolicyError` at `origin` when there is no such category.
        """
        found = self.of_alias(category)
        if found is None:
            raise self._unknown(category, origin)
        return found

    def check_pattern(self, pattern: str, origin: Origin) -> None:
        """Raises `PolicyError` unless a rule's pattern can match: a category, a glob, a set.

        An alias is refused here: a rule says which category it means.
        """
        if pattern.startswith(SET):
            self._check_set(pattern.removeprefix(SET), origin)
            return
        if "*" in pattern:
            matched = any(fnmatchcase(category, pattern) for category in self._categories)
        else:
            matched = pattern in self._categories
        if not matched:
            raise self._unknown(pattern, origin)

    def _check_set(self, name: str, origin: Origin) -> None:
        if name not in self._sets:
            step = nearest_or_all(name, self._sets)
            raise PolicyError(origin, f"unknown set of categories {quoted(name)}", step)

    def _unknown(self, category: str, origin: Origin) -> PolicyError:
        meant = self.of_alias(category) or self.closest(category)
        listed = f"choose one that {_LIST} lists, or declare it in `categories`"
        step = f"did you mean `{meant}`?" if meant else listed
        return PolicyError(origin, f"unknown category {quoted(category)}", step)


def _folded(word: str) -> str:
    return _SEPARATORS.sub("_", word.strip().lower())


def load_taxonomy() -> Taxonomy:
    """The taxonomy that is shipped. Raises `PolicyError` when a file of it is damaged."""
    folder = policies_folder() / "taxonomy"
    categories = read_document(folder, "categories.yml", dict[str, Category])
    aliases = read_document(folder, "aliases.yml", dict[str, str])
    names = read_document(folder, "names.yml", NameHints)
    sets = read_document(folder, "sets.yml", dict[str, Choice])
    taxonomy = Taxonomy(categories.value, aliases.value, ColumnNames(names.value), sets.value)
    for name, choice in sets.value.items():
        for pattern in (*choice.any_of, *choice.none_of):
            taxonomy.check_pattern(pattern, sets.origin(name))
    return taxonomy
