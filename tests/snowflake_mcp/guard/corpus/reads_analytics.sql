SELECT COUNT(*) FROM phase_history

SELECT phase, COUNT(*) AS runs, AVG(duration_minutes) AS mean_minutes
FROM pm_os_analytics.public.phase_history
GROUP BY phase ORDER BY runs DESC

SELECT phase, MEDIAN(duration_minutes), PERCENTILE_CONT(0.95) WITHIN GROUP (ORDER BY duration_minutes) AS p95
FROM phase_history GROUP BY 1

SELECT agent_name, success_count / NULLIF(run_count, 0) AS success_rate
FROM agent_performance WHERE run_date >= DATEADD(day, -30, CURRENT_DATE())

SELECT DATE_TRUNC('week', metric_date) AS week, SUM(value) AS total
FROM quality_metrics_daily GROUP BY week HAVING SUM(value) > 10 ORDER BY week

SELECT * FROM north_star_metrics ORDER BY metric_date DESC LIMIT 12

SELECT TOP 10 agent_name, total_tokens FROM agent_performance ORDER BY total_tokens DESC

SELECT agent_name, run_date, tokens, SUM(tokens) OVER (PARTITION BY agent_name ORDER BY run_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running
FROM agent_performance

SELECT *, ROW_NUMBER() OVER (PARTITION BY project_id ORDER BY started_at DESC) AS rn
FROM phase_history QUALIFY rn = 1

SELECT project_id, phase, started_at
FROM phase_history
QUALIFY ROW_NUMBER() OVER (PARTITION BY project_id ORDER BY started_at DESC) = 1

SELECT metric_name, metric_date, value,
       LAG(value) OVER (PARTITION BY metric_name ORDER BY metric_date) AS previous,
       value - LAG(value) OVER (PARTITION BY metric_name ORDER BY metric_date) AS change
FROM quality_metrics_daily

SELECT metric_date, value, AVG(value) OVER (ORDER BY metric_date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS week_mean
FROM north_star_metrics WHERE metric_name = 'Weekly Active Teams'

SELECT region, NTILE(4) OVER (ORDER BY revenue) AS quartile, revenue FROM sales

SELECT region, RANK() OVER (ORDER BY revenue DESC) AS place, DENSE_RANK() OVER (ORDER BY revenue DESC) AS dense, PERCENT_RANK() OVER (ORDER BY revenue) AS pr, CUME_DIST() OVER (ORDER BY revenue) AS cd FROM sales

SELECT FIRST_VALUE(amount) IGNORE NULLS OVER (PARTITION BY customer_id ORDER BY ordered_at) AS first_amount, LAST_VALUE(amount) OVER (PARTITION BY customer_id ORDER BY ordered_at) AS last_amount FROM orders

SELECT customer_id, NTH_VALUE(amount, 2) OVER (PARTITION BY customer_id ORDER BY ordered_at) FROM orders

SELECT SUM(amount) OVER (ORDER BY ordered_at RANGE BETWEEN INTERVAL '7 days' PRECEDING AND CURRENT ROW) FROM orders

SELECT ordered_at::DATE AS day, COUNT(DISTINCT customer_id) AS customers FROM orders GROUP BY ordered_at::DATE

SELECT customer_id, RATIO_TO_REPORT(amount) OVER (PARTITION BY customer_id) AS share FROM orders

SELECT customer_id, CONDITIONAL_CHANGE_EVENT(status) OVER (PARTITION BY customer_id ORDER BY ordered_at) AS spell FROM orders

SELECT region, product, SUM(revenue) FROM sales GROUP BY ROLLUP (region, product)

SELECT region, product, SUM(revenue) FROM sales GROUP BY CUBE (region, product)

SELECT region, product, SUM(revenue), GROUPING(region) AS all_regions, GROUPING_ID(region, product) FROM sales GROUP BY GROUPING SETS ((region), (product), ())

SELECT region, product, SUM(revenue) FROM sales GROUP BY ALL ORDER BY ALL

SELECT YEAR(ordered_at) AS y, MONTH(ordered_at) AS m, SUM(amount) FROM orders GROUP BY y, m ORDER BY y, m

SELECT * FROM monthly_sales PIVOT (SUM(amount) FOR month IN ('JAN', 'FEB', 'MAR')) AS p ORDER BY empid

SELECT * FROM monthly_sales PIVOT (SUM(amount) FOR month IN ('JAN', 'FEB', 'MAR')) AS p (empid, jan, feb, mar)

SELECT * FROM monthly_sales PIVOT (SUM(amount) FOR month IN (ANY ORDER BY month)) ORDER BY empid

SELECT * FROM quarterly UNPIVOT (amount FOR quarter IN (q1, q2, q3, q4))

SELECT * FROM quarterly UNPIVOT INCLUDE NULLS (amount FOR quarter IN (q1, q2, q3, q4)) ORDER BY empid

WITH recent AS (SELECT * FROM orders WHERE ordered_at > DATEADD('month', -3, CURRENT_TIMESTAMP()))
SELECT status, COUNT(*) FROM recent GROUP BY status

WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM a JOIN b ON a.x < b.y

WITH RECURSIVE managers AS (
  SELECT employee_id, manager_id, 1 AS depth FROM employees WHERE manager_id IS NULL
  UNION ALL
  SELECT e.employee_id, e.manager_id, m.depth + 1 FROM employees e JOIN managers m ON e.manager_id = m.employee_id
)
SELECT depth, COUNT(*) FROM managers GROUP BY depth ORDER BY depth

WITH RECURSIVE days (day) AS (SELECT '2025-01-01'::DATE UNION ALL SELECT DATEADD(day, 1, day) FROM days WHERE day < '2025-12-31') SELECT day FROM days

WITH t (a, b) AS (SELECT 1, 2) SELECT a + b FROM t

SELECT SYS_CONNECT_BY_PATH(title, ' / ') AS path FROM employees START WITH manager_id IS NULL CONNECT BY PRIOR employee_id = manager_id

SELECT title, LEVEL FROM employees START WITH title = 'President' CONNECT BY manager_id = PRIOR employee_id ORDER BY employee_id

SELECT o.order_id, c.name FROM orders AS o INNER JOIN customers AS c ON o.customer_id = c.customer_id

SELECT o.order_id, c.name FROM orders o LEFT OUTER JOIN customers c USING (customer_id) WHERE c.name IS NULL

SELECT * FROM orders o RIGHT JOIN customers c ON o.customer_id = c.customer_id

SELECT * FROM orders o FULL OUTER JOIN refunds r ON o.order_id = r.order_id

SELECT * FROM a CROSS JOIN b

SELECT * FROM a NATURAL JOIN b

SELECT * FROM a, b WHERE a.id = b.id

SELECT t.stock, t.at, q.price FROM trades t ASOF JOIN quotes q MATCH_CONDITION (t.at >= q.at) ON t.stock = q.stock

SELECT t.*, q.price FROM trades AS t ASOF JOIN quotes AS q MATCH_CONDITION (t.at >= q.at) USING (stock)

SELECT c.name, l.last_order FROM customers c, LATERAL (SELECT MAX(ordered_at) AS last_order FROM orders o WHERE o.customer_id = c.customer_id) l

SELECT * FROM customers c INNER JOIN LATERAL (SELECT * FROM orders o WHERE o.customer_id = c.customer_id LIMIT 3) AS recent

SELECT name FROM customers WHERE customer_id IN (SELECT customer_id FROM orders WHERE amount > 1000)

SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id AND o.status = 'open')

SELECT name FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id)

