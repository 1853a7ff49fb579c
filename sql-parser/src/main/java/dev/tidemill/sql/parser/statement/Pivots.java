package dev.tidemill.sql.parser.statement;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * PIVOT and UNPIVOT as calls, behind a table in FROM as the standard of other databases has them,
 * and as queries:
 *
 * <pre>
 *   SELECT * FROM t PIVOT (SUM(v) FOR c IN ('a', 'b'))
 *   PIVOT t ON c IN ('a', 'b') USING SUM(v) GROUP BY k
 *   SELECT * FROM t UNPIVOT (v FOR n IN (a, b))
 *   UNPIVOT t ON a, b INTO NAME n VALUE v
 * </pre>
 */
public final class Pivots {
  private static final SqlOperator PIVOT = new SqlSpecialOperator("PIVOT", SqlKind.OTHER);
  private static final SqlOperator UNPIVOT = new SqlSpecialOperator("UNPIVOT", SqlKind.OTHER);

  private Pivots() {}

  /**
   * What PIVOT says.
   *
   * @param aggregates calls, some with names
   * @param columns whose values become columns
   * @param values lists of one value for each of these, some with names
   * @param groups by which rows are grouped; empty for all other columns
   */
  public record Pivot(
      SqlNode table,
      SqlNodeList aggregates,
      SqlNodeList columns,
      SqlNodeList values,
      SqlNodeList groups) {}

  /**
   * What UNPIVOT says.
   *
   * @param value what the values are called, one for each of the columns that stand together
   * @param name what the names are called
   * @param columns that become rows, some with texts to be called by
   */
  public record Unpivot(
      SqlNode table,
      boolean includesNulls,
      SqlNodeList value,
      SqlNodeList name,
      SqlNodeList columns) {}

  /** The call of PIVOT. */
  public static SqlNode pivot(
      SqlParserPos position,
      SqlNode table,
      SqlNodeList aggregates,
      SqlNodeList columns,
      SqlNodeList values,
      @Nullable SqlNodeList groups) {
    return PIVOT.createCall(
        position,
        table,
        aggregates,
        columns,
        values,
        groups == null ? new SqlNodeList(position) : groups);
  }

  /** The call of UNPIVOT. */
  public static SqlNode unpivot(
      SqlParserPos position,
      SqlNode table,
      boolean includesNulls,
      SqlNodeList value,
      SqlNodeList name,
      SqlNodeList columns) {
    return UNPIVOT.createCall(
        position, table, SqlLiteral.createBoolean(includesNulls, position), value, name, columns);
  }

  /** {@code PIVOT table ON column IN (values) USING aggregates GROUP BY groups}. */
  public static SqlNode query(
      SqlNode table,
      SqlIdentifier column,
      List<SqlNode> values,
      List<SqlNode> aggregates,
      @Nullable SqlNodeList groups,
      SqlParserPos position) {
    List<SqlNode> computed =
        aggregates.isEmpty()
            ? List.of(SqlStdOperatorTable.COUNT.createCall(position, SqlIdentifier.star(position)))
            : aggregates;
    return Selects.all(
        pivot(
            position,
            table,
            new SqlNodeList(computed, position),
            SqlNodeList.of(column),
            new SqlNodeList(values, position),
            groups),
        position);
  }

  /** {@code UNPIVOT table ON columns INTO NAME name VALUE value}. */
  public static SqlNode unpivotQuery(
      SqlNode table,
      boolean includesNulls,
      List<SqlNode> columns,
      @Nullable SqlIdentifier name,
      @Nullable SqlIdentifier value,
      SqlParserPos position) {
    return Selects.all(
        unpivot(
            position,
            table,
            includesNulls,
            SqlNodeList.of(value == null ? new SqlIdentifier("value", position) : value),
            SqlNodeList.of(name == null ? new SqlIdentifier("name", position) : name),
            new SqlNodeList(columns, position)),
        position);
  }

  /** What a node says if it is PIVOT, else null. */
  public static @Nullable Pivot pivot(SqlNode node) {
    return node instanceof SqlCall call && call.getOperator() == PIVOT
        ? new Pivot(
            call.operand(0), call.operand(1), call.operand(2), call.operand(3), call.operand(4))
        : null;
  }

  /** What a node says if it is UNPIVOT, else null. */
  public static @Nullable Unpivot unpivot(SqlNode node) {
    return node instanceof SqlCall call && call.getOperator() == UNPIVOT
        ? new Unpivot(
            call.operand(0),
            ((SqlLiteral) call.operand(1)).booleanValue(),
            call.operand(2),
            call.operand(3),
            call.operand(4))
        : null;
  }
}
