package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.CompiledPlan;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.delta.LinearPlan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Linear batch nodes: the change of the result is the plan over the change of the inputs. Keeps
 * nothing. From the second batch of a step on helpers compute them, and the results are given out
 * in the order of the batches.
 */
final class LinearOperator extends DeltaOperator {
  /** So many batches may be under way. */
  private static final int AHEAD = 3;

  private final LinearPlan plan;
  private final CompiledPlan body;
  private final ArrayDeque<Part> underWay = new ArrayDeque<>();
  private boolean begun;

  /** A batch that helpers compute; it stays until they have. */
  private record Part(int input, Batch delta, StepTask<List<Batch>> result) {}

  LinearOperator(String name, LinearPlan plan, Output output) {
    super(name, output);
    this.plan = plan;
    this.body = CompiledPlan.compile(plan.body());
  }

  @Override
  void begin(Step step) {
    begun = false;
  }

  @Override
  void push(int input, Batch delta, Step step) {
    if (!begun || !step.crew().helps(delta.rowCount())) {
      begun = true;
      giveOut(0, step);
      emitAll(resultOfRows(input, delta, step), step);
      return;
    }
    Batch held = held(delta);
    underWay.add(new Part(input, held, step.crew().submit(() -> result(input, held, step))));
    giveOut(AHEAD, step);
  }

  private List<Batch> result(int input, Batch delta, Step step) {
    List<List<Batch>> inputs = new ArrayList<>();
    for (int i = 0; i < plan.inputs().size(); i++) {
      inputs.add(i == input ? List.of(delta) : List.of());
    }
    return step.run(body, inputs);
  }

  /** The result without the rows that cannot be computed, where those are set aside. */
  private List<Batch> resultOfRows(int input, Batch delta, Step step) {
    try {
      return result(input, delta, step);
    } catch (TidemillException e) {
      return resultOfOthers(input, delta, e, step);
    }
  }

  private List<Batch> join(Part part, Step step) {
    try {
      return part.result.join(name(), step);
    } catch (TidemillException e) {
      return resultOfOthers(part.input, part.delta, e, step);
    }
  }

  private List<Batch> resultOfOthers(int input, Batch delta, TidemillException failure, Step step) {
    if (!step.aside().takes(failure)) {
      throw failure;
    }
    List<Batch> results = new ArrayList<>();
    try {
      step.aside()
          .halve(
              name(),
              plan.inputs().get(input).columns(),
              delta,
              failure,
              part -> results.addAll(result(input, part, step)));
      return results;
    } catch (Throwable t) {
      results.forEach(Batch::close);
      throw t;
    }
  }

  /** The same rows, which stay when the batch is given back. */
  private static Batch held(Batch delta) {
    Selection selection = delta.selection();
    return delta.select(
        selection == null
            ? null
            : new Selection(Arrays.copyOf(selection.rows(), selection.count()), selection.count()));
  }

  /** Gives out the oldest results until no more than some are left. */
  private void giveOut(int left, Step step) {
    while (underWay.size() > left) {
      Part oldest = underWay.remove();
      List<Batch> results;
      try (Batch computed = oldest.delta) {
        results = join(oldest, step);
      }
      emitAll(results, step);
    }
  }

  @Override
  void finish(Step step) {
    giveOut(0, step);
  }

  @Override
  void abandon() {
    while (!underWay.isEmpty()) {
      Part unwanted = underWay.remove();
      unwanted.result.discard(batches -> batches.forEach(Batch::close));
      unwanted.delta.close();
    }
  }
}
