package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One column of several, whatever their layouts; data buffers of strings are shared. */
final class Concat {
  private final List<? extends Column> columns;
  private final Type type;
  private final MemoryScope scope;
  private final int count;

  Concat(List<? extends Column> columns, Type type, MemoryScope scope) {
    this.columns = columns;
    this.type = type;
    this.scope = scope;
    this.count = Math.toIntExact(columns.stream().mapToLong(Column::length).sum());
  }

  Column build() {
    try (Partial partial = new Partial()) {
      DictionaryUnion union = DictionaryUnion.of(columns, count);
      if (union != null) {
        Buffer validity = partial.addNullable(validity());
        return partial.done(codes(union, validity, partial));
      }
      List<Column> plain = new ArrayList<>(columns.size());
      for (Column column : columns) {
        plain.add(partial.add(Columns.decode(column, scope)));
      }
      return new Concat(plain, type, scope).buildPlain();
    }
  }

  private Column codes(DictionaryUnion union, @Nullable Buffer validity, Partial partial) {
    Buffer codes = partial.add(scope.allocate(count * 4L));
    long at = codes.address();
    for (Column column : columns) {
      union.translate((DictionaryColumn) column, at);
      at += column.length() * 4L;
    }
    return new DictionaryColumn(count, codes, union.dictionary(scope), validity);
  }

  private Column buildPlain() {
    try (Partial partial = new Partial()) {
      Buffer validity = partial.addNullable(validity());
      return partial.done(
          switch (columns.getFirst()) {
            case FixedColumn c -> fixed(validity, partial);
            case BooleanColumn c -> booleans(validity);
            case BytesColumn c -> bytes(validity);
            case ListColumn c -> lists(validity, partial);
            case RowColumn c -> rows(c.fieldCount(), validity, partial);
            case DictionaryColumn c ->
                throw new IllegalStateException("a dictionary after decoding");
          });
    }
  }

  private @Nullable Buffer validity() {
    boolean any = false;
    for (Column column : columns) {
      any |= column.mayHaveNulls();
    }
    if (!any) {
      return null;
    }
    Buffer bits = scope.allocateZeroed(Math.max(Bits.bytes(count), 8));
    int at = 0;
    for (Column column : columns) {
      if (column.mayHaveNulls()) {
        Bits.append(column.validityAddress(), bits.address(), at, column.length());
      } else {
        Bits.setRange(bits.address(), at, column.length());
      }
      at += column.length();
    }
    return bits;
  }

  private Column fixed(@Nullable Buffer validity, Partial partial) {
    int width = 0;
    for (Column column : columns) {
      width = Math.max(width, ((FixedColumn) column).width());
    }
    Buffer values = partial.add(scope.allocate((long) count * width));
    long at = values.address();
    for (Column column : columns) {
      FixedColumn part = (FixedColumn) column;
      long bytes = (long) part.length() * width;
      if (part.width() == width) {
        Memory.copy(part.address(), at, bytes);
      } else if (part.width() == 8 && width == 16 && type instanceof Type.Decimal) {
        Columns.widen(part.address(), at, part.length());
      } else {
        throw new IllegalArgumentException(
            "values of " + part.width() + " and " + width + " bytes in one " + type);
      }
      at += bytes;
    }
    return new FixedColumn(type, count, width, values, validity);
  }

  private Column booleans(@Nullable Buffer validity) {
    Buffer bits = scope.allocateZeroed(Math.max(Bits.bytes(count), 8));
    int at = 0;
    for (Column column : columns) {
      Bits.append(((BooleanColumn) column).address(), bits.address(), at, column.length());
      at += column.length();
    }
    return new BooleanColumn(count, bits, validity);
  }

  private Column bytes(@Nullable Buffer validity) {
    Buffer views = scope.allocate(count * 16L);
    List<Buffer> data = new ArrayList<>();
    long at = views.address();
    for (Column column : columns) {
      BytesColumn part = (BytesColumn) column;
      long bytes = part.length() * 16L;
      Memory.copy(part.address(), at, bytes);
      if (!data.isEmpty() && part.dataCount() > 0) {
        shiftBuffers(at, part.length(), data.size());
      }
      for (int i = 0; i < part.dataCount(); i++) {
        data.add(part.dataBuffer(i).retain());
      }
      at += bytes;
    }
    return new BytesColumn(type, count, views, data, validity);
  }

  /**
   * Adds {@code shift} to the buffer number of every long value; what the views of NULL rows hold
   * does not matter.
   */
  private static void shiftBuffers(long views, int length, int shift) {
    for (int i = 0; i < length; i++) {
      long view = views + ((long) i << 4);
      if (Memory.getInt(view) > BytesColumn.INLINE) {
        Memory.putInt(view + 8, Memory.getInt(view + 8) + shift);
      }
    }
  }

  private Column lists(@Nullable Buffer validity, Partial partial) {
    Buffer offsets = partial.add(scope.allocate((count + 1) * 4L));
    Memory.putInt(offsets.address(), 0);
    long at = offsets.address() + 4;
    int base = 0;
    List<Column> elements = new ArrayList<>(columns.size());
    try (Partial slices = new Partial()) {
      for (Column column : columns) {
        ListColumn part = (ListColumn) column;
        int first = part.startAt(0);
        int used = part.startAt(part.length()) - first;
        for (int i = 1; i <= part.length(); i++) {
          Memory.putInt(at, part.startAt(i) - first + base);
          at += 4;
        }
        base = Math.addExact(base, used);
        elements.add(slices.add(Columns.slice(part.elements(), first, used, scope)));
      }
      Column joined = Columns.concat(elements, elements.getFirst().type(), scope);
      return new ListColumn(type, count, offsets, joined, validity);
    }
  }

  private Column rows(int fieldCount, @Nullable Buffer validity, Partial partial) {
    List<Column> fields = new ArrayList<>(fieldCount);
    for (int f = 0; f < fieldCount; f++) {
      List<Column> parts = new ArrayList<>(columns.size());
      for (Column column : columns) {
        parts.add(((RowColumn) column).field(f));
      }
      fields.add(partial.add(Columns.concat(parts, parts.getFirst().type(), scope)));
    }
    return new RowColumn(type, count, fields, validity);
  }
}
