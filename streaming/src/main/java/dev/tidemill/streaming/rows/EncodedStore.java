package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Nested values, each as a byte string that says whether it is NULL, too. */
final class EncodedStore extends ColumnStore {
  private final BytesStore encoded;
  private final RowCodec codec;

  EncodedStore(Type type, MemoryScope memory) {
    super(type, memory);
    this.encoded = new BytesStore(Type.VARBINARY, memory);
    this.codec = RowCodec.of(List.of(type));
  }

  @Override
  void appendValues(Column column, int[] rows, int count) {
    try (ColumnBuilder builder = ColumnBuilder.of(Type.VARBINARY, memory, Math.max(1, count))) {
      for (int i = 0; i < count; i++) {
        builder.appendValue(codec.encodeRow(List.of(column), rows[i]));
      }
      try (Column bytes = builder.build()) {
        encoded.append(bytes, IntStream.range(0, count).toArray(), count);
      }
    }
  }

  @Override
  long touch(int[] rows, int count) {
    return encoded.touch(rows, count);
  }

  @Override
  Column made(int rows, @Nullable Buffer nulls) {
    if (nulls != null) {
      nulls.close();
    }
    return take(IntStream.range(0, rows).toArray(), 0, rows, memory);
  }

  @Override
  Column take(int[] rows, int from, int count, MemoryScope scope) {
    BytesColumn bytes = (BytesColumn) encoded.values();
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, Math.max(1, count))) {
      for (int i = from; i < from + count; i++) {
        if (rows[i] < 0) {
          builder.appendNull();
        } else {
          codec.decode(bytes.bytesAt(rows[i]), List.of(builder));
        }
      }
      return builder.build();
    }
  }

  @Override
  boolean equal(int row, Column other, int otherRow) {
    return Arrays.equals(
        ((BytesColumn) encoded.values()).bytesAt(row), codec.encodeRow(List.of(other), otherRow));
  }

  @Override
  void truncate(int rows) {
    super.truncate(rows);
    encoded.truncate(rows);
  }

  @Override
  void closeBuffers() {
    encoded.close();
  }
}
