"""What the made-up warehouses declare: their places, their notice, and their configuration."""

from __future__ import annotations

CARELESS_PLACES = """\
raw:
  match: {relations: ["raw.*"]}
  region: eu-west-1
  purposes: [essential.service]
  retention: P24M
mart:
  match: {relations: ["mart.*"]}
  region: eu-west-1
  purposes: [analytics.reporting]
  retention: P36M
report:
  match: {relations: ["report.*"]}
  region: us-east-1
  purposes: [marketing.advertising]
  audience: [analyst]
partner:
  match: {uris: ["s3://partner/*"]}
  region: us-east-1
  partner:
    {name: AdCo, contract: C-1, expires: 2030-01-01, permits: [user.contact.email], deletion: list}
"""

KEPT_PLACES = """\
house:
  match: {relations: ["raw.*", "staging.*", "core.*", "mart.*", "report.*"]}
  region: eu-west-1
  retention: P24M
  facts:
    subject: customer
    grade: general
    erasure: erase_customer
    retention.basis: contract
    log.enabled: "true"
    log.retention_days: "400"
    condition.code: a
    condition.ref: DPIA-12
    grants_reviewed_on: "2026-11-01"
raw:
  match: {relations: ["raw.*"]}
  facts:
    subject_count: "900"
    record_count: "9000"
    lawful_basis: [contract, contract_or_hr]
    compatible_purposes: [analytics, marketing, statistics]
    jurisdictions: [FR]
    ciio: "false"
    operator_class: other
    residency: [eu-*, us-*]
    separate_consent.sensitive: "true"
    separate_consent.export: "true"
    condition.necessity: none can be served without
    condition.purpose: service
    assessment.ref: DPIA-12
    assessment.date: "2026-02-01"
    dsr.deadline: P10D
    dsr.confirmation: P10D
    dsr.pauses: never
    dsr.complaints: "true"
    dsr.complaint_acknowledgement: P30D
    dsr.account_closure: P15D
    dsr.export_format: csv
    dsr.handler: privacy-desk
    contacts.controller: Shop Ltd
    contacts.officer: dpo@example.com
    contacts.officer_filed: "true"
    contacts.authority: [CNIL, ICO]
    contacts.acquirer: Bank Ltd
cards:
  match: {relations: ["raw.*", "staging.*", "core.*"]}
  zone: cde
  facts:
    audit.date: "2026-03-02"
vault:
  match: {relations: ["raw.*", "staging.*", "core.*"]}
  zone: vault
  environment: production
  encryption: column
  purposes: [essential.service]
mart:
  match: {relations: ["mart.*", "report.*"]}
  purposes: [analytics.reporting, statistics]
kept:
  match: {relations: ["mart.*"]}
  encryption: column
report:
  match: {relations: ["report.*"]}
  zone: mart
  encryption: disk
  audience: [analyst]
tried:
  match: {relations: ["report.*6"]}
  environment: test
partner:
  match: {uris: ["s3://partner/*"]}
  region: us-east-1
  purposes: [marketing.advertising.third_party]
  encryption: column
  retention: P6M
  facts:
    log.enabled: "true"
    log.retention_days: "400"
    retention.basis: contract
    condition.code: a
    assessment.ref: DPIA-13
    assessment.date: "2026-02-01"
    transfer.mechanism: scc
    transfer.ref: SCC-5
    transfer.expires: 2036-01-01
    disclosure.date: "2026-03-02"
    disclosure.scale: "40000"
    disclosure.purpose: mailing
    disclosure.recipient: Papership
    disclosure_ground: patients asked for it
    approval_ref: EXP-7
    audit.date: "2026-03-02"
    contract.purpose: mailing
    contract.method: post
    contract.safeguards: column encryption
    contract.duties: delete afterwards
    contract.no_sale: "true"
    contract.no_combining: "true"
    contract.request_help: stated
    contract.responsibilities: matrix
  partner:
    name: Papership
    role: processor
    contract: C-1
    expires: 2036-01-01
    permits: [user]
    subjects: [customer]
    purposes: [marketing]
    deletion: daily list
"""

NOTICE = """\
version: 3
subjects: [customer]
purposes: [essential.service, analytics, statistics, marketing]
recipients: [processor, analyst]
regions: [eu-*, us-*]
retention: P24M
categories:
  user: {}
  user.financial:
    necessity: Nobody can be billed without it.
    effect: Those who bill the customer read it.
  user.health_and_medical:
    necessity: No claim can be settled without the diagnosis.
    effect: Those who settle claims read it.
"""
