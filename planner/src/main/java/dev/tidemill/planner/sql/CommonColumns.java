package dev.tidemill.planner.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlTableRef;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * The columns of {@code JOIN … USING}, which stand without the name of a table: of an inner or left
 * join they are those of the left side, of a right join those of the right, of a full join
 * whichever is there. The validator takes them for ambiguous, so they are qualified before it sees
 * them. Columns of a side that is itself a join of other columns stay as they are where it cannot
 * be told which of its tables has them, and so do those in subqueries, which may mean a column of
 * their own.
 */
final class CommonColumns extends SqlShuttle {
  private final Map<String, SqlNode> meanings;

  private CommonColumns(Map<String, SqlNode> meanings) {
    this.meanings = meanings;
  }

  /** Qualifies the common columns in a SELECT and in the ORDER BY behind it. */
  static void qualify(SqlSelect select, @Nullable SqlNodeList order, FromColumns known) {
    Map<String, SqlNode> meanings = new LinkedHashMap<>();
    collect(select.getFrom(), known, meanings);
    if (meanings.isEmpty()) {
      return;
    }
    CommonColumns columns = new CommonColumns(meanings);
    SqlNodeList items = select.getSelectList();
    if (order != null) {
      columns.without(items).each(order);
    }
    for (int i = 0; i < items.size(); i++) {
      SqlNode item = items.get(i);
      SqlNode qualified = item.accept(columns);
      if (qualified != item
          && item instanceof SqlIdentifier name
          && !(qualified instanceof SqlIdentifier)) {
        SqlParserPos position = item.getParserPosition();
        qualified =
            SqlStdOperatorTable.AS.createCall(
                position, qualified, new SqlIdentifier(name.getSimple(), position));
      }
      items.set(i, qualified);
    }
    select.setWhere(columns.in(select.getWhere()));
    select.setHaving(columns.in(select.getHaving()));
    select.setQualify(columns.in(select.getQualify()));
    if (select.getGroup() != null) {
      columns.each(select.getGroup());
    }
    columns.each(select.getWindowList());
    if (select.getOrderList() != null) {
      columns.without(items).each(select.getOrderList());
    }
  }

  /** Names that SELECT gives itself come first in ORDER BY. */
  private CommonColumns without(SqlNodeList items) {
    Map<String, SqlNode> rest = new LinkedHashMap<>(meanings);
    for (SqlNode item : items) {
      if (item.getKind() == SqlKind.AS && ((SqlCall) item).operand(1) instanceof SqlIdentifier id) {
        rest.remove(key(id.getSimple()));
      } else if (item instanceof SqlIdentifier id && !id.isStar()) {
        rest.remove(key(Util.last(id.names)));
      }
    }
    return new CommonColumns(rest);
  }

  private @Nullable SqlNode in(@Nullable SqlNode node) {
    return node == null ? null : node.accept(this);
  }

  private void each(SqlNodeList list) {
    for (int i = 0; i < list.size(); i++) {
      SqlNode node = list.get(i);
      if (node != null) {
        list.set(i, node.accept(this));
      }
    }
  }

  private static void collect(
      @Nullable SqlNode from, FromColumns known, Map<String, SqlNode> meanings) {
    if (!(from instanceof SqlJoin join)) {
      return;
    }
    collect(join.getLeft(), known, meanings);
    collect(join.getRight(), known, meanings);
    if (join.getConditionType() == JoinConditionType.USING
        && join.getCondition() instanceof SqlNodeList names) {
      for (SqlNode name : names) {
        String column = ((SqlIdentifier) name).getSimple();
        SqlNode meaning = meaning(join, column, known);
        if (meaning == null) {
          meanings.remove(key(column));
        } else {
          meanings.put(key(column), meaning);
        }
      }
    }
  }

  /** The column of one side of a join, or null if that is not to be known. */
  static @Nullable SqlNode meaning(SqlNode from, String column, FromColumns known) {
    return switch (from) {
      case SqlIdentifier table -> qualified(Util.last(table.names), column);
      case SqlTableRef table ->
          table.tableName instanceof SqlIdentifier name
              ? qualified(Util.last(name.names), column)
              : null;
      case SqlJoin join -> {
        boolean common =
            join.getConditionType() == JoinConditionType.USING
                && join.getCondition() instanceof SqlNodeList names
                && names.stream()
                    .anyMatch(n -> key(((SqlIdentifier) n).getSimple()).equals(key(column)));
        if (!common) {
          SqlNode side = side(join, column, known);
          yield side == null ? null : meaning(side, column, known);
        }
        SqlNode left = meaning(join.getLeft(), column, known);
        SqlNode right = meaning(join.getRight(), column, known);
        yield switch (join.getJoinType()) {
          case INNER, LEFT, CROSS, COMMA -> left;
          case RIGHT -> right;
          case FULL ->
              left == null || right == null
                  ? null
                  : SqlStdOperatorTable.COALESCE.createCall(SqlParserPos.ZERO, left, right);
          default -> null;
        };
      }
      case SqlCall call when call.getKind() == SqlKind.AS ->
          call.operand(1) instanceof SqlIdentifier alias
              ? qualified(alias.getSimple(), column)
              : null;
      default -> null;
    };
  }

  /** The side of a join that alone has a column, or null where that cannot be told. */
  private static @Nullable SqlNode side(SqlJoin join, String column, FromColumns known) {
    if (!known.isKnown(join.getLeft()) || !known.isKnown(join.getRight())) {
      return null;
    }
    SqlIdentifier name = new SqlIdentifier(column, SqlParserPos.ZERO);
    boolean isOfLeft = known.has(join.getLeft(), name);
    boolean isOfRight = known.has(join.getRight(), name);
    return isOfLeft == isOfRight ? null : isOfLeft ? join.getLeft() : join.getRight();
  }

  private static SqlNode qualified(String table, String column) {
    return new SqlIdentifier(List.of(table, column), SqlParserPos.ZERO);
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public SqlNode visit(SqlIdentifier id) {
    SqlNode meaning = id.isSimple() ? meanings.get(key(id.getSimple())) : null;
    return meaning == null ? id : placed(meaning, id.getParserPosition());
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (call.isA(SqlKind.QUERY)) {
      return call;
    }
    if (call instanceof SqlWindow window) {
      each(window.getPartitionList());
      each(window.getOrderList());
      return window;
    }
    if (call.getKind() == SqlKind.OVER && call.operand(1) instanceof SqlIdentifier window) {
      return call.getOperator()
          .createCall(call.getParserPosition(), call.operand(0).accept(this), window);
    }
    if (call.getKind() == SqlKind.AS) {
      SqlNode value = call.operand(0);
      SqlNode qualified = value.accept(this);
      List<SqlNode> operands = new ArrayList<>(call.getOperandList());
      operands.set(0, qualified);
      return qualified == value
          ? call
          : call.getOperator().createCall(call.getParserPosition(), operands);
    }
    return super.visit(call);
  }

  static SqlNode placed(SqlNode meaning, SqlParserPos position) {
    return switch (meaning) {
      case SqlIdentifier id -> new SqlIdentifier(id.names, position);
      case SqlCall call ->
          call.getOperator()
              .createCall(
                  position, call.getOperandList().stream().map(o -> placed(o, position)).toList());
      default -> meaning;
    };
  }
}
