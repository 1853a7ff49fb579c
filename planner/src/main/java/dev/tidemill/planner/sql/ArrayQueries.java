package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.sql.parser.statement.Selects;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * The list of what a query gives, in its order; an empty one where it gives nothing.
 *
 * <pre>
 *   ARRAY(SELECT x FROM t ORDER BY y)
 *     COALESCE((SELECT LIST(x) FROM (SELECT x AS x, y AS y0 FROM t) ORDER BY y0), ARRAY[])
 * </pre>
 */
final class ArrayQueries extends SqlShuttle {
  private static final String TABLE = "$array";
  private static final String ELEMENT = "$element";
  private static final String KEY = "$key";

  private ArrayQueries() {}

  /** The query with such aggregates; the given node stays as it is. */
  static SqlNode opened(SqlNode query) {
    SqlNode opened = query.accept(new ArrayQueries());
    return opened == null ? query : opened;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    SqlNode visited = super.visit(call);
    return visited instanceof SqlCall array && array.getKind() == SqlKind.ARRAY_QUERY_CONSTRUCTOR
        ? list(array.operand(0), array.getParserPosition())
        : visited;
  }

  private static SqlNode list(SqlNode query, SqlParserPos position) {
    SqlNodeList names = new SqlNodeList(position);
    names.add(new SqlIdentifier(ELEMENT, position));
    SqlNodeList order = new SqlNodeList(position);
    SqlNode rows = query;
    if (query instanceof SqlOrderBy ordered && !ordered.orderList.isEmpty()) {
      SqlNode inner = ordered.query;
      SqlNodeList items =
          inner instanceof SqlSelect select && !select.isDistinct()
              ? new SqlNodeList(select.getSelectList(), position)
              : null;
      for (SqlNode key : ordered.orderList) {
        order.add(placed(key, items, names, position));
      }
      if (items != null && inner instanceof SqlSelect select) {
        select.setSelectList(items);
      }
      rows =
          ordered.fetch == null && ordered.offset == null
              ? inner
              : new SqlOrderBy(
                  ordered.getParserPosition(),
                  inner,
                  ordered.orderList,
                  ordered.offset,
                  ordered.fetch);
    }
    List<SqlNode> table = new ArrayList<>();
    table.add(rows);
    table.add(new SqlIdentifier(TABLE, position));
    names.forEach(table::add);
    List<SqlNode> arguments = new ArrayList<>();
    arguments.add(new SqlIdentifier(List.of(TABLE, ELEMENT), position));
    if (!order.isEmpty()) {
      arguments.add(order);
    }
    SqlNode list =
        Selects.of(
            SqlNodeList.of(Spellings.call("LIST", position, arguments)),
            SqlStdOperatorTable.AS.createCall(position, table),
            null,
            position);
    return SqlStdOperatorTable.COALESCE.createCall(
        position, list, SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(position));
  }

  /** The same key of the rows: the element, or a column that is added for it. */
  private static SqlNode placed(
      SqlNode key, @Nullable SqlNodeList items, SqlNodeList names, SqlParserPos position) {
    if (key instanceof SqlCall call
        && (call.getKind() == SqlKind.DESCENDING
            || call.getKind() == SqlKind.NULLS_FIRST
            || call.getKind() == SqlKind.NULLS_LAST)) {
      return call.getOperator()
          .createCall(call.getParserPosition(), placed(call.operand(0), items, names, position));
    }
    String column;
    if (isFirst(key, items)) {
      column = ELEMENT;
    } else if (items == null) {
      throw PlannerErrors.unsupported(
          "ARRAY_QUERY_ORDER",
          "ARRAY of a query with DISTINCT, UNION or the like in another order than that of its column"
              + " (put the query into a subquery)",
          Positions.of(key.getParserPosition()));
    } else {
      column = KEY + names.size();
      names.add(new SqlIdentifier(column, position));
      items.add(
          SqlStdOperatorTable.AS.createCall(
              position, SqlCompiler.copy(key), new SqlIdentifier(column, position)));
    }
    return new SqlIdentifier(List.of(TABLE, column), key.getParserPosition());
  }

  private static boolean isFirst(SqlNode key, @Nullable SqlNodeList items) {
    if (key instanceof SqlNumericLiteral number) {
      return number.bigDecimalValue() != null
          && number.bigDecimalValue().compareTo(BigDecimal.ONE) == 0;
    }
    if (!(key instanceof SqlIdentifier id) || !id.isSimple()) {
      return false;
    }
    if (items == null) {
      return true;
    }
    SqlNode first = items.get(0);
    return first.getKind() == SqlKind.AS
        && ((SqlCall) first).operand(1) instanceof SqlIdentifier name
        && name.getSimple().equalsIgnoreCase(id.getSimple())
        && !(SqlUtil.stripAs(first) instanceof SqlIdentifier same
            && same.names.getLast().equalsIgnoreCase(id.getSimple()));
  }
}
