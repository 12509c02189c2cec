SELECT payload:user.id::NUMBER AS user_id, payload:items[0].sku::STRING AS sku FROM raw_events

SELECT payload:"User Name"::STRING, payload['user']['id'], payload:a.b.c FROM raw_events

SELECT e.payload:type::STRING AS type, COUNT(*) FROM raw_events e GROUP BY 1

SELECT f.value:name::STRING AS name, f.index, f.seq FROM raw_events, LATERAL FLATTEN(input => payload:items) f

SELECT r.id, f.key, f.value FROM raw_events r, LATERAL FLATTEN(INPUT => r.payload, OUTER => TRUE) f

SELECT f.path, f.value FROM raw_events, TABLE(FLATTEN(INPUT => payload, PATH => 'a.b', RECURSIVE => TRUE, MODE => 'OBJECT')) f

SELECT t.id, s.value FROM tickets t, LATERAL SPLIT_TO_TABLE(t.labels, ',') s

SELECT t.id, TRIM(s.value) AS label FROM tickets t, TABLE(SPLIT_TO_TABLE(t.labels, ',')) s

SELECT s.value FROM TABLE(STRTOK_SPLIT_TO_TABLE('a.b.c', '.')) s

SELECT PARSE_JSON('{"a": [1, 2]}'):a[1]::INT

SELECT TRY_PARSE_JSON(body):error.code::INT AS code FROM http_log WHERE TRY_PARSE_JSON(body) IS NOT NULL

SELECT GET_PATH(payload, 'a.b'), GET(payload, 'a'), GET_IGNORE_CASE(payload, 'A'), JSON_EXTRACT_PATH_TEXT(body, 'a.b') FROM raw_events

SELECT TYPEOF(payload), IS_ARRAY(payload), IS_OBJECT(payload), IS_NULL_VALUE(payload:a), AS_INTEGER(payload:a) FROM raw_events

SELECT OBJECT_KEYS(payload), ARRAY_SIZE(payload:items), ARRAY_CONTAINS('a'::VARIANT, payload:tags) FROM raw_events

SELECT ARRAY_SLICE(a, 0, 3), ARRAY_CAT(a, b), ARRAY_APPEND(a, 1), ARRAY_DISTINCT(a), ARRAY_INTERSECTION(a, b), ARRAYS_OVERLAP(a, b), ARRAY_TO_STRING(a, ','), ARRAY_POSITION(1, a), ARRAY_SORT(a), ARRAY_FLATTEN(a) FROM t

SELECT FILTER(items, i -> i:price::NUMBER > 10) AS dear, TRANSFORM(items, i -> i:sku::STRING) AS skus FROM carts

SELECT REDUCE([1, 2, 3], 0, (acc, val) -> acc + val)

SELECT TRANSFORM(a, x INT -> x * 2) FROM t

SELECT OBJECT_INSERT(o, 'k', 1), OBJECT_DELETE(o, 'k'), OBJECT_PICK(o, 'a', 'b'), STRIP_NULL_VALUE(o:a) FROM t

SELECT MAP_KEYS(m), MAP_SIZE(m), MAP_CONTAINS_KEY('a', m) FROM t

SELECT TO_JSON(payload), TO_VARIANT(1), TO_ARRAY(a), TO_OBJECT(o), CHECK_JSON(body) FROM t

SELECT PARSE_XML('<a><b>1</b></a>'), XMLGET(x, 'b'):"$"::INT FROM docs

SELECT payload:created_at::TIMESTAMP_NTZ, payload:amount::NUMBER(12, 2), payload:ok::BOOLEAN FROM raw_events WHERE payload:kind = 'order'

SELECT value:ticker::STRING AS ticker, AVG(value:price::FLOAT) FROM quotes_raw, LATERAL FLATTEN(input => payload:quotes) GROUP BY 1 HAVING COUNT(*) > 5

SELECT a.value AS outer_item, b.value AS inner_item FROM raw_events r, LATERAL FLATTEN(r.payload:groups) a, LATERAL FLATTEN(a.value:members) b

SELECT [1, 2, 3]::ARRAY(NUMBER), {'a': 1}::OBJECT(a NUMBER), {'a': 1}::MAP(VARCHAR, NUMBER)

SELECT ARRAY_GENERATE_RANGE(0, 10, 2), ARRAYS_TO_OBJECT(['a'], [1])

SELECT VECTOR_COSINE_SIMILARITY(embedding, [0.1, 0.2]::VECTOR(FLOAT, 2)) AS score FROM documents ORDER BY score DESC LIMIT 5

SELECT ST_DISTANCE(ST_MAKEPOINT(lon, lat), TO_GEOGRAPHY('POINT(13.4 52.5)')) AS metres FROM shops ORDER BY metres LIMIT 10

SELECT H3_LATLNG_TO_CELL(lat, lon, 8) AS cell, COUNT(*) FROM trips GROUP BY cell

SELECT HAVERSINE(40.7, -74.0, lat, lon) AS km FROM shops
