package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MIN and MAX of whatever has no shorter way (wide decimals, ARRAY, ROW), by row keys, which are in
 * the values' order; and ARG_MIN and ARG_MAX, by keys of what decides and then the value.
 */
final class EncodedExtremeAccumulator extends GroupedAccumulator {
  private final int sign;
  private final RowCodec codec;
  private final EncodedRows encoded = new EncodedRows();
  private byte[] @Nullable [] keys = new byte[0][];

  /**
   * @param arguments the value, for ARG_MIN and ARG_MAX also what decides
   */
  EncodedExtremeAccumulator(boolean greatest, List<Type> arguments, MemoryScope memory) {
    super(memory);
    this.sign = greatest ? 1 : -1;
    this.codec = RowCodec.of(arguments.reversed());
  }

  @Override
  public void ensure(int groups) {
    keys = heap.grow(keys, groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    addAll(List.of(values), rows, groups, count);
  }

  @Override
  public void addAll(List<Column> columns, int[] rows, int[] groups, int count) {
    codec.encode(columns.reversed(), new Selection(rows, count), 0, encoded);
    for (int i = 0; i < count; i++) {
      byte[] old = keys[groups[i]];
      int start = encoded.start(i);
      if (old == null
          || Arrays.compareUnsigned(encoded.bytes(), start, encoded.end(i), old, 0, old.length)
                  * sign
              > 0) {
        replace(groups[i], encoded.key(i));
      }
    }
  }

  private void replace(int group, byte[] key) {
    byte[] old = keys[group];
    heap.reserve(key.length - (old == null ? 0 : old.length));
    keys[group] = key;
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    EncodedExtremeAccumulator that = (EncodedExtremeAccumulator) other;
    for (int i = 0; i < count; i++) {
      byte[] key = that.keys[from[i]];
      byte[] old = keys[to[i]];
      if (key != null && (old == null || Arrays.compareUnsigned(key, old) * sign > 0)) {
        replace(to[i], key);
      }
    }
  }

  @Override
  List<Type> stateTypes() {
    return List.of(Type.VARBINARY);
  }

  @Override
  void writeState(int group, List<ColumnBuilder> state) {
    byte[] value = keys[group];
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
        byte[] old = keys[groups[i]];
        if (old == null || Arrays.compareUnsigned(value, old) * sign > 0) {
          replace(groups[i], value);
        }
      }
    }
  }

  @Override
  public void reset(int groups) {
    for (int group = 0; group < groups; group++) {
      byte[] old = keys[group];
      if (old != null) {
        heap.release(old.length);
        keys[group] = null;
      }
    }
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    List<ColumnBuilder> builders = new ArrayList<>();
    try {
      for (Type type : codec.types()) {
        builders.add(ColumnBuilder.of(type, scope, count));
      }
      for (int group = from; group < from + count; group++) {
        byte[] key = keys[group];
        if (key == null) {
          builders.forEach(ColumnBuilder::appendNull);
        } else {
          codec.decode(key, builders);
        }
      }
      return builders.getLast().build();
    } finally {
      builders.forEach(ColumnBuilder::close);
    }
  }
}
