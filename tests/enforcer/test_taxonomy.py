"""Categories, the words for them, and what names of columns tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcer.column_names import NameHints
from enforcer.documents import read_document
from enforcer.shipped import policies_folder
from enforcer.taxonomy import load_taxonomy
from enforcer.words import PolicyError
from lineage import Origin

TAXONOMY = load_taxonomy()
HERE = Origin("labels.yml", 3, 7)

TELLING = {
    "user.contact.email": """email EMAIL e_mail email_address emailAddress mail_address EmailAddr
        customer_email billing_e_mail guestEmail email_2 email2 email_raw crm_email
        客户邮箱 youxiang""",
    "user.contact.phone_number": """phone phone_number PhoneNumber mobile customer_mobile msisdn
        phone_nbr customer_telefono
        cell_phone telephone tel mobile_no phone_e164 home_phone shouji shoujihao 客户手机号""",
    "user.name.first": "first_name firstname FirstName customer_first_name given_name fname",
    "user.name.last": "last_name lastName surname family_name billing_last_name",
    "user.name": """full_name fullName customer_name patient_name employee_full_name
        xm xingming 姓名""",
    "user.account.username": "username user_name login_name",
    "user.demographic.date_of_birth": "dob birth_date birthdate date_of_birth birthday csrq",
    "user.demographic.gender": "gender sex customer_gender xingbie",
    "user.government_id.national_identification_number": """ssn customer_ssn national_id id_card_no
        social_security_number shenfenzheng shenfenzhenghao sfz sfzh 身份证号 aadhaar_number""",
    "user.government_id.passport_number": "passport passport_nbr passport_number passportNo huzhao",
    "user.financial.bank_account": "iban customer_iban bank_account_number",
    "user.financial.credit_card.pan": "pan card_number cardNumber credit_card_number cc_num kahao",
    "user.financial.credit_card.cvv": "cvv cvc CVV2 card_cvv",
    "user.financial.credit_card.cardholder_name": "cardholder_name",
    "user.financial.income": "salary base_salary annual_income customer_income",
    "user.authorization.password": "password passwd password_hash hashed_password user_password",
    "user.authorization.credentials": "access_token refresh_token api_key",
    "user.contact.address.street": """street street_name address address_line address_line_1
        addressLine2 shipping_address home_address dizhi jiatingzhuzhi 地址""",
    "user.contact.address.postal_code": "postal_code postcode zip zip_code billing_zip",
    "user.device.ip_address": "ip ip_address client_ip last_login_ip signupIp remote_addr ipv4",
    "user.device.device_id": "device_id android_id",
    "user.device.ad_id": "idfa gaid advertising_id",
    "user.health_and_medical.diagnosis": "diagnosis icd10 icd_10_code patient_diagnosis",
    "user.location.precise": "gps_latitude user_lat customer_longitude",
}
LANGUAGES = {
    "user.contact.email": """e_mail_adresse mailadresse adresse_email courriel correo_electronico
        correo_cliente email_cliente email_usuario endereco_de_email indirizzo_mail mailadres
        adres_email 电子邮箱 客户邮箱地址 dzyx""",
    "user.contact.phone_number": """telefonnummer handynummer numero_de_téléphone telephone_portable
        telefono_movil telefono_cliente celular telefone_celular cellulare numero_di_telefono
        telefoonnummer nr_telefonu 联系电话 手机号码 sjhm""",
    "user.name": """kundenname nom_complet nom_client nombre_completo nombre_cliente
        nombre_del_cliente nome_completo volledige_naam imie_nazwisko
        客户姓名 xingming""",
    "user.name.first": "vorname prénom primer_nombre voornaam imię",
    "user.name.last": "nachname nom_de_famille apellidos cognome achternaam nazwisko sobrenome",
    "user.account.username": "benutzername nombre_de_usuario nome_utente gebruikersnaam 用户名",
    "user.contact.address.street": """straße lieferadresse adresse_de_livraison direccion_de_envio
        direccion_cliente endereco indirizzo_di_residenza woonadres adres_zamieszkania 收货地址""",
    "user.contact.address.postal_code": """postleitzahl plz code_postal codigo_postal cep
        kod_pocztowy 邮政编码""",
    "user.contact.address.city": "wohnort kunde_ort ville_client_ville woonplaats cliente_ciudad",
    "user.demographic.date_of_birth": """geburtsdatum date_de_naissance fecha_nacimiento
        fecha_de_nacimiento_cliente data_nascimento data_di_nascita geboortedatum data_urodzenia
        出生日期 csrq""",
    "user.demographic.gender": "geschlecht sexe sexo sesso geslacht płeć 性别 xb",
    "user.demographic.marital_status": """familienstand situation_familiale estado_civil
        stato_civile stan_cywilny 婚姻状况""",
    "user.government_id.national_identification_number": """personalausweisnummer
        sozialversicherungsnummer numero_de_securite_sociale documento_de_identidad
        codice_fiscale burgerservicenummer pesel nr_dowodu 证件号码 公民身份号码""",
    "user.government_id.passport_number": """reisepassnummer pasaporte passaporto nr_paszportu
        护照号码""",
    "user.financial.bank_account": """bankverbindung compte_bancaire cuenta_bancaria
        conta_bancaria conto_corrente rekeningnummer rachunek_bankowy 银行账号""",
    "user.financial.credit_card.pan": """kreditkartennummer numero_de_tarjeta cartao_de_credito
        numero_carta_di_credito numer_karty 信用卡号""",
    "user.financial.income": "gehalt salaire_brut salario stipendio salaris wynagrodzenie 工资",
    "user.authorization.password": "passwort mot_de_passe contraseña senha wachtwoord hasło 密码",
    "user.health_and_medical.diagnosis": "diagnose diagnóstico diagnosi 诊断结果",
    "user.device.ip_address": "ip_adresse adresse_ip direccion_ip ip_adres",
}
SILENT = """
    address_id address_type average_salary avg_salary card_brand card_type city_population
    company_address company_name company_phone company_street contact_count country created_at
    customer_id customer_since description device_type distinct_phone email_bounced email_count
    email_domain email_id email_opt_in email_sent_at email_status email_verified emails_sent
    error_message file_name first_name_length first_order_at gift_card_number hashed_email
    has_email has_phone host_name iban_valid id ip_count is_mobile is_valid_iban last_updated
    latitude lat location loyalty_card_number mac_and_cheese masked_ssn mobile_app_version
    model_name name number opt_in_email order_id panel pan_european passed password_changed_at
    password_reset_sent payment_status phone_id phone_type phone_verified postal_zone
    product_name product_sex_ratio race_id schema_name server_ip sha256_email
    shipping_address_id ship_date status store_email store_phone store_postal_code street_id
    street_view_url table_name tip total_salary transaction_type unique_emails update_time
    user_agent user_id valid_email verified_email version warehouse_address wire_street_count
    xml xmas_bonus zip_file 邮箱数量 手机号类型
    email_client mail_client nombre nombre_de_produits nom nome naam nombre_producto typ_telefonu
    tipo_telefono cantidad_correos anzahl_email ma_telefon kennzeichen stadt ciudad alter_table eta
    kontonummer empresa_telefono firma_telefon category_ip practice_address free_email
