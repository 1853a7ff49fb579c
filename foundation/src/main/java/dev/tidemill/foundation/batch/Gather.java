package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of chosen rows of another, in any order and any number of times; a negative row number
 * is a NULL.
 *
 * <p>With {@code copyBytes} the bytes of long strings are copied into one buffer, so that the
 * source's can go; without it the source's data buffers are shared.
 */
final class Gather {
  /** Data buffers stay below 2 GiB, as offsets in views are signed for others. */
  private static final long MAX_DATA_BYTES = 1L << 30;

  private final int[] rows;
  private final int offset;
  private final int count;
  private final boolean holes;
  private final boolean copyBytes;
  private final MemoryScope scope;

  Gather(int[] rows, int offset, int count, boolean copyBytes, MemoryScope scope) {
    this.rows = rows;
    this.offset = offset;
    this.count = count;
    this.copyBytes = copyBytes;
    this.scope = scope;
    int any = 0;
    for (int i = offset; i < offset + count; i++) {
      any |= rows[i];
    }
    this.holes = any < 0;
  }

  Column of(Column column) {
    try (Partial partial = new Partial()) {
      Buffer validity = partial.addNullable(validity(column));
      return partial.done(
          switch (column) {
            case FixedColumn fixed -> fixed(fixed, validity);
            case BooleanColumn booleans -> booleans(booleans, validity);
            case BytesColumn bytes -> bytes(bytes, validity, partial);
            case DictionaryColumn codes -> codes(codes, validity);
            case ListColumn lists -> lists(lists, validity, partial);
            case RowColumn row -> row(row, validity, partial);
          });
    }
  }

  /** The validity of the result, null where no row is NULL. */
  private @Nullable Buffer validity(Column column) {
    long source = column.validityAddress();
    if (source == 0 && !holes) {
      return null;
    }
    Buffer built = scope.allocate(Math.max(Bits.bytes(count), 8));
    boolean full = true;
    for (int start = 0; start < count; start += 64) {
      int end = Math.min(64, count - start);
      long word = 0;
      for (int bit = 0; bit < end; bit++) {
        int row = rows[offset + start + bit];
        if (row >= 0 && (source == 0 || Bits.get(source, row))) {
          word |= 1L << bit;
        }
      }
      full &= Long.bitCount(word) == end;
      Memory.putLong(built.address() + (start >>> 3), word);
    }
    if (full) {
      built.close();
      return null;
    }
    return built;
  }

  private Column fixed(FixedColumn column, @Nullable Buffer validity) {
    int width = column.width();
    Buffer values = scope.allocate((long) count * width);
    switch (width) {
      case 1 -> gather1(column.address(), values.address());
      case 2 -> gather2(column.address(), values.address());
      case 4 -> gather4(column.address(), values.address());
      case 8 -> gather8(column.address(), values.address());
      default -> gather16(column.address(), values.address());
    }
    return new FixedColumn(column.type(), count, width, values, validity);
  }

  private void gather1(long from, long to) {
    for (int i = 0; i < count; i++) {
      int row = rows[offset + i];
      Memory.putByte(to + i, row < 0 ? 0 : Memory.getByte(from + row));
    }
  }

  private void gather2(long from, long to) {
    for (int i = 0; i < count; i++) {
      int row = rows[offset + i];
      Memory.putShort(
          to + ((long) i << 1), row < 0 ? 0 : Memory.getShort(from + ((long) row << 1)));
    }
  }

  private void gather4(long from, long to) {
    for (int i = 0; i < count; i++) {
      int row = rows[offset + i];
      Memory.putInt(to + ((long) i << 2), row < 0 ? 0 : Memory.getInt(from + ((long) row << 2)));
    }
  }

  private void gather8(long from, long to) {
    for (int i = 0; i < count; i++) {
      int row = rows[offset + i];
      Memory.putLong(to + ((long) i << 3), row < 0 ? 0 : Memory.getLong(from + ((long) row << 3)));
    }
  }

  private void gather16(long from, long to) {
    for (int i = 0; i < count; i++) {
      int row = rows[offset + i];
      long target = to + ((long) i << 4);
      long source = from + ((long) row << 4);
      Memory.putLong(target, row < 0 ? 0 : Memory.getLong(source));
      Memory.putLong(target + 8, row < 0 ? 0 : Memory.getLong(source + 8));
    }
  }

