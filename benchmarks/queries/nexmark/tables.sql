-- The three tables of NEXMark, and the side input of q13: ten thousand keys with a text each.
-- ./tidemill run benchmarks/queries/nexmark/tables.sql benchmarks/queries/nexmark/q5.sql
CREATE TABLE person (
  id BIGINT NOT NULL, name VARCHAR NOT NULL, emailAddress VARCHAR NOT NULL, creditCard VARCHAR NOT NULL, city VARCHAR NOT NULL,
  state VARCHAR NOT NULL, dateTime TIMESTAMP(3) NOT NULL, extra VARCHAR NOT NULL,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4' SECOND
) WITH ('connector' = 'nexmark', 'table' = 'person', 'events' = '1000000', 'events_per_step' = '50000');

CREATE TABLE auction (
  id BIGINT NOT NULL, itemName VARCHAR NOT NULL, description VARCHAR NOT NULL, initialBid BIGINT NOT NULL, reserve BIGINT NOT NULL,
  dateTime TIMESTAMP(3) NOT NULL, expires TIMESTAMP(3) NOT NULL, seller BIGINT NOT NULL, category BIGINT NOT NULL,
  extra VARCHAR NOT NULL,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4' SECOND
) WITH ('connector' = 'nexmark', 'table' = 'auction', 'events' = '1000000', 'events_per_step' = '50000');

CREATE TABLE bid (
  auction BIGINT NOT NULL, bidder BIGINT NOT NULL, price BIGINT NOT NULL, channel VARCHAR NOT NULL, url VARCHAR NOT NULL,
  dateTime TIMESTAMP(3) NOT NULL, extra VARCHAR NOT NULL, processed AS PROCTIME(),
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4' SECOND
) WITH ('connector' = 'nexmark', 'table' = 'bid', 'events' = '1000000', 'events_per_step' = '50000');

CREATE VIEW side_input AS SELECT value AS key, CAST(value AS VARCHAR) AS text FROM GENERATE_SERIES(0, 9999) AS s (value);
