package dev.tidemill.exec.scan;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.InList;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Parameter;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.storage.table.ColumnFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a scan as storage understands them. A condition becomes a {@link ColumnFilter}
 * only where it says exactly the same, so that a table which applies the filter exactly needs no
 * second check.
 */
final class ColumnFilters {
  private final List<OutputColumn> columns;
  private final List<@Nullable Object> parameters;

  ColumnFilters(List<OutputColumn> columns, List<@Nullable Object> parameters) {
    this.columns = columns;
    this.parameters = parameters;
  }

  /** The same condition on one column, or null if storage has no word for it. */
  @Nullable ColumnFilter of(Expression condition) {
    return switch (condition) {
      case InList in when in.operand() instanceof ColumnReference column -> in(column, in.values());
      case Call call
          when call.arguments().size() == 1
              && call.arguments().get(0) instanceof ColumnReference column ->
          nullTest(call.function(), column);
      case Call call when call.arguments().size() == 2 -> binary(call);
      default -> null;
    };
  }

  private @Nullable ColumnFilter nullTest(ScalarFunction function, ColumnReference column) {
    return switch (function) {
      case IS_NULL -> new ColumnFilter.NullTest(name(column), true);
      case IS_NOT_NULL -> new ColumnFilter.NullTest(name(column), false);
      default -> null;
    };
  }

  private @Nullable ColumnFilter in(ColumnReference column, List<Literal> literals) {
    List<Object> values = new ArrayList<>();
    for (Literal literal : literals) {
      Object value = value(literal, column);
      if (value == null) {
        return null;
      }
      values.add(value);
    }
    return new ColumnFilter.In(name(column), values);
  }

  private @Nullable ColumnFilter binary(Call call) {
    Expression left = call.arguments().get(0);
    Expression right = call.arguments().get(1);
    if (left instanceof ColumnReference column) {
      Object value = value(right, column);
      if (value == null) {
        return null;
      }
      if (call.function() == ScalarFunction.STARTS_WITH) {
        return value instanceof String prefix
            ? new ColumnFilter.Prefix(name(column), prefix)
            : null;
      }
      return comparison(column, operator(call.function()), value);
    }
    if (right instanceof ColumnReference column) {
      Object value = value(left, column);
      ColumnFilter.Operator operator = operator(call.function());
      return value == null || operator == null
          ? null
          : comparison(column, mirrored(operator), value);
    }
    return null;
  }

  private @Nullable ColumnFilter comparison(
      ColumnReference column, ColumnFilter.@Nullable Operator operator, Object value) {
    return operator == null ? null : new ColumnFilter.Comparison(name(column), operator, value);
  }

  private static ColumnFilter.@Nullable Operator operator(ScalarFunction function) {
    return switch (function) {
      case EQUAL -> ColumnFilter.Operator.EQUAL;
      case NOT_EQUAL -> ColumnFilter.Operator.NOT_EQUAL;
      case LESS -> ColumnFilter.Operator.LESS;
      case LESS_OR_EQUAL -> ColumnFilter.Operator.LESS_OR_EQUAL;
      case GREATER -> ColumnFilter.Operator.GREATER;
      case GREATER_OR_EQUAL -> ColumnFilter.Operator.GREATER_OR_EQUAL;
      default -> null;
    };
  }

  private static ColumnFilter.Operator mirrored(ColumnFilter.Operator operator) {
    return switch (operator) {
      case EQUAL -> ColumnFilter.Operator.EQUAL;
      case NOT_EQUAL -> ColumnFilter.Operator.NOT_EQUAL;
      case LESS -> ColumnFilter.Operator.GREATER;
      case LESS_OR_EQUAL -> ColumnFilter.Operator.GREATER_OR_EQUAL;
      case GREATER -> ColumnFilter.Operator.LESS;
      case GREATER_OR_EQUAL -> ColumnFilter.Operator.LESS_OR_EQUAL;
    };
  }

  /** The constant as an object of the column's class, or null. */
  private @Nullable Object value(Expression expression, ColumnReference column) {
    Type type = columns.get(column.index()).type();
    if (!sameValues(type, expression.type())) {
      return null;
    }
    return switch (expression) {
      case Literal literal -> literal.value();
      case Parameter parameter when parameter.index() < parameters.size() ->
          parameters.get(parameter.index());
      default -> null;
    };
  }

  /** Whether values of both types are compared as they are. */
  private static boolean sameValues(Type a, Type b) {
    return switch (a) {
      case Type.Varchar t -> b instanceof Type.Varchar;
      case Type.Decimal t -> b instanceof Type.Decimal other && t.scale() == other.scale();
      case Type.Array t -> false;
      case Type.MapType t -> false;
      case Type.Row t -> false;
      case Type.Null t -> false;
      default -> a.equals(b);
    };
  }

  private String name(ColumnReference column) {
    return columns.get(column.index()).name();
  }
}
