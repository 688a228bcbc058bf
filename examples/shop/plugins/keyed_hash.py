"""Gives DuckDB the function `hmac_sha256(value)`, keyed outside the warehouse.

The key comes from SHOP_MATCH_KEY; the fallback is a specimen for local runs. Only a
temporary macro is made, so the key is never written to the database file.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

BLOCK = 64


class Plugin(BasePlugin):
    """HMAC-SHA-256 (RFC 2104) as a SQL macro, the two padded keys worked out here."""

    def configure_cursor(self, cursor: Any) -> None:  # noqa: ANN401 - duckdb's cursor
        """Make the macro known on a new cursor."""
        key = os.environ.get("SHOP_MATCH_KEY", "specimen key, not a secret").encode()
        if len(key) > BLOCK:
            key = hashlib.sha256(key).digest()
        key = key.ljust(BLOCK, b"\0")
        inner = bytes(byte ^ 0x36 for byte in key).hex()
        outer = bytes(byte ^ 0x5C for byte in key).hex()
        cursor.execute(
            "create or replace temporary macro hmac_sha256(value) as "
            f"sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode(value))))"
        )
