package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.CommonType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.SqlOperandTypeInference;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;

/**
 * One call of a function that takes a lambda: its arguments and, last, the lambda's body. It is the
 * call's own, as are its parameters: the types of these are known once those of the arguments are,
 * and then the body has one.
 */
final class LambdaOperator extends SqlFunction {
  /** Decimals of what is reduced have as many digits as there are when they do not settle. */
  private static final int DIGITS = 38;

  /** What stands for a parameter in a body. */
  static final class Parameter extends SqlFunction {
    private final String written;
    private Type type = Type.NULL;

    /**
     * @param number among the parameters of this and of the lambdas around, which tells it from
     *     others
     */
    Parameter(String written, int number) {
      super(
          "$parameter" + number,
          SqlKind.OTHER_FUNCTION,
          null,
          null,
          OperandTypes.NILADIC,
          SqlFunctionCategory.SYSTEM);
      this.written = written;
    }

    String written() {
      return written;
    }

    @Override
    public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
      return RelTypes.toRel(validator.getTypeFactory(), type, true);
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding binding) {
      return RelTypes.toRel(binding.getTypeFactory(), type, true);
    }

    @Override
    public void unparse(SqlWriter writer, SqlCall call, int leftPrecedence, int rightPrecedence) {
      writer.print(written);
    }
  }

  private final LambdaShape shape;
  private final List<Parameter> parameters;
  private Type type = Type.NULL;

  LambdaOperator(String name, LambdaShape shape, List<Parameter> parameters) {
    super(
        name,
        SqlKind.OTHER_FUNCTION,
        null,
        null,
        OperandTypes.VARIADIC,
        SqlFunctionCategory.SYSTEM);
    this.shape = shape;
    this.parameters = List.copyOf(parameters);
  }

  LambdaShape shape() {
    return shape;
  }

  List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public void validateCall(
      SqlCall call,
      SqlValidator validator,
      SqlValidatorScope scope,
      SqlValidatorScope operandScope) {
    bind(validator, operandScope, call);
    super.validateCall(call, validator, scope, operandScope);
  }

  /** Parameters have their types before any part of the body is looked at. */
  @Override
  public SqlOperandTypeInference getOperandTypeInference() {
    return (binding, result, operands) -> {
      bind(binding.getValidator(), binding.getScope(), binding.getCall());
      Arrays.fill(operands, binding.getValidator().getUnknownType());
    };
  }

  @Override
  public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
    Bound bound = bind(validator, scope, call);
    SqlNode body = call.operand(call.operandCount() - 1);
    Type value = type(validator.deriveType(scope, body), body);
    if (shape.isCondition() && !(value instanceof Type.Bool) && !(value instanceof Type.Null)) {
      throw PlannerErrors.conditionNotBoolean(
          "the lambda of " + getName(),
          TidemillValidator.text(body),
          value.toString(),
          Positions.of(body.getParserPosition()));
    }
    type = shape.result(bound.first, bound.reduced, value);
    if (type instanceof Type.MapType map && NestedValues.hasMap(map.key())) {
      NestedValues.requireOrder("keys", map.key(), Positions.of(call.getParserPosition()));
    }
    return RelTypes.toRel(validator.getTypeFactory(), type, true);
  }

  /** The types of the first argument and of what is reduced. */
  private record Bound(Type first, Type reduced) {}

  private Bound bind(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
    List<Type> arguments = new ArrayList<>();
    for (SqlNode operand : call.getOperandList().subList(0, call.operandCount() - 1)) {
      arguments.add(type(validator.deriveType(scope, operand), operand));
    }
    Type first = arguments.get(0);
    if (!shape.takes(first)) {
      throw PlannerErrors.argumentsInvalid(
          getName() + " takes " + shape.form() + ", not " + first,
          Positions.of(call.getParserPosition()));
    }
    SqlNode body = call.operand(call.operandCount() - 1);
    Type reduced =
        shape == LambdaShape.REDUCTION ? reduced(arguments, body, validator, scope) : Type.NULL;
    bind(first, reduced, arguments.size() == 1);
    return new Bound(first, reduced);
  }

  private void bind(Type first, Type reduced, boolean fromFirst) {
    List<Type> types = new ArrayList<>(shape.parameters(first, reduced));
    if (shape == LambdaShape.REDUCTION && fromFirst) {
      types.set(1, reduced);
    }
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).type = types.get(i);
    }
  }

  /** The type that what is reduced has, with the body's value of it. */
  private Type reduced(
      List<Type> arguments, SqlNode body, SqlValidator validator, SqlValidatorScope scope) {
    boolean fromFirst = arguments.size() == 1;
    Type reduced =
        fromFirst
            ? arguments.get(0) instanceof Type.Array array ? array.element() : Type.NULL
            : arguments.get(1);
    for (int i = 0; i < 3; i++) {
      bind(arguments.get(0), reduced, fromFirst);
      SqlNode copy = SqlCompiler.copy(body);
      Type value = type(validator.deriveType(scope, copy), copy);
      Type common = CommonType.of(reduced, value);
      if (common == null) {
        throw PlannerErrors.noCommonType(reduced, value, Positions.of(body.getParserPosition()));
      }
      if (common.equals(reduced)) {
        break;
      }
      reduced =
          i > 0 && common instanceof Type.Decimal decimal
              ? new Type.Decimal(DIGITS, decimal.scale())
              : common;
    }
    return reduced;
  }

  private static Type type(RelDataType type, SqlNode node) {
    return RexTranslator.type(type, Positions.of(node.getParserPosition()));
  }

  @Override
  public RelDataType inferReturnType(SqlOperatorBinding binding) {
    return RelTypes.toRel(binding.getTypeFactory(), type, true);
  }

  /** As it was written, but that the lambda is last. */
  @Override
  public void unparse(SqlWriter writer, SqlCall call, int leftPrecedence, int rightPrecedence) {
    SqlWriter.Frame frame = writer.startFunCall(getName());
    for (int i = 0; i < call.operandCount(); i++) {
      writer.sep(",");
      if (i == call.operandCount() - 1) {
        String names =
            parameters.stream().map(Parameter::written).collect(Collectors.joining(", "));
        writer.print(parameters.size() == 1 ? names : "(" + names + ")");
        writer.keyword("->");
      }
      call.operand(i).unparse(writer, 0, 0);
    }
    writer.endFunCall(frame);
  }
}
