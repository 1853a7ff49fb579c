package dev.tidemill.plan.explain;

import dev.tidemill.foundation.type.Type;
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
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalTime;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Expressions nearly as SQL writes them, with names of columns. */
public final class ExpressionText {
  private final IntFunction<String> names;

  private ExpressionText(IntFunction<String> names) {
    this.names = names;
  }

  /**
   * The expression as text.
   *
   * @param names the name of each input column
   */
  public static String of(Expression expression, IntFunction<String> names) {
    return new ExpressionText(names).text(expression);
  }

  /** The conjunction of conditions. */
  public static String all(List<Expression> conditions, IntFunction<String> names) {
    ExpressionText text = new ExpressionText(names);
    return conditions.size() == 1 ? text.text(conditions.get(0)) : text.joined(conditions, " AND ");
  }

  private String text(Expression expression) {
    return switch (expression) {
      case ColumnReference e -> names.apply(e.index());
      case Literal e -> literal(e);
      case Parameter e -> "?" + (e.index() + 1);
      case Call e -> call(e);
      case UserCall e ->
          e.arguments().stream()
              .map(this::text)
              .collect(Collectors.joining(", ", e.method().function() + "(", ")"));
      case Cast e ->
          (e.nullOnFailure() ? "TRY_CAST(" : "CAST(")
              + text(e.operand())
              + " AS "
              + e.type()
              + (e.zone() == null ? "" : ", '" + e.zone() + "'")
              + ")";
      case Case e -> caseOf(e);
      case And e -> joined(e.operands(), " AND ");
      case Or e -> joined(e.operands(), " OR ");
      case InList e ->
          operand(e.operand())
              + " IN ("
              + e.values().stream().map(this::text).collect(Collectors.joining(", "))
              + ")";
      case FieldAccess e -> field(e);
      case LambdaCall e ->
          e.arguments().stream()
                  .map(this::text)
                  .collect(Collectors.joining(", ", e.function() + "(", ", "))
              + parameters(e)
              + " -> "
              + text(e.body())
              + ")";
      case LambdaParameter e -> e.toString();
    };
  }

  /** Those that the body names, and those before them. */
  private static String parameters(LambdaCall call) {
    List<LambdaParameter> named = new ArrayList<>(call.parameters());
    while (named.size() > 1 && !names(call.body(), named.getLast())) {
      named.removeLast();
    }
    return named.size() == 1
        ? named.getFirst().toString()
        : named.stream().map(Object::toString).collect(Collectors.joining(", ", "(", ")"));
  }

  private static boolean names(Expression expression, LambdaParameter parameter) {
    return expression.equals(parameter)
        || expression.operands().stream().anyMatch(o -> names(o, parameter));
  }

  private String field(FieldAccess access) {
    String name =
        access.row().type() instanceof Type.Row row
            ? row.fields().get(access.field()).name()
            : "" + access.field();
    return operand(access.row()) + "." + name;
  }

  private static String literal(Literal literal) {
    return switch (literal.value()) {
      case Period months -> "INTERVAL '" + months.toTotalMonths() + "' MONTH";
      case Duration time -> "INTERVAL '" + seconds(time) + "' SECOND";
      case LocalTime time -> "TIME '" + time + "'";
      case Boolean truth -> truth ? "TRUE" : "FALSE";
      case null, default -> literal.toString();
    };
  }

  private static String seconds(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0
        ? Long.toString(millis / 1000)
        : BigDecimal.valueOf(millis, 3).toPlainString();
  }

  private String joined(List<Expression> operands, String word) {
    return operands.stream().map(this::operand).collect(Collectors.joining(word));
  }

  /** In parentheses where it would be read wrongly without. */
  private String operand(Expression expression) {
    boolean simple =
        switch (expression) {
          case And e -> false;
          case Or e -> false;
          case Call e -> infix(e) == null || e.arguments().size() != 2 || isComparison(e);
          default -> true;
        };
    String text = text(expression);
    return simple ? text : "(" + text + ")";
  }

  /** In parentheses unless it is one word. */
  private String closed(Expression expression) {
    boolean open =
        expression instanceof InList || expression instanceof Call call && infix(call) != null;
    return open ? "(" + text(expression) + ")" : operand(expression);
  }

  private static boolean isComparison(Call call) {
    return switch (call.function()) {
      case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> true;
      default -> false;
    };
  }

  private String call(Call call) {
    String infix = infix(call);
    List<Expression> arguments = call.arguments();
    if (infix != null && arguments.size() == 2) {
      return operand(arguments.get(0)) + infix + operand(arguments.get(1));
    }
    return switch (call.function()) {
      case IS_NULL -> closed(arguments.get(0)) + " IS NULL";
      case IS_NOT_NULL -> closed(arguments.get(0)) + " IS NOT NULL";
      case IS_TRUE -> closed(arguments.get(0)) + " IS TRUE";
      case IS_NOT_TRUE -> closed(arguments.get(0)) + " IS NOT TRUE";
      case IS_FALSE -> closed(arguments.get(0)) + " IS FALSE";
      case IS_NOT_FALSE -> closed(arguments.get(0)) + " IS NOT FALSE";
      case NOT -> "NOT " + closed(arguments.get(0));
      case NEGATE -> "-" + operand(arguments.get(0));
      case CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP -> call.function().name();
      case PROCTIME -> "PROCTIME()";
      default ->
          call.function()
              + arguments.stream().map(this::text).collect(Collectors.joining(", ", "(", ")"));
    };
  }

  private static @Nullable String infix(Call call) {
    return switch (call.function()) {
      case EQUAL -> " = ";
      case NOT_EQUAL -> " <> ";
      case LESS -> " < ";
      case LESS_OR_EQUAL -> " <= ";
      case GREATER -> " > ";
      case GREATER_OR_EQUAL -> " >= ";
      case IS_DISTINCT -> " IS DISTINCT FROM ";
      case IS_NOT_DISTINCT -> " IS NOT DISTINCT FROM ";
      case ADD -> " + ";
      case SUBTRACT -> " - ";
      case MULTIPLY -> " * ";
      case DIVIDE -> " / ";
      case MODULO -> " % ";
      case LIKE -> " LIKE ";
      case ILIKE -> " ILIKE ";
      case SIMILAR -> " SIMILAR TO ";
      default -> null;
    };
  }

  private String caseOf(Case expression) {
    StringBuilder text = new StringBuilder("CASE");
    for (Case.When branch : expression.branches()) {
      text.append(" WHEN ")
          .append(text(branch.condition()))
          .append(" THEN ")
          .append(text(branch.value()));
    }
    return text.append(" ELSE ").append(text(expression.otherwise())).append(" END").toString();
  }
}
