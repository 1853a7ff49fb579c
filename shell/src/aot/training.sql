-- What the AOT cache is trained on: one statement of each kind that a first command is likely to be. A class or lambda used here is
-- loaded, linked and profiled before the next process starts. Files are written to the directory it runs in, which is temporary.
SELECT 1;
SELECT n_name, r_name, COUNT(*) AS n
FROM tpch.sf0_01.nation JOIN tpch.sf0_01.region ON n_regionkey = r_regionkey JOIN tpch.sf0_01.customer ON c_nationkey = n_nationkey
WHERE r_name LIKE 'A%' AND c_acctbal > 0
GROUP BY n_name, r_name ORDER BY n DESC LIMIT 3;
