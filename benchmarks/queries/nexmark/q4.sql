-- The average of the highest bids of a category's auctions: an aggregate over an aggregate over a join.
CREATE STANDING QUERY q4 AS
SELECT category, AVG(final) AS average
FROM (
  SELECT MAX(b.price) AS final, a.category
  FROM auction AS a JOIN bid AS b ON a.id = b.auction
  WHERE b.dateTime BETWEEN a.dateTime AND a.expires
  GROUP BY a.id, a.category
) AS q
GROUP BY category;
