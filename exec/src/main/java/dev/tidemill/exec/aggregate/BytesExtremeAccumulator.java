package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** MIN and MAX of text and binary, by their bytes. */
final class BytesExtremeAccumulator extends GroupedAccumulator {
  private final int sign;
  private final Type type;
  private byte[] @Nullable [] values = new byte[0][];
  private byte[] scratch = new byte[64];

  BytesExtremeAccumulator(boolean greatest, Type type, MemoryScope memory) {
    super(memory);
    this.sign = greatest ? 1 : -1;
    this.type = type;
  }

  @Override
  public void ensure(int groups) {
    values = heap.grow(values, groups);
  }

  @Override
  public void add(Column column, int[] rows, int[] groups, int count) {
    BytesColumn bytes = (BytesColumn) column;
    for (int i = 0; i < count; i++) {
      int length = bytes.lengthAt(rows[i]);
      if (scratch.length < length) {
        scratch = new byte[Math.max(length, scratch.length * 2)];
      }
      Memory.copyToArray(bytes.addressAt(rows[i]), scratch, 0, length);
      byte[] old = values[groups[i]];
      if (old == null
          || Arrays.compareUnsigned(scratch, 0, length, old, 0, old.length) * sign > 0) {
        replace(groups[i], Arrays.copyOf(scratch, length));
      }
    }
  }

  private void replace(int group, byte[] value) {
    byte[] old = values[group];
    heap.reserve(value.length - (old == null ? 0 : old.length));
    values[group] = value;
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    BytesExtremeAccumulator that = (BytesExtremeAccumulator) other;
    for (int i = 0; i < count; i++) {
      byte[] value = that.values[from[i]];
      byte[] old = values[to[i]];
      if (value != null && (old == null || Arrays.compareUnsigned(value, old) * sign > 0)) {
        replace(to[i], value);
      }
    }
  }

  @Override
  List<Type> stateTypes() {
    return List.of(type);
  }

  @Override
  void writeState(int group, List<ColumnBuilder> state) {
    byte[] value = values[group];
    if (value == null) {
      state.get(0).appendNull();
    } else {
      state.get(0).appendBytes(value, 0, value.length);
    }
  }

  @Override
  void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    BytesColumn theirs = (BytesColumn) state.get(0);
    for (int i = 0; i < count; i++) {
      if (!theirs.isNull(rows[i])) {
        byte[] value = theirs.bytesAt(rows[i]);
        byte[] old = values[groups[i]];
        if (old == null || Arrays.compareUnsigned(value, old) * sign > 0) {
          replace(groups[i], value);
        }
      }
    }
  }

  @Override
  public void reset(int groups) {
    for (int group = 0; group < groups; group++) {
      byte[] old = values[group];
      if (old != null) {
        heap.release(old.length);
        values[group] = null;
      }
    }
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, count)) {
      for (int group = from; group < from + count; group++) {
        byte[] value = values[group];
        if (value == null) {
          builder.appendNull();
        } else {
          builder.appendBytes(value, 0, value.length);
        }
      }
      return builder.build();
    }
  }
}