""".split()


@pytest.mark.parametrize(
    ("category", "name"), [(c, name) for c, names in TELLING.items() for name in names.split()]
)
def test_telling_names(category: str, name: str) -> None:
    """A name that ends in a telling word suggests its category."""
    assert TAXONOMY.suggest(name) == category


@pytest.mark.parametrize(
    ("category", "name"), [(c, name) for c, names in LANGUAGES.items() for name in names.split()]
)
def test_telling_names_in_other_languages(category: str, name: str) -> None:
    """Names tell as much in German, French, Spanish, Portuguese, Italian, Dutch and Polish."""
    assert TAXONOMY.suggest(name) == category


@pytest.mark.parametrize(
    ("relation", "column", "category"),
    [
        ("shop.raw.customers", "name", "user.name"),
        ("stg_patients", "city", "user.contact.address.city"),
        ("dim_employee", "salary", "user.financial.income"),
        ("raw.companies", "name", None),
        ("customer_orders", "name", None),
        ("raw.clientes", "nombre", "user.name"),
        ("usuarios", "correo", "user.contact.email"),
        ("netsuite_customers_source", "name", "user.name"),
        ("raw.users", "name", "user.name"),
        ("departments", "full_name", None),
        ("organizations", "phone", None),
        ("accounts", "email", "user.contact.email"),
        ("events", "first_name", "user.name.first"),
        ("organizations", "ssn", "user.government_id.national_identification_number"),
    ],
)
def test_a_relation_may_say_whose_a_column_is(
    relation: str, column: str, category: str | None
) -> None:
    """A list of people has their names and cities in columns that say no more than that."""
    found = TAXONOMY.hinted(column, relation.rpartition(".")[2])
    assert (found.category if found else None) == category


def test_lists_of_codes_are_known_by_their_names() -> None:
    """Terminologies and mappings hold codes that are nobody's."""
    assert TAXONOMY.is_of_codes("tuva.terminology.gender")
    assert TAXONOMY.is_of_codes("value_sets._value_set_demographic_factors")
    assert not TAXONOMY.is_of_codes("shop.raw.customers")


@pytest.mark.parametrize("name", SILENT)
def test_silent_names(name: str) -> None:
    """A name that only mentions such a word, or could be anything's, suggests nothing."""
    assert TAXONOMY.suggest(name) is None


@given(st.text(max_size=300))
def test_any_name_can_be_asked_about(name: str) -> None:
    """Whatever a column is called, the answer is a category or none."""
    found = TAXONOMY.suggest(name)
    assert found is None or TAXONOMY.known(found)


