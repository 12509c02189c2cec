WITH daily AS (
  SELECT metric_date, metric_name, value FROM quality_metrics_daily WHERE metric_date >= DATEADD(week, -8, CURRENT_DATE)
), weekly AS (
  SELECT DATE_TRUNC(week, metric_date) AS week, metric_name, AVG(value) AS value FROM daily GROUP BY 1, 2
)
SELECT week, metric_name, value, ROUND(100 * (value / LAG(value) OVER (PARTITION BY metric_name ORDER BY week) - 1), 1) AS pct
FROM weekly ORDER BY metric_name, week

WITH first_seen AS (SELECT user_id, MIN(DATE_TRUNC('month', at)) AS cohort FROM events GROUP BY user_id)
SELECT f.cohort, DATEDIFF('month', f.cohort, DATE_TRUNC('month', e.at)) AS age, COUNT(DISTINCT e.user_id) AS users
FROM events e JOIN first_seen f USING (user_id) GROUP BY 1, 2 ORDER BY 1, 2

WITH funnel AS (
  SELECT user_id,
    MAX(IFF(step = 'visit', 1, 0)) AS visited,
    MAX(IFF(step = 'signup', 1, 0)) AS signed_up,
    MAX(IFF(step = 'paid', 1, 0)) AS paid
  FROM events GROUP BY user_id
)
SELECT SUM(visited), SUM(signed_up), SUM(paid), DIV0(SUM(paid), SUM(visited)) FROM funnel

WITH ordered AS (
  SELECT user_id, at, LAG(at) OVER (PARTITION BY user_id ORDER BY at) AS before FROM events
), marked AS (
  SELECT *, IFF(DATEDIFF(minute, before, at) > 30 OR before IS NULL, 1, 0) AS is_new FROM ordered
)
SELECT user_id, at, SUM(is_new) OVER (PARTITION BY user_id ORDER BY at) AS session_number FROM marked

SELECT c.region, c.segment, COUNT(DISTINCT o.customer_id) AS buyers, SUM(o.amount) AS revenue,
       SUM(o.amount) / NULLIF(COUNT(DISTINCT o.customer_id), 0) AS per_buyer
FROM orders o
JOIN customers c ON c.customer_id = o.customer_id AND c.is_test = FALSE
LEFT JOIN refunds r ON r.order_id = o.order_id
WHERE o.ordered_at BETWEEN '2025-01-01' AND '2025-03-31' AND r.order_id IS NULL
GROUP BY c.region, c.segment
HAVING SUM(o.amount) > 1000
ORDER BY revenue DESC NULLS LAST
LIMIT 100

WITH spend AS (SELECT customer_id, SUM(amount) AS total FROM orders GROUP BY 1)
SELECT customer_id, total, SUM(total) OVER (ORDER BY total DESC) / SUM(total) OVER () AS cumulative_share FROM spend ORDER BY total DESC

SELECT DATE_TRUNC('hour', created_at) AS hour, status_code, COUNT(*) AS n,
       APPROX_PERCENTILE(duration_ms, 0.5) AS p50, APPROX_PERCENTILE(duration_ms, 0.99) AS p99
FROM requests WHERE created_at >= DATEADD(hour, -24, SYSDATE()) GROUP BY 1, 2 ORDER BY 1

SELECT a.artifact_type, COUNT(*) AS n, AVG(DATEDIFF(day, a.created_at, a.approved_at)) AS days_to_approve
FROM pm_os_analytics.public.artifact_catalog a WHERE a.approved_at IS NOT NULL GROUP BY a.artifact_type

SELECT agent_name, metric_month, tokens, SUM(tokens) OVER (PARTITION BY agent_name, YEAR(metric_month) ORDER BY metric_month) AS ytd
FROM (SELECT agent_name, DATE_TRUNC(month, run_date) AS metric_month, SUM(total_tokens) AS tokens FROM agent_performance GROUP BY 1, 2) AS m

WITH spine AS (SELECT DATEADD(day, SEQ4(), DATE '2025-01-01') AS day FROM TABLE(GENERATOR(ROWCOUNT => 90)))
SELECT s.day, COALESCE(SUM(o.amount), 0) AS revenue FROM spine s LEFT JOIN orders o ON o.ordered_at::DATE = s.day GROUP BY s.day ORDER BY s.day

