-- Bids for some auctions: a filter that few rows pass.
CREATE STANDING QUERY q2 AS
SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0;
