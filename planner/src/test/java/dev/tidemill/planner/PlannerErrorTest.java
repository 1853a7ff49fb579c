package dev.tidemill.planner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.error.TidemillException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors with their text and place. */
final class PlannerErrorTest {
  private final TestTables tables =
      new TestTables()
          .table(
              "orders",
              100,
              "id INTEGER NOT NULL",
              "amount DECIMAL(10,2)",
              "name VARCHAR",
              "ts TIMESTAMP(3)",
              "dt DATE")
          .table("items", 100, "id INTEGER NOT NULL", "order_id INTEGER", "price DOUBLE")
          .view("broken", "SELECT nam FROM orders");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          SELECT 1 FROM orders WHERE amount + 1 | TYPE_MISMATCH | WHERE must be BOOLEAN but amount + 1 is DECIMAL(11,2) (line 1, column 28)
          SELECT nam FROM orders | COLUMN_NOT_FOUND | there is no column nam; did you mean name? (line 1, column 8)
          SELECT 1 FROM ordres | TABLE_NOT_FOUND | there is no table or view ordres; did you mean orders? (line 1, column 15)
          SELECT id FROM orders, items | COLUMN_AMBIGUOUS | column id is there more than once: say whose, as in table_name.id, or name them apart with AS (line 1, column 8)
          SELECT uper(name) FROM orders | FUNCTION_NOT_FOUND | there is no function uper; did you mean UPPER? (line 1, column 8)
          SELECT UPPER(id) FROM orders | ARGUMENTS_INVALID | UPPER cannot be applied to INTEGER: CAST an argument (line 1, column 8)
          SELECT 1 FROM orders WHERE name = 5 | TYPE_MISMATCH | VARCHAR and INTEGER cannot be compared or combined: CAST one of them (line 1, column 28)
          SELECT name FROM orders GROUP BY id | GROUPING_INVALID | name is neither in GROUP BY nor inside an aggregate function (line 1, column 8)
          SELECT id FROM orders UNION SELECT name FROM orders | TYPE_MISMATCH | column 1 of the sides of UNION has types that do not go together (line 1, column 8)
          SELECT * FROM broken | COLUMN_NOT_FOUND | in view broken (at line 1, column 8 of its text): there is no column nam; did you mean name? (line 1, column 15)
          SELECT id FROM orders LIMIT ? | PARAMETER_NOT_BOUND | the parameter in LIMIT has no value yet: plan with the bound values
          SELECT * FROM orders FOR SYSTEM_TIME AS OF ts | UNSUPPORTED_FOR_SYSTEM_TIME_AS_OF | FOR SYSTEM_TIME AS OF anything but the number of a snapshot or a TIMESTAMP literal (as of the time of each row is t ASOF JOIN q MATCH_CONDITION t.ts >= q.ts ON …) is not supported (line 1, column 44)
          SELECT * FROM UNNEST(SELECT ARRAY[1]) | UNSUPPORTED_UNNEST_OF_A_QUERY | UNNEST of a query is not supported (line 1, column 22)
          SELECT ARRAY(SELECT DISTINCT id FROM orders ORDER BY -id) | UNSUPPORTED_ARRAY_QUERY_ORDER | ARRAY of a query with DISTINCT, UNION or the like in another order than that of its column (put the query into a subquery) is not supported (line 1, column 54)
          SELECT MAP[1, 2] < MAP[1, 3] | UNSUPPORTED_MAP_COMPARISON | comparison of MAPs is not supported (line 1, column 8)
          WITH RECURSIVE q AS (SELECT 1 AS x UNION ALL SELECT x + ? FROM q) SELECT * FROM q | UNSUPPORTED_PARAMETER_IN_RECURSION | a parameter in WITH RECURSIVE is not supported (line 1, column 57)
          SELECT * FROM SESSION(TABLE orders, DESCRIPTOR(amount), INTERVAL '1' SECOND) | TYPE_MISMATCH | the time column of SESSION must be TIMESTAMP but amount is DECIMAL(10,2) (line 1, column 15)
          SELECT * FROM TUMBLE(TABLE orders, DESCRIPTOR(amount), INTERVAL '1' SECOND) | ARGUMENTS_INVALID | TUMBLE takes (TABLE t, DESCRIPTOR(a TIMESTAMP column), size [, offset]) (line 1, column 15)
          SELECT /*+ FAST(orders) */ 1 FROM orders | QUERY_INVALID | there is no hint FAST: there are BROADCAST(table) and SHUFFLE(table) (line 1, column 8)
          """)
  void says(String sql, String code, String message) {
    TidemillException error = assertThrows(TidemillException.class, () -> tables.plan(sql));
    assertEquals(message, error.getMessage());
    assertEquals(code, error.code().name());
  }
}
