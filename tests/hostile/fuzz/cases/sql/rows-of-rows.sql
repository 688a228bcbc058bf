clickhouse
create table m engine = Memory as select id, arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(arrayJoin(tags)))))))))))))))))))))) as tag from t
