package dev.tidemill.sql.parser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.sql.parser.statement.ColumnDefinition;
import dev.tidemill.sql.parser.statement.FilesTable;
import dev.tidemill.sql.parser.statement.Keywords;
import dev.tidemill.sql.parser.statement.OutputMode;
import dev.tidemill.sql.parser.statement.PrimaryKey;
import dev.tidemill.sql.parser.statement.SqlFragment;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.sql.parser.statement.Trigger;
import dev.tidemill.sql.parser.statement.Watermark;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the records. */
class StatementTest {
  @Test
  void createTable() {
    Statement.CreateTable table =
        parse(
            Statement.CreateTable.class,
            """
            CREATE TABLE a.Bid (auction BIGINT NOT NULL, day AS CAST(ts AS DATE), ts TIMESTAMP(3),
              WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, PRIMARY KEY (auction, ts) NOT ENFORCED)
            WITH ('connector' = 'files', path = 'x', 'n' = 5)
            """);
    assertEquals(List.of("a", "Bid"), table.name().names());
    assertEquals(new SourcePosition(1, 14), table.name().position());
    ColumnDefinition.Physical auction = (ColumnDefinition.Physical) table.columns().get(0);
    assertEquals("auction", auction.name().text());
    assertTrue(auction.notNull());
    assertInstanceOf(SqlDataTypeSpec.class, auction.type().node());
    ColumnDefinition.Computed day = (ColumnDefinition.Computed) table.columns().get(1);
    assertEquals("CAST(ts AS DATE)", day.expression().text());
    assertEquals(new SourcePosition(1, 53), day.expression().position());
    Watermark watermark = table.watermark();
    assertEquals(
        "ts - INTERVAL '5' SECOND", watermark == null ? "" : watermark.expression().text());
    PrimaryKey key = table.primaryKey();
    assertFalse(key == null || key.enforced());
    assertEquals(Map.of("connector", "files", "path", "x", "n", "5"), table.options().values());
    assertEquals(new SourcePosition(3, 30), table.options().position("path"));
  }

  @Test
  void standingQuery() {
    Statement.CreateStandingQuery query =
        parse(Statement.CreateStandingQuery.class, "CREATE STANDING QUERY q AS SELECT 1");
    assertNull(query.outputMode());
    assertNull(query.sink());
    assertEquals(new Trigger.AsFastAsPossible(), query.trigger());
    assertEquals(
        new Trigger.EveryInterval(Duration.ofMillis(1_500)),
        trigger("EVERY INTERVAL '1.5' SECOND"));
    assertEquals(
        new Trigger.EveryInterval(Duration.ofMinutes(90)),
        trigger("EVERY INTERVAL '1:30' HOUR TO MINUTE"));
    assertEquals(new Trigger.EveryRows(10_000), trigger("EVERY 10000 ROWS"));
    assertEquals(
        new Trigger.EveryRowsOrInterval(5, Duration.ofDays(2)),
        trigger("EVERY 5 ROWS OR INTERVAL '2' DAYS"));
    assertEquals(new Trigger.AvailableNow(), trigger("AVAILABLE NOW"));
    assertEquals(new Trigger.Once(), trigger("ONCE"));
  }

  @Test
  void materializedViewIsAStandingQuery() {
    Statement.CreateStandingQuery query =
        parse(Statement.CreateStandingQuery.class, "CREATE MATERIALIZED VIEW v AS SELECT 1");
    assertTrue(query.materializedView());
    assertEquals(OutputMode.UPDATE, query.outputMode());
  }

  @Test
  void filesInPlaceOfATable() {
    SqlFragment query = StatementParser.parseQuery("SELECT * FROM 'data/*.parquet'");
    SqlNode from = ((SqlSelect) query.node()).getFrom();
    assertEquals("data/*.parquet", assertInstanceOf(FilesTable.class, from).pattern());
    assertEquals(List.of(FilesTable.SCHEMA, "data/*.parquet"), ((SqlIdentifier) from).names);
  }

  @Test
  void twoColonsAreACast() {
    SqlBasicCall cast =
        (SqlBasicCall) StatementParser.parseExpression("a + b::VARCHAR(3)::INT").node();
    assertEquals(SqlKind.PLUS, cast.getKind());
    assertEquals(SqlKind.CAST, cast.operand(1).getKind());
    assertEquals("CAST(CAST(`b` AS VARCHAR(3)) AS INTEGER)", cast.operand(1).toString());
  }

  @Test
  void nodesKnowTheirPlaceInTheScript() {
    StatementReader reader = new StatementReader("SHOW TABLES;\n\tSELECT  bidder FROM t");
    reader.next();
    ParsedStatement parsed = Objects.requireNonNull(reader.next());
    Statement.Query query = (Statement.Query) parsed.statement();
    SqlNode column = ((SqlSelect) query.query().node()).getSelectList().get(0);
    assertEquals(2, column.getParserPosition().getLineNum());
    assertEquals(10, column.getParserPosition().getColumnNum());
    assertEquals(new SourcePosition(2, 2), parsed.position());
  }

  @Test
  void expressionsAndTypes() {
    String text = StatementParser.parseExpression(" proctime ( ) ").text();
    assertEquals("PROCTIME()", text.toUpperCase(Locale.ROOT));
    assertEquals("DECIMAL(18, 2)", StatementParser.parseType("decimal(18,2)").text());
    assertEquals("SELECT 1", StatementParser.parseQuery("select 1;").text());
  }

  @Test
  void ourWordsStayGoodAsNames() {
    Statement.Query query =
        parse(
            Statement.Query.class,
            "select mode, query, trigger, append, emit, day from t emit changes");
    assertEquals("SELECT mode, query, trigger, append, emit, day FROM t", query.query().text());
    assertEquals(Statement.Query.Emit.CHANGES, query.emit());
    assertEquals(
        "SELECT a emit FROM t emit",
        parse(Statement.Query.class, "select a emit from t emit").unparse());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a, %1$s, t.%1$s AS %1$s FROM %1$s AS %1$s WHERE %1$s > 1 AND x = %1$s + 1 GROUP BY %1$s ORDER BY %1$s",
        "SELECT %1$s FROM t %1$s, u JOIN %1$s ON %1$s.a = 1",
        "CREATE TABLE %1$s (%1$s INT, b INT, WATERMARK FOR %1$s AS %1$s)",
        "CREATE STANDING QUERY %1$s INTO %1$s AS SELECT SUM(%1$s) FROM %1$s",
        "RESUME QUERY %1$s"
      })
  void everyUnreservedWordIsGoodAsAName(String template) {
    for (String word : Keywords.all()) {
      if (!Keywords.isReserved(word)) {
        StatementParser.parse(template.formatted(word));
      }
    }
  }

  @Test
  void namesAreQuotedWhereNeeded() {
    for (String word : Keywords.all()) {
      String name = Keywords.quoteIfNeeded(word);
      assertEquals(
          word, parse(Statement.PauseQuery.class, "PAUSE QUERY " + name).query().last().text());
    }
    assertEquals("\"a\"\"b\"", Keywords.quoteIfNeeded("a\"b"));
    assertEquals("orders$late", Keywords.quoteIfNeeded("orders$late"));
  }

  private static Trigger trigger(String text) {
    String statement = "CREATE STANDING QUERY q TRIGGER " + text + " AS SELECT 1";
    return parse(Statement.CreateStandingQuery.class, statement).trigger();
  }

  private static <S extends Statement> S parse(Class<S> kind, String text) {
    return assertInstanceOf(kind, StatementParser.parse(text).statement());
  }
}
