package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of consecutive rows of another. Values are copied; data buffers of strings and
 * dictionaries are shared.
 */
final class Slice {
  private final int from;
  private final int count;
  private final MemoryScope scope;

  Slice(int from, int count, MemoryScope scope) {
    this.from = from;
    this.count = count;
    this.scope = scope;
  }

  Column of(Column column) {
    if (from < 0 || count < 0 || from > column.length() - count) {
      throw new IndexOutOfBoundsException(count + " rows from " + from + " of " + column.length());
    }
    try (Partial partial = new Partial()) {
      Buffer validity = partial.addNullable(validity(column));
      return partial.done(
          switch (column) {
            case FixedColumn fixed ->
                new FixedColumn(
                    fixed.type(),
                    count,
                    fixed.width(),
                    values(fixed.address(), fixed.width()),
                    validity);
            case BooleanColumn booleans ->
                new BooleanColumn(count, bits(booleans.address()), validity);
            case BytesColumn bytes -> {
              Buffer views = values(bytes.address(), 16);
              List<Buffer> data = new ArrayList<>(bytes.dataCount());
              for (int i = 0; i < bytes.dataCount(); i++) {
                data.add(bytes.dataBuffer(i).retain());
              }
              yield new BytesColumn(bytes.type(), count, views, data, validity);
            }
            case DictionaryColumn codes ->
                new DictionaryColumn(
                    count, values(codes.address(), 4), codes.dictionary().retain(), validity);
            case ListColumn lists -> lists(lists, validity, partial);
            case RowColumn row -> {
              List<Column> fields = new ArrayList<>(row.fieldCount());
              for (int i = 0; i < row.fieldCount(); i++) {
                fields.add(partial.add(of(row.field(i))));
              }
              yield new RowColumn(row.type(), count, fields, validity);
            }
          });
    }
  }

  private @Nullable Buffer validity(Column column) {
    return column.mayHaveNulls() ? bits(column.validityAddress()) : null;
  }

  private Buffer bits(long source) {
    Buffer bits = scope.allocate(Math.max(Bits.bytes(count), 8));
    Bits.copy(source, from, bits.address(), count);
    return bits;
  }

  private Buffer values(long source, int width) {
    Buffer values = scope.allocate((long) count * width);
    Memory.copy(source + (long) from * width, values.address(), (long) count * width);
    return values;
  }

  private Column lists(ListColumn column, @Nullable Buffer validity, Partial partial) {
    Buffer offsets = partial.add(scope.allocate((count + 1) * 4L));
    int first = column.startAt(from);
    for (int i = 0; i <= count; i++) {
      Memory.putInt(offsets.address() + ((long) i << 2), column.startAt(from + i) - first);
    }
    int elements = column.startAt(from + count) - first;
    Column sliced = new Slice(first, elements, scope).of(column.elements());
    return new ListColumn(column.type(), count, offsets, sliced, validity);
  }
}
