"""Where the policies are that come with this package."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def policies_folder() -> Path:
    """The folder of shipped packs, as a real path.

    A wheel has it inside of this package, a source checkout beside it.
    """
    package = Path(str(resources.files("enforcer"))).resolve()
    inside = package / "policies"
    return inside if inside.is_dir() else package.parent / "policies"
