-- The highest bids of each ten seconds.
CREATE STANDING QUERY q7 AS
SELECT b.auction, b.price, b.bidder, b.dateTime, b.extra
FROM bid AS b JOIN (
  SELECT MAX(price) AS highest, window_start, window_end
  FROM TUMBLE(TABLE bid, DESCRIPTOR(dateTime), INTERVAL '10' SECOND)
  GROUP BY window_start, window_end
) AS w ON b.price = w.highest
WHERE b.dateTime >= w.window_start AND b.dateTime < w.window_end;
