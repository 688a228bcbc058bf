"""The registry of functions that protect a value or undo a protection, as a table.

Names are the parser's canonical ones in lower case; what the parser does not know keeps
the name it is written with. A name that is missing protects nothing. Only functions that
engines and their public extensions bring along are here: anybody can name a function
`redact`, so one's own are declared in the project's configuration.
"""

from __future__ import annotations

from typing import Final

# (effect, names separated by blanks); the effects are those of `Effect` in `methods`.
FUNCTIONS: Final[tuple[tuple[str, str], ...]] = (
    (
        "encode",
        """
        to_base64 to_base32 base64_encode base64 b64encode base64encode hex lower_hex
        to_hex hex_encode encode reverse rot13 compress to_binary to_code_points
        url_encode urlencode url_escape to_utf8 utf8_encode zip gzip bin2hex rawtohex
        to_base try_to_base64 quoted_printable_encode uuencode base32 base58_encode
        """,
    ),
    (
        "decode",
        """
        from_base64 from_base32 base64_decode_string base64_decode_binary unbase64
        b64decode base64decode try_base64_decode_string try_base64_decode_binary unhex
        from_hex hex_decode hex_decode_string hex_decode_binary try_hex_decode_string
        try_hex_decode_binary decode decompress decompress_string decompress_binary
        code_points_to_string code_points_to_bytes url_decode urldecode unzip gunzip
        hextoraw uncompress from_base uudecode safe_convert_bytes_to_string
        """,
    ),
    (
        "encrypt",
        """
        encrypt encrypt_raw aes_encrypt des_encrypt aead.encrypt deterministic_encrypt
        aead.deterministic_encrypt pgp_sym_encrypt pgp_pub_encrypt encrypt_iv
        encryptbykey encryptbypassphrase encryptbycert encryptbyasymkey fpe_encrypt
        tokenize_reversible keys.encrypt crypto_secretbox pgsodium.crypto_secretbox
        pgsodium.crypto_aead_det_encrypt dbms_crypto.encrypt
        """,
    ),
    (
        "decrypt",
        """
        decrypt decrypt_raw aes_decrypt try_aes_decrypt try_decrypt try_decrypt_raw
        des_decrypt aead.decrypt_string aead.decrypt_bytes deterministic_decrypt_string
        deterministic_decrypt_bytes pgp_sym_decrypt pgp_pub_decrypt decrypt_iv
        decryptbykey decryptbypassphrase decryptbycert decryptbyasymkey fpe_decrypt
        pgsodium.crypto_secretbox_open pgsodium.crypto_aead_det_decrypt
        dbms_crypto.decrypt
        """,
    ),
    (
        "truncate",
        """
        left right substring substr mid substring_index substring_bytes split_part
        strtok regexp_extract regexp_substr domain cut_to_first_significant_subdomain
        mask mask_first_n mask_last_n mask_show_first_n mask_show_last_n anon.partial
        anon.partial_email
        """,
    ),
    (
        # predicates: one bit about the value
        "generalise",
        """
        eq neq gt gte lt lte like ilike is in between exists similarto similar_to glob
        any all regexp_like regexp_i_like regexp_full_match starts_with ends_with
        contains contains_token nullsafeeq nullsafeneq equal_null is_null_value is_ascii
        is_array is_inf is_nan array_contains array_overlaps j_s_o_n_exists search
        isnull notnull
        """,
    ),
    (
        # sizes and positions
        "generalise",
        """
        length char_length character_length octet_length byte_length bit_length
        rtrimmed_length str_position instr position locate charindex regexp_count
        regexp_instr array_size cardinality sign typeof json_type soundex soundex_p123
        metaphone dmetaphone
        """,
    ),
    (
        # coarser dates
        "generalise",
        """
        date_trunc timestamp_trunc datetime_trunc time_trunc date_bin time_slice
        time_bucket extract year quarter month week day day_of_month day_of_week
        day_of_year dayname dayofweek_iso monthname week_of_year year_of_week
        year_of_week_iso last_day date_part datepart datename hour minute
        """,
    ),
    (
        # coarser numbers
        "generalise",
        """
        floor ceil ceiling trunc truncate width_bucket range_bucket ntile
        """,
    ),
    (
        # coarser addresses and places
        "generalise",
        """
        net.ip_trunc st_geohash st_snaptogrid h3_latlng_to_cell h3_point_to_cell
        s2_cellid anon.generalize_int4range anon.generalize_int8range
        anon.generalize_numrange anon.generalize_daterange anon.generalize_tsrange
        anon.generalize_tstzrange
        """,
    ),
    (
        "perturb",
        """
        anon.noise anon.dnoise anon.add_noise_on_numeric_column anon.shuffle_column
        anon_count anon_sum anon_avg
        """,
    ),
    (
        "hash",
        """
        md5 md5_digest m_d5_number_lower64 m_d5_number_upper64 md5_hex md5_binary sha
        sha1 sha1_hex sha1_binary s_h_a1_digest sha2 s_h_a2_digest sha2_hex sha2_binary
        sha224 sha256 sha384 sha512 sha3 hash hash_agg hash_md5 standard_hash ora_hash
        checksum binary_checksum crc32 crc32c farm_fingerprint xxhash32 xxhash64
        xx_hash64 xxh3 murmur_hash murmurhash murmurmur3_32 murmur_hash3_32
        murmur_hash3_64 murmur_hash3_128 city_hash64 sip_hash64 siphash64 fnv_hash
        fnv_hash64 int_hash64 hashbytes hashtext hashtextextended digest crypt blake2
        blake3 spooky_hash_v2_32 spooky_hash_v2_64 mask_hash minhash dbms_crypto.hash
        dbms_utility.get_hash_value anon.hash
        """,
    ),
    (
        "key",
        """
        hmac hmac_sha1 hmac_sha224 hmac_sha256 hmac_sha384 hmac_sha512 hmac_md5 to_hmac
        sip_hash64_keyed siphash64keyed siphash128keyed cmac gmac aes_cmac
        dbms_crypto.mac pgsodium.crypto_auth pgsodium.crypto_generichash_keyed
        anon.pseudo_email
        """,
    ),
    (
        "erase",
        """
        anon.random_string anon.fake_email anon.fake_last_name anon.fake_first_name
        """,
    ),
    (
        "count",
        """
        count count_if countif count_distinct approx_distinct approx_count_distinct hll
        regr_count
        """,
    ),
    (
        "total",
        """
        sum avg mean sum_if avg_if array_sum
        """,
    ),
)
