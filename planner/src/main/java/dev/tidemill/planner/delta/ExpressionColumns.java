package dev.tidemill.planner.delta;

import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.FieldAccess;
import dev.tidemill.plan.expression.InList;
import dev.tidemill.plan.expression.LambdaCall;
import dev.tidemill.plan.expression.LambdaParameter;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.expression.Parameter;
import dev.tidemill.plan.expression.UserCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The columns that an expression refers to. */
final class ExpressionColumns {
  private ExpressionColumns() {}

  /** Adds the numbers of the columns that {@code expression} refers to. */
  static void collect(Expression expression, Set<Integer> columns) {
    walk(
        expression,
        e -> {
          if (e instanceof ColumnReference column) {
            columns.add(column.index());
          }
        });
  }

  static void walk(Expression expression, Consumer<Expression> visitor) {
    visitor.accept(expression);
    expression.operands().forEach(operand -> walk(operand, visitor));
  }

  /**
   * The expression with something in the place of each column, or null where {@code columns} has
   * nothing for one.
   */
  static @Nullable Expression replace(
      Expression expression, Function<ColumnReference, @Nullable Expression> columns) {
    return switch (expression) {
      case ColumnReference e -> columns.apply(e);
      case Literal e -> e;
      case Parameter e -> e;
      case Call e -> {
        List<Expression> arguments = replaceAll(e.arguments(), columns);
        yield arguments == null ? null : new Call(e.function(), arguments, e.type(), e.position());
      }
      case UserCall e -> {
        List<Expression> arguments = replaceAll(e.arguments(), columns);
        yield arguments == null
            ? null
            : new UserCall(e.method(), arguments, e.type(), e.position());
      }
      case Cast e -> {
        Expression operand = replace(e.operand(), columns);
        yield operand == null ? null : e.of(operand);
      }
      case And e -> {
        List<Expression> operands = replaceAll(e.operands(), columns);
        yield operands == null ? null : new And(operands);
      }
      case Or e -> {
        List<Expression> operands = replaceAll(e.operands(), columns);
        yield operands == null ? null : new Or(operands);
      }
      case InList e -> {
        Expression operand = replace(e.operand(), columns);
        yield operand == null ? null : new InList(operand, e.values());
      }
      case FieldAccess e -> {
        Expression row = replace(e.row(), columns);
        yield row == null ? null : new FieldAccess(row, e.field(), e.type());
      }
      case Case e -> {
        List<Expression> operands = replaceAll(e.operands(), columns);
        if (operands == null) {
          yield null;
        }
        List<Case.When> branches = new ArrayList<>();
        for (int i = 0; i + 1 < operands.size(); i += 2) {
          branches.add(new Case.When(operands.get(i), operands.get(i + 1)));
        }
        yield new Case(branches, operands.getLast(), e.type());
      }
      case LambdaCall e -> {
        List<Expression> operands = replaceAll(e.operands(), columns);
        yield operands == null
            ? null
            : e.of(operands.subList(0, operands.size() - 1), operands.getLast());
      }
      case LambdaParameter e -> e;
    };
  }

  private static @Nullable List<Expression> replaceAll(
      List<Expression> expressions, Function<ColumnReference, @Nullable Expression> columns) {
    List<Expression> replaced = new ArrayList<>();
    for (Expression expression : expressions) {
      Expression one = replace(expression, columns);
      if (one == null) {
        return null;
      }
      replaced.add(one);
    }
    return replaced;
  }
}
