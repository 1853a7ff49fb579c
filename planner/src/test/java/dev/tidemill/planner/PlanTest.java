package dev.tidemill.planner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.explain.PlanText;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.storage.catalog.Namespace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * SQL in, the text of the plan out: one shape a test. Distributions and estimates are left out
 * where they do not matter.
 */
final class PlanTest {
  private final TestTables tables =
      new TestTables()
          .table(
              "t",
              1000,
              "a INTEGER NOT NULL distinct=1000",
              "b BIGINT",
              "c VARCHAR",
              "d DECIMAL(10,2)",
              "dt DATE",
              "ts TIMESTAMP(3)",
              "ok BOOLEAN")
          .table(
              "s",
              100_000,
              "k INTEGER NOT NULL distinct=1000",
              "x BIGINT",
              "y VARCHAR",
              "z DECIMAL(10,2)")
          .table("u", 100_000, "i INTEGER distinct=50 from 0 to 49", "z DECIMAL(10,2)")
          .table(
              "bid", 1000, "auction BIGINT NOT NULL", "ts TIMESTAMP(3)", "day := CAST(ts AS DATE)")
          .view("v", "SELECT a, COUNT(*) AS n FROM t GROUP BY a");

  @Test
  void filtersAndColumnsReachTheScan() {
    assertPlan(
        "SELECT a, b + 1 AS x FROM t WHERE a > 3 AND c = 'x' AND dt >= DATE '2020-01-01' - INTERVAL '3' MONTH",
        """
        Project a, b + 1 AS x
          Scan tidemill.main.t [a, b, c, dt] where a > 3 AND c = 'x' AND dt >= DATE '2019-10-01'
        """);
  }

  @Test
  void aFilterGoesThroughAViewAndItsGroups() {
    assertPlan(
        "SELECT * FROM v WHERE a = 3",
        """
        Aggregate by a: COUNT(*) AS n
          Scan tidemill.main.t [a] where a = 3
        """);
  }

  @Test
  void sumsOfAColumnAndConstantsFollowFromItsSumAndCount() {
    assertPlan(
        "SELECT SUM(CAST(a AS BIGINT) + 1) AS x, SUM(CAST(a AS BIGINT) - 2) AS y, SUM(b + 1) AS z, COUNT(*) AS n FROM t",
        """
        Project SUM(a) + (COUNT(a) * 1) AS x, SUM(a) + (COUNT(a) * -2) AS y, z, n
          Aggregate SUM($f2) AS z, COUNT(*) AS n, SUM(a), COUNT(*) AS COUNT(a)
            Project a, b + 1 AS $f2
              Scan tidemill.main.t [a, b]
        """);
  }

  @Test
  void keysThatFollowFromOthersAreComputedOfTheGroups() {
    assertPlan(
        "SELECT a, a + 1 AS x, 'c' AS y, COUNT(*) AS n FROM t GROUP BY a, a + 1, 3",
        """
        Project a, a + 1 AS x, 'c' AS y, n
          Aggregate by a: COUNT(*) AS n
            Scan tidemill.main.t [a]
        """);
  }

  @Test
  void aConstantReachesBothSidesOfAJoin() {
    assertPlan(
        "SELECT s.y FROM t JOIN s ON t.a = s.k WHERE t.a = 7",
        """
        Project y
          HashJoin INNER on k = a
            Scan tidemill.main.s [k, y] where k = 7
            Exchange BROADCAST
              Scan tidemill.main.t [a] where a = 7
        """);
  }

  @Test
  void anOuterJoinWhoseMadeUpRowsCannotPassIsAnInnerOne() {
    assertPlan(
        "SELECT t.a FROM t LEFT JOIN s ON t.a = s.k WHERE s.x > 3",
        """
        Project a
          HashJoin INNER on k = a
            Project k
              Scan tidemill.main.s [k, x] where x > 3
            Exchange BROADCAST
              Scan tidemill.main.t [a]
        """);
  }

