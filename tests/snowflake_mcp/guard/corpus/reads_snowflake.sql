SELECT * FROM orders AT(TIMESTAMP => '2025-06-01 00:00:00'::TIMESTAMP_LTZ)

SELECT * FROM orders AT(OFFSET => -60*60) AS o

SELECT * FROM orders BEFORE(STATEMENT => '8e5d0ca9-005e-44e6-b858-a8f5b37c5726')

SELECT n.id, o.id FROM orders n FULL JOIN orders BEFORE(STATEMENT => '8e5d0ca9-005e-44e6-b858-a8f5b37c5726') o ON n.id = o.id

SELECT * FROM orders CHANGES(INFORMATION => DEFAULT) AT(TIMESTAMP => '2025-06-01'::TIMESTAMP_TZ)

SELECT * FROM orders CHANGES(INFORMATION => APPEND_ONLY) AT(OFFSET => -3600) END(OFFSET => -60)

SELECT * FROM orders SAMPLE (10)

SELECT * FROM orders TABLESAMPLE BERNOULLI (5) REPEATABLE (42)

SELECT * FROM orders SAMPLE SYSTEM (3) SEED (82)

SELECT * FROM orders SAMPLE (100 ROWS)

SELECT * FROM orders o SAMPLE ROW (1), customers c TABLESAMPLE (50)

SELECT * FROM stock_price_history MATCH_RECOGNIZE (
  PARTITION BY company ORDER BY price_date
  MEASURES MATCH_NUMBER() AS match_number, FIRST(price_date) AS start_date, LAST(price_date) AS end_date, COUNT(*) AS rows_in_sequence
  ONE ROW PER MATCH AFTER MATCH SKIP TO LAST row_with_price_increase
  PATTERN (row_before_decrease row_with_price_decrease+ row_with_price_increase+)
  DEFINE row_with_price_decrease AS price < LAG(price), row_with_price_increase AS price > LAG(price)
)

SELECT * FROM visits MATCH_RECOGNIZE (PARTITION BY user_id ORDER BY at MEASURES CLASSIFIER() AS step ALL ROWS PER MATCH PATTERN (s v* p) DEFINE s AS page = 'start', p AS page = 'paid')

SELECT SEQ4() AS n, UNIFORM(1, 10, RANDOM()) AS u FROM TABLE(GENERATOR(ROWCOUNT => 100))

SELECT DATEADD(day, SEQ4(), '2025-01-01'::DATE) AS day FROM TABLE(GENERATOR(ROWCOUNT => 365)) ORDER BY day

SELECT ROW_NUMBER() OVER (ORDER BY NULL) AS n FROM TABLE(GENERATOR(ROWCOUNT => 10, TIMELIMIT => 5))

SELECT RANDSTR(8, RANDOM()), NORMAL(0, 1, RANDOM()), ZIPF(1, 10, RANDOM()), UUID_STRING() FROM TABLE(GENERATOR(ROWCOUNT => 3))

SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))

SELECT * FROM TABLE(RESULT_SCAN('01b2c3d4-0000-1111-0000-000000000001')) WHERE "name" ILIKE '%orders%'

SELECT "name", "rows" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID(-2)))

SELECT table_catalog, table_schema, table_name, row_count, bytes FROM information_schema.tables WHERE table_schema = 'PUBLIC' ORDER BY bytes DESC

SELECT column_name, data_type, is_nullable, comment FROM pm_os_analytics.information_schema.columns WHERE table_name = 'PHASE_HISTORY' ORDER BY ordinal_position

SELECT table_name, view_definition FROM information_schema.views

SELECT * FROM information_schema.table_constraints tc JOIN information_schema.referential_constraints rc ON tc.constraint_name = rc.constraint_name

SELECT * FROM TABLE(information_schema.query_history()) ORDER BY start_time DESC

SELECT query_id, query_text, total_elapsed_time FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(END_TIME_RANGE_START => DATEADD('hours', -1, CURRENT_TIMESTAMP()), RESULT_LIMIT => 100))

SELECT * FROM TABLE(pm_os_analytics.information_schema.query_history_by_warehouse(WAREHOUSE_NAME => 'COMPUTE_WH'))

SELECT * FROM TABLE(information_schema.warehouse_metering_history(DATEADD('days', -10, CURRENT_DATE())))

SELECT * FROM TABLE(information_schema.warehouse_load_history(date_range_start => DATEADD('hour', -1, CURRENT_TIMESTAMP())))

SELECT * FROM TABLE(information_schema.task_history(scheduled_time_range_start => DATEADD('hour', -24, CURRENT_TIMESTAMP()), result_limit => 10))

