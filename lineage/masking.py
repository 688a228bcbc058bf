"""What counts as masking where lineage is exchanged: a hint to others, and no protection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lineage.words import name_of

if TYPE_CHECKING:
    from lineage.words import Transform

# The function that stands for `masking: true` where an event does not say which it was.
MASKED: Final = "masked"
# What is marked as masking, as OpenLineage's Spark integration does it: hashes, masks, counts.
# It is a hint to readers of the events and no protection: those are `enforcer.protection`'s.
MASKING: Final = frozenset(
    {MASKED}
    | set(
        """
        md5 md5_digest md5_hex md5_binary m_d5_number_lower64 m_d5_number_upper64
        sha sha1 sha1_hex sha1_binary s_h_a1_digest sha2 s_h_a2_digest sha2_hex sha2_binary
        sha224 sha256 sha384 sha512 sha3 hash hash_md5 standard_hash ora_hash hashbytes
        crc32 crc32c farm_fingerprint xxhash32 xxhash64 xx_hash64 xxh3 murmur_hash
        murmurhash murmur_hash3_32 murmur_hash3_64 murmur_hash3_128 city_hash64 sip_hash64
        hmac hmac_md5 hmac_sha1 hmac_sha224 hmac_sha256 hmac_sha384 hmac_sha512 to_hmac
        digest crypt mask mask_hash mask_first_n mask_last_n mask_show_first_n
        mask_show_last_n count count_if count_distinct approx_distinct approx_count_distinct
        """.split()
    )
)


def is_masking(transform: Transform) -> bool:
    """Whether anything on the way masks the value (along a path, masking is OR)."""
    return not MASKING.isdisjoint(map(name_of, transform.functions))
