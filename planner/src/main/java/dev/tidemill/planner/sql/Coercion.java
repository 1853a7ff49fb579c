package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.implicit.TypeCoercionImpl;
import org.jspecify.annotations.Nullable;

/**
 * Implicit casts, as few as possible: a string literal becomes what it is compared with, text
 * becomes a date or time where it is compared with one. Numbers and text, BOOLEAN and numbers never
 * mix.
 */
final class Coercion extends TypeCoercionImpl {
  Coercion(RelDataTypeFactory factory, SqlValidator validator) {
    super(factory, validator);
  }

  @Override
  public boolean binaryArithmeticCoercion(SqlCallBinding binding) {
    return false;
  }

  @Override
  public boolean binaryComparisonCoercion(SqlCallBinding binding) {
    boolean coerced = false;
    if (binding.getOperandCount() >= 2) {
      for (int i = 0; i < binding.getOperandCount(); i++) {
        RelDataType type = binding.getOperandType(i);
        if (isText(type)) {
          RelDataType other = otherType(binding, i);
          if (other != null && (isTime(other) || binding.operand(i).getKind() == SqlKind.LITERAL)) {
            coerced |= coerceOperandType(binding.getScope(), binding.getCall(), i, whole(other));
          }
        }
      }
      coerced |= super.binaryComparisonCoercion(binding);
    }
    return coerced;
  }

  /** An interval of all fields of its family: a text may have more than a literal beside it. */
  private RelDataType whole(RelDataType type) {
    Type own = SqlTypeUtil.isInterval(type) ? RelTypes.fromRel(type) : null;
    return own == null ? type : RelTypes.toRel(factory, own, type.isNullable());
  }

  private @Nullable RelDataType otherType(SqlCallBinding binding, int index) {
    for (int i = 0; i < binding.getOperandCount(); i++) {
      RelDataType type = binding.getOperandType(i);
      if (i != index
          && !isText(type)
          && (SqlTypeUtil.isNumeric(type) || isTime(type) || SqlTypeUtil.isBoolean(type))) {
        return type;
      }
    }
    return null;
  }

  @Override
  protected boolean booleanEquality(SqlCallBinding binding, RelDataType left, RelDataType right) {
    return false;
  }

  @Override
  public @Nullable RelDataType commonTypeForBinaryComparison(
      @Nullable RelDataType left, @Nullable RelDataType right) {
    if (left == null || right == null) {
      return null;
    }
    if (isText(left) && isTime(right)) {
      return right;
    }
    if (isTime(left) && isText(right)) {
      return left;
    }
    if (isTime(left) && isTime(right)) {
      // BETWEEN asks for the bounds too, which may be of one type.
      if (left.getSqlTypeName() == right.getSqlTypeName()) {
        return left.getPrecision() == right.getPrecision() ? left : null;
      }
      return factory.leastRestrictive(List.of(left, right));
    }
    return null;
  }

  @Override
  public @Nullable RelDataType getWiderTypeFor(List<RelDataType> types, boolean stringPromotion) {
    return factory.leastRestrictive(types);
  }

  @Override
  public @Nullable RelDataType getWiderTypeForTwo(
      @Nullable RelDataType left, @Nullable RelDataType right, boolean stringPromotion) {
    return left == null || right == null ? null : factory.leastRestrictive(List.of(left, right));
  }

  @Override
  public @Nullable RelDataType implicitCast(RelDataType in, SqlTypeFamily expected) {
    if (isText(in) && expected != SqlTypeFamily.CHARACTER && expected != SqlTypeFamily.ANY) {
      return null;
    }
    if (!isText(in) && (expected == SqlTypeFamily.CHARACTER || expected == SqlTypeFamily.STRING)) {
      return null;
    }
    return super.implicitCast(in, expected);
  }

  @Override
  public boolean inOperationCoercion(SqlCallBinding binding) {
    SqlNode list = binding.operand(1);
    RelDataType type = binding.getOperandType(0);
    if (list instanceof SqlNodeList values && !type.isStruct()) {
      boolean coerced = false;
      for (int i = 0; i < values.size(); i++) {
        RelDataType valueType = validator.deriveType(binding.getScope(), values.get(i));
        boolean literal = values.get(i).getKind() == SqlKind.LITERAL;
        if (isText(valueType) && !isText(type) && (isTime(type) || literal)) {
          coerced |= coerceColumnType(binding.getScope(), values, i, whole(type));
        }
      }
      if (coerced) {
        updateInferredType(list, type);
        return true;
      }
    }
    return super.inOperationCoercion(binding);
  }

  private static boolean isText(RelDataType type) {
    return SqlTypeUtil.isCharacter(type);
  }

  private static boolean isTime(RelDataType type) {
    return SqlTypeUtil.isDatetime(type) || SqlTypeUtil.isInterval(type);
  }
}
