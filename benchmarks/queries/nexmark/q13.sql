-- Bids with what a table beside the stream says of them.
CREATE STANDING QUERY q13 AS
SELECT b.auction, b.bidder, b.price, b.dateTime, s.text
FROM bid AS b JOIN side_input AS s ON MOD(b.auction, 10000) = s.key;
