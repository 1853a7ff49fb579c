-- What the AOT cache is trained on first: one statement of each kind that a first command is likely to be. A class or lambda used here is
-- loaded, linked and profiled before the next process starts. Files are written to the directory it runs in, which is temporary.
-- rounds.sql comes after it, many times.
SELECT 1;
SELECT n_name, r_name, COUNT(*) AS n
FROM tpch.sf0_01.nation JOIN tpch.sf0_01.region ON n_regionkey = r_regionkey JOIN tpch.sf0_01.customer ON c_nationkey = n_nationkey
WHERE r_name LIKE 'A%' AND c_acctbal > 0
GROUP BY n_name, r_name ORDER BY n DESC LIMIT 3;
CREATE TABLE bid (auction BIGINT NOT NULL, price DECIMAL(18, 2), ts TIMESTAMP(3), day AS CAST(ts AS DATE), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND);
INSERT INTO bid VALUES (1, 1.50, TIMESTAMP '2024-01-01 00:00:00'), (2, NULL, TIMESTAMP '2024-01-01 00:00:12');
COPY (SELECT auction, price, ts FROM bid) TO 'bids.parquet';
COPY (SELECT auction, price, ts FROM bid) TO 'bids.csv';
COPY (SELECT auction, price, ts FROM bid) TO 'bids.json';
SELECT auction, SUM(price) AS volume, MAX(ts) AS last FROM 'bids.parquet' WHERE price > 1 GROUP BY auction ORDER BY volume DESC;
SELECT COUNT(*) FROM 'bids.csv';
SELECT COUNT(*) FROM 'bids.json';
SELECT a.auction, ROW_NUMBER() OVER (ORDER BY a.price) AS place FROM 'bids.parquet' AS a LEFT JOIN bid AS b ON a.auction = b.auction;
SELECT EXTRACT(YEAR FROM ts) AS y, UPPER('x') || 'y' AS t, CASE WHEN price IS NULL THEN 0 ELSE price END AS p FROM bid;
CREATE VIEW dear AS SELECT * FROM bid WHERE price > 1;
SHOW TABLES;
DESCRIBE bid;
EXPLAIN SELECT * FROM dear;
CREATE STANDING QUERY volumes TRIGGER AVAILABLE NOW AS
  SELECT window_start, COUNT(*) AS bids FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start;
SHOW QUERIES;
SELECT * FROM volumes;
-- Standing queries as they run for long: small steps of a keyed aggregate, of windows and of a join.
CREATE TABLE auctions (id BIGINT NOT NULL, seller BIGINT NOT NULL, category BIGINT NOT NULL, dateTime TIMESTAMP(3) NOT NULL, WATERMARK FOR dateTime AS dateTime - INTERVAL '4' SECOND)
WITH ('connector' = 'nexmark', 'table' = 'auction', 'events' = '200000');
CREATE TABLE bids (auction BIGINT NOT NULL, bidder BIGINT NOT NULL, price BIGINT NOT NULL, dateTime TIMESTAMP(3) NOT NULL, WATERMARK FOR dateTime AS dateTime - INTERVAL '4' SECOND)
WITH ('connector' = 'nexmark', 'table' = 'bid', 'events' = '200000');
CREATE STANDING QUERY by_bidder WITH ('max_rows_per_step' = '500') TRIGGER AVAILABLE NOW AS
  SELECT bidder, COUNT(*) AS bids, SUM(price) AS paid, MAX(price) AS highest FROM bids GROUP BY bidder;
CREATE STANDING QUERY by_window WITH ('max_rows_per_step' = '500') TRIGGER AVAILABLE NOW AS
  SELECT window_start, auction, COUNT(*) AS bids FROM HOP(TABLE bids, DESCRIPTOR(dateTime), INTERVAL '2' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, auction;
CREATE STANDING QUERY by_category WITH ('max_rows_per_step' = '500') TRIGGER AVAILABLE NOW AS
  SELECT category, AVG(price) AS price FROM bids JOIN auctions ON auction = id GROUP BY category;
SELECT COUNT(*) FROM by_bidder;
SELECT COUNT(*) FROM by_window;
SELECT COUNT(*) FROM by_category;
-- The tables of rounds.sql.
SET plan_cache = false;
COPY (SELECT * FROM tpch.sf0_01.customer) TO 'customer.parquet';
CREATE TABLE customer WITH ('connector' = 'files', 'path' = 'customer.parquet');
COPY (SELECT * FROM tpch.sf0_01.lineitem) TO 'lineitem.parquet';
CREATE TABLE lineitem WITH ('connector' = 'files', 'path' = 'lineitem.parquet');
COPY (SELECT * FROM tpch.sf0_01.nation) TO 'nation.parquet';
CREATE TABLE nation WITH ('connector' = 'files', 'path' = 'nation.parquet');
COPY (SELECT * FROM tpch.sf0_01.orders) TO 'orders.parquet';
CREATE TABLE orders WITH ('connector' = 'files', 'path' = 'orders.parquet');
COPY (SELECT * FROM tpch.sf0_01.part) TO 'part.parquet';
CREATE TABLE part WITH ('connector' = 'files', 'path' = 'part.parquet');
COPY (SELECT * FROM tpch.sf0_01.partsupp) TO 'partsupp.parquet';
CREATE TABLE partsupp WITH ('connector' = 'files', 'path' = 'partsupp.parquet');
COPY (SELECT * FROM tpch.sf0_01.region) TO 'region.parquet';
CREATE TABLE region WITH ('connector' = 'files', 'path' = 'region.parquet');
COPY (SELECT * FROM tpch.sf0_01.supplier) TO 'supplier.parquet';
CREATE TABLE supplier WITH ('connector' = 'files', 'path' = 'supplier.parquet');
