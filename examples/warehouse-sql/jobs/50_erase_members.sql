-- Runs every night for the requests that the privacy desk has accepted.
delete from raw.members where member_id in (select member_id from ops.erasure_requests);
delete from raw.visits where member_id in (select member_id from ops.erasure_requests);
delete from raw.health_checks where member_id in (select member_id from ops.erasure_requests);
delete from raw.subscriptions where member_id in (select member_id from ops.erasure_requests);
delete from archive.visits where member_id in (select member_id from ops.erasure_requests);
delete from marts.member_activity where member_id in (select member_id from ops.erasure_requests);
-- marts.member_plans is merged every night and follows raw.subscriptions.

update ops.erasure_requests set settled_at = current_timestamp where settled_at is null;