  private Column booleans(BooleanColumn column, @Nullable Buffer validity) {
    Buffer values = scope.allocate(Math.max(Bits.bytes(count), 8));
    long from = column.address();
    for (int start = 0; start < count; start += 64) {
      int end = Math.min(64, count - start);
      long word = 0;
      for (int bit = 0; bit < end; bit++) {
        int row = rows[offset + start + bit];
        if (row >= 0 && Bits.get(from, row)) {
          word |= 1L << bit;
        }
      }
      Memory.putLong(values.address() + (start >>> 3), word);
    }
    return new BooleanColumn(count, values, validity);
  }

  private Column codes(DictionaryColumn column, @Nullable Buffer validity) {
    Buffer codes = scope.allocate(count * 4L);
    gather4(column.address(), codes.address());
    return new DictionaryColumn(count, codes, column.dictionary().retain(), validity);
  }

  private Column bytes(BytesColumn column, @Nullable Buffer validity, Partial partial) {
    Buffer views = partial.add(scope.allocate(count * 16L));
    gather16(column.address(), views.address());
    List<Buffer> data = new ArrayList<>();
    if (copyBytes) {
      copyLong(column, views.address(), validity, data, partial);
    } else {
      for (int i = 0; i < column.dataCount(); i++) {
        data.add(column.dataBuffer(i).retain());
      }
    }
    return new BytesColumn(column.type(), count, views, data, validity);
  }

  /** Copies the values that do not stand in their views, and points the views at the copies. */
  private void copyLong(
      BytesColumn column,
      long views,
      @Nullable Buffer validity,
      List<Buffer> data,
      Partial partial) {
    if (validity != null) {
      for (int i = 0; i < count; i++) {
        if (!Bits.get(validity.address(), i)) {
          Memory.putLong(views + ((long) i << 4), 0);
          Memory.putLong(views + ((long) i << 4) + 8, 0);
        }
      }
    }
    long left = 0;
    for (int i = 0; i < count; i++) {
      int length = Memory.getInt(views + ((long) i << 4));
      left += length > BytesColumn.INLINE ? length : 0;
    }
    long used = 0;
    long room = 0;
    for (int i = 0; i < count; i++) {
      long view = views + ((long) i << 4);
      int length = Memory.getInt(view);
      if (length > BytesColumn.INLINE) {
        if (used + length > room) {
          room = Math.max(length, Math.min(left, MAX_DATA_BYTES));
          data.add(partial.add(scope.allocate(room)));
          used = 0;
        }
        long target = data.getLast().address() + used;
        Memory.copy(column.addressAt(rows[offset + i]), target, length);
        BytesColumn.putView(view, target, length, data.size() - 1, (int) used);
        used += length;
        left -= length;
      }
    }
  }

  private Column lists(ListColumn column, @Nullable Buffer validity, Partial partial) {
    Buffer offsets = partial.add(scope.allocate((count + 1) * 4L));
    Memory.putInt(offsets.address(), 0);
    int[] elements = new int[count];
    int used = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[offset + i];
      if (row >= 0 && (validity == null || Bits.get(validity.address(), i))) {
        int start = column.startAt(row);
        int size = column.endAt(row) - start;
        if (used + size > elements.length) {
          elements = Arrays.copyOf(elements, Math.max(used + size, elements.length * 2));
        }
        for (int e = 0; e < size; e++) {
          elements[used++] = start + e;
        }
      }
      Memory.putInt(offsets.address() + ((long) (i + 1) << 2), used);
    }
    Column gathered = new Gather(elements, 0, used, copyBytes, scope).of(column.elements());
    return new ListColumn(column.type(), count, offsets, gathered, validity);
  }

  private Column row(RowColumn column, @Nullable Buffer validity, Partial partial) {
    List<Column> fields = new ArrayList<>(column.fieldCount());
    for (int i = 0; i < column.fieldCount(); i++) {
      fields.add(partial.add(of(column.field(i))));
    }
    return new RowColumn(column.type(), count, fields, validity);
  }
}