SELECT * FROM TABLE(information_schema.copy_history(TABLE_NAME => 'ORDERS', START_TIME => DATEADD(hours, -1, CURRENT_TIMESTAMP())))

SELECT * FROM TABLE(information_schema.tag_references('orders', 'table'))

SELECT * FROM TABLE(information_schema.dynamic_table_refresh_history(name => 'DB.S.T'))

SELECT warehouse_name, SUM(credits_used) AS credits FROM snowflake.account_usage.warehouse_metering_history WHERE start_time >= DATEADD(day, -7, CURRENT_TIMESTAMP()) GROUP BY 1 ORDER BY 2 DESC

SELECT user_name, COUNT(*) AS queries, SUM(total_elapsed_time) / 1000 AS seconds FROM snowflake.account_usage.query_history WHERE execution_status = 'SUCCESS' AND start_time > DATEADD('day', -1, CURRENT_TIMESTAMP) GROUP BY user_name

SELECT query_tag, SUM(credits_used_cloud_services) FROM snowflake.account_usage.query_history GROUP BY query_tag HAVING SUM(credits_used_cloud_services) > 0.1

SELECT query_hash, ANY_VALUE(query_text), AVG(bytes_scanned), AVG(partitions_scanned / NULLIF(partitions_total, 0)) FROM snowflake.account_usage.query_history GROUP BY query_hash ORDER BY 3 DESC NULLS LAST LIMIT 25

SELECT usage_date, AVG(storage_bytes + stage_bytes + failsafe_bytes) / POWER(1024, 4) AS tb FROM snowflake.account_usage.storage_usage GROUP BY usage_date

SELECT table_name, active_bytes, time_travel_bytes, failsafe_bytes FROM snowflake.account_usage.table_storage_metrics WHERE deleted = FALSE

SELECT * FROM snowflake.account_usage.access_history, LATERAL FLATTEN(base_objects_accessed) f WHERE f.value:objectName::STRING = 'DB.S.T'

SELECT grantee_name, privilege, name FROM snowflake.account_usage.grants_to_roles WHERE granted_on = 'TABLE' AND deleted_on IS NULL

SELECT event_timestamp, user_name, client_ip, is_success FROM snowflake.account_usage.login_history ORDER BY 1 DESC LIMIT 100

SELECT * FROM snowflake.organization_usage.usage_in_currency_daily WHERE usage_date >= '2025-01-01'

SELECT c_name, SUM(o_totalprice) FROM snowflake_sample_data.tpch_sf1.customer JOIN snowflake_sample_data.tpch_sf1.orders ON c_custkey = o_custkey GROUP BY c_name ORDER BY 2 DESC LIMIT 10

SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_WAREHOUSE(), CURRENT_DATABASE(), CURRENT_SCHEMA(), CURRENT_ACCOUNT(), CURRENT_REGION(), CURRENT_VERSION(), CURRENT_SESSION()

SELECT CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP, LOCALTIME, LOCALTIMESTAMP, CURRENT_USER

SELECT CURRENT_AVAILABLE_ROLES(), IS_ROLE_IN_SESSION('ANALYST'), CURRENT_SECONDARY_ROLES()

SELECT GET_DDL('table', 'orders'), GET_DDL('VIEW', 'v_system_health', TRUE)

SELECT SYSTEM$TYPEOF(1), SYSTEM$CLUSTERING_INFORMATION('orders', '(ordered_at)'), SYSTEM$CLUSTERING_DEPTH('orders')

SELECT SYSTEM$STREAM_HAS_DATA('orders_stream'), SYSTEM$PIPE_STATUS('load_orders')

SELECT SYSTEM$LAST_CHANGE_COMMIT_TIME('orders')

SELECT SYSTEM$ESTIMATE_QUERY_ACCELERATION('8e5d0ca9-005e-44e6-b858-a8f5b37c5726')

SELECT METADATA$ACTION, METADATA$ISUPDATE, METADATA$ROW_ID, o.* FROM orders_stream o

SELECT * FROM SEMANTIC_VIEW (sales_semantics DIMENSIONS customers.region METRICS orders.total_revenue)

SELECT * FROM SEMANTIC_VIEW (db.s.sales_semantics METRICS orders.total_revenue DIMENSIONS customers.region, orders.month WHERE customers.region = 'EMEA') ORDER BY 1

SELECT * FROM db..orders

SELECT dual.* FROM dual

SELECT * FROM v_system_health

SELECT o.status, COLLATE(o.name, 'de-ci') FROM orders o ORDER BY o.name COLLATE 'de'

