-- Pass-through: what moving rows costs.
CREATE STANDING QUERY q0 AS
SELECT auction, bidder, price, dateTime, extra FROM bid;
