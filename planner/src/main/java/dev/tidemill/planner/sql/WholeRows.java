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
          isLookedInto(call) && call.getOperandList().stream().anyMatch(WholeRows::hasSimpleName);
      case null, default -> false;
    };
  }

  private static boolean isLookedInto(SqlCall call) {
    return !call.isA(SqlKind.QUERY) && call.getKind() != SqlKind.LAMBDA;
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
    if (call.getKind() == SqlKind.AS) {
      List<SqlNode> operands = new ArrayList<>(call.getOperandList());
      SqlNode value = call.<SqlNode>operand(0).accept(this);
      operands.set(0, value == null ? call.operand(0) : value);
      return call.getOperator().createCall(call.getParserPosition(), operands);
    }
    return super.visit(call);
  }
}