  @Test
  void anOuterJoinWhoseMadeUpRowsFindNoMatchAboveIsAnInnerOne() {
    assertPlan(
        "SELECT t.a, t2.c FROM t LEFT JOIN s ON t.a = s.k JOIN t AS t2 ON t2.b = s.x",
        """
        Project a, c
          HashJoin INNER on k = a
            Project k, c
              HashJoin INNER on x = b
                Scan tidemill.main.s [k, x]
                Exchange BROADCAST
                  Scan tidemill.main.t [b, c]
            Exchange BROADCAST
              Scan tidemill.main.t [a]
        """);
  }

  @Test
  void aggregatesForOtherGroupsAreComputedOnce() {
    assertPlan(
        "WITH w AS (SELECT c, SUM(z) AS x FROM u JOIN t ON i = a GROUP BY c) SELECT p.x, q.x AS y FROM w AS p, w AS q WHERE p.c = 'x' AND q.c = 'y'",
        """
        Project x, x AS y
          NestedLoopJoin INNER
            Project x
              Filter c = 'y'
                Shared 1
                  Aggregate by c: SUM(part of x) AS x
                    HashJoin INNER on i = a
                      Aggregate by i: SUM(z) AS part of x
                        Scan tidemill.main.u [i, z]
                      Exchange BROADCAST
                        Scan tidemill.main.t [a, c] where c IN ('x', 'y')
            Project x
              Filter c = 'x'
                Shared 1 (as above)
        """);
  }

  @Test
  void groupsThatNobodyAsksForDoNotCome() {
    assertPlan(
        "WITH w AS (SELECT t.ok, t2.c, SUM(z) AS x FROM u JOIN t ON i = t.a JOIN t AS t2 ON i = t2.a GROUP BY t.ok, t2.c) SELECT x FROM w WHERE ok AND c = 'x' UNION ALL SELECT x FROM w WHERE NOT ok AND c = 'y'",
        """
        Union all
          Project x
            Filter ok AND c = 'x'
              Shared 1
                Aggregate by ok, c: SUM(part of x) AS x
                  Filter (ok AND c = 'x') OR (NOT ok AND c = 'y')
                    HashJoin INNER on i = a
                      Aggregate by i: SUM(z) AS part of x
                        Scan tidemill.main.u [i, z]
                      Exchange BROADCAST
                        Project a, ok, c
                          HashJoin INNER on a = a
                            Scan tidemill.main.t [a, ok] where ok OR NOT ok
                            Exchange BROADCAST
                              Scan tidemill.main.t [a, c] where c IN ('x', 'y')
          Project x
            Filter NOT ok AND c = 'y'
              Shared 1 (as above)
        """);
  }

  @Test
  void aggregatesOfOtherRowsAreComputedApart() {
    assertPlan(
        "SELECT p.x, q.x AS y FROM (SELECT c, SUM(z) AS x FROM u JOIN t ON i = a WHERE c = 'x' GROUP BY c) AS p, (SELECT c, SUM(z) AS x FROM u JOIN t ON i = a WHERE c = 'y' AND z > 1 GROUP BY c) AS q",
        """
        Project x, x AS y
          NestedLoopJoin INNER
            Project x
              Aggregate by c: SUM(z) AS x
                HashJoin INNER on i = a
                  Scan tidemill.main.u [i, z] where z > 1.00
                  Exchange BROADCAST
                    Scan tidemill.main.t [a, c] where c = 'y'
            Project x
              Aggregate by c: SUM(z) AS x
                HashJoin INNER on i = a
                  Scan tidemill.main.u [i, z]
                  Exchange BROADCAST
                    Scan tidemill.main.t [a, c] where c = 'x'
        """);
  }

  @Test
  void rowsWithFewKeysAreAggregatedBeforeTheyAreJoined() {
    assertPlan(
        "SELECT c, SUM(z) AS x, AVG(z) AS y, COUNT(*) AS n, SUM(CASE WHEN ok THEN z END) AS w FROM u JOIN t ON i = a GROUP BY c",
        """
        Project c, x, CASE WHEN sum for y IS NULL THEN NULL ELSE sum for y / CAST(count for y AS DECIMAL(19,0)) END AS y, n, w
          Aggregate by c: SUM(part of x) AS x, SUM(part of x) AS sum for y, SUM0(part of y) AS count for y, SUM0(part of n) AS n, SUM($p0) AS w
            Project c, part of x, part of y, part of n, CASE WHEN ok THEN part of x ELSE NULL END AS $p0
              HashJoin INNER on a = i
                Scan tidemill.main.t [a, c, ok]
                Exchange BROADCAST
                  Aggregate by i: SUM(z) AS part of x, COUNT(z) AS part of y, COUNT(*) AS part of n
                    Scan tidemill.main.u [i, z]
        """);
  }

