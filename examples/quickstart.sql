-- A first look at Tidemill: ./tidemill run examples/quickstart.sql
--
-- A generator stands in for the outside world: 20,000 bids, 2,500 a second, some of them up to four seconds late.
CREATE TABLE arriving_bid (
  auction BIGINT NOT NULL,
  bidder  BIGINT NOT NULL,
  price   DECIMAL(18, 2) NOT NULL,
  ts      TIMESTAMP(3) NOT NULL
) WITH (
  'connector' = 'datagen', 'rows_per_second' = '2500', 'total_rows' = '20000', 'seed' = '7',
  'auction.min' = '1', 'auction.max' = '12', 'bidder.min' = '1', 'bidder.max' = '400',
  'price.min' = '1', 'price.max' = '999.99', 'ts.step' = '5', 'ts.jitter' = '4000'
);

-- A directory of JSON files that the first standing query writes, step by step, and that the others watch.
-- The watermark says: bids are at most two seconds late; what comes later than that is counted, not awaited.
CREATE TABLE bid (
  auction BIGINT NOT NULL,
  bidder  BIGINT NOT NULL,
  price   DECIMAL(18, 2) NOT NULL,
  ts      TIMESTAMP(3) NOT NULL,
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'files', 'path' = 'target/quickstart/bids', 'format' = 'json', 'existing' = 'replace');

CREATE STANDING QUERY landing INTO bid OUTPUT MODE APPEND
  TRIGGER EVERY 2500 ROWS OR INTERVAL '1' SECOND
  AS SELECT auction, bidder, price, ts FROM arriving_bid;

-- APPEND: a window is written once, when the watermark has passed its end.
CREATE STANDING QUERY turnover OUTPUT MODE APPEND TRIGGER EVERY INTERVAL '1' SECOND
  AS SELECT window_start, COUNT(*) AS bids, SUM(price) AS volume
     FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND)
     GROUP BY window_start;

-- UPDATE: per step, the auctions whose figures changed.
CREATE STANDING QUERY auction_price OUTPUT MODE UPDATE TRIGGER EVERY INTERVAL '1' SECOND
  AS SELECT auction, COUNT(*) AS bids, MAX(price) AS best FROM bid GROUP BY auction;

-- COMPLETE: the whole of a small result, every step.
CREATE STANDING QUERY leaders OUTPUT MODE COMPLETE TRIGGER EVERY INTERVAL '1' SECOND
  AS SELECT bidder, SUM(price) AS spent FROM bid GROUP BY bidder ORDER BY spent DESC LIMIT 3;

-- When all bids have landed the queries above end, and these run: what stands agrees with what is computed anew.
SELECT * FROM leaders;
SELECT (SELECT SUM(bids) FROM auction_price) AS counted_by_standing_query,
       (SELECT COUNT(*) FROM bid)            AS counted_by_batch_query;
SELECT q.auction, q.bids, q.best, q.bids = b.bids AND q.best = b.best AS agrees
FROM auction_price AS q
JOIN (SELECT auction, COUNT(*) AS bids, MAX(price) AS best FROM bid GROUP BY auction) AS b ON q.auction = b.auction
ORDER BY q.auction;
