package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import java.util.List;

/**
 * An operator of a standing query: takes the change of its inputs batch by batch and pushes the
 * change of its result to the next. All that it knows from step to step is in the query's state.
 *
 * <pre>
 *   begin(step)   (push(input, delta))*   finish(step)
 * </pre>
 *
 * Static inputs are pushed first, in no order; {@code finish} comes when all inputs have finished.
 * Batches are lent for the call. One thread.
 */
abstract class DeltaOperator {
  /** Takes an operator's change. */
  interface Output {
    void push(Batch delta, Step step);
  }

  private final String name;
  private final Output output;

  /** By input a bit: whether it takes nothing of what comes from there. */
  private int deaf;

  /** {@code name} is its place in the plan and its kind: the name of its state. */
  DeltaOperator(String name, Output output) {
    this.name = name;
    this.output = output;
  }

  final String name() {
    return name;
  }

  /** Forgets what a step that failed may have left. */
  void begin(Step step) {}

  /** All static inputs of the plan have been pushed. */
  void pinned(Step step) {}

  /** It has its state, and those above it have nothing of it until {@link #giveResult}. */
  void conceal() {}

  /** Takes a part of the change of an input. */
  abstract void push(int input, Batch delta, Step step);

  /** Ends the step. */
  void finish(Step step) {}

  /** A step has failed: nothing of it goes on elsewhere on return. */
  void abandon() {}

  /** As {@link DeltaPipeline#dueMicros}. */
  long dueMicros() {
    return Long.MAX_VALUE;
  }

  /** Gives back what a step that failed may have left. */
  void close() {}

  /**
   * Gives out all rows of its result as of the last step; only where {@link Succession} says that
   * it has them.
   */
  void giveResult(Output to, Step step) {
    throw new IllegalStateException(name + " does not keep its result");
  }

  /** The same of all rows that it has taken of an input. */
  void giveTaken(int input, Output to, Step step) {
    throw new IllegalStateException(name + " does not keep what it takes");
  }

  /** It takes nothing of what comes from some inputs, a bit each. */
  final void setDeaf(int inputs) {
    deaf = inputs;
  }

  /** What hands batches to this operator as its {@code input}. */
  final Output input(int input) {
    return (delta, step) -> {
      if ((deaf & 1 << input) == 0 && delta.rowCount() > 0) {
        String before = step.times().enter(name);
        push(input, delta, step);
        step.times().enter(before);
      }
    };
  }

  /** Hands on a part of the change of the result. */
  final void emit(Batch delta, Step step) {
    output.push(delta, step);
  }

  /** Hands on batches and closes them. */
  final void emitAll(List<Batch> deltas, Step step) {
    try {
      for (Batch delta : deltas) {
        emit(delta, step);
      }
    } finally {
      deltas.forEach(Batch::close);
    }
  }
}
