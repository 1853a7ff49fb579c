package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowBytes;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.row.SortOrder;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.delta.DeltaTopNPlan;
import dev.tidemill.streaming.state.KeyedMultisetState;
import dev.tidemill.streaming.state.OrderedMultisetState;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * ORDER BY … LIMIT … OFFSET. Rows stand in the state in their order; a step that touches them reads
 * the first ones anew and gives out what is different.
 *
 * <p>State: the rows as sort key and row behind each other; over an insert-only input no more than
 * limit and offset, for none behind them can ever come up. And the rows given out.
 */
final class TopNOperator extends DeltaOperator {
  private final DeltaTopNPlan plan;
  private final RowCodec codec;
  private final int[] columns;
  private final RowFormat format;
  private final OrderedMultisetState rows;
  private final KeyedMultisetState result;
  private final EncodedRows encoded = new EncodedRows();
  private final EncodedRows plain = new EncodedRows();
  private boolean touched;

  TopNOperator(String name, DeltaTopNPlan plan, QueryState state, Output output) {
    super(name, output);
    this.plan = plan;
    List<Type> rowTypes = plan.columns().stream().map(OutputColumn::type).toList();
    List<Type> types = new ArrayList<>();
    List<SortOrder> orders = new ArrayList<>();
    List<Integer> sorted = new ArrayList<>();
    for (SortKey key : plan.keys()) {
      types.add(rowTypes.get(key.column()));
      orders.add(SortOrder.of(key.descending(), key.nullsFirst()));
      sorted.add(key.column());
    }
    for (int i = 0; i < rowTypes.size(); i++) {
      types.add(rowTypes.get(i));
      orders.add(SortOrder.ASCENDING_NULLS_LAST);
      sorted.add(i);
    }
    this.codec = RowCodec.of(types, orders);
    this.columns = sorted.stream().mapToInt(Integer::intValue).toArray();
    this.format = RowFormat.of(plan.columns());
    this.rows = state.orderedMultiset(name + ".rows");
    this.result = state.keyedMultiset(name + ".result");
  }

  @Override
  void begin(Step step) {
    touched = false;
  }

  /**
   * An entry is the sort key (ties broken by all columns), the row, and how long the sort key is in
   * 4 bytes.
   */
  @Override
  void push(int input, Batch delta, Step step) {
    touched = true;
    codec.encode(delta, columns, encoded);
    format.encode(delta, plain);
    for (int i = 0; i < delta.rowCount(); i++) {
      byte[] key = encoded.key(i);
      byte[] entry = Arrays.copyOf(key, key.length + plain.length(i) + 4);
      System.arraycopy(plain.bytes(), plain.start(i), entry, key.length, plain.length(i));
      writeInt(entry, entry.length - 4, key.length);
      rows.add(RowBytes.NONE, entry, delta.weightAt(delta.row(i)));
    }
  }

  private static void writeInt(byte[] bytes, int at, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (value >>> (24 - 8 * i));
    }
  }

  private static byte[] row(byte[] entry) {
    int keyLength = 0;
    for (int i = entry.length - 4; i < entry.length; i++) {
      keyLength = (keyLength << 8) | (entry[i] & 0xff);
    }
    return Arrays.copyOfRange(entry, keyLength, entry.length - 4);
  }

  @Override
  void finish(Step step) {
    if (!touched) {
      return;
    }
    RowChanges changes = new RowChanges(format, step);
    result.forEach(RowBytes.NONE, (row, weight) -> changes.add(row, -weight));
    boolean keepsAll = plan.input().changing();
    long end =
        plan.offset() > Long.MAX_VALUE - plan.limit()
            ? Long.MAX_VALUE
            : plan.offset() + plan.limit();
    List<byte[]> surplus = new ArrayList<>();
    List<Long> surplusWeights = new ArrayList<>();
    Position position = new Position();
    rows.forEachAscending(
        RowBytes.NONE,
        (entry, weight) -> {
          if (weight < 0) {
            throw PipelineErrors.removedTooOften();
          }
          long from = Math.max(position.at, plan.offset());
          position.at += weight;
          long to = Math.min(position.at, end);
          if (from < to) {
            changes.add(row(entry), to - from);
          }
          long beyond = Math.min(weight, position.at - end);
          if (!keepsAll && beyond > 0) {
            surplus.add(entry);
            surplusWeights.add(-beyond);
          }
          return !keepsAll || position.at < end;
        });
    for (int i = 0; i < surplus.size(); i++) {
      rows.add(RowBytes.NONE, surplus.get(i), surplusWeights.get(i));
    }
    changes.forEach((row, weight) -> result.add(RowBytes.NONE, row, weight));
    emitAll(changes.batches(), step);
  }

  /** How many rows stand before the next. */
  private static final class Position {
    private long at;
  }
}
