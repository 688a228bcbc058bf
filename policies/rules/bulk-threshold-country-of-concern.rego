# METADATA
# title: Bulk sensitive data of people in the US can be reached from a country of concern
# description: >
#   Adds up, class by class, the people whose data reaches recipients or places in a listed
#   country, over all sources together, and compares the sum with the class's threshold.
# schemas: [{input: "schema[\"input-1\"]"}]
# custom:
#   id: bulk-threshold-country-of-concern
#   phase: use
#   severity: error
#   parameters:
#     countries: [CN, HK, MO, CU, IR, KP, RU, VE]
#     classes:
#       genomic: {people: 100, categories: [user.health_and_medical.genetic]}
#       biometric: {people: 1000, categories: [user.biometric, user.authorization.biometric]}
#       location: {people: 1000, categories: [user.location.precise, user.location.trajectory]}
#       health: {people: 10000, categories: [user.health_and_medical]}
#       financial: {people: 10000, categories: [user.financial, user.payment]}
#       identifiers: {people: 100000, categories: [user.government_id, user.device, user.account, user.contact, user.unique_id, user.name]}
#   law: ["28 CFR 202.205", "28 CFR 202.206"]
#   why: >
#     The rule of the US Department of Justice forbids bulk transfers of sensitive personal data to
#     countries of concern and covered persons. It counts people over twelve months and over all
#     transfers, and data counts whether or not it is pseudonymised, encrypted or de-identified.
#   fix: >
#     Send counts instead of rows, stay below the threshold, or end the access. State how many
#     people a source holds, `subject_count: 90000`: a source that does not say counts as over it.
#   cannot_verify: >
#     Who owns a recipient, and whether the counts are true. One person in two sources is counted
#     twice, and all categories of identifiers count as one class.
#   zh:
#     title: 美国人的大量敏感数据可被受关注国家访问
#     why: >
#       美国司法部规则禁止向受关注国家及受管辖主体批量传输敏感个人数据。人数按十二个月内所有传输合并计算；
#       数据是否假名化、加密或者去标识化，均计算在内。
#     fix: >
#       以统计数代替逐行数据，保持在门槛以下，或者终止访问。声明数据源所含人数，如 `subject_count: 90000`；
#       未声明人数的数据源视为超过门槛。
#   avoid:
#     sql: |
#       copy (select hmac(patient_id, 'k') as patient, diagnosis from clinic.visits) to 's3://research/visits.csv';
#     relations: {clinic.visits: {kind: source, subject_count: "10000"}}
#     labels: {clinic.visits: {patient_id: user.health_and_medical.record_id, diagnosis: user.health_and_medical.diagnosis}}
#     places:
#       lab: {match: {uris: ["s3://research/*"]}, partner: {name: Lab, country: RU}}
#   prefer:
#     sql: |
#       copy (select hmac(patient_id, 'k') as patient, diagnosis from clinic.visits) to 's3://research/visits.csv';
#     relations: {clinic.visits: {kind: source, subject_count: "9999"}}
#     labels: {clinic.visits: {patient_id: user.health_and_medical.record_id, diagnosis: user.health_and_medical.diagnosis}}
#     places:
#       lab: {match: {uris: ["s3://research/*"]}, partner: {name: Lab, country: RU}}
package fieldgate.rules.bulk_threshold_country_of_concern

import rego.v1

deny contains finding if {
	some class, limit in input.parameters.classes
	people_in(class) >= limit.people
	some transfer in transfers
	transfer.class == class
	some number in transfer.flow.sources
	source := input.sources[number]
	is_american(input.relations[source.relation])
	finding := {
		"relation": source.relation,
		"column": source.column,
		"sink": transfer.flow.relation,
		"category": source.category,
		"protection": transfer.flow.protection,
		"message": messages[is_counted(class)],
		"zh": messages_zh[is_counted(class)],
		"values": {"people": people_in(class), "limit": limit.people, "class": class},
	}
}

judged := count(transfers)

# Every flow into a country of concern, with each class that its category belongs to.
transfers := [transfer |
	some flow in input.flows
	not flow.protection in {"aggregated", "constant"}
	is_of_concern(input.relations[flow.relation])
	some class in classes
	is_in_class(flow.category, class)
	transfer := {"class": class, "flow": flow}
]

classes := sort([class | some class; input.parameters.classes[class]])

is_in_class(category, class) if {
	some parent in input.parameters.classes[class].categories
	covers(parent, category)
}

covers(parent, category) if parent == category

covers(parent, category) if {
	startswith(category, parent)
	substring(category, count(parent), 1) == "."
}

# Regions and countries go by all their names, those of the countries they lie in among them.
is_of_concern(relation) if {
	some where in array.concat(relation.regions, relation.countries)
	where in input.parameters.countries
}

# Where a source says whose data it holds, only people in the US count; where it does not, all.
is_american(relation) if {
	not states_jurisdictions(relation)
}

is_american(relation) if {
	some jurisdiction in relation.facts.jurisdictions
	startswith(jurisdiction, "US")
}

states_jurisdictions(relation) if count(relation.facts.jurisdictions) > 0

# People by source relation, not by column: two columns of one table are the same people.
relations_of(class) := {relation |
	some transfer in transfers
	transfer.class == class
	some number in transfer.flow.sources
	relation := input.sources[number].relation
	is_american(input.relations[relation])
}

uncounted_of(class) := [name | some name in sort(relations_of(class)); not input.relations[name].numbers.subject_count]

people_in(class) := input.parameters.classes[class].people if {
	count(uncounted_of(class)) > 0
} else := sum([input.relations[name].numbers.subject_count | some name in relations_of(class)])

is_counted(class) := "counted" if {
	count(uncounted_of(class)) == 0
} else := "uncounted"

messages := {
	"counted": "{field} ({category}, {protection}) reaches {sink}, which is in a country of concern; {class} data of {people} people gets there, and the limit is {limit}",
	"uncounted": "{field} ({category}, {protection}) reaches {sink}, which is in a country of concern; nothing says of how many people {class} data gets there, and the limit is {limit}",
}

messages_zh := {
	"counted": "{field}（{category}，{protection}）到达位于受关注国家的 {sink}；该处 {class} 类数据涉及{people}人，门槛为{limit}人",
	"uncounted": "{field}（{category}，{protection}）到达位于受关注国家的 {sink}；该处 {class} 类数据所涉人数未声明，门槛为{limit}人",
}
