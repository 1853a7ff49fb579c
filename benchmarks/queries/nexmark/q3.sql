-- Who sells in a category and comes from certain states: a join of two filtered inputs that never forgets.
CREATE STANDING QUERY q3 AS
SELECT p.name, p.city, p.state, a.id
FROM auction AS a JOIN person AS p ON a.seller = p.id
WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA');
