package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.CommonType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.jspecify.annotations.Nullable;

/** What the functions of ARRAYs, MAPs and ROWs have in common: arguments of which type is told. */
final class CollectionSignatures {

  /** The type of a call with arguments of these types, or null if there is none such. */
  interface Signature extends Function<List<Type>, @Nullable Type> {}

  static boolean isCollection(Type type) {
    return type instanceof Type.Array || type instanceof Type.MapType;
  }

  static boolean isText(Type type) {
    return type instanceof Type.Varchar;
  }

  static boolean isInteger(Type type) {
    return type instanceof Type.Int || type instanceof Type.Null;
  }

  /** The type of an array with one more element. */
  static @Nullable Type grown(Type array, Type element) {
    Type common = array instanceof Type.Array own ? CommonType.of(own.element(), element) : null;
    return common == null ? null : new Type.Array(common);
  }

  static @Nullable Type comparableArray(@Nullable Type type) {
    return type instanceof Type.Array && !NestedValues.hasMap(type) ? type : null;
  }

  static @Nullable Type common(List<Type> types) {
    Type common = null;
    for (Type type : types) {
      if (!(type instanceof Type.Array) && !(type instanceof Type.Null)) {
        return null;
      }
      common = common == null ? type : CommonType.of(common, type);
      if (common == null) {
        return null;
      }
    }
    return common instanceof Type.Array ? common : null;
  }

  static Type commonOf(List<Type> types) {
    Type common = common(types);
    return common == null ? types.get(0) : common;
  }

  static boolean areIntegers(List<Type> types) {
    return types.stream().allMatch(CollectionSignatures::isInteger);
  }

  /** {@code most} is -1 where there is no end. */
  static void add(
      FunctionList functions,
      String name,
      int least,
      int most,
      Signature signature,
      Functions.Translation translation) {
    functions.add(
        name,
        binding -> {
          Type type = signature.apply(types(binding));
          return RelTypes.toRel(binding.getTypeFactory(), type == null ? Type.NULL : type, true);
        },
        new Operands(least, most, binding -> applies(signature, binding), name + "(…)"),
        (arguments, type, position) ->
            type instanceof Type.Null
                ? Literal.nullOf(type)
                : translation.translate(arguments, type, position));
  }

  /** Whether the types are taken; what is made of an untyped NULL is one. */
  static boolean applies(Signature signature, SqlOperatorBinding binding) {
    List<Type> types = types(binding);
    return signature.apply(types) != null || types.stream().anyMatch(Type.NULL::equals);
  }

  static List<Type> types(SqlOperatorBinding binding) {
    List<Type> types = new ArrayList<>();
    for (int i = 0; i < binding.getOperandCount(); i++) {
      types.add(own(binding, i));
    }
    return types;
  }

  static Type own(SqlOperatorBinding binding, int operand) {
    RelDataType type = binding.getOperandType(operand);
    Type own = RelTypes.fromRel(type);
    return own == null ? Type.NULL : own;
  }

  static Functions.Translation plain(ScalarFunction function) {
    return (arguments, type, position) -> new Call(function, arguments, type);
  }

  static List<Expression> cast(List<Expression> expressions, Type type) {
    return expressions.stream().map(e -> Casts.to(type, e)).toList();
  }

  /** Operands by a condition. */
  record Operands(int least, int most, Function<SqlOperatorBinding, Boolean> condition, String form)
      implements SqlOperandTypeChecker {
    @Override
    public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
      if (condition.apply(binding)) {
        return true;
      }
      if (throwOnFailure) {
        throw binding.newValidationSignatureError();
      }
      return false;
    }

    @Override
    public SqlOperandCountRange getOperandCountRange() {
      return most < 0
          ? SqlOperandCountRanges.from(least)
          : SqlOperandCountRanges.between(least, most);
    }

    @Override
    public String getAllowedSignatures(SqlOperator operator, String name) {
      return form;
    }
  }

  private CollectionSignatures() {}
}
