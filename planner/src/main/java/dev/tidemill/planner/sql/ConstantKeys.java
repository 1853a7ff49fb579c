package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * Numbers as keys. A whole number is that of a column; Calcite takes 1.0 for one too. In GROUP BY
 * such a number is a constant like any other; in ORDER BY it would have no effect.
 */
final class ConstantKeys {
  private ConstantKeys() {}

  /** Makes numbers in GROUP BY that are not whole no literals. */
  static void writeOut(SqlSelect select) {
    SqlNodeList group = select.getGroup();
    for (int i = 0; group != null && i < group.size(); i++) {
      group.set(i, constant(group.get(i)));
    }
  }

  /** The same of the keys that GROUPING names, so that they are found among those of GROUP BY. */
  static void writeOut(SqlCall call) {
    String name = call.getOperator().getName();
    boolean isGrouping =
        name.equalsIgnoreCase(SqlStdOperatorTable.GROUPING.getName())
            || name.equalsIgnoreCase(SqlStdOperatorTable.GROUPING_ID.getName());
    for (int i = 0; isGrouping && i < call.operandCount(); i++) {
      call.setOperand(i, constant(call.operand(i)));
    }
  }

  private static SqlNode constant(SqlNode key) {
    SqlParserPos position = key.getParserPosition();
    if (isFraction(key)) {
      return SqlStdOperatorTable.COALESCE.createCall(position, key, key);
    }
    boolean isSet =
        switch (key.getKind()) {
          case ROLLUP, CUBE, GROUPING_SETS, ROW -> true;
          default -> false;
        };
    if (isSet && key instanceof SqlCall call) {
      for (int i = 0; i < call.operandCount(); i++) {
        call.setOperand(i, constant(call.operand(i)));
      }
    }
    return key;
  }

  /** Refuses numbers in ORDER BY that are not whole. */
  static void check(SqlNodeList order) {
    for (SqlNode key : order) {
      SqlNode plain = key;
      while (plain instanceof SqlCall call
          && (call.getKind() == SqlKind.DESCENDING
              || call.getKind() == SqlKind.NULLS_FIRST
              || call.getKind() == SqlKind.NULLS_LAST)) {
        plain = call.operand(0);
      }
      if (isFraction(plain)) {
        throw PlannerErrors.invalid(
            "a number in ORDER BY is that of a column of SELECT, a whole one: " + plain,
            Positions.of(plain.getParserPosition()));
      }
    }
  }

  private static boolean isFraction(SqlNode node) {
    return node instanceof SqlNumericLiteral literal && !literal.isInteger();
  }
}