SELECT name, (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.customer_id) AS orders FROM customers c

SELECT * FROM orders WHERE amount > ALL (SELECT amount FROM refunds)

SELECT * FROM orders WHERE amount = ANY (SELECT amount FROM refunds)

SELECT order_id FROM orders UNION SELECT order_id FROM archive.orders_2024

SELECT order_id FROM orders UNION ALL SELECT order_id FROM archived_orders ORDER BY 1 LIMIT 50 OFFSET 100

SELECT order_id FROM orders INTERSECT SELECT order_id FROM refunds

SELECT order_id FROM orders EXCEPT SELECT order_id FROM refunds

SELECT order_id FROM orders MINUS SELECT order_id FROM refunds

(SELECT a FROM t LIMIT 1) UNION ALL (SELECT a FROM u LIMIT 1)

SELECT a FROM t UNION ALL BY NAME SELECT a FROM u

SELECT * EXCLUDE (email, phone) FROM customers

SELECT * EXCLUDE ssn FROM customers

SELECT * RENAME (name AS customer_name) FROM customers

SELECT * REPLACE (UPPER(name) AS name) FROM customers

SELECT * ILIKE '%date%' FROM orders

SELECT c.* EXCLUDE (created_at) RENAME (name AS n), o.* FROM customers c JOIN orders o USING (customer_id)

