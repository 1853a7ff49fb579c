-- From topic to topic: ./tidemill run examples/kafka.sql --db target/kafka.db
--
-- Needs a broker on localhost:9092 with two topics:
--   kafka-topics.sh --bootstrap-server localhost:9092 --create --topic orders --partitions 2
--   kafka-topics.sh --bootstrap-server localhost:9092 --create --topic revenue --config cleanup.policy=compact
-- and orders, as JSON objects:
--   kafka-console-producer.sh --bootstrap-server localhost:9092 --topic orders
--   {"id": 1, "item": "tea", "amount": 2.50}
CREATE TABLE orders (
  id     BIGINT NOT NULL,
  item   VARCHAR,
  amount DECIMAL(10, 2)
) WITH ('connector' = 'kafka', 'topic' = 'orders', 'bootstrap_servers' = 'localhost:9092', 'format' = 'json');

-- A record per item and step: its key is the key's columns, so that a compacted topic keeps the last one.
CREATE TABLE revenue (
  item  VARCHAR,
  total DECIMAL(38, 2),
  n     BIGINT,
  PRIMARY KEY (item) NOT ENFORCED
) WITH ('connector' = 'kafka', 'topic' = 'revenue', 'bootstrap_servers' = 'localhost:9092');

-- Kill it at any moment and start it again with the same --db: no order is counted twice, none is lost.
CREATE STANDING QUERY totals INTO revenue OUTPUT MODE UPDATE
  TRIGGER EVERY INTERVAL '1' SECOND
  AS SELECT item, SUM(amount) AS total, COUNT(*) AS n FROM orders GROUP BY item;
