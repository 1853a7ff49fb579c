package dev.tidemill.streaming.aggregate;

import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MIN, MAX and ANY_VALUE of values that only ever come: the best of them, encoded in the order of
 * its bytes.
 */
final class ExtremeAccumulator extends Accumulator {
  private final RowCodec codec;
  private final boolean greatest;
  private byte @Nullable [] best;

  ExtremeAccumulator(RowCodec codec, boolean greatest) {
    this.codec = codec;
    this.greatest = greatest;
  }

  @Override
  void add(Argument argument, int index, int row, long weight) {
    EncodedRows rows = argument.encoded();
    byte[] known = best;
    if (known != null) {
      int compared =
          Arrays.compareUnsigned(
              rows.bytes(), rows.start(index), rows.end(index), known, 0, known.length);
      if (greatest ? compared <= 0 : compared >= 0) {
        return;
      }
    }
    best = rows.key(index);
  }

  @Override
  public void result(ColumnBuilder out) {
    append(codec, best, out);
  }

  static void append(RowCodec codec, byte @Nullable [] value, ColumnBuilder out) {
    if (value == null) {
      out.appendNull();
    } else {
      codec.decode(value, List.of(out));
    }
  }

  @Override
  public void write(DataOutput out) throws IOException {
    writeValue(best, out);
  }

  @Override
  public void read(DataInput in) throws IOException {
    best = readValue(in);
  }

  static void writeValue(byte @Nullable [] value, DataOutput out) throws IOException {
    out.writeInt(value == null ? -1 : value.length);
    if (value != null) {
      out.write(value);
    }
  }

  static byte @Nullable [] readValue(DataInput in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return null;
    }
    byte[] value = new byte[length];
    in.readFully(value);
    return value;
  }
}
