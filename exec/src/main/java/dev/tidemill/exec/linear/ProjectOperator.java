package dev.tidemill.exec.linear;

import dev.tidemill.exec.expression.CompiledExpressions;
import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.expression.ExpressionCompiler;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import java.util.List;

/** Each row's expressions. Linear. */
public final class ProjectOperator extends Operator {
  private final CompiledExpressions expressions;

  public ProjectOperator(ProjectPlan plan, Operator input) {
    super(plan, List.of(input));
    this.expressions =
        ExpressionCompiler.compile(
            plan.expressions(), plan.input().columns().stream().map(OutputColumn::type).toList());
  }

  @Override
  public String name() {
    return "Project";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    run.connect(
        inputs().get(0),
        run.through(
            this,
            (worker, next) -> new ProjectStage(Evaluations.context(run, run.memory(this)), next),
            down));
  }

  private final class ProjectStage implements BatchSink {
    private final EvaluationContext context;
    private final BatchSink next;

    ProjectStage(EvaluationContext context, BatchSink next) {
      this.context = context;
      this.next = next;
    }

    @Override
    public boolean push(Batch batch) {
      try (Batch projected = batch.withColumns(expressions.evaluate(batch, context))) {
        return next.push(projected);
      }
    }

    @Override
    public void finish() {
      next.finish();
    }

    @Override
    public void close() {
      next.close();
    }
  }
}
