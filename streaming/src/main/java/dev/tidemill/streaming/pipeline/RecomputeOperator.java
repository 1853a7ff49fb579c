package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.CompiledPlan;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.streaming.state.KeyedMultisetState;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.List;

/**
 * The definition of every delta operator: integrates its inputs, runs the batch plan over all their
 * rows, and gives out what is different from the result before. A step in which nothing comes costs
 * nothing, any other as much as the whole query.
 *
 * <p>State: the rows of each input and those of the result, as multisets in buckets by the row's
 * hash, so that their order is that of the bytes, whatever has become of the state in between.
 */
final class RecomputeOperator extends DeltaOperator {
  private final CompiledPlan body;
  private final List<RowFormat> formats = new ArrayList<>();
  private final List<KeyedMultisetState> inputs = new ArrayList<>();
  private final RowFormat resultFormat;
  private final KeyedMultisetState result;
  private final EncodedRows encoded = new EncodedRows();
  private final boolean byClock;
  private boolean touched;

  RecomputeOperator(String name, RecomputePlan plan, QueryState state, Output output) {
    super(name, output);
    this.body = CompiledPlan.compile(plan.body());
    this.byClock = plan.byClock();
    int number = 0;
    for (DeltaPlan input : plan.inputs()) {
      formats.add(RowFormat.of(input.columns()));
      inputs.add(state.keyedMultiset(name + ".input" + number++));
    }
    this.resultFormat = RowFormat.of(plan.columns());
    this.result = state.keyedMultiset(name + ".result");
  }

  @Override
  void begin(Step step) {
    touched = byClock || step.isFirst();
  }

  @Override
  void push(int input, Batch delta, Step step) {
    touched = true;
    formats.get(input).encode(delta, encoded);
    for (int i = 0; i < delta.rowCount(); i++) {
      byte[] row = encoded.key(i);
      inputs.get(input).add(bucket(row), row, delta.weightAt(delta.row(i)));
    }
  }

  private static byte[] bucket(byte[] row) {
    return new byte[] {(byte) (Hash.ofBytes(row, 0, row.length) >>> 56)};
  }

  @Override
  void finish(Step step) {
    if (!touched) {
      return;
    }
    RowChanges changes = new RowChanges(resultFormat, step);
    List<List<Batch>> rows = new ArrayList<>();
    try {
      for (int i = 0; i < inputs.size(); i++) {
        rows.add(integrated(formats.get(i), inputs.get(i), step.memory()));
      }
      for (Batch batch : step.run(body, rows)) {
        try (batch) {
          changes.add(batch, 1);
        }
      }
    } finally {
      rows.forEach(batches -> batches.forEach(Batch::close));
    }
    result.forEach((bucket, row, weight) -> changes.add(row, -weight));
    changes.forEach((row, weight) -> result.add(bucket(row), row, weight));
    emitAll(changes.batches(), step);
  }

  /** All rows of an input, each as often as it is there, without weights. */
  private List<Batch> integrated(RowFormat format, KeyedMultisetState state, MemoryScope memory) {
    try (RowFormat.Collector collector = format.rows(memory, Batch.MAX_ROWS)) {
      for (int bucket = 0; bucket < 256; bucket++) {
        state.forEach(
            new byte[] {(byte) bucket},
            (row, weight) -> {
              if (weight < 0) {
                throw PipelineErrors.removedTooOften();
              }
              collector.add(row, weight);
            });
      }
      return collector.batches();
    }
  }
}
