-- How many bids a bidder made in each ten seconds of processing.
CREATE STANDING QUERY q12 AS
SELECT bidder, COUNT(*) AS bids, window_start, window_end
FROM TUMBLE(TABLE bid, DESCRIPTOR(processed), INTERVAL '10' SECOND)
GROUP BY bidder, window_start, window_end;
