-- How many bids a bidder made in each of his sessions.
CREATE STANDING QUERY q11 AS
SELECT bidder, COUNT(*) AS bids, window_start, window_end
FROM SESSION(TABLE bid PARTITION BY bidder, DESCRIPTOR(dateTime), INTERVAL '10' SECOND)
GROUP BY bidder, window_start, window_end;
