-- Prices in another currency: an expression over every bid.
CREATE STANDING QUERY q1 AS
SELECT auction, bidder, 0.908 * price AS price, dateTime, extra FROM bid;
