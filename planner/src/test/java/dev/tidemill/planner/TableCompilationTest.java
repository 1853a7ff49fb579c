package dev.tidemill.planner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.explain.ExpressionText;
import dev.tidemill.plan.explain.PlanText;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.TableDefinition.ColumnDefinition;
import dev.tidemill.storage.catalog.TableDefinition.WatermarkDefinition;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.calcite.sql.SqlInsert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tables with computed columns and watermarks, and what is inserted into them. */
final class TableCompilationTest {
  private static final Schema STORED =
      new Schema(
          List.of(
              ArrowTypes.field("id", Type.BIGINT, false),
              ArrowTypes.field("millis", Type.BIGINT, true),
              ArrowTypes.field("name", Type.VARCHAR, true)));

  @Test
  void computedColumnsAreInlined() {
    CompiledTable table =
        compile(
            "millis - 1000",
            "FROM_EPOCH_MILLIS(shifted)",
            new WatermarkDefinition("ts", "ts - INTERVAL '5' SECOND"));
    assertEquals(
        List.of("id BIGINT", "shifted BIGINT", "ts TIMESTAMP(3)", "millis BIGINT", "name VARCHAR"),
        table.columns().stream().map(c -> c.name() + " " + c.type()).toList());
    assertEquals("FROM_EPOCH_MILLIS(millis - 1000)", text(table, table.time()));
    assertEquals(
        "FROM_EPOCH_MILLIS(millis - 1000) - INTERVAL '5' SECOND", text(table, table.watermark()));
  }

  @Test
  void errorsNameTheColumn() {
    assertEquals(
        "in computed column shifted of events: there is no column milis; did you mean millis?",
        assertThrows(
                TidemillException.class,
                () -> compile("milis - 1000", "CAST(NULL AS TIMESTAMP)", null))
            .getMessage());
    assertTrue(
        assertThrows(TidemillException.class, () -> compile("1", "PROCTIME() + 1", null))
            .text()
            .startsWith("in computed column ts of events: PROCTIME() outside of a column"));
  }

  @Test
  void insertBringsColumnsIntoTheTablesOrderAndTypes() {
    TestTables tables =
        new TestTables()
            .table(
                "t",
                0,
                "a BIGINT NOT NULL",
                "d DECIMAL(10,2)",
                "c VARCHAR",
                "day DATE",
                "twice := a * 2");
    PlannedInsert insert = insert(tables, "INSERT INTO t (c, a) VALUES (?, 1), ('x', 2)");
    assertEquals(
        List.of("VARCHAR"), insert.query().parameterTypes().stream().map(Type::toString).toList());
    assertEquals(
        List.of("a BIGINT", "d DECIMAL(10,2)", "c VARCHAR", "day DATE"),
        insert.query().columns().stream()
            .map(c -> c.name() + " " + c.type().toString().replace("(1)", ""))
            .toList());
    assertEquals(
        """
        Project CAST(EXPR$0 AS BIGINT) AS a, CAST(EXPR$1 AS DECIMAL(10,2)) AS d, NULL AS c, EXPR$2 AS day
          Values [EXPR$0, EXPR$1, EXPR$2]: (1, 2, DATE '2020-01-01')
        """,
        PlanText.of(
            insert(tables, "INSERT INTO t (a, d, day) VALUES (1, 2, DATE '2020-01-01')")
                .query()
                .plan()));
    assertMessage(
        tables,
        "INSERT INTO t (c) VALUES ('x')",
        "column a of t is NOT NULL and is not among those inserted (line 1, column 19)");
    assertMessage(
        tables,
        "INSERT INTO t (a, twice) VALUES (1, 2)",
        "column twice is computed and cannot be inserted (line 1, column 19)");
    assertMessage(
        tables,
        "INSERT INTO t (a, d) VALUES (1, 'x')",
        "column d is DECIMAL(10,2) but the query gives VARCHAR(1): CAST it (line 1, column 22)");
    assertMessage(
        tables,
        "INSERT INTO t VALUES (1)",
        "INSERT into t needs 4 columns but the query has 1 (line 1, column 15)");
  }

  private static CompiledTable compile(
      String first, String second, @Nullable WatermarkDefinition watermark) {
    return Planner.compileTable(
        new TableDefinition(
            "events",
            List.of(
                new ColumnDefinition("id", Type.BIGINT, false, null),
                new ColumnDefinition("shifted", null, true, first),
                new ColumnDefinition("ts", null, true, second),
                new ColumnDefinition("millis", Type.BIGINT, true, null),
                new ColumnDefinition("name", Type.VARCHAR, true, null)),
            watermark,
            List.of(),
            false,
            Map.of(),
            "CREATE TABLE events"),
        STORED);
  }

  private static String text(
      CompiledTable table, dev.tidemill.plan.expression.@Nullable Expression expression) {
    List<String> names = table.stored().stream().map(OutputColumn::name).toList();
    return expression == null ? "" : ExpressionText.of(expression, names::get);
  }

  private static PlannedInsert insert(TestTables tables, String sql) {
    Statement.Insert statement = (Statement.Insert) StatementParser.parse(sql).statement();
    return Planner.planInsert((SqlInsert) statement.insert().node(), tables.session());
  }

  private static void assertMessage(TestTables tables, String sql, String message) {
    assertEquals(
        message, assertThrows(TidemillException.class, () -> insert(tables, sql)).getMessage());
  }
}