SELECT SEARCH((title, body), 'outage') FROM tickets

SELECT * FROM orders WHERE ordered_at >= CAST(? AS DATE) AND status = ?

SELECT * FROM t1 JOIN t2 ON t1.id = t2.id

SELECT comment, grant_option, call_id, "delete", update_count, insert_time, merge_key, copy, put_price FROM t

SELECT set_id, (comment), (copy), role, warehouse, tag, policy, stage, procedure, task FROM deployments

SELECT (delete_flag), (updated), COUNT(DISTINCT call_date) FROM t GROUP BY (delete_flag), (updated)

SELECT 'DROP TABLE orders; DELETE FROM x' AS text, $$GRANT ALL ON x TO y;$$ AS more

SELECT a /* ; DROP TABLE x */ FROM t -- ; DELETE FROM t

EXPLAIN SELECT * FROM orders WHERE amount > 10

EXPLAIN USING TABULAR SELECT * FROM orders o JOIN customers c USING (customer_id)

EXPLAIN USING JSON WITH a AS (SELECT 1 AS x) SELECT x FROM a

EXPLAIN USING TEXT SELECT 1

SHOW TABLES

SHOW TERSE TABLES LIKE '%HIST%' IN SCHEMA pm_os_analytics.public

SHOW TABLES HISTORY IN DATABASE pm_os_analytics STARTS WITH 'A' LIMIT 10 FROM 'AGENT'

SHOW VIEWS IN ACCOUNT

SHOW SCHEMAS IN DATABASE "My Db"

SHOW DATABASES LIKE 'pm%'

SHOW TERSE DATABASES HISTORY

SHOW COLUMNS IN TABLE pm_os_analytics.public.phase_history

SHOW COLUMNS LIKE '%ID%' IN orders

SHOW WAREHOUSES

SHOW WAREHOUSES LIKE 'COMPUTE%'

SHOW PRIMARY KEYS IN TABLE orders

SHOW IMPORTED KEYS IN SCHEMA public

SHOW UNIQUE KEYS IN orders

SHOW ROLES

SHOW USERS LIKE 'a%' LIMIT 5

SHOW GRANTS TO ROLE analyst

SHOW GRANTS ON TABLE orders

SHOW GRANTS OF ROLE analyst

SHOW GRANTS TO USER ann

SHOW FUTURE GRANTS IN SCHEMA db.s

SHOW GRANTS

SHOW PARAMETERS LIKE 'TIMEZONE' IN SESSION

SHOW PARAMETERS IN WAREHOUSE compute_wh

SHOW STAGES IN SCHEMA db.s

SHOW TASKS IN DATABASE db

SHOW PIPES

SHOW STREAMS LIKE 'orders%'

SHOW DYNAMIC TABLES IN SCHEMA db.s

SHOW MATERIALIZED VIEWS

SHOW EXTERNAL TABLES

SHOW SEMANTIC VIEWS IN SCHEMA db.s

SHOW CORTEX SEARCH SERVICES

SHOW SEQUENCES

SHOW FUNCTIONS LIKE 'TO_%'

SHOW USER FUNCTIONS IN SCHEMA db.s

SHOW PROCEDURES

SHOW FILE FORMATS

SHOW TAGS IN ACCOUNT

SHOW MASKING POLICIES

SHOW ROW ACCESS POLICIES

SHOW NETWORK POLICIES

SHOW RESOURCE MONITORS

SHOW INTEGRATIONS

SHOW SHARES

SHOW LOCKS IN ACCOUNT

SHOW TRANSACTIONS

SHOW OBJECTS IN DATABASE db

SHOW REGIONS

SHOW VARIABLES

SHOW GRANTS ON FUNCTION db.s.f(NUMBER, VARCHAR)

show tables in db.s -- where

DESCRIBE TABLE pm_os_analytics.public.phase_history

DESC TABLE orders

DESCRIBE TABLE "My Db"."S"."T" TYPE = STAGE

DESC VIEW v_system_health

DESCRIBE SCHEMA db.s

DESCRIBE DATABASE db

DESC WAREHOUSE compute_wh

DESCRIBE FUNCTION db.s.f(NUMBER)

DESCRIBE PROCEDURE p(VARCHAR)

DESC STREAM s

DESC TASK t

DESC PIPE p

DESC DYNAMIC TABLE t

DESCRIBE SEMANTIC VIEW v

DESCRIBE RESULT '01b2c3d4-0000-1111-0000-000000000001'

DESCRIBE RESULT LAST_QUERY_ID()

DESCRIBE USER ann

desc search optimization on orders
