package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.function.user.FunctionClass;
import dev.tidemill.plan.function.user.FunctionSignature;
import dev.tidemill.plan.function.user.UserMethod;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlOperandTypeInference;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.Optionality;
import org.jspecify.annotations.Nullable;

/** A user function as the validator knows it. */
sealed interface UserOperator {
  FunctionClass function();

  /** The operator of a function that is no table function, or of the rows of one that is. */
  static SqlOperator of(String name, FunctionClass function) {
    return function.kind() == FunctionClass.Kind.AGGREGATE
        ? new Aggregate(name, function)
        : new Scalar(name, function);
  }

  /** A scalar function, and the rows of a table function. */
  final class Scalar extends SqlFunction implements UserOperator {
    private final FunctionClass function;

    Scalar(String name, FunctionClass function) {
      super(
          name,
          SqlKind.OTHER_FUNCTION,
          binding -> type(binding, function),
          new Inference(function),
          new Checker(function),
          SqlFunctionCategory.USER_DEFINED_FUNCTION);
      this.function = function;
    }

    @Override
    public FunctionClass function() {
      return function;
    }

    @Override
    public boolean isDeterministic() {
      return function.isDeterministic();
    }
  }

  /** An aggregate function. */
  final class Aggregate extends SqlAggFunction implements UserOperator {
    private final FunctionClass function;

    Aggregate(String name, FunctionClass function) {
      super(
          name,
          null,
          SqlKind.OTHER_FUNCTION,
          binding ->
              RelTypes.toRel(binding.getTypeFactory(), resolve(binding, function).result(), true),
          new Inference(function),
          new Checker(function),
          SqlFunctionCategory.USER_DEFINED_FUNCTION,
          false,
          false,
          Optionality.FORBIDDEN);
      this.function = function;
    }

    @Override
    public FunctionClass function() {
      return function;
    }

    @Override
    public boolean isDeterministic() {
      return function.isDeterministic();
    }
  }

  private static RelDataType type(SqlOperatorBinding binding, FunctionClass function) {
    FunctionSignature signature = resolve(binding, function);
    UserMethod method = function.method(signature);
    boolean nullable = method.givesNulls();
    for (int i = 0; !nullable && i < binding.getOperandCount(); i++) {
      nullable = method.requires(i) && binding.getOperandType(i).isNullable();
    }
    return RelTypes.toRel(binding.getTypeFactory(), signature.result(), nullable);
  }

  private static FunctionSignature resolve(SqlOperatorBinding binding, FunctionClass function) {
    SqlParserPos position =
        binding instanceof SqlCallBinding call ? call.getCall().getParserPosition() : null;
    List<Type> types = new ArrayList<>();
    for (RelDataType type : binding.collectOperandTypes()) {
      Type own = RelTypes.fromRel(type);
      if (own == null) {
        throw PlannerErrors.unsupported(
            "type " + RelTypes.name(type), position == null ? null : Positions.of(position));
      }
      types.add(own);
    }
    return UserSignatures.resolve(function, types, position);
  }

  /** What a call becomes: a method, and arguments of the types that it takes. */
  record Bound(UserMethod method, List<Expression> arguments, Type type) {}

  /** The call of a function with arguments that the validator has let through. */
  default Bound bind(List<Expression> arguments, SqlParserPos position) {
    List<Type> types = arguments.stream().map(Expression::type).toList();
    FunctionSignature signature = UserSignatures.resolve(function(), types, position);
    List<Expression> cast = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      cast.add(
          Casts.to(
              UserSignatures.target(signature.parameters().get(i), types.get(i)),
              arguments.get(i)));
    }
    return new Bound(function().method(signature), cast, signature.result());
  }

  /** Any number of operands: a wrong one is told with the signatures there are. */
  record Checker(FunctionClass function) implements SqlOperandTypeChecker {
    @Override
    public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
      resolve(binding, function);
      return true;
    }

    @Override
    public SqlOperandCountRange getOperandCountRange() {
      return SqlOperandCountRanges.any();
    }

    @Override
    public String getAllowedSignatures(SqlOperator operator, String name) {
      return function.signatureList();
    }
  }

  /** The types of question marks, where only one signature has as many parameters. */
  record Inference(FunctionClass function) implements SqlOperandTypeInference {
    @Override
    public void inferOperandTypes(
        SqlCallBinding binding, RelDataType result, RelDataType[] operands) {
      @Nullable FunctionSignature only = null;
      for (FunctionSignature signature : function.signatures()) {
        if (signature.parameters().size() == operands.length) {
          if (only != null) {
            return;
          }
          only = signature;
        }
      }
      for (int i = 0; only != null && i < operands.length; i++) {
        RelDataType known = binding.getOperandType(i);
        operands[i] =
            known.getSqlTypeName() == SqlTypeName.UNKNOWN
                ? RelTypes.toRel(binding.getTypeFactory(), only.parameters().get(i).type(), true)
                : known;
      }
    }
  }
}
