# METADATA
# title: An export from China has grown past the route that is recorded for it
# description: >
#   Adds up, over all exports that are not exempt, how many people's data went abroad since
#   1 January, works out the route that these numbers ask for, and compares it with the one that
#   each export records.
# schemas: [{input: "schema[\"input-1\"]"}]
# custom:
#   id: transfer-threshold-crossed
#   phase: use
#   severity: error
#   parameters:
#     general_for_contract: 100000
#     general_for_assessment: 1000000
#     sensitive_for_assessment: 10000
#     mainland: [cn-, china, CN, ap-beijing, ap-shanghai, ap-guangzhou, ap-nanjing, ap-chengdu, ap-chongqing]
#     not_mainland: [cn-hongkong]
#     minors: [child, children, minor]
#   law: ["促进和规范数据跨境流动规定 第7条", "促进和规范数据跨境流动规定 第8条"]
#   why: >
#     China's rules ask for a security assessment, or a standard contract or certification, by how
#     many people's data was sent abroad since 1 January. The numbers grow with every export, so an
#     export that was within its route in March is not in October. One person's sensitive data
#     ends the exemption for small numbers.
#   fix: >
#     Take the stricter route and record it, `transfer: {mechanism: assessment}`, or send less.
#     State the counters, `transfer: {ytd: {general: 42000, sensitive: 0}}`, and an exemption where
#     one applies, `transfer: {exemption: contract_need}`.
#   cannot_verify: >
#     Whether the counters are true, whether one person is counted in two of them, and whether
#     somebody operates critical infrastructure or holds important data.
#   zh:
#     title: 向境外提供个人信息的数量已超过所记录的出境路径
#     why: >
#       自当年1月1日起累计向境外提供个人信息的人数，决定应当申报数据出境安全评估，还是订立标准合同或者通过
#       认证。人数随每次出境累加，三月合规的出境到十月未必合规。只要含有一人的敏感个人信息，就不再适用小
#       规模豁免。
#     fix: >
#       采用更严格的路径并记录，如 `transfer: {mechanism: assessment}`，或者减少提供的数量。声明累计人数，如
#       `transfer: {ytd: {general: 42000, sensitive: 0}}`；符合豁免情形的，声明 `transfer: {exemption: …}`。
#   avoid:
#     sql: |
#       create table sg.customers as select name, email from cn.customers;
#     relations:
#       cn.customers: {kind: source, region: cn-hangzhou}
#       sg.customers: {region: ap-southeast-1, meta.fieldgate.transfer.mechanism: standard_contract, meta.fieldgate.transfer.ytd.general: "1000000"}
#     labels: {cn.customers: {name: user.name, email: user.contact.email}}
#   prefer:
#     sql: |
#       create table sg.customers as select name, email from cn.customers;
#     relations:
#       cn.customers: {kind: source, region: cn-hangzhou}
#       sg.customers: {region: ap-southeast-1, meta.fieldgate.transfer.mechanism: standard_contract, meta.fieldgate.transfer.ytd.general: "999999"}
#     labels: {cn.customers: {name: user.name, email: user.contact.email}}
package fieldgate.rules.transfer_threshold_crossed

import rego.v1

deny contains finding if {
	some name in sort(transfers)
	recorded := input.relations[name]
	needed := route_of(name)
	strictness[needed] > recorded_strictness(recorded)
	finding := {
		"relation": name,
		"message": "{relation} takes personal data out of China; since 1 January the data of {people} people went abroad, sensitive data of {sensitive} of them, which asks for {needed}; recorded is {mechanism}",
		"zh": "{relation} 向境外提供个人信息；自1月1日起累计涉及{people}人，其中敏感个人信息{sensitive}人，应当{needed_zh}；所记录的路径为 {mechanism}",
		"values": {
			"people": general_total + sensitive_total,
			"sensitive": sensitive_total,
			"needed": words[needed],
			"needed_zh": words_zh[needed],
			"mechanism": mechanisms(recorded),
		},
	}
}

judged := count(transfers)

# The relations abroad that get personal data from the mainland and claim no exemption.
transfers contains flow.relation if {
	some flow in crossing
	sink := input.relations[flow.relation]
	not is_exempt(sink)
}

# What lies where is worked out once for each relation: there are many more flows.
mainland contains name if {
	some name, relation in input.relations
	is_mainland(relation)
}

abroad contains name if {
	some name, relation in input.relations
	is_abroad(relation)
}

mainland_sources contains number if {
	some number, source in input.sources
	source.relation in mainland
}

crossing := [flow |
	count(mainland_sources) > 0
	some flow in input.flows
	is_export(flow)
]

