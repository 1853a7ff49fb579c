package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.fun.SqlCastFunction;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** CAST and TRY_CAST, between texts and ARRAYs, MAPs and ROWs as well. */
final class CastOperator extends SqlCastFunction {
  static final CastOperator CAST = new CastOperator("CAST", SqlKind.CAST);
  static final CastOperator SAFE_CAST = new CastOperator("SAFE_CAST", SqlKind.SAFE_CAST);
  static final CastOperator TRY_CAST = new CastOperator("TRY_CAST", SqlKind.SAFE_CAST);

  private CastOperator(String name, SqlKind kind) {
    super(name, kind);
  }

  /** The cast by these operators in place of Calcite's. */
  static SqlCall of(SqlCall call) {
    if (call.operandCount() == 2
        && call.operand(1) instanceof SqlCall item
        && item.getKind() == SqlKind.ITEM) {
      throw PlannerErrors.unsupported(
          "a type of ARRAYs of one length (INTEGER[] is of any, (x::INTEGER[])[1] an element)",
          Positions.of(item.getParserPosition()));
    }
    SqlOperator own =
        switch (call.getOperator().getName()) {
          case "CAST" -> CAST;
          case "TRY_CAST" -> TRY_CAST;
          case "SAFE_CAST" -> SAFE_CAST;
          default -> call.getOperator();
        };
    return own == call.getOperator()
        ? call
        : (SqlCall) own.createCall(call.getParserPosition(), call.getOperandList());
  }

  /** The same cast by Calcite's operator, to look up what it becomes. */
  static SqlCall plain(SqlCall call) {
    if (!(call.getOperator() instanceof CastOperator)) {
      return call;
    }
    SqlOperator plain =
        call.getOperator() == CAST
            ? SqlStdOperatorTable.CAST
            : call.getOperator() == TRY_CAST
                ? SqlLibraryOperators.TRY_CAST
                : SqlLibraryOperators.SAFE_CAST;
    return (SqlCall) plain.createCall(call.getParserPosition(), call.getOperandList());
  }

  @Override
  public RelDataType inferReturnType(SqlOperatorBinding binding) {
    RelDataType from = binding.getOperandType(0);
    RelDataType to = binding.getOperandType(1);
    return NestedValues.isNested(from) && SqlTypeUtil.isCharacter(to)
        ? binding
            .getTypeFactory()
            .createTypeWithNullability(to, from.isNullable() || getKind() == SqlKind.SAFE_CAST)
        : super.inferReturnType(binding);
  }

  @Override
  public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
    RelDataType from = binding.getOperandType(0);
    RelDataType to = binding.getOperandType(1);
    boolean withText =
        NestedValues.isNested(from) && SqlTypeUtil.isCharacter(to)
            || NestedValues.isNested(to) && SqlTypeUtil.isCharacter(from);
    return withText || super.checkOperandTypes(binding, throwOnFailure);
  }
}
