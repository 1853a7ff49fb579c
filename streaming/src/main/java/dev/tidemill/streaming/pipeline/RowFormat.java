package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BatchBuilder;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Whole rows of some columns as byte strings, and batches of them again. */
final class RowFormat {
  private final List<Type> types;
  private final RowCodec codec;
  private final int[] columns;

  private RowFormat(List<Type> types) {
    this.types = List.copyOf(types);
    this.codec = RowCodec.of(types);
    this.columns = IntStream.range(0, types.size()).toArray();
  }

  static RowFormat of(List<OutputColumn> columns) {
    return new RowFormat(columns.stream().map(OutputColumn::type).toList());
  }

  List<Type> types() {
    return types;
  }

  /**
   * Row i of {@code out} is {@code batch.row(i)}; columns behind those of the format are left out.
   */
  void encode(Batch batch, EncodedRows out) {
    codec.encode(batch, columns, out);
  }

  /** Collects encoded rows into batches with a weight each. */
  Collector deltas(MemoryScope memory, int expectedRows) {
    return new Collector(true, memory, expectedRows);
  }

  /** Collects encoded rows into batches without weights: a row of weight n stands there n times. */
  Collector rows(MemoryScope memory, int expectedRows) {
    return new Collector(false, memory, expectedRows);
  }

  /** Rows on their way into batches. */
  final class Collector implements AutoCloseable {
    private final boolean weighted;
    private final BatchBuilder builder;
    private final List<ColumnBuilder> builders = new ArrayList<>();
    private final List<Batch> batches = new ArrayList<>();

    private Collector(boolean weighted, MemoryScope memory, int expectedRows) {
      int room = Math.max(1, Math.min(expectedRows, Batch.MAX_ROWS));
      this.weighted = weighted;
      this.builder =
          weighted
              ? BatchBuilder.ofDeltas(types, memory, room)
              : BatchBuilder.of(types, memory, room);
      for (int i = 0; i < types.size(); i++) {
        builders.add(builder.column(i));
      }
    }

    void add(byte[] row, long weight) {
      for (long i = weighted ? 1 : weight; i > 0; i--) {
        codec.decode(row, builders);
        builder.endRow(weighted ? weight : 1);
        if (builder.isFull()) {
          batches.add(builder.build());
        }
      }
    }

    /** All batches, the caller's to close. */
    List<Batch> batches() {
      if (builder.length() > 0) {
        batches.add(builder.build());
      }
      List<Batch> all = List.copyOf(batches);
      batches.clear();
      return all;
    }

    @Override
    public void close() {
      builder.close();
      batches.forEach(Batch::close);
      batches.clear();
    }
  }
}
