package dev.tidemill.planner.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlStarExclude;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * A table of FROM by its name among the columns of SELECT: the ROW of its columns.
 *
 * <pre>
 *   SELECT e, TO_JSON(e) FROM emp AS e
 *     SELECT NAMED_STRUCT('id', e.id, 'name', e.name) AS e, TO_JSON(NAMED_STRUCT('id', e.id, 'name', e.name)) FROM emp AS e
 * </pre>
 */
final class WholeRows extends SqlShuttle {
  private final List<SqlNode> columns;

  private WholeRows(List<SqlNode> columns) {
    this.columns = columns;
  }

  /** Writes such rows out, where the columns of FROM can be told. */
  static void open(SqlSelect select, FromColumns columns) {
    SqlNode from = select.getFrom();
    if (from == null || select.getSelectList().stream().noneMatch(WholeRows::hasSimpleName)) {
      return;
    }
    List<SqlNode> all = columns.star(from, SqlNodeList.EMPTY);
    if (all != null) {
      WholeRows rows = new WholeRows(all);
      SqlNodeList items = new SqlNodeList(select.getSelectList().getParserPosition());
      for (SqlNode item : select.getSelectList()) {
        SqlNode opened = item.accept(rows);
        boolean isNameless = item instanceof SqlIdentifier && opened instanceof SqlCall;
        items.add(
            isNameless
                ? SqlStdOperatorTable.AS.createCall(item.getParserPosition(), opened, item)
                : opened == null ? item : opened);
      }
      select.setSelectList(items);
    }
  }

  private static boolean hasSimpleName(@Nullable SqlNode node) {
    return switch (node) {
      case SqlIdentifier name -> name.isSimple() && !name.isStar();
      case SqlNodeList list -> list.stream().anyMatch(WholeRows::hasSimpleName);
      case SqlCall call ->
          isLookedInto(call) && values(call).stream().anyMatch(WholeRows::hasSimpleName);
      case null, default -> false;
    };
  }

  private static boolean isLookedInto(SqlCall call) {
    return !call.isA(SqlKind.QUERY)
        && call.getKind() != SqlKind.LAMBDA
        && !(call instanceof SqlStarExclude);
  }

  /**
   * Operands without names of windows: a window's first are its own and that of the one it is based
   * on.
   */
  private static List<SqlNode> values(SqlCall call) {
    List<SqlNode> operands = call.getOperandList();
    return call instanceof SqlWindow
        ? operands.subList(2, operands.size())
        : isNamedWindow(call) ? operands.subList(0, 1) : operands;
  }

  private static boolean isNamedWindow(SqlCall call) {
    return call.getKind() == SqlKind.OVER && call.operand(1) instanceof SqlIdentifier;
  }

  @Override
  public @Nullable SqlNode visit(SqlIdentifier name) {
    if (!name.isSimple() || name.isStar()) {
      return name;
    }
    SqlParserPos position = name.getParserPosition();
    List<SqlNode> fields = new ArrayList<>();
    for (SqlNode node : columns) {
      SqlIdentifier column = (SqlIdentifier) node;
      String last = Util.last(column.names);
      if (last.equalsIgnoreCase(name.getSimple())) {
        return name;
      }
      if (column.names.size() == 2 && column.names.get(0).equalsIgnoreCase(name.getSimple())) {
        fields.add(SqlLiteral.createCharString(last, position));
        fields.add(new SqlIdentifier(column.names, position));
      }
    }
    return fields.isEmpty() ? name : Spellings.call("NAMED_STRUCT", position, fields);
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (!isLookedInto(call)) {
      return call;
    }
    if (call.getKind() == SqlKind.AS || isNamedWindow(call)) {
      List<SqlNode> operands = new ArrayList<>(call.getOperandList());
      SqlNode value = call.<SqlNode>operand(0).accept(this);
      operands.set(0, value == null ? call.operand(0) : value);
      return call.getOperator().createCall(call.getParserPosition(), operands);
    }
    if (call instanceof SqlWindow window) {
      return within(window);
    }
    return super.visit(call);
  }

  private SqlNode within(SqlWindow window) {
    List<SqlNode> operands = new ArrayList<>(window.getOperandList());
    for (int i = operands.size() - values(window).size(); i < operands.size(); i++) {
      SqlNode operand = operands.get(i);
      operands.set(i, operand == null ? null : operand.accept(this));
    }
    return window
        .getOperator()
        .createCall(window.getParserPosition(), operands.toArray(SqlNode[]::new));
  }
}
