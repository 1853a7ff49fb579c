package dev.tidemill.exec.linear;

import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.expression.ProjectedExpressions;
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
  private final ProjectedExpressions expressions;

  public ProjectOperator(ProjectPlan plan, Operator input) {
    super(plan, List.of(input));
    this.expressions =
        ProjectedExpressions.compile(
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
    private final ProjectedExpressions.Evaluator evaluator;
    private final BatchSink next;

    ProjectStage(EvaluationContext context, BatchSink next) {
      this.evaluator = expressions.on(context);
      this.next = next;
    }

    @Override
    public boolean push(Batch batch) {
      try (Batch projected = batch.withColumns(evaluator.evaluate(batch))) {
        return next.push(projected);
      }
    }

    @Override
    public void finish() {
      next.finish();
    }

    @Override
    public void close() {
      evaluator.close();
      next.close();
    }
  }
}
