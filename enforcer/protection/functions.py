"""The registry of functions that protect a value or undo a protection, as a table.

Names are the parser's canonical ones in lower case; what the parser does not know keeps
the name it is written with, and one that is called by its schema or package has that in
its name. A name that is missing protects nothing. Only functions that engines and their
public extensions bring along are here: anybody can name a function `redact`, so one's own
are declared in the project's configuration.

A rule says how what stands behind the name counts (`left:8`); `enforcer.protection.acts`
has the rules. Without one the arguments do not matter.
"""

from __future__ import annotations

from typing import Final

# (effect, rule, names separated by blanks); the effects are those of `Effect` in `methods`.
FUNCTIONS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "encode",
        "",
        """
        to_base64 to_base32 base64_encode base64 b64encode base64encode hex lower_hex
        to_hex hex_encode compress to_code_points url_encode urlencode url_escape
        encode_url_component encode_url_form_component zip gzip bin2hex rawtohex to_base
        try_to_base64 quoted_printable_encode uuencode base32 base58_encode base58encode
        base32encode utl_encode.base64_encode utl_encode.uuencode utl_compress.lz_compress
        """,
    ),
    ("encode", "encoding", "encode"),
    (
        "decode",
        "",
        """
        from_base64 from_base32 base64_decode_string base64_decode_binary unbase64
        b64decode base64decode trybase64decode try_base64_decode_string
        try_base64_decode_binary unhex try_unhex from_hex hex_decode hex_decode_string
        hex_decode_binary try_hex_decode_string try_hex_decode_binary decode decompress
        decompress_string decompress_binary code_points_to_string code_points_to_bytes
        url_decode urldecode decode_url_component decode_url_form_component unzip gunzip
        hextoraw uncompress from_base uudecode to_binary try_to_binary base58decode
        base32decode utl_encode.base64_decode utl_encode.uudecode
        utl_compress.lz_uncompress
        """,
    ),
    ("mirror", "", "reverse rot13"),
    (
        "encrypt",
        "encryption",
        """
        encrypt encrypt_raw encrypt_iv aes_encrypt aes_encrypt_mysql des_encrypt
        sm4_encrypt aead.encrypt deterministic_encrypt aead.deterministic_encrypt
        pgp_sym_encrypt pgp_sym_encrypt_bytea encryptbykey encryptbypassphrase
        fpe_encrypt dbms_crypto.encrypt
        """,
    ),
    (
        # with a key that may be public, or that is named and not given
        "encrypt",
        "",
        """
        pgp_pub_encrypt pgp_pub_encrypt_bytea encryptbycert encryptbyasymkey
        tokenize_reversible dlp_deterministic_encrypt pgsodium.crypto_secretbox
        pgsodium.crypto_aead_det_encrypt pgsodium.crypto_aead_ietf_encrypt
        crypto_secretbox kms_encrypt
        """,
    ),
    (
        "decrypt",
        "decryption",
        """
        decrypt decrypt_raw decrypt_iv aes_decrypt aes_decrypt_mysql try_aes_decrypt
        try_decrypt try_decrypt_raw des_decrypt sm4_decrypt aead.decrypt_string
        aead.decrypt_bytes deterministic_decrypt_string deterministic_decrypt_bytes
        pgp_sym_decrypt pgp_sym_decrypt_bytea pgp_pub_decrypt pgp_pub_decrypt_bytea
        decryptbykey decryptbypassphrase decryptbycert decryptbyasymkey
        decryptbykeyautocert decryptbykeyautoasymkey fpe_decrypt dlp_deterministic_decrypt
        pgsodium.crypto_secretbox_open pgsodium.crypto_aead_det_decrypt
        pgsodium.crypto_aead_ietf_decrypt crypto_secretbox_open dbms_crypto.decrypt
        kms_decrypt
        """,
    ),
    ("truncate", "head", "left"),
    ("truncate", "tail", "right"),
    ("truncate", "part", "substring substr mid substring_bytes"),
    ("truncate", "ends", "mask_inner anon.partial"),
    ("truncate", "last4", "mask_ssn mask_pan"),
    ("truncate", "6x4", "mask_pan_relaxed"),
    ("truncate", "piece", "split_part strtok substring_index"),
    ("truncate", "after_at", "regexp_extract regexp_substr"),
    ("truncate", "masked", "mask"),
    ("truncate", "shown_head", "mask_show_first_n"),
    ("truncate", "shown_tail", "mask_show_last_n"),
    ("truncate", "", "anon.partial_email"),
    (
        # predicates: one bit about the value
        "generalise",
        "",
        """
        eq neq gt gte lt lte like ilike is in between exists similarto similar_to glob
        any all regexp_like regexp_i_like regexp_full_match starts_with ends_with
        contains contains_token nullsafeeq nullsafeneq equal_null is_null_value is_ascii
        is_array is_inf is_nan array_contains array_overlaps j_s_o_n_exists search
        isnull notnull
        """,
    ),
    (
        # sizes, positions and sounds
        "generalise",
        "",
        """
        length char_length character_length octet_length byte_length bit_length
        rtrimmed_length str_position instr position locate charindex regexp_count
        regexp_instr array_size cardinality sign typeof json_type soundex soundex_p123
        metaphone dmetaphone
        """,
    ),
    (
        # dates that are cut off, and distances from a day
        "generalise",
        "unit",
        """
        date_trunc timestamp_trunc datetime_trunc time_trunc datetrunc date_bin time_slice
        time_bucket last_day datediff timestampdiff datetime_diff ts_or_ds_diff time_diff
        to_char time_to_str anon.generalize_daterange anon.generalize_tsrange
        anon.generalize_tstzrange
        """,
    ),
    ("generalise", "component", "extract date_part datepart"),
    ("generalise", "year", "year year_of_week year_of_week_iso"),
    (
        "generalise",
        "",
        """
        quarter month monthname week week_of_year hour minute second
        """,
    ),
    ("generalise", "digits", "round trunc truncate floor ceil ceiling"),
    (
        "generalise",
        "step",
        """
        width_bucket range_bucket anon.generalize_int4range anon.generalize_int8range
        anon.generalize_numrange
        """,
    ),
    # networks of at least 256 addresses, cells of at least a kilometre
    ("generalise", "at_most 24", "net.ip_trunc"),
    ("generalise", "at_most 5", "st_geohash"),
    ("generalise", "at_most 7", "h3_latlng_to_cell h3_point_to_cell"),
    ("keep", "cap", "least"),
    ("perturb", "amount", "anon.noise anon.add_noise_on_numeric_column"),
    ("perturb", "blur", "anon.dnoise"),
    ("perturb", "", "anon.shuffle_column anon_count anon_sum anon_avg"),
    (
        "hash",
        "",
        """
        md5 md5_digest m_d5_number_lower64 m_d5_number_upper64 md5_hex md5_binary
        md5_number md5_number_lower md5_number_upper md5sum half_md5 halfmd5 md4 sha sha1
        sha1_hex sha1_binary s_h_a1_digest sha2 s_h_a2_digest sha2_hex sha2_binary sha224
        sha256 sha384 sha512 sha512_256 sha3 sm3 sm3sum ripemd160 hash hash_agg hash_md5
        hash_sha1 hash_sha256 hash_sha512 hash_tiger hashtype_md5 hashtype_sha1
        hashtype_sha256 hashrow hashbucket standard_hash ora_hash checksum binary_checksum
        crc32 crc32c crc32ieee crc64 farm_fingerprint farm_fingerprint64 farmfingerprint64
        farm_hash64 farmhash64 xxhash32 xxhash64 xx_hash32 xx_hash64 xxh3 xxh64
        murmur_hash murmurhash murmur3 murmurhash2 murmurhash3 murmurhash2_32
        murmurhash2_64 murmurhash3_32 murmurhash3_64 murmurhash3_128 murmur_hash3_32
        murmur_hash3_64 murmur_hash3_128 gccmurmurhash kafka_murmur2 city_hash64
        cityhash64 sip_hash64 siphash64 sip_hash128 siphash128 metro_hash64 metrohash64
        java_hash javahash hive_hash hivehash fnv_hash fnv_hash64 fnvhash seahash wyhash64
        int_hash32 int_hash64 inthash32 inthash64 url_hash urlhash hashbytes hashtext
        hashtextextended digest crypt password old_password blake2 blake2b blake3
        spooky_hash_v2_32 spooky_hash_v2_64 mask_hash minhash pgsodium.crypto_generichash
        func_sha1 dbms_crypto.hash dbms_utility.get_hash_value
        anon.hash anon.digest generate_surrogate_key surrogate_key
        dbt_utils.generate_surrogate_key dbt_utils.surrogate_key
        """,
    ),
    (
        "key",
        "key",
        """
        hmac hmac_sha1 hmac_sha224 hmac_sha256 hmac_sha384 hmac_sha512 hmac_md5 to_hmac
        crypto_hmac sip_hash64_keyed siphash64keyed siphash128keyed cmac gmac aes_cmac
        dbms_crypto.mac pgsodium.crypto_auth
        pgsodium.crypto_shorthash
        """,
    ),
    (
        "key",
        "",
        """
        anon.pseudo_first_name anon.pseudo_last_name anon.pseudo_email anon.pseudo_city
        anon.pseudo_country anon.pseudo_region anon.pseudo_company anon.pseudo_iban
        anon.pseudo_siret
        """,
    ),
    # no function: how a value flows into its token, by `enforcer.protection.tokens`
    ("tokenise", "token_map", "join"),
    (
        "erase",
        "",
        """
        anon.random_string anon.random_date anon.random_int anon.random_phone
        anon.random_zip anon.fake_email anon.fake_first_name anon.fake_last_name
        anon.fake_address anon.fake_city anon.fake_company anon.fake_country anon.fake_iban
        anon.fake_postcode anon.fake_siret
        """,
    ),
    (
        "count",
        "",
        """
        count count_if countif count_distinct approx_distinct approx_count_distinct hll
        regr_count
        """,
    ),
    (
        "total",
        "",
        """
        sum avg mean sum_if avg_if array_sum
        """,
    ),
)