is_export(flow) if {
	flow.relation in abroad
	not flow.protection in {"aggregated", "constant"}
	is_personal_or_important(flow.category)
	some number in flow.sources
	number in mainland_sources
}

is_personal_or_important(category) if startswith(category, "user.")

is_personal_or_important(category) if category == "user"

is_personal_or_important(category) if is_important_category(category)

is_important_category(category) if category in {"business.important_data", "business.core_data"}

is_mainland(relation) if {
	some where in where_of(relation)
	in_mainland(where)
}

# Only what says where it lies can lie abroad; a place that is not known is for another rule.
is_abroad(relation) if {
	count(where_of(relation)) > 0
	not is_mainland(relation)
}

# A copy abroad is one, whatever lies at home as well: some name is another country's code.
is_abroad(relation) if {
	some where in where_of(relation)
	count(where) == 2
	not where in {"CN", "cn"}
}

where_of(relation) := array.concat(relation.regions, relation.countries)

in_mainland(where) if {
	some prefix in input.parameters.mainland
	startswith(where, prefix)
	not is_excepted(where)
}

is_excepted(where) if {
	some prefix in input.parameters.not_mainland
	startswith(where, prefix)
}

# Whether the volume is small is what is counted here, so saying so exempts nothing.
is_exempt(relation) if {
	some said in object.get(relation.facts, "transfer.exemption", [])
	not said in {"", "none", "null", "no", "false", "small_volume"}
}

# The numbers since 1 January: what exports state, and at least one person where data flows.
general_total := max([sum([stated(name, "transfer.ytd.general") | some name in transfers]), least(general_flows)])

sensitive_total := max([sum([stated(name, "transfer.ytd.sensitive") | some name in transfers]), least(sensitive_flows)])

stated(name, key) := object.get(input.relations[name].numbers, key, 0)

least(flows) := 1 if count(flows) > 0

least(flows) := 0 if count(flows) == 0

exports := [flow | some flow in crossing; flow.relation in transfers]

sensitive_flows := [flow | some flow in exports; is_sensitive(flow)]

general_flows := [flow | some flow in exports; not is_sensitive(flow)]

is_sensitive(flow) if flow.category in input.sets.pipl_sensitive

is_sensitive(flow) if {
	some number in flow.sources
	some subject in input.relations[input.sources[number].relation].subjects
	subject in input.parameters.minors
}

# The route that the law asks for, on every boundary: 以上 includes the number, 不满 excludes it.
route(ciio, important, general, sensitive) := "assessment" if {
	needs_assessment(ciio, important, general, sensitive)
} else := "contract_or_certification" if {
	needs_contract(general, sensitive)
} else := "exempt_small" if {
	general > 0
} else := "none"

needs_assessment(_, important, _, _) if important

needs_assessment(ciio, _, general, sensitive) if {
	ciio
	general + sensitive > 0
}

needs_assessment(_, _, general, _) if general >= input.parameters.general_for_assessment

needs_assessment(_, _, _, sensitive) if sensitive >= input.parameters.sensitive_for_assessment

needs_contract(general, _) if general >= input.parameters.general_for_contract

needs_contract(_, sensitive) if sensitive > 0

route_of(name) := route(is_operator, has_important(name), general_total, sensitive_total)

default is_operator := false

is_operator if {
	some relation in input.relations
	"true" in object.get(relation.facts, "ciio", [])
}

default has_important(_) := false

has_important(name) if name in important

important contains flow.relation if {
	some flow in exports
	is_important(flow)
}

is_important(flow) if is_important_category(flow.category)

is_important(flow) if {
	some number in flow.sources
	some grade in object.get(input.relations[input.sources[number].relation].facts, "grade", [])
	grade in {"important", "core"}
}

strictness := {"none": 0, "exempt_small": 1, "contract_or_certification": 2, "assessment": 3}

recorded_strictness(relation) := max([strictness_of(said) | some said in mechanisms(relation)])

strictness_of(mechanism) := 3 if {
	mechanism in {"assessment", "security_assessment", "安全评估"}
} else := 2 if {
	mechanism in {"standard_contract", "certification", "标准合同", "认证"}
} else := 1

mechanisms(relation) := object.get(relation.facts, "transfer.mechanism", ["none"])

words := {
	"none": "nothing",
	"exempt_small": "nothing",
	"contract_or_certification": "a standard contract or certification",
	"assessment": "a security assessment",
}

words_zh := {
	"none": "无需办理手续",
	"exempt_small": "无需办理手续",
	"contract_or_certification": "订立个人信息出境标准合同或者通过个人信息保护认证",
	"assessment": "申报数据出境安全评估",
}
