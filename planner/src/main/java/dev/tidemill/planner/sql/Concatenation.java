package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.planner.logical.Casts;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** Calcite's {@code ||}, and that of a text and something else, which is then made text. */
final class Concatenation extends SqlBinaryOperator {
  private static final Set<SqlTypeFamily> MADE_TEXT =
      Set.of(
          SqlTypeFamily.BOOLEAN,
          SqlTypeFamily.NUMERIC,
          SqlTypeFamily.DATE,
          SqlTypeFamily.TIME,
          SqlTypeFamily.TIMESTAMP);

  static final Concatenation INSTANCE = new Concatenation();

  private Concatenation() {
    super(
        SqlStdOperatorTable.CONCAT.getName(),
        SqlKind.OTHER,
        SqlStdOperatorTable.CONCAT.getLeftPrec(),
        true,
        SqlStdOperatorTable.CONCAT.getReturnTypeInference(),
        null,
        SqlStdOperatorTable.CONCAT.getOperandTypeChecker());
  }

  @Override
  public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
    return isOfTextAndOther(binding) || super.checkOperandTypes(binding, throwOnFailure);
  }

  @Override
  public RelDataType inferReturnType(SqlOperatorBinding binding) {
    if (!isOfTextAndOther(binding)) {
      return super.inferReturnType(binding);
    }
    RelDataTypeFactory factory = binding.getTypeFactory();
    boolean nullable =
        binding.getOperandType(0).isNullable() || binding.getOperandType(1).isNullable();
    return factory.createTypeWithNullability(factory.createSqlType(SqlTypeName.VARCHAR), nullable);
  }

  private static boolean isOfTextAndOther(SqlOperatorBinding binding) {
    RelDataType left = binding.getOperandType(0);
    RelDataType right = binding.getOperandType(1);
    return SqlTypeUtil.inCharFamily(left) && isMadeText(right)
        || SqlTypeUtil.inCharFamily(right) && isMadeText(left);
  }

  private static boolean isMadeText(RelDataType type) {
    return type.getSqlTypeName().getFamily() instanceof SqlTypeFamily family
        && MADE_TEXT.contains(family);
  }

  /** The operands of a {@code ||} of this type. */
  static List<Expression> texts(List<Expression> operands, Type type) {
    return type instanceof Type.Varchar
        ? operands.stream()
            .map(o -> o.type() instanceof Type.Varchar ? o : Casts.to(Type.VARCHAR, o))
            .toList()
        : operands;
  }
}
