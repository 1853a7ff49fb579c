package dev.tidemill.planner;

import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.physical.Sharing;
import dev.tidemill.planner.sql.SqlCompiler;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.sql.parser.statement.Pivots;
import dev.tidemill.sql.parser.statement.Selects;
import dev.tidemill.sql.parser.statement.SqlFragment;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * A PIVOT that does not say which values become columns: a query of its own finds them before.
 *
 * <pre>
 *   WITH s AS (…) PIVOT s ON item USING SUM(amount)
 *     {@link #values}:   WITH s AS (…) SELECT DISTINCT item FROM s WHERE item IS NOT NULL ORDER BY 1
 *     {@link #filled}:   WITH s AS (…) PIVOT s ON item IN ('ink', 'pen') USING SUM(amount)
 * </pre>
 */
public final class PivotValues {
  private static final int MOST_COLUMNS = 2_000;
  private static final String VALUE = "$value";

  private final SqlFragment statement;
  private final SqlNode copy;
  private final Pivots.Pivot pivot;
  private final SqlNode values;

  private PivotValues(SqlFragment statement, SqlNode copy, Found found) {
    this.statement = statement;
    this.copy = copy;
    this.pivot = found.pivot;
    this.values = found.values;
  }

  /**
   * A PIVOT without values.
   *
   * @param values the query that finds them, with the WITH queries that the PIVOT sees
   */
  private record Found(Pivots.Pivot pivot, SqlNode values) {
    /** The same within a WITH. */
    Found within(SqlWith with, int visible) {
      SqlNodeList items =
          new SqlNodeList(
              with.withList.subList(0, visible).stream().map(SqlCompiler::copy).toList(),
              with.withList.getParserPosition());
      return visible == 0
          ? this
          : new Found(pivot, new SqlWith(with.getParserPosition(), items, values));
    }
  }

  /** The first in a query or an INSERT that none is left in, or null if there is none. */
  public static @Nullable PivotValues find(SqlFragment statement) {
    SqlNode query =
        statement.node() instanceof SqlInsert insert ? insert.getSource() : statement.node();
    if (find(query) == null) {
      return null;
    }
    SqlNode copy = SqlCompiler.copy(query);
    Found found = find(copy);
    return found == null ? null : new PivotValues(statement, copy, found);
  }

  private static @Nullable Found find(@Nullable SqlNode node) {
    if (node instanceof SqlWith with) {
      for (int i = 0; i < with.withList.size(); i++) {
        Found found = find(with.withList.get(i));
        if (found != null) {
          return found.within(with, i);
        }
      }
      Found found = find(with.body);
      return found == null ? null : found.within(with, with.withList.size());
    }
    Found inner = null;
    if (node instanceof SqlNodeList list) {
      for (int i = 0; i < list.size() && inner == null; i++) {
        inner = find(list.get(i));
      }
    } else if (node instanceof SqlCall call) {
      List<SqlNode> operands = call.getOperandList();
      for (int i = 0; i < operands.size() && inner == null; i++) {
        inner = find(operands.get(i));
      }
    }
    Pivots.Pivot pivot = inner != null || node == null ? null : Pivots.pivot(node);
    return pivot == null || !pivot.values().isEmpty() ? inner : new Found(pivot, values(pivot));
  }

  private static SqlNode values(Pivots.Pivot pivot) {
    SqlNode column = pivot.columns().get(0);
    SqlParserPos position = column.getParserPosition();
    SqlNode named =
        SqlStdOperatorTable.AS.createCall(
            position, SqlCompiler.copy(column), new SqlIdentifier(VALUE, position));
    SqlSelect rows =
        Selects.of(
            SqlNodeList.of(named),
            SqlCompiler.copy(pivot.table()),
            SqlStdOperatorTable.IS_NOT_NULL.createCall(position, SqlCompiler.copy(column)),
            position);
    rows.setGroupBy(SqlNodeList.of(SqlCompiler.copy(column)));
    // One more than may become columns.
    SqlNode most = SqlLiteral.createExactNumeric(Integer.toString(MOST_COLUMNS + 1), position);
    return new SqlOrderBy(position, rows, SqlNodeList.of(SqlCompiler.copy(column)), null, most);
  }

  /**
   * Checks that the query that finds the values finds those that the statement will see.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if rows are others each time
   */
  public void check(PlannedQuery query) {
    if (Sharing.isVolatile(query.plan())) {
      SqlNode column = pivot.columns().get(0);
      throw PlannerErrors.unsupported(
          "PIVOT_OF_RANDOM_ROWS",
          "PIVOT ON without values over random rows, which are others when they are read again"
              + " (say which become columns, as in ON "
              + column
              + " IN ('a', 'b'), or CREATE TABLE … AS keeps the rows)",
          statement.position());
    }
  }

  /** The query that finds the values, in their order. */
  public SqlFragment values() {
    return new SqlFragment(
        values,
        statement.text() + " /* values of " + pivot.columns() + " */",
        statement.position());
  }

  /**
   * The statement with values.
   *
   * @param type theirs, as SQL
   * @param texts what they are as text
   */
  public SqlFragment filled(String type, List<String> texts) {
    SqlNode column = pivot.columns().get(0);
    SqlParserPos position = column.getParserPosition();
    if (texts.isEmpty() || texts.size() > MOST_COLUMNS) {
      throw PlannerErrors.invalid(
          "PIVOT ON %s makes a column of each value, of which there are %s"
              .formatted(column, texts.isEmpty() ? "none" : "more than " + MOST_COLUMNS),
          statement.position());
    }
    StringBuilder key = new StringBuilder(statement.text()).append(" /* ").append(column);
    for (String text : texts) {
      String quoted = "'" + text.replace("'", "''") + "'";
      boolean isText = type.startsWith("VARCHAR") || type.startsWith("CHAR");
      SqlNode value =
          StatementParser.parseExpression(isText ? quoted : "CAST(" + quoted + " AS " + type + ")")
              .node();
      pivot
          .values()
          .add(
              SqlStdOperatorTable.AS.createCall(
                  position,
                  new SqlNodeList(List.of(value), position),
                  new SqlIdentifier(text.isEmpty() ? "''" : text, position)));
      key.append(", ").append(quoted);
    }
    return new SqlFragment(whole(), key.append(" */").toString(), statement.position());
  }

  private SqlNode whole() {
    return statement.node() instanceof SqlInsert insert
        ? new SqlInsert(
            insert.getParserPosition(),
            (SqlNodeList) insert.getOperandList().get(0),
            insert.getTargetTable(),
            copy,
            insert.getTargetColumnList())
        : copy;
  }
}
