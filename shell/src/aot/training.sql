-- What the AOT cache is trained on: one statement of each kind that a first command is likely to be. A class or lambda used here is
-- loaded, linked and profiled before the next process starts. Files are written to the directory it runs in, which is temporary.
SELECT 1;
SELECT n_name, r_name FROM tpch.tiny.nation JOIN tpch.tiny.region ON n_regionkey = r_regionkey WHERE r_name LIKE 'A%' ORDER BY n_name LIMIT 3;
