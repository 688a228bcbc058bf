merge into marts.member_plans as target
using (
    select
        member_id,
        plan_code,
        monthly_fee,
        started_on
    from raw.subscriptions
    where ended_on is null
) as source
on target.member_id = source.member_id
when matched then update set
    plan_code = source.plan_code,
    monthly_fee = source.monthly_fee,
    started_on = source.started_on
when not matched then insert (member_id, plan_code, monthly_fee, started_on)
values (source.member_id, source.plan_code, source.monthly_fee, source.started_on);
