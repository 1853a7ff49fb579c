package dev.tidemill.engine;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.sql.parser.statement.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SUMMARIZE: a row for each column of a table or query, computed by one query over all of its rows.
 *
 * <pre>
 *   WITH "$s" AS (SELECT COUNT(*) AS n, CAST(MIN(a) AS VARCHAR) AS low0, … FROM t)
 *   SELECT 'a' AS column_name, 'INTEGER' AS column_type, low0 AS "min", … FROM "$s" UNION ALL …
 * </pre>
 */
final class SummarizeStatements {
  private final Session session;
  private final QueryStatements queries;

  SummarizeStatements(Session session, QueryStatements queries) {
    this.session = session;
    this.queries = queries;
  }

  Result run(Statement.Summarize summarize) {
    List<OutputColumn> columns =
        new Planning(session).describe(queries.withPivotValues(summarize.query())).columns();
    String rows = summarize.query().text();
    String source = summarize.isQuery() ? "(" + rows + ")" : rows;
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    for (OutputColumn column : columns) {
      int i = names.size();
      names.add("\"$c" + i + "\"");
      values.addAll(values(column.type(), i));
      parts.add(
          "SELECT %d AS \"$i\", %s AS column_name, %s AS column_type, \"$min%d\" AS \"min\", \"$max%d\" AS \"max\","
                  .formatted(i, text(column.name()), text(column.type().sql()), i, i)
              + " \"$unique%d\" AS approx_unique, \"$avg%d\" AS \"avg\", \"$std%d\" AS \"std\","
                  .formatted(i, i, i)
              + " \"$low%d\" AS q25, \"$mid%d\" AS q50, \"$high%d\" AS q75, \"$rows\" AS \"count\","
                  .formatted(i, i, i)
              + " CAST(100.0 * (\"$rows\" - \"$count%d\") / NULLIF(\"$rows\", 0) AS DECIMAL(9, 2)) AS null_percentage FROM \"$s\""
                  .formatted(i));
    }
    String sql =
        "SELECT * EXCLUDE (\"$i\") FROM (WITH \"$s\" AS (SELECT COUNT(*) AS \"$rows\", "
            + String.join(", ", values)
            + " FROM (SELECT * FROM "
            + source
            + ") AS \"$t\"("
            + String.join(", ", names)
            + ")) "
            + String.join(" UNION ALL ", parts)
            + ") AS \"$summary\" ORDER BY \"$i\"";
    return queries.run((Statement.Query) StatementParser.parse(sql).statement());
  }

  /** The aggregates of a column, each as text, and NULL where it means nothing. */
  private static List<String> values(Type type, int i) {
    String column = "\"$c" + i + "\"";
    boolean isNumber = isNumber(type);
    boolean isOrdered = isNumber || isOrdered(type);
    boolean isNested =
        type instanceof Type.Array || type instanceof Type.MapType || type instanceof Type.Row;
    List<String> values = new ArrayList<>();
    values.add(named(isOrdered ? "CAST(MIN(" + column + ") AS VARCHAR)" : null, "min", i));
    values.add(named(isOrdered ? "CAST(MAX(" + column + ") AS VARCHAR)" : null, "max", i));
    values.add(
        (isNested ? "CAST(NULL AS BIGINT)" : "APPROX_COUNT_DISTINCT(" + column + ")")
            + " AS \"$unique"
            + i
            + "\"");
    values.add(
        named(isNumber ? "CAST(AVG(CAST(" + column + " AS DOUBLE)) AS VARCHAR)" : null, "avg", i));
    values.add(
        named(
            isNumber ? "CAST(STDDEV(CAST(" + column + " AS DOUBLE)) AS VARCHAR)" : null, "std", i));
    boolean hasQuantiles = isNumber || type instanceof Type.Date || type instanceof Type.Timestamp;
    values.add(named(hasQuantiles ? quantile(column, "0.25") : null, "low", i));
    values.add(named(hasQuantiles ? quantile(column, "0.5") : null, "mid", i));
    values.add(named(hasQuantiles ? quantile(column, "0.75") : null, "high", i));
    values.add("COUNT(" + column + ") AS \"$count" + i + "\"");
    return values;
  }

  private static String quantile(String column, String share) {
    return "CAST(APPROX_QUANTILE(" + column + ", " + share + ") AS VARCHAR)";
  }

  private static String named(@Nullable String value, String name, int i) {
    return (value == null ? "CAST(NULL AS VARCHAR)" : value) + " AS \"$" + name + i + "\"";
  }

  private static boolean isNumber(Type type) {
    return switch (type) {
      case Type.Int t -> true;
      case Type.Decimal t -> true;
      case Type.Real t -> true;
      case Type.DoubleType t -> true;
      default -> false;
    };
  }

  private static boolean isOrdered(Type type) {
    return switch (type) {
      case Type.Array t -> false;
      case Type.MapType t -> false;
      case Type.Row t -> false;
      case Type.Null t -> false;
      case Type.Varbinary t -> false;
      default -> true;
    };
  }

  private static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }
}
