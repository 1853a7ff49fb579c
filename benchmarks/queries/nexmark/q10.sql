-- Bids with the day and the minute they would be filed under.
CREATE STANDING QUERY q10 AS
SELECT auction, bidder, price, dateTime, extra, DATE_FORMAT(dateTime, 'yyyy-MM-dd') AS day, DATE_FORMAT(dateTime, 'HH:mm') AS minute
FROM bid;
