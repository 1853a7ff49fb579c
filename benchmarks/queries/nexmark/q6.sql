-- The average selling price of a seller's last ten auctions and this one: OVER rows of a join's aggregate.
CREATE STANDING QUERY q6 AS
SELECT seller, AVG(final) OVER (PARTITION BY seller ORDER BY last ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) AS average
FROM (
  SELECT a.id, a.seller, MAX(b.price) AS final, MAX(b.dateTime) AS last
  FROM auction AS a JOIN bid AS b ON a.id = b.auction
  WHERE b.dateTime BETWEEN a.dateTime AND a.expires
  GROUP BY a.id, a.seller
) AS q;