SELECT name FROM customers WHERE name ILIKE ANY ('a%', '%son', 'mc%')

SELECT name FROM customers WHERE name LIKE ANY ('A%', 'B%') AND name NOT LIKE '%test%'

SELECT name FROM customers WHERE name LIKE ALL ('%a%', '%b%')

SELECT name FROM customers WHERE name LIKE 'a^%%' ESCAPE '^'

SELECT name FROM customers WHERE RLIKE(name, '^[A-M].*', 'i')

SELECT name FROM customers WHERE name RLIKE '.*son' OR name REGEXP 'Mc.*'

SELECT REGEXP_SUBSTR(url, 'utm_source=([^&]+)', 1, 1, 'e', 1) AS source, COUNT(*) FROM page_views GROUP BY 1

SELECT REGEXP_REPLACE(phone, '[^0-9]', '') AS digits, REGEXP_COUNT(notes, 'bug') FROM tickets

SELECT SPLIT_PART(email, '@', 2) AS domain, COUNT(*) AS n FROM customers GROUP BY domain ORDER BY n DESC LIMIT 20

SELECT TRY_CAST(raw_value AS NUMBER(10, 2)) AS value FROM staging_rows WHERE TRY_CAST(raw_value AS NUMBER(10, 2)) IS NULL

SELECT CAST('2025-02-03' AS DATE), '12:30'::TIME, 1::BOOLEAN, '1.5'::DECIMAL(10, 4), 'x'::VARCHAR(5)

SELECT TRY_TO_DATE(d, 'YYYY-MM-DD'), TRY_TO_NUMBER(n, 10, 2), TRY_TO_TIMESTAMP(ts) FROM imports

SELECT CURRENT_DATE - INTERVAL '1 month', CURRENT_TIMESTAMP() + INTERVAL '2 hours, 30 minutes'

SELECT DATEDIFF('day', started_at, finished_at) AS days FROM phase_history

SELECT TIMESTAMPDIFF(second, started_at, finished_at), TIMEADD(hour, 2, started_at) FROM phase_history

SELECT DATE_PART(epoch_second, created_at), EXTRACT(year FROM created_at), DAYNAME(created_at), MONTHNAME(created_at), WEEKISO(created_at) FROM events

SELECT CONVERT_TIMEZONE('UTC', 'Europe/Berlin', created_at) FROM events

SELECT TO_CHAR(created_at, 'YYYY-MM'), TO_VARCHAR(amount, '999,999.00') FROM orders

SELECT LAST_DAY(created_at), NEXT_DAY(created_at, 'mo'), ADD_MONTHS(created_at, -1), MONTHS_BETWEEN(a, b) FROM events

SELECT TIME_SLICE(created_at, 15, 'MINUTE', 'START') AS slot, COUNT(*) FROM events GROUP BY slot

SELECT DATE_FROM_PARTS(2025, 2, 29), TIMESTAMP_FROM_PARTS(2025, 1, 2, 3, 4, 5)

SELECT LISTAGG(DISTINCT tag, ', ') WITHIN GROUP (ORDER BY tag) AS tags FROM ticket_tags GROUP BY ticket_id

SELECT ARRAY_AGG(DISTINCT status) WITHIN GROUP (ORDER BY status) FROM orders

SELECT OBJECT_AGG(name, value) FROM settings_rows

SELECT APPROX_COUNT_DISTINCT(user_id), HLL(user_id), APPROX_PERCENTILE(latency_ms, 0.99) FROM requests

SELECT APPROX_TOP_K(page, 10) FROM page_views

SELECT CORR(a, b), COVAR_POP(a, b), STDDEV(a), VARIANCE(a), SKEW(a), KURTOSIS(a) FROM samples

