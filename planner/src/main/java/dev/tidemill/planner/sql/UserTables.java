package dev.tidemill.planner.sql;

import dev.tidemill.plan.function.user.FunctionClass;
import dev.tidemill.planner.error.PlannerErrors;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Table functions of users as what they are here: {@code TABLE(f(x))}, alone or LATERAL, is {@code
 * UNNEST} of the ARRAY of all rows that f gives. So whatever holds of UNNEST holds of them, in
 * standing queries too.
 */
final class UserTables extends SqlShuttle {
  private final UserFunctions functions;

  private UserTables(UserFunctions functions) {
    this.functions = functions;
  }

  /** A query without calls of users' table functions. */
  static SqlNode opened(SqlNode node, UserFunctions functions) {
    SqlNode opened = node.accept(new UserTables(functions));
    return opened == null ? node : opened;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (call.getKind() == SqlKind.LATERAL
        && call.operand(0) instanceof SqlCall table
        && table.getKind() == SqlKind.COLLECTION_TABLE) {
      SqlNode rows = rows(table);
      return rows == null ? super.visit(call) : rows;
    }
    if (call.getKind() == SqlKind.COLLECTION_TABLE) {
      SqlNode rows = rows(call);
      return rows == null ? super.visit(call) : rows;
    }
    return super.visit(call);
  }

  private @Nullable SqlNode rows(SqlCall table) {
    if (!(table.operand(0) instanceof SqlCall call)
        || !(call.getOperator() instanceof SqlFunction function)) {
      return null;
    }
    SqlParserPos position = call.getParserPosition();
    SqlIdentifier name = function.getNameAsId();
    String last = name.names.get(name.names.size() - 1);
    if (Functions.INSTANCE.isTaken(last) || UnsupportedFunctions.construct(last) != null) {
      return null;
    }
    SqlIdentifier placed = new SqlIdentifier(name.names, position);
    FunctionClass user = functions.function(last, placed);
    if (user == null) {
      throw PlannerErrors.functionNotFound(last, last, functions.names(), Positions.of(position));
    }
    if (user.kind() != FunctionClass.Kind.TABLE) {
      throw PlannerErrors.noTableFunction(user.function(), Positions.of(position));
    }
    List<SqlNode> operands = call.getOperandList().stream().map(o -> plain(o)).toList();
    return SqlStdOperatorTable.UNNEST.createCall(
        position, Spellings.call(last + UserFunctions.ROWS, position, operands));
  }

  private SqlNode plain(SqlNode operand) {
    SqlNode visited = operand.accept(this);
    return visited == null ? operand : visited;
  }
}
