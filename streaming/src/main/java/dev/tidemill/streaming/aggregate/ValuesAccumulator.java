package dev.tidemill.streaming.aggregate;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.streaming.state.OrderedMultisetState;
import java.io.DataInput;
import java.io.DataOutput;
import org.jspecify.annotations.Nullable;

/** SINGLE_VALUE: the values of the group stand in the state. */
final class ValuesAccumulator extends Accumulator {
  private final RowCodec codec;
  private final OrderedMultisetState values;
  private final byte[] group;

  /** The values of {@code group}, a key of {@code values}. */
  ValuesAccumulator(RowCodec codec, OrderedMultisetState values, byte[] group) {
    this.codec = codec;
    this.values = values;
    this.group = group;
  }

  @Override
  void add(Argument argument, int index, int row, long weight) {
    values.add(group, argument.encoded().key(index), weight);
  }

  @Override
  public void result(ColumnBuilder out) {
    ExtremeAccumulator.append(codec, best(), out);
  }

  private byte @Nullable [] best() {
    Found found = new Found();
    values.forEach(
        group,
        (value, weight) -> {
          found.value = value;
          found.count += weight;
        });
    if (found.count > 1) {
      throw ExecErrors.moreThanOneRow();
    }
    return found.value;
  }

  private static final class Found {
    private byte @Nullable [] value;
    private long count;
  }

  @Override
  public Accumulator frozen() {
    return new Frozen(codec, best());
  }

  @Override
  public void write(DataOutput out) {}

  @Override
  public void read(DataInput in) {}

  /** The result of an earlier time. */
  private static final class Frozen extends Accumulator {
    private final RowCodec codec;
    private final byte @Nullable [] value;

    Frozen(RowCodec codec, byte @Nullable [] value) {
      this.codec = codec;
      this.value = value;
    }

    @Override
    void add(Argument argument, int index, int row, long weight) {
      throw new IllegalStateException("a result of an earlier time");
    }

    @Override
    public void result(ColumnBuilder out) {
      ExtremeAccumulator.append(codec, value, out);
    }

    @Override
    public void write(DataOutput out) {}

    @Override
    public void read(DataInput in) {}
  }
}