  @Test
  void whatMayFailOfRowsWithoutAMatchIsComputedBehindTheJoin() {
    assertPlan(
        "SELECT c, SUM(10 / i) AS x FROM u JOIN t ON i = a GROUP BY c",
        """
        Aggregate by c: SUM($f1) AS x
          Project c, 10 / i AS $f1
            HashJoin INNER on i = a
              Scan tidemill.main.u [i]
              Exchange BROADCAST
                Scan tidemill.main.t [a, c]
        """);
  }

  @Test
  void correlationOfAnyFormIsTheConditionOfASemiJoin() {
    assertPlan(
        "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM s WHERE s.k = t.a AND s.x > t.b)",
        """
        Project a
          HashJoin SEMI on a = k if x > b of the left
            Exchange BROADCAST
              Scan tidemill.main.t [a, b]
            Scan tidemill.main.s [k, x]
        """);
  }

  @Test
  void notInMindsNulls() {
    assertPlan(
        "SELECT a FROM t WHERE b NOT IN (SELECT x FROM s)",
        """
        Project a
          HashJoin NULL_AWARE_ANTI on b = x
            Scan tidemill.main.t [a, b]
            Exchange BROADCAST
              Scan tidemill.main.s [x]
        """);
    assertPlan(
        "SELECT a FROM t WHERE a NOT IN (SELECT k FROM s)",
        """
        HashJoin ANTI on a = k of the left
          Exchange BROADCAST
            Scan tidemill.main.t [a]
          Scan tidemill.main.s [k]
        """);
    assertPlan(
        "SELECT a FROM t WHERE b NOT IN (SELECT x FROM s WHERE s.k = t.a)",
        """
        Project a
          HashJoin ANTI on a = k if (b = x) IS NOT FALSE of the left
            Exchange BROADCAST
              Scan tidemill.main.t [a, b]
            Scan tidemill.main.s [k, x]
        """);
  }

  @Test
  void aCorrelatedCountIsZeroWhereThereIsNoGroup() {
    assertPlan(
        "SELECT a, (SELECT COUNT(*) FROM s WHERE s.k = t.a) AS n FROM t",
        """
        Project a, CASE WHEN COUNT(*) IS NOT NULL THEN COUNT(*) ELSE 0 END AS n
          HashJoin RIGHT on k = a
            Aggregate by k: COUNT(*)
              Scan tidemill.main.s [k]
            Exchange BROADCAST
              Scan tidemill.main.t [a]
        """);
  }

  @Test
  void anyOtherCorrelationGoesOverTheDistinctOuterValues() {
    assertPlan(
        "SELECT t.a, q.x FROM t, LATERAL (SELECT x FROM s WHERE s.k < t.a ORDER BY x LIMIT 2) AS q",
        """
        Project a, x
          HashJoin INNER on a = a
            Project x, a
              Filter row_number <= 2
                Window partition by a order by x: ROW_NUMBER() AS row_number
                  Project x, a
                    NestedLoopJoin INNER if k < a
                      Scan tidemill.main.s [k, x]
                      Distinct a
                        Scan tidemill.main.t [a]
            Exchange BROADCAST
              Scan tidemill.main.t [a]
        """);
  }

  @Test
  void whatAllBranchesOfAnOrShareIsTakenOut() {
    assertPlan(
        "SELECT t.c FROM t, s WHERE (a = k AND c = 'x' AND y = 'u') OR (a = k AND c = 'z' AND y = 'w')",
        """
        Project c
          HashJoin INNER on k = a if (c = 'x' AND y = 'u') OR (c = 'z' AND y = 'w')
            Scan tidemill.main.s [k, y] where y IN ('u', 'w')
            Exchange BROADCAST
              Scan tidemill.main.t [a, c] where c IN ('x', 'z')
        """);
  }

