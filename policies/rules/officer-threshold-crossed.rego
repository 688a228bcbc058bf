# METADATA
# title: So many people's data is held that an officer must be named and filed
# description: >
#   Adds up the people whose data the project holds, kind of subject by kind of subject, and asks
#   for an officer once the sum passes a threshold.
# schemas: [{input: "schema[\"input-1\"]"}]
# custom:
#   id: officer-threshold-crossed
#   phase: collection
#   severity: warning
#   parameters: {people: 1000000, officer: contacts.officer, filed: contacts.officer_filed}
#   law: ["个人信息保护法 第52条", "个人信息保护合规审计管理办法 第12条"]
#   why: >
#     Who handles the data of a million people names a protection officer, publishes how to reach
#     them and files the name with the authority. No single table passes the threshold; all of them
#     together do.
#   fix: >
#     Name the officer and the day of filing with any relation, or with a place:
#     `facts: {contacts.officer: privacy@example.com, contacts.officer_filed: 2026-03-02}`.
#   cannot_verify: Whether the counts are true, and what the officer does.
#   zh:
#     title: 处理个人信息达到规定数量而未指定并报送个人信息保护负责人
#     why: >
#       处理个人信息达到一百万人的，应当指定个人信息保护负责人，公开其联系方式并向主管部门报送。单张表未必
#       达到门槛，全部合并则可能达到。
#     fix: >
#       在任一数据对象或者位置上声明负责人及报送日期：
#       `facts: {contacts.officer: privacy@example.com, contacts.officer_filed: 2026-03-02}`。
#   avoid:
#     relations:
#       app.users: {kind: source, subject: customer, subject_count: "600000"}
#       shop.users: {kind: source, subject: visitor, subject_count: "400000"}
#     labels: {app.users: {email: user.contact.email}, shop.users: {phone: user.contact.phone_number}}
#   prefer:
#     relations:
#       app.users: {kind: source, subject: customer, subject_count: "600000"}
#       shop.users: {kind: source, subject: visitor, subject_count: "400000"}
#     labels: {app.users: {email: user.contact.email}, shop.users: {phone: user.contact.phone_number}}
#     places:
#       house: {match: {relations: ["*"]}, facts: {contacts.officer: ann@example.com, contacts.officer_filed: "2025-06-01"}}
package fieldgate.rules.officer_threshold_crossed

import rego.v1

deny contains finding if {
	people >= input.parameters.people
	count(lacking) > 0
	finding := {
		"relation": largest,
		"message": "the project holds the data of {people} people ({kinds}), {relation} most of them, and nothing states {lacking}",
		"zh": "项目共持有{people}人的个人信息（{kinds}），其中 {relation} 最多，但未声明 {lacking}",
		"values": {"people": people, "kinds": kinds, "lacking": lacking},
	}
}

judged := count(holders)

# Source relations that hold personal data and say of how many people.
holders := [relation |
	some name in sort({source.relation | some source in input.sources; startswith(source.category, "user")})
	relation := input.relations[name]
	relation.numbers.subject_count
]

# Relations about one kind of subject are about the same people: the largest counts.
kinds := sort({subject | some relation in holders; some subject in subjects_of(relation)})

subjects_of(relation) := relation.subjects if {
	count(relation.subjects) > 0
} else := ["people"]

people := sum([max(counts) |
	some kind in kinds
	counts := [relation.numbers.subject_count | some relation in holders; kind in subjects_of(relation)]
])

largest := min([relation.name |
	some relation in holders
	relation.numbers.subject_count == max([other.numbers.subject_count | some other in holders])
])

lacking := [key |
	some key in [input.parameters.officer, input.parameters.filed]
	not is_stated(key)
]

is_stated(key) if {
	some relation in input.relations
	some said in object.get(relation.facts, key, [])
	not said in {"", "none", "null", "tbd", "todo", "unknown"}
}
