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
 * window, where the conversion knows IN only of queries. WHERE and ON keep theirs, and so do
 * subqueries, which are looked at by themselves.
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
        comparisons.add(
            (in ? SqlStdOperatorTable.EQUALS : SqlStdOperatorTable.NOT_EQUALS)
                .createCall(position, SqlCompiler.copy(value), element.accept(this)));
      }
      return joined(in ? SqlStdOperatorTable.OR : SqlStdOperatorTable.AND, comparisons, position);
    }
    return super.visit(call);
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
