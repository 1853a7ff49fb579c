package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;

/** MIN and MAX of text and binary, by their bytes. */
final class BytesExtremeAccumulator extends ByteStringExtremes {
  private final Type type;
  private byte[] scratch = new byte[64];

  BytesExtremeAccumulator(boolean greatest, Type type, MemoryScope memory) {
    super(greatest, type, memory);
    this.type = type;
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
      offer(groups[i], scratch, 0, length);
    }
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, count)) {
      for (int group = from; group < from + count; group++) {
        byte[] value = extreme(group);
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