  @Test
  void textIsNeverPadded() {
    assertPlan(
        "SELECT 'a' = 'a ' AS p, CAST('ab' AS CHAR(5)) AS q UNION ALL SELECT TRUE, 'abcdefg'",
        """
        Union all
          Project FALSE AS p, 'ab' AS q
            Values []: ()
          Project TRUE, 'abcdefg'
            Values []: ()
        """);
  }

  @Test
  void windowsOfTime() {
    assertPlan(
        "SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND)"
            + " WHERE auction = 3 GROUP BY window_start",
        """
        Aggregate by window_start: COUNT(*) AS n
          Tumble ts every 10 s
            Scan tidemill.main.bid [auction, ts] where auction = 3
        """);
    assertPlan(
        "SELECT * FROM HOP(TABLE bid, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)",
        """
        Hop ts every 5 s for 10 s
          Project auction, ts, CAST(ts AS DATE) AS day
            Scan tidemill.main.bid [auction, ts]
        """);
  }

  @Test
  void windowFunctionsAndQualify() {
    assertPlan(
        "SELECT a, SUM(b) OVER (PARTITION BY c ORDER BY ts RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW"
            + " EXCLUDE TIES) AS s FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY c ORDER BY a DESC) = 1",
        """
        Project a, sum AS s
          Filter row_number = 1
            Window partition by c order by a DESC: ROW_NUMBER() AS row_number
              Project a, c, sum
                Window partition by c order by ts: SUM(b) RANGE BETWEEN INTERVAL '3600' SECOND PRECEDING AND CURRENT ROW EXCLUDE TIES AS sum
                  Scan tidemill.main.t [a, b, c, ts]
        """);
  }

  @Test
  void groupingIsReadOffAMarker() {
    assertPlan(
        "SELECT c, GROUPING(c) AS g, COUNT(DISTINCT a) FILTER (WHERE ok) AS n FROM t GROUP BY ROLLUP(c)",
        """
        Project c, CASE WHEN grouping IS NULL THEN 1 ELSE 0 END AS g, n
          Aggregate by c, grouping in sets (c, grouping), (): COUNT(DISTINCT a) FILTER ($f2) AS n
            Project a, c, ok IS TRUE AS $f2, FALSE AS grouping
              Scan tidemill.main.t [a, c, ok]
        """);
  }

  @Test
  void orderAndLimit() {
    assertPlan(
        "SELECT a FROM t ORDER BY b DESC, 1 NULLS FIRST LIMIT 5 OFFSET 2",
        """
        Project a
          TopN b DESC, a NULLS FIRST limit 5 offset 2
            Scan tidemill.main.t [a, b]
        """);
    assertPlan(
        "SELECT a FROM t LIMIT 5",
        """
        Limit limit 5
          Scan tidemill.main.t [a] limit 5
        """);
    assertPlan("SELECT a FROM t WHERE b = 1 AND 1 = 2", "Values [a]: no rows\n");
  }

  @Test
  void hintsSettingsAndEstimatesDecideTheDistribution() {
    String sql = "SELECT t.a FROM t JOIN s ON t.a = s.k";
    assertTrue(
        PlanText.of(tables.plan(sql).plan())
            .contains(
                "BROADCAST: build side 3.9 KiB <= broadcast_threshold 64 MiB (~100000 rows)"));
    String shuffled =
        PlanText.of(tables.plan("SELECT /*+ SHUFFLE(s) */ t.a FROM t JOIN s ON t.a = s.k").plan());
    assertTrue(shuffled.contains("SHUFFLE: hint SHUFFLE"), shuffled);
    assertTrue(shuffled.contains("Exchange HASH by k"), shuffled);
    String built =
        PlanText.of(
            tables.plan("SELECT /*+ BROADCAST(q) */ t.a FROM t JOIN s AS q ON t.a = q.k").plan());
    assertTrue(built.contains("HashJoin INNER on a = k, BROADCAST: hint BROADCAST"), built);
    PlannerSession small =
        PlannerSession.of(tables.catalog, Namespace.DEFAULT, Map.of("broadcast_threshold", "1KB"));
    assertTrue(
        PlanText.of(Planner.plan(TestTables.query(sql), small).plan())
            .contains("SHUFFLE: build side 3.9 KiB > broadcast_threshold 1.0 KiB"));
  }

