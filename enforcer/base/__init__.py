"""The base commit of a pull request: the files in it that decide, read from git and nothing run."""

from enforcer.base.commit import Commit, open_commit
from enforcer.base.deciding import changes_between, configuration_in, find_in, in_base
from enforcer.base.places import refuse_links
from enforcer.base.scratch import put, scratch_folder

__all__ = [
    "Commit",
    "changes_between",
    "configuration_in",
    "find_in",
    "in_base",
    "open_commit",
    "put",
    "refuse_links",
    "scratch_folder",
]
