package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.expression.ExpressionCompiler;
import dev.tidemill.exec.expression.Predicate;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.expression.And;
import dev.tidemill.streaming.rows.OppositeRows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One scan's part of the rows that a step takes from a table: its columns of those that are not
 * late, filtered. {@link TableIntake} reads the rows.
 */
final class ScanOperator extends DeltaOperator {
  private final DeltaScanPlan plan;
  private final @Nullable Predicate filter;
  private int[] places = {};

  ScanOperator(String name, DeltaScanPlan plan, Output output) {
    super(name, output);
    this.plan = plan;
    this.filter =
        plan.filters().isEmpty()
            ? null
            : ExpressionCompiler.compilePredicate(
                plan.filters().size() == 1 ? plan.filters().get(0) : new And(plan.filters()),
                plan.columns().stream().map(OutputColumn::type).toList());
  }

  DeltaScanPlan plan() {
    return plan;
  }

  /** Where the columns of the plan are in what the intake reads. */
  void setPlaces(int[] placesRead) {
    places = placesRead;
  }

  @Override
  void push(int input, Batch read, Step step) {
    List<Column> columns = new ArrayList<>(places.length);
    for (int place : places) {
      columns.add(read.column(place).retain());
    }
    try (Batch own = read.withColumns(columns)) {
      if (filter == null) {
        give(own, step);
        return;
      }
      try (Batch passed = own.select(passing(filter, own, step))) {
        give(passed, step);
      }
    }
  }

  private @Nullable Selection passing(Predicate predicate, Batch rows, Step step) {
    try {
      return predicate.filter(rows, step.evaluation());
    } catch (TidemillException e) {
      if (!step.aside().takes(e)) {
        throw e;
      }
      int[] passing = new int[rows.rowCount()];
      int[] count = {0};
      step.aside()
          .halve(
              name(),
              plan.columns(),
              rows,
              e,
              part -> {
                try (Batch passed = part.select(predicate.filter(part, step.evaluation()))) {
                  for (int i = 0; i < passed.rowCount(); i++) {
                    passing[count[0]++] = passed.row(i);
                  }
                }
              });
      return new Selection(passing, count[0]);
    }
  }

  /** An update of columns that the plan does not read is no change. */
  private void give(Batch delta, Step step) {
    try (Batch changed = OppositeRows.without(delta, step.memory())) {
      emit(changed, step);
    }
  }
}
