package dev.tidemill.planner;

import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.planner.sql.SqlCompiler;
import dev.tidemill.sql.parser.StatementParser;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/**
 * Question marks that stand for a whole column of an INSERT: they have the type of the column they
 * go into.
 */
final class InsertParameters {
  private InsertParameters() {}

  /** The source with such parameters cast; the given node stays as it is. */
  static SqlNode typed(SqlNode source, List<OutputColumn> columns) {
    SqlNode copy = SqlCompiler.copy(source);
    switch (copy) {
      case SqlSelect select -> cast(select.getSelectList(), columns);
      case SqlCall values when values.getKind() == SqlKind.VALUES -> {
        for (SqlNode row : values.getOperandList()) {
          cast((SqlCall) row, columns);
        }
      }
      default -> {}
    }
    return copy;
  }

  private static void cast(SqlCall row, List<OutputColumn> columns) {
    for (int i = 0; i < Math.min(row.operandCount(), columns.size()); i++) {
      if (row.operand(i) instanceof SqlDynamicParam parameter) {
        row.setOperand(i, cast(parameter, columns.get(i)));
      }
    }
  }

  private static void cast(SqlNodeList items, List<OutputColumn> columns) {
    for (int i = 0; i < Math.min(items.size(), columns.size()); i++) {
      if (items.get(i) instanceof SqlDynamicParam parameter) {
        items.set(i, cast(parameter, columns.get(i)));
      }
    }
  }

  private static SqlNode cast(SqlDynamicParam parameter, OutputColumn column) {
    return SqlStdOperatorTable.CAST.createCall(
        parameter.getParserPosition(),
        parameter,
        StatementParser.parseType(column.type().toString()).node());
  }
}
