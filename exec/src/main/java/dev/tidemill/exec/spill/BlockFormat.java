package dev.tidemill.exec.spill;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch as bytes: the columns one after the other, little end first, without names and types,
 * which whoever reads them knows. Bytes that were damaged are not recognised here.
 *
 * <pre>
 *   column     layout, whether some row is NULL, the validity bitmap if so, then by layout
 *   fixed      width, values              boolean   bitmap
 *   bytes      lengths, all bytes         list      lengths, column of elements
 *   row        a column per field
 * </pre>
 *
 * <p>Dictionaries are resolved. Weights are not written.
 */
public final class BlockFormat {
  private static final byte FIXED = 0;
  private static final byte BOOLEAN = 1;
  private static final byte BYTES = 2;
  private static final byte LIST = 3;
  private static final byte ROW = 4;

  private BlockFormat() {}

  /**
   * The rows of a batch that count, without dictionaries and weights, so that they can be written;
   * the caller's to close.
   */
  public static Batch plain(Batch batch, MemoryScope scope) {
    if (batch.selection() != null) {
      try (Batch compact = Batches.compact(batch, scope)) {
        return plain(compact, scope);
      }
    }
    List<Column> columns = new ArrayList<>(batch.columnCount());
    try {
      for (int i = 0; i < batch.columnCount(); i++) {
        columns.add(Columns.decode(batch.column(i), scope));
      }
      return new Batch(batch.length(), columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  /**
   * A batch of the rows of another that count, with their weights, which shares nothing with it;
   * the caller's to close.
   */
  public static Batch copy(Batch batch, MemoryScope scope) {
    try (Batch compact = Batches.compact(batch, scope);
        Batch plain = plain(compact, scope);
        Buffer bytes = scope.allocate(Math.max(1, size(plain, scope)))) {
      List<Type> types = new ArrayList<>();
      for (int i = 0; i < plain.columnCount(); i++) {
        types.add(plain.column(i).type());
      }
      write(plain, bytes.address(), scope);
      FixedColumn weights = compact.weights();
      try (Batch read = read(bytes.address(), plain.length(), types, scope)) {
        if (weights == null) {
          return read.retain();
        }
        Buffer copied = scope.allocate(Math.max(1, weights.length()) * 8L);
        Memory.copy(weights.address(), copied.address(), weights.length() * 8L);
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < read.columnCount(); i++) {
          columns.add(read.column(i).retain());
        }
        return new Batch(
            read.length(),
            columns,
            null,
            new FixedColumn(Type.BIGINT, weights.length(), 8, copied, null));
      }
    }
  }

  /** How many bytes {@link #write} writes; the batch has neither selection nor dictionaries. */
  public static long size(Batch batch, MemoryScope scope) {
    long size = 0;
    for (int i = 0; i < batch.columnCount(); i++) {
      size += size(batch.column(i), scope);
    }
    return size;
  }

  private static long size(Column column, MemoryScope scope) {
    int count = column.length();
    long head = 2 + (column.mayHaveNulls() ? bitmapBytes(count) : 0);
    return switch (column) {
      case FixedColumn fixed -> head + 1 + (long) count * fixed.width();
      case BooleanColumn booleans -> head + bitmapBytes(count);
      case BytesColumn bytes -> head + bytesSize(bytes);
      case ListColumn lists -> head + listSize(lists, scope);
      case RowColumn row -> head + rowSize(row, scope);
      case DictionaryColumn codes -> throw new IllegalArgumentException("a dictionary");
    };
  }

  private static long bytesSize(BytesColumn column) {
    long size = column.length() * 4L;
    for (int row = 0; row < column.length(); row++) {
      size += lengthAt(column, row);
    }
    return size;
  }

  private static long listSize(ListColumn column, MemoryScope scope) {
    int count = column.length();
    int first = count == 0 ? 0 : column.startAt(0);
    int end = count == 0 ? 0 : column.startAt(count);
    try (Column elements = elements(column, first, end - first, scope)) {
      return 4 + count * 4L + size(elements, scope);
    }
  }

  private static long rowSize(RowColumn column, MemoryScope scope) {
    long size = 0;
    for (int i = 0; i < column.fieldCount(); i++) {
      size += size(column.field(i), scope);
    }
    return size;
  }

  private static long bitmapBytes(int count) {
    return count + 7 >> 3;
  }

  private static int lengthAt(BytesColumn column, int row) {
    return column.isNull(row) ? 0 : column.lengthAt(row);
  }

  /** Only what is cut out needs memory, and it needs none of its own where it is everything. */
  private static Column elements(ListColumn lists, int first, int count, MemoryScope scope) {
    return Columns.slice(lists.elements(), first, count, scope);
  }

  /** Writes all columns at {@code address}; says where it ended. */
  public static long write(Batch batch, long address, MemoryScope scope) {
    long at = address;
    for (int i = 0; i < batch.columnCount(); i++) {
      at = write(batch.column(i), at, scope);
    }
    return at;
  }

  private static long write(Column column, long address, MemoryScope scope) {
    int count = column.length();
    long at = address;
    Memory.putByte(at++, layout(column));
    Memory.putByte(at++, (byte) (column.mayHaveNulls() ? 1 : 0));
    if (column.mayHaveNulls()) {
      Memory.copy(column.validityAddress(), at, bitmapBytes(count));
      at += bitmapBytes(count);
    }
    switch (column) {
      case FixedColumn fixed -> {
        Memory.putByte(at++, (byte) fixed.width());
        Memory.copy(fixed.address(), at, (long) count * fixed.width());
        at += (long) count * fixed.width();
      }
      case BooleanColumn booleans -> {
        Memory.copy(booleans.address(), at, bitmapBytes(count));
        at += bitmapBytes(count);
      }
      case BytesColumn bytes -> {
        long data = at + count * 4L;
        for (int row = 0; row < count; row++) {
          int length = lengthAt(bytes, row);
          Memory.putInt(at, length);
          at += 4;
          if (length > 0) {
            Memory.copy(bytes.addressAt(row), data, length);
            data += length;
          }
        }
        at = data;
      }
      case ListColumn lists -> {
        int first = count == 0 ? 0 : lists.startAt(0);
        int end = count == 0 ? 0 : lists.startAt(count);
        Memory.putInt(at, end - first);
        at += 4;
        for (int row = 0; row < count; row++) {
          Memory.putInt(at, lists.endAt(row) - first);
          at += 4;
        }
        try (Column elements = elements(lists, first, end - first, scope)) {
          at = write(elements, at, scope);
        }
      }
      case RowColumn row -> {
        for (int i = 0; i < row.fieldCount(); i++) {
          at = write(row.field(i), at, scope);
        }
      }
      case DictionaryColumn codes -> throw new IllegalArgumentException("a dictionary");
    }
    return at;
  }

  private static byte layout(Column column) {
    return switch (column) {
      case FixedColumn c -> FIXED;
      case BooleanColumn c -> BOOLEAN;
      case BytesColumn c -> BYTES;
      case ListColumn c -> LIST;
      case RowColumn c -> ROW;
      case DictionaryColumn c -> throw new IllegalArgumentException("a dictionary");
    };
  }

  /**
   * A batch of columns of {@code types} from the bytes at {@code address}; the caller's to close.
   */
  public static Batch read(long address, int rows, List<Type> types, MemoryScope scope) {
    Reader reader = new Reader(address, scope);
    List<Column> columns = new ArrayList<>(types.size());
    try {
      for (Type type : types) {
        columns.add(reader.column(type, rows));
      }
      return new Batch(rows, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  private static final class Reader {
    private final MemoryScope scope;
    private long at;

    Reader(long address, MemoryScope scope) {
      this.at = address;
      this.scope = scope;
    }

    Column column(Type type, int count) {
      byte layout = Memory.getByte(at++);
      Buffer validity = Memory.getByte(at++) == 1 ? bitmap(count) : null;
      try {
        return switch (layout) {
          case FIXED -> fixed(type, count, validity);
          case BOOLEAN -> new BooleanColumn(count, bitmap(count), validity);
          case BYTES -> bytes(type, count, validity);
          case LIST -> list(type, count, validity);
          default -> row(type, count, validity);
        };
      } catch (Throwable t) {
        if (validity != null) {
          validity.close();
        }
        throw t;
      }
    }

    private Buffer bitmap(int count) {
      Buffer bits = scope.allocate(Math.max(8, Bits.bytes(count)));
      Memory.copy(at, bits.address(), bitmapBytes(count));
      at += bitmapBytes(count);
      return bits;
    }

    private Column fixed(Type type, int count, @Nullable Buffer validity) {
      int width = Memory.getByte(at++);
      Buffer values = scope.allocate(Math.max(1L, (long) count * width));
      Memory.copy(at, values.address(), (long) count * width);
      at += (long) count * width;
      return new FixedColumn(type, count, width, values, validity);
    }

    private Column bytes(Type type, int count, @Nullable Buffer validity) {
      long lengths = at;
      long bytes = at + count * 4L;
      long longBytes = 0;
      for (int row = 0; row < count; row++) {
        int length = Memory.getInt(lengths + row * 4L);
        longBytes += length > BytesColumn.INLINE ? length : 0;
      }
      Buffer views = scope.allocate(Math.max(1L, count * 16L));
      List<Buffer> data = new ArrayList<>(1);
      try {
        if (longBytes > 0) {
          data.add(scope.allocate(longBytes));
        }
      } catch (Throwable t) {
        views.close();
        throw t;
      }
      int used = 0;
      for (int row = 0; row < count; row++) {
        int length = Memory.getInt(lengths + row * 4L);
        if (length > BytesColumn.INLINE) {
          Memory.copy(bytes, data.getFirst().address() + used, length);
        }
        BytesColumn.putView(views.address() + row * 16L, bytes, length, 0, used);
        used += length > BytesColumn.INLINE ? length : 0;
        bytes += length;
      }
      at = bytes;
      return new BytesColumn(type, count, views, data, validity);
    }

    private Column list(Type type, int count, @Nullable Buffer validity) {
      int elementCount = Memory.getInt(at);
      at += 4;
      Buffer offsets = scope.allocate((count + 1) * 4L);
      try {
        Memory.putInt(offsets.address(), 0);
        Memory.copy(at, offsets.address() + 4, count * 4L);
        at += count * 4L;
        return new ListColumn(type, count, offsets, column(element(type), elementCount), validity);
      } catch (Throwable t) {
        offsets.close();
        throw t;
      }
    }

    private Column row(Type type, int count, @Nullable Buffer validity) {
      List<Column> fields = new ArrayList<>();
      try {
        for (Type.RowField field : ((Type.Row) type).fields()) {
          fields.add(column(field.type(), count));
        }
        return new RowColumn(type, count, fields, validity);
      } catch (Throwable t) {
        fields.forEach(Column::close);
        throw t;
      }
    }
  }

  private static Type element(Type type) {
    return switch (type) {
      case Type.Array array -> array.element();
      case Type.MapType map -> map.entries();
      default -> throw new IllegalArgumentException("no lists: " + type);
    };
  }
}