SELECT REGR_SLOPE(y, x), REGR_INTERCEPT(y, x), REGR_R2(y, x) FROM samples

SELECT MIN_BY(name, amount), MAX_BY(name, amount, 3), ANY_VALUE(status), MODE(status) FROM orders

SELECT COUNT_IF(status = 'failed') / COUNT(*) AS failure_rate, BOOLAND_AGG(ok), BOOLOR_AGG(ok), BITOR_AGG(flags) FROM runs

SELECT SUM(IFF(status = 'won', amount, 0)) AS won, SUM(CASE WHEN status = 'lost' THEN amount ELSE 0 END) AS lost FROM deals

SELECT CASE status WHEN 'a' THEN 1 WHEN 'b' THEN 2 END, DECODE(status, 'a', 1, 'b', 2, 0), NVL(x, 0), NVL2(x, 1, 0), ZEROIFNULL(x), NULLIFZERO(y), EQUAL_NULL(x, y) FROM t

SELECT COALESCE(a, b, c), GREATEST(a, b), LEAST(a, b), DIV0(a, b), DIV0NULL(a, b), MOD(a, 7), a % 7 FROM t

SELECT ROUND(x, 2), CEIL(x), FLOOR(x), TRUNC(x, 1), ABS(x), SIGN(x), SQRT(x), POWER(x, 2), EXP(x), LN(x), LOG(10, x) FROM t

SELECT WIDTH_BUCKET(amount, 0, 1000, 10) AS bucket, COUNT(*) FROM orders GROUP BY bucket ORDER BY bucket

SELECT HASH(*), SHA2(email, 256), MD5(email), HASH_AGG(*) FROM customers

SELECT UPPER(a), LOWER(a), INITCAP(a), TRIM(a), LTRIM(a, '0'), LPAD(a, 8, '0'), LEFT(a, 3), RIGHT(a, 2), SUBSTR(a, 2, 3), LENGTH(a), REVERSE(a), CONCAT(a, b), a || '-' || b, CONCAT_WS(',', a, b) FROM t

SELECT CONTAINS(a, 'x'), STARTSWITH(a, 'x'), ENDSWITH(a, 'y'), CHARINDEX('x', a), POSITION('x' IN a), REPLACE(a, 'x', 'y'), TRANSLATE(a, 'ab', 'cd'), SPACE(3), REPEAT('ab', 2) FROM t

SELECT EDITDISTANCE(a, b), JAROWINKLER_SIMILARITY(a, b), SOUNDEX(a) FROM t

SELECT INSERT(a, 1, 2, 'xy') AS patched, GET(arr, 0) AS first_item, TRUNCATE(x, 2) FROM t

SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b, a BETWEEN 1 AND 5, a NOT IN (1, 2), (a, b) IN ((1, 2), (3, 4)) FROM t

SELECT a FROM t ORDER BY a DESC NULLS LAST FETCH FIRST 10 ROWS ONLY

SELECT a FROM t LIMIT 10 OFFSET 20

SELECT DISTINCT a, b FROM t

SELECT a AS "Total Amount", b "Größe", c AS "select" FROM t

SELECT "Mixed Case"."Col" FROM "My Db"."My Schema"."Mixed Case"

SELECT $1, $2 FROM VALUES (1, 'a'), (2, 'b')

SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (id, name)

VALUES (1, 'a'), (2, 'b')

SELECT 1;

SELECT 'it''s', 'a\'b', 'C:\\dir', $$it's raw \ text$$, 'ünïcode – 日本語 🎉'

SELECT X'48656C6C6F', TRUE, FALSE, NULL, 1e10, .5, -3.14, 0.1e-5

SELECT -- a note; not the end
  a /* why 'quoted' */ FROM t // the old way

SELECT SUM(x) FILTER (WHERE y > 0) FROM t

SELECT {'a': 1, 'b': [1, 2, 3]} AS o, [1, 2][0] AS first

SELECT OBJECT_CONSTRUCT('a', 1, 'b', NULL), OBJECT_CONSTRUCT_KEEP_NULL('a', NULL), ARRAY_CONSTRUCT(1, 2), OBJECT_CONSTRUCT(*) FROM t

SELECT 1; -- the end

SELECT 'a\'; DELETE FROM t; --'
