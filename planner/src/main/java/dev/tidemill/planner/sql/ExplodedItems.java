package dev.tidemill.planner.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Spark's EXPLODE and its like among the columns of SELECT as UNNEST, {@link UnnestItems}.
 *
 * <pre>
 *   SELECT EXPLODE(l)          SELECT UNNEST(l) AS col
 *   SELECT EXPLODE_OUTER(l)    SELECT UNNEST(CASE WHEN LEN(l) > 0 THEN l ELSE ARRAY[NULL] END) AS col
 *   SELECT POSEXPLODE(l)       SELECT UNNEST(RANGE(0, LEN(l))) AS pos, UNNEST(l) AS col
 *   SELECT EXPLODE(m) AS (k, v)
 *                              SELECT UNNEST(MAP_KEYS(m)) AS k, UNNEST(MAP_VALUES(m)) AS v
 * </pre>
 */
final class ExplodedItems extends SqlShuttle {
  private ExplodedItems() {}

  /** The query with UNNEST; the given node stays as it is. */
  static SqlNode opened(SqlNode query) {
    SqlNode opened = query.accept(new ExplodedItems());
    return opened == null ? query : opened;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    SqlNode visited = super.visit(call);
    if (!(visited instanceof SqlSelect select)
        || select.getSelectList().stream().noneMatch(item -> !name(item).isEmpty())) {
      return visited;
    }
    SqlSelect copy = select == call ? (SqlSelect) SqlCompiler.copy(select) : select;
    SqlNodeList items = new SqlNodeList(select.getSelectList().getParserPosition());
    copy.getSelectList().forEach(item -> add(item, items));
    copy.setSelectList(items);
    return copy;
  }

  /** The function, in upper case, or an empty text where an item is another. */
  private static String name(SqlNode item) {
    String name =
        SqlUtil.stripAs(item) instanceof SqlCall call
                && call.getOperator() instanceof SqlUnresolvedFunction
                && call.operandCount() == 1
            ? call.getOperator().getName().toUpperCase(Locale.ROOT)
            : "";
    return switch (name) {
      case "EXPLODE", "EXPLODE_OUTER", "POSEXPLODE", "POSEXPLODE_OUTER" -> name;
      default -> "";
    };
  }

  private static void add(SqlNode item, SqlNodeList items) {
    String name = name(item);
    if (name.isEmpty()) {
      items.add(item);
      return;
    }
    SqlParserPos position = item.getParserPosition();
    SqlNode list = ((SqlCall) SqlUtil.stripAs(item)).operand(0);
    List<SqlNode> columns = new ArrayList<>();
    if (item instanceof SqlCall as && as.getKind() == SqlKind.AS) {
      columns.addAll(as.getOperandList().subList(1, as.operandCount()));
    }
    boolean isNumbered = name.startsWith("POS");
    boolean isOuter = name.endsWith("_OUTER");
    if (!isNumbered && columns.size() == 2) {
      items.add(unnest(collection("MAP_KEYS", list), isOuter, columns.get(0), position));
      items.add(unnest(collection("MAP_VALUES", list), isOuter, columns.get(1), position));
      return;
    }
    if (isNumbered) {
      SqlNode positions =
          call(
              "RANGE",
              position,
              SqlLiteral.createExactNumeric("0", position),
              call("LEN", position, call("LIST_ZIP", position, SqlCompiler.copy(list))));
      SqlNode named = columns.size() == 2 ? columns.get(0) : new SqlIdentifier("pos", position);
      items.add(unnest(positions, isOuter, named, position));
    }
    SqlNode named = columns.isEmpty() ? new SqlIdentifier("col", position) : columns.getLast();
    items.add(unnest(list, isOuter, named, position));
  }

  private static SqlNode collection(String function, SqlNode map) {
    return call(function, map.getParserPosition(), SqlCompiler.copy(map));
  }

  private static SqlNode unnest(
      SqlNode list, boolean isOuter, SqlNode name, SqlParserPos position) {
    SqlNode rows =
        isOuter
            ? call(
                "IF",
                position,
                SqlStdOperatorTable.GREATER_THAN.createCall(
                    position,
                    call("LEN", position, call("LIST_ZIP", position, SqlCompiler.copy(list))),
                    SqlLiteral.createExactNumeric("0", position)),
                list,
                SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(
                    position, SqlLiteral.createNull(position)))
            : list;
    return SqlStdOperatorTable.AS.createCall(position, call("UNNEST", position, rows), name);
  }

  private static SqlNode call(String name, SqlParserPos position, SqlNode... operands) {
    return Spellings.call(name, position, List.of(operands));
  }
}
