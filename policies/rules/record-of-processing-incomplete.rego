# METADATA
# title: The record of processing has empty fields
# description: >
#   The record that the law asks for, relation by relation, made of what is declared; which fields
#   it needs depends on where the data goes: recipients where it leaves, safeguards where it leaves
#   the jurisdiction.
# schemas: [{input: "schema[\"input-1\"]"}]
# custom:
#   id: record-of-processing-incomplete
#   phase: collection
#   severity: warning
#   parameters: {home: [EU, eu-, europe, EEA]}
#   law: ["GDPR Art. 30(1)", "个人信息保护法 第56条", "GB/T 35273-2020 11.3"]
#   why: >
#     A record of processing names the purposes, whose data it is, the categories, who receives it,
#     transfers with their safeguards, how long it is kept and how it is protected. All but the
#     categories and the lineage must be said by somebody.
#   fix: >
#     State what is missing with the relation or the place that it lies in: `purposes`, `subject`,
#     `retention`, `encryption`, the `partner` of a place, `transfer: {mechanism: scc}`.
#   cannot_verify: Processing outside of the project, and whether what is stated is true.
#   zh:
#     title: 个人信息处理记录存在空缺
#     why: >
#       处理记录应当载明处理目的、个人信息主体、种类、接收方、跨境传输及其保障措施、保存期限和安全措施。除种类与
#       数据流向外，其余都需要有人声明。
#     fix: >
#       在数据对象或者其所在位置上声明所缺内容：`purposes`、`subject`、`retention`、`encryption`、位置的 `partner`、
#       `transfer: {mechanism: scc}`。
#   avoid:
#     sql: create table mart.customers as select name, email from crm.customers
#     relations:
#       crm.customers: {kind: source, subject: customer, purposes: essential.service, retention: P24M, encryption: disk, region: eu-west-1}
#       mart.customers: {subject: customer, purposes: essential.service, retention: P12M, region: us-east-1}
#     labels: {crm.customers: {name: user.name, email: user.contact.email}}
#   prefer:
#     sql: create table mart.customers as select name, email from crm.customers
#     relations:
#       crm.customers: {kind: source, subject: customer, purposes: essential.service, retention: P24M, encryption: disk, region: eu-west-1}
#       mart.customers: {subject: customer, purposes: essential.service, retention: P12M, encryption: disk, region: us-east-1, meta.fieldgate.transfer.mechanism: scc}
#     labels: {crm.customers: {name: user.name, email: user.contact.email}}
package fieldgate.rules.record_of_processing_incomplete

import rego.v1

deny contains finding if {
	some relation in recorded
	lacks := [field | some field in needed(relation); not has(relation, field)]
	count(lacks) > 0
	finding := {
		"relation": relation.name,
		"message": "{relation} holds {categories}, and its record of processing lacks {lacks}",
		"zh": "{relation} 含有 {categories}，其处理记录缺少 {lacks}",
		"values": {"categories": categories(relation), "lacks": lacks},
	}
}

judged := count(recorded)

# What is kept, or handed to somebody: views and results follow what they are made of.
recorded := [relation |
	some relation in input.relations
	relation.kind in {"source", "seed", "model", "snapshot", "table", "external", "exposure"}
	count(categories(relation)) > 0
]

categories(relation) := sort({held.category |
	some held in relation.holds
	startswith(held.category, "user")
	not held.protection in {"aggregated", "constant"}
})

needed(relation) := array.concat(
	["purposes", "subject", "retention", "security"],
	array.concat(for_recipients(relation), for_transfers(relation)),
)

for_recipients(relation) := ["recipient"] if {
	relation.outside
} else := []

for_transfers(relation) := ["transfer safeguards"] if {
	is_abroad(relation)
} else := []

is_abroad(relation) if {
	where := array.concat(relation.regions, relation.countries)
	count(where) > 0
	not is_home(where)
}

is_home(where) if {
	some one in where
	some prefix in input.parameters.home
	startswith(one, prefix)
}

has(relation, "purposes") if count(relation.purposes) > 0

has(relation, "subject") if count(relation.subjects) > 0

has(relation, "retention") if relation.retention != null

has(relation, "security") if count(relation.encryption) > 0

has(relation, "security") if {
	every held in relation.holds {
		held.protection in {"encrypted", "keyed", "surrogate", "aggregated", "constant"}
	}
}

has(relation, "recipient") if count(relation.recipients) > 0

has(relation, "transfer safeguards") if {
	some key in ["transfer.mechanism", "transfer.adequacy", "transfer.exemption"]
	some said in object.get(relation.facts, key, [])
	not said in {"", "none", "null", "tbd", "todo", "unknown"}
}
