-- What the AOT cache is trained on: one statement of each kind that a first command is likely to be. A class or lambda used here is
-- loaded, linked and profiled before the next process starts. Files are written to the directory it runs in, which is temporary.
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
