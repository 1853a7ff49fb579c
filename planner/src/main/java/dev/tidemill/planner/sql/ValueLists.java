package dev.tidemill.planner.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * {@code x IN (a, b)} as {@code x = a OR x = b} wherever it may stand in an aggregate or in a
 * window, where the conversion knows IN only of queries; equal rows as equal values there. WHERE
 * and ON keep theirs, and so do subqueries, which are looked at by themselves.
 */
final class ValueLists extends SqlShuttle {
  private static final ValueLists INSTANCE = new ValueLists();

  private ValueLists() {}

  static void open(SqlSelect select) {
    open(select.getSelectList());
    open(select.getGroup());
    open(select.getWindowList());
    open(select.getOrderList());
    SqlNode having = select.getHaving();
    if (having != null) {
      select.setHaving(having.accept(INSTANCE));
    }
    SqlNode qualify = select.getQualify();
    if (qualify != null) {
      select.setQualify(qualify.accept(INSTANCE));
    }
  }

  static void open(@Nullable SqlNodeList list) {
    for (int i = 0; list != null && i < list.size(); i++) {
      SqlNode node = list.get(i);
      if (node != null) {
        list.set(i, node.accept(INSTANCE));
      }
    }
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (call.isA(SqlKind.QUERY)) {
      return call;
    }
    boolean in = call.getKind() == SqlKind.IN;
    if ((in || call.getKind() == SqlKind.NOT_IN)
        && call.operand(1) instanceof SqlNodeList values
        && !values.isEmpty()) {
      SqlParserPos position = call.getParserPosition();
      SqlNode value = call.operand(0).accept(this);
      List<SqlNode> comparisons = new ArrayList<>();
      for (SqlNode element : values) {
        comparisons.add(comparison(in, SqlCompiler.copy(value), element.accept(this), position));
      }
      return joined(in ? SqlStdOperatorTable.OR : SqlStdOperatorTable.AND, comparisons, position);
    }
    boolean equal = call.getKind() == SqlKind.EQUALS;
    return (equal || call.getKind() == SqlKind.NOT_EQUALS)
            && isRow(call.operand(0))
            && isRow(call.operand(1))
        ? comparison(
            equal,
            call.operand(0).accept(this),
            call.operand(1).accept(this),
            call.getParserPosition())
        : super.visit(call);
  }

  private static boolean isRow(SqlNode node) {
    return node.getKind() == SqlKind.ROW;
  }

  /** Rows are equal where all their values are. */
  private static SqlNode comparison(
      boolean equal, SqlNode left, SqlNode right, SqlParserPos position) {
    SqlBinaryOperator operator =
        equal ? SqlStdOperatorTable.EQUALS : SqlStdOperatorTable.NOT_EQUALS;
    if (!isRow(left)
        || !isRow(right)
        || ((SqlCall) left).operandCount() != ((SqlCall) right).operandCount()) {
      return operator.createCall(position, left, right);
    }
    List<SqlNode> comparisons = new ArrayList<>();
    for (int i = 0; i < ((SqlCall) left).operandCount(); i++) {
      comparisons.add(
          operator.createCall(position, ((SqlCall) left).operand(i), ((SqlCall) right).operand(i)));
    }
    return joined(equal ? SqlStdOperatorTable.AND : SqlStdOperatorTable.OR, comparisons, position);
  }

  /** As flat a tree as there can be: lists may be long. */
  private static SqlNode joined(
      SqlBinaryOperator operator, List<SqlNode> nodes, SqlParserPos position) {
    int half = nodes.size() / 2;
    return half == 0
        ? nodes.get(0)
        : operator.createCall(
            position,
            joined(operator, nodes.subList(0, half), position),
            joined(operator, nodes.subList(half, nodes.size()), position));
  }
}
