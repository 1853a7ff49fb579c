-- The last bid of each bidder for each auction.
CREATE STANDING QUERY q18 AS
SELECT auction, bidder, price, channel, url, dateTime, extra
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY dateTime DESC) AS place FROM bid
) AS bids
WHERE place <= 1;