SELECT project_id, phase, started_at, finished_at, LEAD(started_at) OVER (PARTITION BY project_id ORDER BY started_at) AS next_start,
       DATEDIFF(hour, finished_at, LEAD(started_at) OVER (PARTITION BY project_id ORDER BY started_at)) AS idle_hours
FROM phase_history WHERE project_id ILIKE 'PM-%'

SELECT email, COUNT(*) AS n FROM customers GROUP BY email HAVING COUNT(*) > 1 ORDER BY n DESC

SELECT 'orders' AS t, COUNT(*) AS n, COUNT_IF(customer_id IS NULL) AS null_customers, MIN(ordered_at), MAX(ordered_at) FROM orders
UNION ALL
SELECT 'refunds', COUNT(*), COUNT_IF(order_id IS NULL), MIN(refunded_at), MAX(refunded_at) FROM refunds

SELECT m.*, t.target, IFF(m.value >= t.target, 'on track', 'behind') AS state
FROM north_star_metrics m JOIN targets t ON t.metric_name = m.metric_name AND m.metric_date BETWEEN t.valid_from AND COALESCE(t.valid_to, '9999-12-31'::DATE)

WITH base AS (SELECT value, AVG(value) OVER () AS mean, STDDEV(value) OVER () AS sd, metric_date FROM quality_metrics_daily WHERE metric_name = 'defect_rate')
SELECT metric_date, value, (value - mean) / NULLIF(sd, 0) AS z FROM base WHERE ABS((value - mean) / NULLIF(sd, 0)) > 2

SELECT o.* FROM orders o WHERE (o.customer_id, o.ordered_at) IN (SELECT customer_id, MAX(ordered_at) FROM orders GROUP BY customer_id)

SELECT source, medium, SUM(cost) AS cost, SUM(conversions) AS conversions, DIV0(SUM(cost), SUM(conversions)) AS cpa
FROM marketing.ads.daily WHERE day >= DATE_TRUNC(quarter, CURRENT_DATE()) GROUP BY ALL ORDER BY cpa

WITH RECURSIVE parts AS (
  SELECT part_id, parent_id, quantity, part_id::VARCHAR AS path FROM bom WHERE parent_id IS NULL
  UNION ALL
  SELECT b.part_id, b.parent_id, b.quantity * p.quantity, p.path || '/' || b.part_id FROM bom b JOIN parts p ON b.parent_id = p.part_id
)
SELECT path, quantity FROM parts WHERE quantity > 1

SELECT DAYOFWEEKISO(ordered_at) AS dow, HOUR(ordered_at) AS h, COUNT(*) FROM orders GROUP BY 1, 2 ORDER BY 1, 2

SELECT TO_DATE(TO_CHAR(ordered_at, 'YYYY-MM-01')) AS month, SUM(amount)::NUMBER(18, 2) AS revenue FROM orders GROUP BY month

SELECT CASE WHEN age < 18 THEN 'minor' WHEN age BETWEEN 18 AND 64 THEN 'adult' ELSE 'senior' END AS band, COUNT(*) FROM people GROUP BY band

SELECT s.*, RANK() OVER w AS place FROM sales s WINDOW w AS (PARTITION BY region ORDER BY revenue DESC)

SELECT region, SUM(revenue) AS revenue FROM sales GROUP BY region QUALIFY RANK() OVER (ORDER BY SUM(revenue) DESC) <= 3

SELECT user_id, ARRAY_AGG(page) WITHIN GROUP (ORDER BY at) AS path, ARRAY_SIZE(ARRAY_AGG(DISTINCT page)) AS pages FROM page_views GROUP BY user_id HAVING ARRAY_SIZE(path) > 3

SELECT i.key, s.name AS sprint, SUM(w.seconds) / 3600.0 AS hours FROM jira.issues i JOIN jira.worklogs w ON w.issue_id = i.id LEFT JOIN jira.sprints s ON s.id = i.sprint_id GROUP BY i.key, s.name

SELECT (SELECT SUM(amount) FROM orders) - (SELECT SUM(amount) FROM refunds) AS net

SELECT t1.c FROM ((SELECT 1 AS c) AS t1)

SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT 1 AS x)))