  @Test
  void resultTypes() {
    assertTypes(
        "SELECT d + 1, d * d, d / 3, SUM(d), AVG(d), SUM(a), AVG(a), 7 / 2, a + b, d + 1e0, COUNT(*) FROM t GROUP BY a, b, d",
        "DECIMAL(11,2)",
        "DECIMAL(21,4)",
        "DECIMAL(14,6)",
        "DECIMAL(20,2)",
        "DECIMAL(14,6)",
        "BIGINT",
        "DOUBLE",
        "INTEGER",
        "BIGINT",
        "DOUBLE",
        "BIGINT");
    assertTypes(
        "SELECT CURRENT_TIMESTAMP, dt + INTERVAL '1' DAY, dt - dt, TIMESTAMP '2020-01-01 00:00:00.12', ts, CAST(c AS CHAR(3)),"
            + " CASE WHEN ok THEN 1 ELSE 2.5 END FROM t",
        "TIMESTAMP(6) WITH LOCAL TIME ZONE",
        "DATE",
        "BIGINT",
        "TIMESTAMP(2)",
        "TIMESTAMP(3)",
        "VARCHAR(3)",
        "DECIMAL(11,1)");
    assertTypes("SELECT CAST(1 AS DECIMAL(38,10)) * CAST(1 AS DECIMAL(38,10))", "DECIMAL(38,6)");
  }

  @Test
  void nullability() {
    List<OutputColumn> columns =
        tables
            .plan(
                "SELECT t.a, s.k, COALESCE(s.k, 0), COUNT(*) OVER () FROM t LEFT JOIN s ON t.a = s.k")
            .columns();
    assertEquals(
        List.of(false, true, true, false), columns.stream().map(OutputColumn::nullable).toList());
  }

  @Test
  void parameters() {
    String sql = "SELECT a FROM t WHERE a = ? AND c = ? LIMIT ?";
    QueryDescription description = Planner.describe(TestTables.query(sql), tables.session());
    assertEquals(
        List.of("INTEGER", "VARCHAR", "INTEGER"),
        description.parameterTypes().stream().map(Type::toString).toList());
    PlannerSession bound =
        tables
            .session()
            .withParameterValues(
                List.of(
                    new Literal(Type.INTEGER, 5),
                    new Literal(Type.VARCHAR, "x"),
                    new Literal(Type.INTEGER, 2)));
    assertEquals(
        """
        Limit limit 2
          Project a
            Scan tidemill.main.t [a, c] where a = 5 AND c = 'x'
        """,
        plain(PlanText.of(Planner.plan(TestTables.query(sql), bound).plan())));
  }

  @Test
  void whatAQueryReaches() {
    PlannedQuery planned = tables.plan("SELECT v.n FROM v JOIN s ON v.a = s.k ORDER BY 1");
    assertTrue(planned.ordered());
    assertFalse(tables.plan("SELECT * FROM (SELECT a FROM t ORDER BY a) AS q").ordered());
    assertEquals(
        List.of(
            "tidemill.main.s: CREATE TABLE s",
            "tidemill.main.t: CREATE TABLE t",
            "tidemill.main.v: CREATE VIEW v AS SELECT a, COUNT(*) AS n FROM t GROUP BY a"),
        planned.dependencies());
  }

  private void assertPlan(String sql, String expected) {
    assertEquals(expected, plain(PlanText.of(tables.plan(sql).plan())));
  }

  private void assertTypes(String sql, String... expected) {
    assertEquals(
        List.of(expected),
        tables.plan(sql).columns().stream().map(c -> c.type().toString()).toList());
  }

  /** Without estimates and reasons; {@code of the left} stays where the left side is built. */
  private static String plain(String plan) {
    return plan.replaceAll(" \\(~\\d+ rows\\)", "")
        .replaceAll(", (BROADCAST|SHUFFLE)( of the left)?: [^\n]*", "$2");
  }
}
