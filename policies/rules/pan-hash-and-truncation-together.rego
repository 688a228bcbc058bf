# METADATA
# title: A hash and a truncation of one card number can be put together
# description: >
#   Looks for a column with a hash and one with a truncation that are made of the same card number,
#   in relations of one environment that can be joined with each other.
# schemas: [{input: "schema[\"input-1\"]"}]
# custom:
#   id: pan-hash-and-truncation-together
#   phase: storage
#   severity: error
#   parameters: {hashes: [hashed, keyed], parts: [truncated]}
#   law: ["PCI DSS v4.0.1 3.5.1"]
#   why: >
#     With the first six and the last four digits known, a million numbers are left to try against
#     the hash. Neither gives the card number away alone; whoever can join them has it.
#   fix: >
#     Keep one of them, or keep them where nobody can read and join both: in another environment, and
#     without a common key.
#   cannot_verify: Whether other controls keep the two apart, and whether a key is out of reach.
#   zh:
#     title: 同一卡号的哈希值与截断值可以被关联
#     why: >
#       已知前六位和后四位，只剩约一百万个号码可与哈希值逐一比对。两者单独都不会泄露卡号；能够将两者关联的人
#       即可得到卡号。
#     fix: >
#       只保留其中之一，或者将两者存放在无人能够同时读取并关联的地方：不同的环境，且没有共同的键。
#   avoid:
#     sql: |
#       create table mart.tokens as select customer_id, hmac(pan, secret.k) as token from raw.cards, secret;
#       create table mart.receipts as select customer_id, right(pan, 4) as last_four from raw.cards;
#     labels: {raw.cards: {customer_id: user.unique_id, pan: user.financial.credit_card.pan}}
#     relations: {raw.cards: {kind: source, columns: [customer_id, pan]}}
#   prefer:
#     sql: |
#       create table mart.tokens as select hmac(pan, secret.k) as token from raw.cards, secret;
#       create table mart.receipts as select customer_id, right(pan, 4) as last_four from raw.cards;
#     labels: {raw.cards: {customer_id: user.unique_id, pan: user.financial.credit_card.pan}}
#     relations: {raw.cards: {kind: source, columns: [customer_id, pan]}}
package fieldgate.rules.pan_hash_and_truncation_together

import rego.v1

deny contains finding if {
	some hash in hashes
	some part in parts
	some source in hash.sources
	source in part.sources
	in_one_environment(hash.relation, part.relation)
	can_be_joined(hash.relation, part.relation)
	finding := {
		"relation": hash.relation,
		"column": hash.column,
		"category": input.sources[source].category,
		"message": "{field} is a hash and {part_relation}.{part_column} a truncation of one card number, {pan_relation}.{pan_column}, and the two can be joined",
		"zh": "{field} 是卡号 {pan_relation}.{pan_column} 的哈希值，{part_relation}.{part_column} 是其截断值，两者可以被关联",
		"values": {
			"part_relation": part.relation,
			"part_column": part.column,
			"pan_relation": input.sources[source].relation,
			"pan_column": input.sources[source].column,
		},
	}
}

judged := count(hashes) + count(parts)

hashes := derived(input.parameters.hashes)

parts := derived(input.parameters.parts)

derived(protections) := [made |
	some column in input.columns
	some content in column.holds
	content.category == "user.financial.credit_card.pan"
	content.protection in protections
	made := {"relation": column.relation, "column": column.column, "sources": content.sources}
]

# What does not say in which environment it is may be in any.
in_one_environment(left, right) if {
	some environment in input.relations[left].environments
	environment in input.relations[right].environments
}

in_one_environment(left, _) if count(input.relations[left].environments) == 0

in_one_environment(_, right) if count(input.relations[right].environments) == 0

can_be_joined(left, right) if left == right

can_be_joined(left, right) if {
	some key in keys
	key.relation == left
	some other in keys
	other.relation == right
	some source in key.sources
	source in other.sources
}

# Columns that still tell one person from another.
keys := [key |
	some column in input.columns
	some content in column.holds
	content.category in input.sets.person_key
	content.category != "user.financial.credit_card.pan"
	content.protection in {"clear", "encoded", "encrypted", "hashed", "keyed", "surrogate"}
	key := {"relation": column.relation, "sources": content.sources}
]
