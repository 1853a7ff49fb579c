package dev.tidemill.exec.linear;

import dev.tidemill.exec.expression.ExpressionCompiler;
import dev.tidemill.exec.expression.Predicate;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;

/** The rows of the input for which a condition is TRUE. Linear. */
public final class FilterOperator extends Operator {
  private final Predicate predicate;

  public FilterOperator(FilterPlan plan, Operator input) {
    super(plan, List.of(input));
    this.predicate =
        ExpressionCompiler.compilePredicate(
            plan.condition(), plan.input().columns().stream().map(OutputColumn::type).toList());
  }

  @Override
  public String name() {
    return "Filter";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    run.connect(
        inputs().get(0),
        run.through(
            this,
            (worker, next) ->
                new FilterStage(predicate, Evaluations.context(run, run.memory(this)), next),
            down));
  }
}