@given(st.sampled_from(["email", "phone_number", "ssn"]), st.sampled_from(["_", "-", " ", "__"]))
def test_spelling_does_not_matter(name: str, divider: str) -> None:
    """Letter case and the way in which words are divided do not change what a name tells."""
    spelt = divider.join(("guest", *name.split("_")))
    humped = "".join(word.title() for word in ("guest", *name.split("_")))
    assert TAXONOMY.suggest(spelt.upper()) == TAXONOMY.suggest(humped) == TAXONOMY.suggest(name)


def test_every_category_has_its_parents() -> None:
    """No category hangs in the air, and each says what it means in one line."""
    for category in TAXONOMY:
        parent = category.rpartition(".")[0]
        assert not parent or TAXONOMY.known(parent)
        assert 5 <= len(TAXONOMY.about(category)) < 90


def test_hints_and_aliases_lead_to_categories() -> None:
    """A hint or an alias for a category that does not exist would be silence."""
    folder = policies_folder() / "taxonomy"
    hints = read_document(folder, "names.yml", NameHints).value.hints
    aliases = read_document(folder, "aliases.yml", dict[str, str]).value
    for category in (*hints, *aliases.values()):
        assert TAXONOMY.known(category), category
    assert not [word for word in aliases if TAXONOMY.known(word)]


def test_a_hint_says_one_thing() -> None:
    """No words are a hint for two categories at once."""
    seen: dict[tuple[str, str], str] = {}
    hints = read_document(policies_folder() / "taxonomy", "names.yml", NameHints).value.hints
    for category, hint in hints.items():
        for mode in ("end", "alone", "person"):
            for phrase in getattr(hint, mode):
                key = mode, phrase.replace(" ", "")
                assert seen.setdefault(key, category) == category, phrase


def test_a_parent_covers_its_children_only() -> None:
    """Matching stops at a dot."""
    assert TAXONOMY.covers("user.contact", "user.contact.email")
    assert TAXONOMY.covers("user.contact", "user.contact")
    assert not TAXONOMY.covers("user.contact.email", "user.contact")
    assert not TAXONOMY.covers("user.con", "user.contact")


@pytest.mark.parametrize(
    "category",
    [
        "user.contact.phone_number",
        "user.government_id.national_identification_number",
        "user.financial.credit_card.pan",
        "user.demographic.date_of_birth",
        "user.device.ip_address",
        "user.contact.address.postal_code",
        "user.financial.bank_account.iban",
    ],
)
def test_what_can_be_tried_is_enumerable(category: str) -> None:
    """Few enough values to try them all, in the category or in one above it."""
    assert TAXONOMY.is_enumerable(category)


@pytest.mark.parametrize(
    "category", ["user", "user.contact", "user.contact.email", "user.unique_id", "none", "nope"]
)
def test_what_cannot_be_tried_is_not_enumerable(category: str) -> None:
    """A child that can be tried says nothing about its parent."""
    assert not TAXONOMY.is_enumerable(category)


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("pii", "user"),
        ("PII", "user"),
        ("Personal Data", "user"),
        ("personally-identifiable", "user"),
        ("phi", "user.health_and_medical"),
        ("email", "user.contact.email"),
        ("user.contact.email", "user.contact.email"),
        ("user.provided.identifiable.contact.email", "user.contact.email"),
        ("user.derived.identifiable.gender", "user.demographic.gender"),
        ("internal", None),
        ("", None),
    ],
)
def test_words_of_other_conventions(word: str, category: str | None) -> None:
    """Tags, classifications and old keys stand for a category, or for none."""
    assert TAXONOMY.of_alias(word) == category


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("user.contact.emial", "user.contact.email"),
        ("user.email", "user.contact.email"),
        ("user.financial.pan", "user.financial.credit_card.pan"),
        ("users.name", "user.name"),
    ],
)
def test_an_unknown_category_is_named_with_what_was_meant(written: str, meant: str) -> None:
    """A slip, or a missing branch, is met with the nearest category, at its place."""
    with pytest.raises(PolicyError) as caught:
        TAXONOMY.check(written, HERE)
    assert str(caught.value) == (
        f"labels.yml:3:7: unknown category `{written}`; did you mean `{meant}`?"
    )


def test_a_rule_says_categories_and_patterns() -> None:
    """A pattern must match some category; an alias is no category."""
    TAXONOMY.check_pattern("user.*.email", HERE)
    TAXONOMY.check_pattern("*.email", HERE)
    for written in ("user.*.emial", "pii", "*qq*"):
        with pytest.raises(PolicyError, match="unknown category"):
            TAXONOMY.check_pattern(written, HERE)


def test_fideslang_is_attributed() -> None:
    """Whose keys these are, and under which licence, stands in the file."""
    text = (policies_folder() / "taxonomy" / "categories.yml").read_text("utf-8")
    assert "fideslang" in text
    assert "CC BY 4.0" in text
