package dev.tidemill.exec.match;

import dev.tidemill.exec.expression.CompiledExpressions;
import dev.tidemill.exec.expression.ExpressionCompiler;
import dev.tidemill.exec.expression.Predicate;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.MatchValue;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A pattern's program, conditions and measures, compiled. Immutable. */
final class CompiledMatch {
  private final MatchPlan plan;
  private final PatternProgram program;
  private final List<Condition> conditions = new ArrayList<>();
  private final CompiledExpressions measures;

  /**
   * What a row of a variable has to be: of {@code near} the row itself and rows at a fixed distance
   * decide, of {@code far} other rows of the match too.
   *
   * @param nearValues the values that {@code near} needs
   * @param farValues those of {@code far}
   */
  record Condition(
      @Nullable Predicate near,
      List<Integer> nearValues,
      @Nullable Predicate far,
      List<Integer> farValues) {}

  CompiledMatch(MatchPlan plan) {
    this.plan = plan;
    this.program = PatternProgram.of(plan.pattern());
    List<Type> types = plan.values().stream().map(MatchValue::type).toList();
    for (int variable = 0; variable < plan.variables().size(); variable++) {
      conditions.add(condition(variable, plan.conditions().get(variable), types));
    }
    this.measures = ExpressionCompiler.compile(plan.measures(), types);
  }

  private Condition condition(int variable, Expression condition, List<Type> types) {
    List<Expression> near = new ArrayList<>();
    List<Expression> far = new ArrayList<>();
    for (Expression conjunct : conjuncts(condition)) {
      boolean isNear = values(List.of(conjunct)).stream().allMatch(v -> isNear(v, variable));
      (isNear ? near : far).add(conjunct);
    }
    return new Condition(predicate(near, types), values(near), predicate(far, types), values(far));
  }

  private static List<Expression> conjuncts(Expression condition) {
    if (condition instanceof And and) {
      return and.operands().stream().flatMap(o -> conjuncts(o).stream()).toList();
    }
    return condition.equals(Literal.TRUE) ? List.of() : List.of(condition);
  }

  private static @Nullable Predicate predicate(List<Expression> conjuncts, List<Type> types) {
    return switch (conjuncts.size()) {
      case 0 -> null;
      case 1 -> ExpressionCompiler.compilePredicate(conjuncts.get(0), types);
      default -> ExpressionCompiler.compilePredicate(new And(conjuncts), types);
    };
  }

  private static List<Integer> values(List<Expression> expressions) {
    TreeSet<Integer> values = new TreeSet<>();
    expressions.forEach(e -> add(e, values));
    return List.copyOf(values);
  }

  private static void add(Expression expression, TreeSet<Integer> values) {
    if (expression instanceof ColumnReference reference) {
      values.add(reference.index());
    }
    expression.operands().forEach(o -> add(o, values));
  }

  /** Whether a value is of a row at a fixed distance from the one that is asked for. */
  boolean isNear(int value, int variable) {
    return plan.values().get(value) instanceof MatchValue.Column column
        && column.place().isCurrent(variable);
  }

  MatchPlan plan() {
    return plan;
  }

  PatternProgram program() {
    return program;
  }

  /** By variable. */
  List<Condition> conditions() {
    return conditions;
  }

  CompiledExpressions measures() {
    return measures;
  }
}
