package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLambda;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Opens lambdas: in {@code LIST_TRANSFORM(x, e -> e + y)} the body becomes an argument like others,
 * in which a {@link LambdaOperator.Parameter} stands where e stood. So the body's columns are those
 * of the query around, grouped and correlated as they are, and its types follow from the array's.
 */
final class Lambdas extends SqlShuttle {
  private record Named(String name, LambdaOperator.Parameter parameter) {}

  /** The parameters of the lambdas around, the innermost last. */
  private final List<Named> visible = new ArrayList<>();

  private Lambdas() {}

  /** A query or an expression without lambdas. */
  static SqlNode opened(SqlNode node) {
    SqlNode opened = node.accept(new Lambdas());
    return opened == null ? node : opened;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (call instanceof SqlLambda) {
      throw PlannerErrors.unsupported(
          "LAMBDA", "a lambda here", Positions.of(call.getParserPosition()));
    }
    if (!visible.isEmpty() && call.isA(SqlKind.QUERY)) {
      throw PlannerErrors.unsupported(
          "LAMBDA_SUBQUERY", "a subquery in a lambda", Positions.of(call.getParserPosition()));
    }
    if (StarColumns.isOfNames(call)) {
      return call;
    }
    for (SqlNode operand : call.getOperandList()) {
      if (operand instanceof SqlLambda lambda) {
        return opened(call, lambda);
      }
    }
    if (call.getOperator() instanceof SqlUnresolvedFunction function
        && LambdaShape.of(function.getName()) instanceof LambdaShape shape) {
      throw wrong(function.getName(), shape, call);
    }
    return super.visit(call);
  }

  private static RuntimeException wrong(String function, LambdaShape shape, SqlCall call) {
    return PlannerErrors.argumentsInvalid(
        function.toUpperCase(Locale.ROOT) + " takes " + shape.form(),
        Positions.of(call.getParserPosition()));
  }

  /** A parameter, or a field of one. */
  @Override
  public SqlNode visit(SqlIdentifier id) {
    Named named = id.isStar() ? null : named(id.names.get(0));
    if (named == null) {
      return id;
    }
    SqlNode value = named.parameter.createCall(id.getComponent(0).getParserPosition());
    for (int i = 1; i < id.names.size(); i++) {
      value = SqlStdOperatorTable.DOT.createCall(id.getParserPosition(), value, id.getComponent(i));
    }
    return value;
  }

  private @Nullable Named named(String name) {
    for (Named one : visible.reversed()) {
      if (one.name.equalsIgnoreCase(name)) {
        return one;
      }
    }
    return null;
  }

  private SqlNode opened(SqlCall call, SqlLambda lambda) {
    String function = call.getOperator().getName().toUpperCase(Locale.ROOT);
    LambdaShape shape = LambdaShape.of(function);
    if (shape == null) {
      throw PlannerErrors.unsupported(
          "LAMBDA",
          "a lambda as an argument of " + function,
          Positions.of(lambda.getParserPosition()));
    }
    List<SqlNode> operands = new ArrayList<>();
    for (SqlNode operand : call.getOperandList()) {
      if (operand != lambda) {
        if (operand instanceof SqlLambda second) {
          throw PlannerErrors.unsupported(
              "LAMBDA", "a second lambda", Positions.of(second.getParserPosition()));
        }
        operands.add(operand.accept(this));
      }
    }
    if (call.getFunctionQuantifier() != null
        || call.operand(0) == lambda
        || !shape.takes(operands.size(), lambda.getParameters().size())) {
      throw wrong(function, shape, call);
    }
    int outer = visible.size();
    List<LambdaOperator.Parameter> parameters = new ArrayList<>();
    for (SqlNode parameter : lambda.getParameters()) {
      String name = ((SqlIdentifier) parameter).getSimple();
      if (visible.subList(outer, visible.size()).stream()
          .anyMatch(n -> n.name.equalsIgnoreCase(name))) {
        throw PlannerErrors.argumentsInvalid(
            "two parameters of a lambda are called " + name,
            Positions.of(parameter.getParserPosition()));
      }
      parameters.add(new LambdaOperator.Parameter(name, visible.size()));
      visible.add(new Named(name, parameters.getLast()));
    }
    operands.add(lambda.getExpression().accept(this));
    visible.subList(outer, visible.size()).clear();
    return new LambdaOperator(function, shape, parameters)
        .createCall(call.getParserPosition(), operands);
  }
}
