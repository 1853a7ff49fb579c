-- What the AOT cache is trained on after training.sql, again and again: queries of many shapes, each planned anew. What is hot here is
-- compiled with these profiles as soon as a server, a shell or a benchmark starts.
SELECT l_shipmode, COUNT(*) AS n, SUM(l_extendedprice * (1 - l_discount)) AS revenue, AVG(l_quantity) AS quantity
FROM lineitem WHERE l_shipdate >= DATE '1995-01-01' AND l_shipdate < DATE '1997-01-01' AND l_discount BETWEEN 0.02 AND 0.08 GROUP BY l_shipmode ORDER BY l_shipmode;
SELECT SUM(l_extendedprice) FROM lineitem WHERE l_quantity < 10 AND l_returnflag = 'R';
SELECT c_name, o_orderdate, SUM(l_extendedprice) AS total
FROM customer, orders, lineitem
WHERE c_custkey = o_custkey AND o_orderkey = l_orderkey AND c_mktsegment IN ('BUILDING', 'MACHINERY') AND o_orderdate > DATE '1996-06-01'
GROUP BY c_name, o_orderdate, o_orderkey HAVING SUM(l_extendedprice) > 100000 ORDER BY total DESC, c_name LIMIT 20;
SELECT n_name, EXTRACT(YEAR FROM o_orderdate) AS y, SUM(CASE WHEN p_brand = 'Brand#12' THEN l_extendedprice ELSE 0 END) / SUM(l_extendedprice) AS share
FROM part JOIN lineitem ON p_partkey = l_partkey JOIN orders ON o_orderkey = l_orderkey JOIN customer ON c_custkey = o_custkey
  JOIN nation ON n_nationkey = c_nationkey JOIN region ON r_regionkey = n_regionkey JOIN supplier ON s_suppkey = l_suppkey
WHERE r_name <> 'AFRICA' AND p_type LIKE '%BRASS' AND s_acctbal > 0 GROUP BY n_name, EXTRACT(YEAR FROM o_orderdate) ORDER BY n_name, y;
SELECT p_partkey, p_mfgr, s_name FROM part, partsupp, supplier, nation
WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND s_nationkey = n_nationkey AND p_size < 10
  AND ps_supplycost = (SELECT MIN(b.ps_supplycost) FROM partsupp AS b, supplier AS t WHERE b.ps_partkey = p_partkey AND t.s_suppkey = b.ps_suppkey)
ORDER BY s_acctbal DESC, p_partkey FETCH FIRST 50 ROWS ONLY;
SELECT o_orderpriority, COUNT(*) FROM orders WHERE EXISTS (SELECT 1 FROM lineitem WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate)
GROUP BY o_orderpriority ORDER BY 1;
SELECT s_name FROM supplier WHERE s_suppkey NOT IN (SELECT ps_suppkey FROM partsupp WHERE ps_availqty > 9900) AND s_acctbal > (SELECT AVG(s_acctbal) FROM supplier) ORDER BY s_name;
SELECT p_brand, p_size, COUNT(DISTINCT ps_suppkey) AS suppliers FROM partsupp JOIN part ON p_partkey = ps_partkey
WHERE p_brand <> 'Brand#45' AND p_type NOT LIKE 'SMALL%' GROUP BY p_brand, p_size ORDER BY suppliers DESC, p_brand LIMIT 100;
WITH per_month AS (
  SELECT DATE_TRUNC('month', o_orderdate) AS m, o_custkey, SUM(o_totalprice) AS total FROM orders GROUP BY 1, 2)
SELECT m, MAX(total) AS best, COUNT(*) AS customers FROM per_month WHERE total > (SELECT AVG(total) FROM per_month) GROUP BY m ORDER BY m;
SELECT c_count, COUNT(*) FROM (SELECT c_custkey, COUNT(o_orderkey) AS c_count FROM customer LEFT JOIN orders ON c_custkey = o_custkey AND o_comment NOT LIKE '%special%requests%' GROUP BY c_custkey) AS t
GROUP BY c_count ORDER BY 2 DESC, 1 DESC;
SELECT o_custkey, o_orderkey, place FROM (SELECT o_custkey, o_orderkey, ROW_NUMBER() OVER (PARTITION BY o_custkey ORDER BY o_totalprice DESC) AS place FROM orders) AS t
WHERE place <= 2 ORDER BY o_custkey, place LIMIT 50;
SELECT o_orderkey, o_totalprice - LAG(o_totalprice) OVER w AS more, SUM(o_totalprice) OVER w AS running FROM orders WHERE o_custkey < 500
WINDOW w AS (PARTITION BY o_custkey ORDER BY o_orderdate, o_orderkey) ORDER BY o_orderkey LIMIT 50;
SELECT r_name, n_name, COUNT(*) AS n, GROUPING(n_name) AS g FROM region JOIN nation ON n_regionkey = r_regionkey JOIN customer ON c_nationkey = n_nationkey
GROUP BY ROLLUP (r_name, n_name) ORDER BY r_name NULLS LAST, n_name NULLS LAST;
SELECT c_custkey FROM customer WHERE c_acctbal > 9000 UNION SELECT o_custkey FROM orders WHERE o_totalprice > 400000 EXCEPT SELECT o_custkey FROM orders WHERE o_orderstatus = 'P' ORDER BY 1;
SELECT UPPER(SUBSTRING(c_phone, 1, 2)) AS country, COUNT(*) AS n, ROUND(SUM(c_acctbal), 1) AS total, MAX(LENGTH(TRIM(c_address))) AS longest
FROM customer WHERE SUBSTRING(c_phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17') AND COALESCE(c_acctbal, 0) > 0 GROUP BY 1 ORDER BY 1;
SELECT l_orderkey, l_linenumber, CAST(l_extendedprice AS DOUBLE) / l_quantity AS price, l_shipdate + INTERVAL '30' DAY AS due FROM lineitem
WHERE l_comment LIKE '%final%' AND (l_shipinstruct = 'NONE' OR l_tax > 0.05) ORDER BY price DESC, l_orderkey, l_linenumber LIMIT 10;
SELECT s_name, COUNT(*) AS late FROM supplier, lineitem AS a, orders, nation
WHERE s_suppkey = a.l_suppkey AND o_orderkey = a.l_orderkey AND o_orderstatus = 'F' AND a.l_receiptdate > a.l_commitdate AND s_nationkey = n_nationkey
  AND EXISTS (SELECT * FROM lineitem AS b WHERE b.l_orderkey = a.l_orderkey AND b.l_suppkey <> a.l_suppkey)
  AND NOT EXISTS (SELECT * FROM lineitem AS c WHERE c.l_orderkey = a.l_orderkey AND c.l_suppkey <> a.l_suppkey AND c.l_receiptdate > c.l_commitdate)
GROUP BY s_name ORDER BY late DESC, s_name LIMIT 20;
SELECT SUM(l_extendedprice) / 7 FROM lineitem, part WHERE p_partkey = l_partkey AND p_container LIKE 'MED%'
  AND l_quantity < (SELECT 0.5 * AVG(b.l_quantity) FROM lineitem AS b WHERE b.l_partkey = p_partkey);
SELECT DISTINCT l_shipmode, l_returnflag FROM lineitem ORDER BY 1, 2;
SELECT COUNT(*) FROM orders FULL JOIN customer ON o_custkey = c_custkey AND o_totalprice > 1000;
