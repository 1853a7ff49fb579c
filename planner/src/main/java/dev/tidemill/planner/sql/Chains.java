package dev.tidemill.planner.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Makes long chains of AND, OR and UNION ALL flat, which the parser makes trees of that are as deep
 * as the chain is long: {@code ((a OR b) OR c) OR d} becomes {@code (a OR b) OR (c OR d)}. The
 * order of the operands stays, so nothing else does change.
 */
final class Chains extends SqlShuttle {
  /** Chains that are shorter stay as they are. */
  private static final int SHORT = 32;

  private Chains() {}

  /** The node itself where it has no long chain, else a copy. */
  static SqlNode balanced(SqlNode node) {
    SqlNode balanced = node.accept(new Chains());
    return balanced == null ? node : balanced;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (!isLink(call)) {
      return super.visit(call);
    }
    List<SqlNode> operands = new ArrayList<>();
    SqlNode first = call;
    while (first instanceof SqlCall link && isLink(link) && isSame(link, call)) {
      operands.add(link.operand(1));
      first = link.operand(0);
    }
    if (operands.size() < SHORT) {
      return super.visit(call);
    }
    operands.add(first);
    List<SqlNode> inOrder = new ArrayList<>();
    for (SqlNode operand : operands.reversed()) {
      SqlNode visited = operand.accept(this);
      inOrder.add(visited == null ? operand : visited);
    }
    return tree(call, inOrder);
  }

  private static boolean isLink(SqlCall call) {
    return call instanceof SqlBasicCall
        && call.operandCount() == 2
        && call.getFunctionQuantifier() == null
        && (call.getKind() == SqlKind.AND
            || call.getKind() == SqlKind.OR
            || call.getOperator() instanceof SqlSetOperator operator
                && operator.getKind() == SqlKind.UNION
                && operator.isAll());
  }

  private static boolean isSame(SqlCall link, SqlCall call) {
    return link.getOperator() == call.getOperator();
  }

  private static SqlNode tree(SqlCall call, List<SqlNode> operands) {
    if (operands.size() == 1) {
      return operands.get(0);
    }
    int half = operands.size() / 2;
    return call.getOperator()
        .createCall(
            call.getParserPosition(),
            tree(call, operands.subList(0, half)),
            tree(call, operands.subList(half, operands.size())));
  }
}
