package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.sql.parser.statement.DistinctOn;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * DISTINCT ON: of the rows that agree in some values the first by ORDER BY.
 *
 * <pre>
 *   SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, b
 *   SELECT a, b FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY a, b) = 1 ORDER BY a, b
 * </pre>
 */
final class DistinctRows {
  private DistinctRows() {}

  /**
   * Puts QUALIFY in the place of the mark that the parser left there, if it did.
   *
   * @param order what ORDER BY behind the SELECT says, or null
   */
  static void open(SqlSelect select, @Nullable SqlNodeList order) {
    SqlNode mark = select.getQualify();
    SqlNodeList keys = DistinctOn.keys(mark);
    if (keys == null || mark == null) {
      return;
    }
    SqlParserPos position = keys.getParserPosition();
    if (DistinctOn.qualify(mark) != null) {
      throw PlannerErrors.unsupported(
          "DISTINCT_ON_QUALIFY",
          "DISTINCT ON with QUALIFY (one of them in a subquery works)",
          Positions.of(position));
    }
    SqlNodeList items = select.getSelectList();
    List<SqlNode> partition = new ArrayList<>();
    keys.forEach(key -> partition.add(meant(key, items)));
    List<SqlNode> sorted = new ArrayList<>();
    if (order != null) {
      order.forEach(key -> sorted.add(key(key, items)));
    }
    SqlNode window =
        SqlWindow.create(
            null,
            null,
            new SqlNodeList(partition, position),
            new SqlNodeList(sorted, position),
            SqlLiteral.createBoolean(false, position),
            null,
            null,
            null,
            SqlWindow.createExcludeNoOthers(position),
            position);
    SqlNode number =
        SqlStdOperatorTable.OVER.createCall(
            position, SqlStdOperatorTable.ROW_NUMBER.createCall(position), window);
    select.setQualify(
        SqlStdOperatorTable.EQUALS.createCall(
            position, number, SqlLiteral.createExactNumeric("1", position)));
  }

  private static SqlNode key(SqlNode key, SqlNodeList items) {
    return switch (key.getKind()) {
      case DESCENDING, NULLS_FIRST, NULLS_LAST -> {
        SqlCall call = (SqlCall) key;
        yield call.getOperator().createCall(call.getParserPosition(), key(call.operand(0), items));
      }
      default -> meant(key, items);
    };
  }

  /** The value that a number or the name of a column of SELECT stands for. */
  private static SqlNode meant(SqlNode key, SqlNodeList items) {
    if (key instanceof SqlIdentifier star && star.isStar()) {
      throw PlannerErrors.unsupported(
          "DISTINCT_ON_ALL",
          "DISTINCT ON with ORDER BY ALL (name the columns)",
          Positions.of(key.getParserPosition()));
    }
    if (key instanceof SqlNumericLiteral number && number.isInteger()) {
      int place = number.bigDecimalValue().intValue();
      boolean stars =
          items.stream()
              .limit(Math.max(place, 0))
              .anyMatch(i -> i instanceof SqlIdentifier id && id.isStar());
      if (place < 1 || place > items.size() || stars) {
        throw PlannerErrors.invalid(
            "there is no column " + number.toValue() + " of SELECT that DISTINCT ON could go by",
            Positions.of(key.getParserPosition()));
      }
      return SqlCompiler.copy(SqlUtil.stripAs(items.get(place - 1)));
    }
    if (key instanceof SqlIdentifier name && name.isSimple()) {
      for (SqlNode item : items) {
        if (item.getKind() == SqlKind.AS
            && ((SqlCall) item).operand(1) instanceof SqlIdentifier alias
            && alias.getSimple().equalsIgnoreCase(name.getSimple())) {
          return SqlCompiler.copy(((SqlCall) item).operand(0));
        }
      }
    }
    return SqlCompiler.copy(key);
  }
}
