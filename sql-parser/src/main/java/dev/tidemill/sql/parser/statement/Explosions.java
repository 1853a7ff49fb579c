package dev.tidemill.sql.parser.statement;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.sql.parser.error.ParserErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * Spark's functions that make rows of a collection, as UNNEST.
 *
 * <pre>
 *   FROM t LATERAL VIEW EXPLODE(l) u AS x             FROM t, UNNEST(LIST_ZIP(l)) AS u(x)
 *   FROM t LATERAL VIEW OUTER EXPLODE(l) u AS x       FROM t LEFT JOIN UNNEST(LIST_ZIP(l)) AS u(x) ON TRUE
 *   FROM t LATERAL VIEW EXPLODE(m) u AS k, v          FROM t, UNNEST(m) AS u(k, v)
 *   FROM t LATERAL VIEW POSEXPLODE(l) u AS p, x       FROM t, UNNEST(LIST_ZIP(RANGE(0, LEN(l)), l)) AS u(p, x)
 *   FROM t LATERAL VIEW INLINE(rows) u AS a, b        FROM t, UNNEST(rows) AS u(a, b)
 * </pre>
 *
 * <p>LIST_ZIP keeps elements that are ROWs in one column.
 */
public final class Explosions {
  private Explosions() {}

  /** The join that a LATERAL VIEW behind {@code from} is. */
  public static SqlNode view(
      SqlNode from,
      SqlNode function,
      boolean isOuter,
      SqlIdentifier table,
      List<SqlIdentifier> columns,
      SqlParserPos position) {
    String name =
        function instanceof SqlCall call
            ? call.getOperator().getName().toUpperCase(Locale.ROOT)
            : "";
    if (!(function instanceof SqlCall call)
        || call.operandCount() != 1
        || !List.of("EXPLODE", "POSEXPLODE", "INLINE").contains(name.replace("_OUTER", ""))) {
      throw ParserErrors.unsupported(
          "LATERAL VIEW of " + (name.isEmpty() ? "an expression" : name),
          "EXPLODE, POSEXPLODE and INLINE take an ARRAY or a MAP",
          new SourcePosition(position.getLineNum(), position.getColumnNum()));
    }
    SqlNode collection = call.operand(0);
    boolean outer = isOuter || name.endsWith("_OUTER");
    List<SqlIdentifier> named = new ArrayList<>(columns);
    SqlNode rows;
    if (name.startsWith("POSEXPLODE")) {
      rows =
          call(
              "LIST_ZIP",
              position,
              call(
                  "RANGE",
                  position,
                  SqlLiteral.createExactNumeric("0", position),
                  call("LEN", position, collection)),
              collection);
      if (named.isEmpty()) {
        named.add(new SqlIdentifier("pos", position));
        named.add(new SqlIdentifier("col", position));
      }
    } else if (name.startsWith("EXPLODE") && named.size() < 2) {
      rows = call("LIST_ZIP", position, collection);
      if (named.isEmpty()) {
        named.add(new SqlIdentifier("col", position));
      }
    } else {
      rows = collection;
    }
    List<SqlNode> operands = new ArrayList<>();
    operands.add(SqlStdOperatorTable.UNNEST.createCall(position, rows));
    operands.add(table);
    operands.addAll(named);
    return new SqlJoin(
        position,
        from,
        SqlLiteral.createBoolean(false, position),
        (outer ? JoinType.LEFT : JoinType.COMMA).symbol(position),
        SqlStdOperatorTable.AS.createCall(position, operands),
        (outer ? JoinConditionType.ON : JoinConditionType.NONE).symbol(position),
        outer ? SqlLiteral.createBoolean(true, position) : null);
  }

  /** Whether an expression is EXPLODE or its like, which may have several names. */
  private static boolean isOne(SqlNode expression) {
    return expression instanceof SqlCall call
        && call.getOperator() instanceof SqlUnresolvedFunction
        && List.of("EXPLODE", "POSEXPLODE")
            .contains(call.getOperator().getName().toUpperCase(Locale.ROOT).replace("_OUTER", ""));
  }

  /** {@code EXPLODE(map) AS (k, v)}. */
  public static SqlNode named(SqlNode expression, SqlNodeList names) {
    if (!isOne(expression)) {
      SqlParserPos position = names.getParserPosition();
      throw ParserErrors.unsupported(
          "several names of one column",
          "EXPLODE of a MAP and POSEXPLODE have two, other expressions one",
          new SourcePosition(position.getLineNum(), position.getColumnNum()));
    }
    List<SqlNode> operands = new ArrayList<>();
    operands.add(expression);
    names.forEach(operands::add);
    return SqlStdOperatorTable.AS.createCall(expression.getParserPosition(), operands);
  }

  private static SqlNode call(String name, SqlParserPos position, SqlNode... operands) {
    return new SqlUnresolvedFunction(
            new SqlIdentifier(name, position),
            null,
            null,
            null,
            null,
            SqlFunctionCategory.USER_DEFINED_FUNCTION)
        .createCall(position, operands);
  }
}