SELECT * FROM (orders o JOIN customers c ON o.customer_id = c.customer_id) JOIN regions r ON r.id = c.region_id

SELECT NOT (a AND b) OR c, - (x), +y, a <> b, a != b, a <= b, (((a))) FROM t

SELECT BITAND(flags, 4) <> 0, BITSHIFTLEFT(1, 3), BITXOR(a, b), BITNOT(a) FROM t

SELECT HEX_ENCODE(b), BASE64_ENCODE(b), TO_BINARY('00FF', 'HEX'), TRY_TO_BINARY(x), BASE64_DECODE_STRING(y) FROM t

SELECT ASCII('a'), CHR(65), UNICODE('é'), OCTET_LENGTH('é'), BIT_LENGTH(a) FROM t

SELECT PARSE_URL(url):host::STRING AS host, COUNT(*) FROM page_views GROUP BY host

SELECT PARSE_IP(client_ip, 'INET'):ipv4::INT FROM login_rows

SELECT SIN(x), COS(x), TAN(x), ATAN2(y, x), DEGREES(x), RADIANS(x), PI(), CBRT(x), FACTORIAL(5), SQUARE(x) FROM t

SELECT TIMESTAMP '2025-01-01 10:00:00', DATE '2025-01-01', TIME '10:00', INTERVAL '1 year'

SELECT TO_TIMESTAMP_NTZ(1700000000), TO_TIMESTAMP_TZ('2025-01-01 10:00:00 +0100'), TO_TIMESTAMP_LTZ(ts), TO_TIME('10:00') FROM t

SELECT BITMAP_COUNT(BITMAP_CONSTRUCT_AGG(BITMAP_BIT_POSITION(user_id))), BITMAP_BUCKET_NUMBER(user_id) AS bucket FROM events GROUP BY bucket

SELECT KURTOSIS(v), MEDIAN(v), VAR_POP(v), VAR_SAMP(v), STDDEV_POP(v), STDDEV_SAMP(v) FROM t

SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY v) OVER (PARTITION BY g) FROM t

SELECT ARRAY_UNIQUE_AGG(x), ARRAY_UNION_AGG(a), MINHASH(100, x), APPROXIMATE_SIMILARITY(mh) FROM t

SELECT COUNT(*) AS "rows", COUNT(DISTINCT a, b) AS pairs, COUNT(t.*) FROM t

SELECT SUM(DISTINCT x), AVG(ALL x), MIN(x) AS lo, MAX(x) AS hi FROM t

SELECT a, b FROM t GROUP BY a, b, ROLLUP (c, d)

SELECT * FROM t WHERE a ILIKE '%x%' AND b NOT ILIKE 'y%' AND c IS NOT NULL AND d IS TRUE

SELECT * FROM t WHERE a IN ('x', 'y') OR (b >= 1 AND b < 10) ORDER BY a ASC, b DESC

SELECT a FROM t WHERE d >= CURRENT_DATE() - 7

SELECT a FROM t WHERE d::DATE = CURRENT_DATE - 1 LIMIT 1000

SELECT x.a, x.b FROM (SELECT a, b, COUNT(*) OVER (PARTITION BY a) AS n FROM t) x WHERE x.n > 1

SELECT IFNULL(a, 'none') AS a, COUNT(*) FROM t GROUP BY 1 ORDER BY 2 DESC

SELECT RTRIMMED_LENGTH(a), STRTOK(a, '-', 1), STRTOK_TO_ARRAY(a, '-'), SPLIT(a, ',')[0]::STRING FROM t

SELECT REGEXP_LIKE(a, '\\d+'), REGEXP_INSTR(a, 'x'), REGEXP_SUBSTR_ALL(a, '[a-z]+') FROM t

SELECT LEAST_IGNORE_NULLS(a, b), GREATEST_IGNORE_NULLS(a, b) FROM t

SELECT YEAROFWEEKISO(d), DAYOFYEAR(d), QUARTER(d), WEEKOFYEAR(d), DAY(d), HOUR(ts), MINUTE(ts), SECOND(ts) FROM t

SELECT PREVIOUS_DAY(d, 'fr'), TRUNC(d, 'month'), DATE_TRUNC(year, d), LAST_DAY(d, 'quarter') FROM t
