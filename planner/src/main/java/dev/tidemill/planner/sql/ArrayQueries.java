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
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
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
    SqlNode visited = super.visit(call instanceof SqlSelect select ? named(select) : call);
    return visited instanceof SqlCall array && array.getKind() == SqlKind.ARRAY_QUERY_CONSTRUCTOR
        ? list(array.operand(0), array.getParserPosition())
        : visited;
  }

  /** Columns without a name are called by their text, before it changes. */
  private static SqlSelect named(SqlSelect select) {
    if (select.getSelectList().stream().noneMatch(ArrayQueries::isUnnamed)) {
      return select;
    }
    SqlSelect copy = (SqlSelect) SqlCompiler.copy(select);
    SqlNodeList items = new SqlNodeList(copy.getSelectList().getParserPosition());
    for (SqlNode item : copy.getSelectList()) {
      SqlParserPos position = item.getParserPosition();
      items.add(
          isUnnamed(item)
              ? SqlStdOperatorTable.AS.createCall(
                  position, item, new SqlIdentifier(ColumnNames.text(item), position))
              : item);
    }
    copy.setSelectList(items);
    return copy;
  }

  private static boolean isUnnamed(SqlNode item) {
    return item instanceof SqlCall call
        && call.getKind() != SqlKind.AS
        && (call.getKind() == SqlKind.ARRAY_QUERY_CONSTRUCTOR
            || !call.isA(SqlKind.QUERY)
                && call.getOperandList().stream().anyMatch(ArrayQueries::isUnnamed));
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
        order.add(placed(key, inner, items, names, position));
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
      SqlNode key,
      SqlNode inner,
      @Nullable SqlNodeList items,
      SqlNodeList names,
      SqlParserPos position) {
    if (key instanceof SqlCall call
        && (call.getKind() == SqlKind.DESCENDING
            || call.getKind() == SqlKind.NULLS_FIRST
            || call.getKind() == SqlKind.NULLS_LAST)) {
      return call.getOperator()
          .createCall(
              call.getParserPosition(), placed(call.operand(0), inner, items, names, position));
    }
    String column;
    if (isElement(key, inner, items)) {
      column = ELEMENT;
    } else if (items == null || usesAlias(key, items.get(0))) {
      throw PlannerErrors.unsupported(
          "ARRAY_QUERY_ORDER",
          (items == null
                  ? "ARRAY of a query with DISTINCT, UNION or the like in another order than that of its column"
                  : "ARRAY of a query in the order of an expression over its column's alias")
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

  /** Whether a key is the query's only column, by its number or its name. */
  private static boolean isElement(SqlNode key, SqlNode inner, @Nullable SqlNodeList items) {
    if (key instanceof SqlNumericLiteral number) {
      if (BigDecimal.ONE.equals(number.bigDecimalValue())) {
        return true;
      }
      throw PlannerErrors.invalid(
          "ORDER BY %s: the query has one column".formatted(number),
          Positions.of(key.getParserPosition()));
    }
    return key instanceof SqlIdentifier id
        && id.isSimple()
        && (items == null
            ? id.getSimple().equalsIgnoreCase(name(inner))
            : id.getSimple().equalsIgnoreCase(alias(items.get(0))));
  }

  /** Whether an expression names the alias, which is not the same as the column of that name. */
  private static boolean usesAlias(SqlNode key, SqlNode item) {
    String alias = alias(item);
    if (alias == null || key instanceof SqlIdentifier) {
      return false;
    }
    boolean[] found = new boolean[1];
    key.accept(
        new SqlBasicVisitor<@Nullable Void>() {
          @Override
          public @Nullable Void visit(SqlIdentifier id) {
            found[0] |= id.isSimple() && id.getSimple().equalsIgnoreCase(alias);
            return null;
          }
        });
    return found[0];
  }

  /** The name that AS gives an item, unless it is that of the column that the item is. */
  private static @Nullable String alias(SqlNode item) {
    if (item.getKind() != SqlKind.AS
        || !(((SqlCall) item).operand(1) instanceof SqlIdentifier name)) {
      return null;
    }
    boolean isSame =
        SqlUtil.stripAs(item) instanceof SqlIdentifier column
            && column.names.getLast().equalsIgnoreCase(name.getSimple());
    return isSame ? null : name.getSimple();
  }

  /** The name of the first column of a query, or null where it has none. */
  private static @Nullable String name(SqlNode query) {
    if (query instanceof SqlSelect select) {
      SqlNode item = select.getSelectList().get(0);
      SqlNode named = item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(1) : item;
      return named instanceof SqlIdentifier id && !id.isStar() ? id.names.getLast() : null;
    }
    return switch (query) {
      case SqlWith with -> name(with.body);
      case SqlOrderBy ordered -> name(ordered.query);
      case SqlCall call when call.getKind().belongsTo(SqlKind.SET_QUERY) -> name(call.operand(0));
      default -> null;
    };
  }
}
