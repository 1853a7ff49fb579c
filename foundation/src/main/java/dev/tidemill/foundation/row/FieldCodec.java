package dev.tidemill.foundation.row;

import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of one type's values, without the mark of NULL and always ascending; see {@link
 * RowCodec}. A row is given by its number in a plain column (no dictionary), never NULL.
 */
abstract sealed class FieldCodec {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  /** Ends an ARRAY or MAP. */
  private static final int END = 0;

  /** A value follows, or NULL, which is the greatest, in what is nested. */
  private static final int VALUE = 1;

  private static final int NULL = 2;

  static FieldCodec of(Type type) {
    return switch (type) {
      case Type.Bool t -> new Truth();
      case Type.Int t ->
          switch (t.bits()) {
            case 8 -> new Fixed1();
            case 16 -> new Fixed2();
            case 32 -> new Fixed4();
            default -> new Fixed8();
          };
      case Type.Date t -> new Fixed4();
      case Type.MonthInterval t -> new Fixed4();
      case Type.Time t -> new Fixed8();
      case Type.Timestamp t -> new Fixed8();
      case Type.ZonedTimestamp t -> new Fixed8();
      case Type.TimeInterval t -> new Fixed8();
      case Type.Real t -> new Float4();
      case Type.DoubleType t -> new Float8();
      case Type.Decimal t -> new LongDecimal();
      case Type.Varchar t -> new Bytes();
      case Type.Varbinary t -> new Bytes();
      case Type.Null t -> new Fixed1();
      case Type.Array t -> new ListOf(of(t.element()));
      case Type.MapType t -> new MapOf(of(t.key()), of(t.value()));
      case Type.Row t -> {
        List<FieldCodec> fields = new ArrayList<>();
        for (Type.RowField field : t.fields()) {
          fields.add(of(field.type()));
        }
        yield new RowOf(fields.toArray(FieldCodec[]::new));
      }
    };
  }

  /**
   * As {@link #of}, but only equal where the values are: the bytes of text are not looked at, and a
   * DECIMAL has the same length everywhere.
   */
  static FieldCodec unordered(Type type) {
    return switch (type) {
      case Type.Decimal t -> new WideDecimal();
      case Type.Varchar t -> new CountedBytes();
      case Type.Varbinary t -> new CountedBytes();
      default -> of(type);
    };
  }

  /** Bytes of every value, or 0 where they differ. */
  abstract int width();

  abstract int length(Column column, int row);

  /** Writes the value and says where it ends. */
  abstract int write(Column column, int row, byte[] out, int at);

  abstract void read(KeyReader in, ColumnBuilder out);

  /** Whole columns: writes the rows that are not negative at {@code at[i]} and moves it on. */
  void writeAll(Column column, int[] rows, int count, byte[] out, int[] at) {
    for (int i = 0; i < count; i++) {
      if (rows[i] >= 0) {
        at[i] = write(column, rows[i], out, at[i]);
      }
    }
  }

  private static int nestedLength(FieldCodec codec, Column column, int row) {
    if (column.isNull(row)) {
      return 1;
    }
    return column instanceof DictionaryColumn codes
        ? 1 + codec.length(codes.dictionary(), codes.codeAt(row))
        : 1 + codec.length(column, row);
  }

  private static int writeNested(FieldCodec codec, Column column, int row, byte[] out, int at) {
    if (column.isNull(row)) {
      out[at] = NULL;
      return at + 1;
    }
    out[at] = VALUE;
    return column instanceof DictionaryColumn codes
        ? codec.write(codes.dictionary(), codes.codeAt(row), out, at + 1)
        : codec.write(column, row, out, at + 1);
  }

  private static void readNested(FieldCodec codec, int mark, KeyReader in, ColumnBuilder out) {
    if (mark == NULL) {
      out.appendNull();
    } else {
      codec.read(in, out);
    }
  }

  static final class Truth extends FieldCodec {
    @Override
    int width() {
      return 1;
    }

    @Override
    int length(Column column, int row) {
      return 1;
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      out[at] = (byte) (((BooleanColumn) column).booleanAt(row) ? 1 : 0);
      return at + 1;
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      out.appendBoolean(in.readByte() != 0);
    }
  }

  /** Big end first, with the sign bit turned. */
  static final class Fixed1 extends FieldCodec {
    @Override
    int width() {
      return 1;
    }

    @Override
    int length(Column column, int row) {
      return 1;
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      out[at] = (byte) (((FixedColumn) column).longAt(row) ^ 0x80);
      return at + 1;
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      out.appendLong((byte) (in.readByte() ^ 0x80));
    }
  }

  static final class Fixed2 extends FieldCodec {
    @Override
    int width() {
      return 2;
    }

    @Override
    int length(Column column, int row) {
      return 2;
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      SHORT.set(out, at, (short) (((FixedColumn) column).longAt(row) ^ 0x8000));
      return at + 2;
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      int high = in.readByte();
      out.appendLong((short) ((high << 8 | in.readByte()) ^ 0x8000));
    }
  }

  static final class Fixed4 extends FieldCodec {
    @Override
    int width() {
      return 4;
    }

    @Override
    int length(Column column, int row) {
      return 4;
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      INT.set(out, at, (int) ((FixedColumn) column).longAt(row) ^ Integer.MIN_VALUE);
      return at + 4;
    }

    @Override
    void writeAll(Column column, int[] rows, int count, byte[] out, int[] at) {
      long address = ((FixedColumn) column).address();
      for (int i = 0; i < count; i++) {
        if (rows[i] >= 0) {
          INT.set(out, at[i], Memory.getInt(address + ((long) rows[i] << 2)) ^ Integer.MIN_VALUE);
          at[i] += 4;
        }
      }
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      out.appendLong(in.readInt() ^ Integer.MIN_VALUE);
    }
  }

  static final class Fixed8 extends FieldCodec {
    @Override
    int width() {
      return 8;
    }

    @Override
    int length(Column column, int row) {
      return 8;
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      LONG.set(out, at, ((FixedColumn) column).longAt(row) ^ Long.MIN_VALUE);
      return at + 8;
    }

    @Override
    void writeAll(Column column, int[] rows, int count, byte[] out, int[] at) {
      long address = ((FixedColumn) column).address();
      for (int i = 0; i < count; i++) {
        if (rows[i] >= 0) {
          LONG.set(out, at[i], Memory.getLong(address + ((long) rows[i] << 3)) ^ Long.MIN_VALUE);
          at[i] += 8;
        }
      }
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      out.appendLong(in.readLong() ^ Long.MIN_VALUE);
    }
  }

  /**
   * IEEE bits; of a positive number with the sign bit turned, of a negative one with all bits
   * turned.
   */
  static final class Float4 extends FieldCodec {
    @Override
    int width() {
      return 4;
    }

    @Override
    int length(Column column, int row) {
      return 4;
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      int bits = Float.floatToIntBits((float) ((FixedColumn) column).doubleAt(row) + 0.0f);
      INT.set(out, at, bits ^ (bits >> 31 | Integer.MIN_VALUE));
      return at + 4;
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      int bits = in.readInt();
      out.appendDouble(Float.intBitsToFloat(bits ^ (~bits >> 31 | Integer.MIN_VALUE)));
    }
  }

  static final class Float8 extends FieldCodec {
    @Override
    int width() {
      return 8;
    }

    @Override
    int length(Column column, int row) {
      return 8;
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      long bits = Double.doubleToLongBits(((FixedColumn) column).doubleAt(row) + 0.0);
      LONG.set(out, at, bits ^ (bits >> 63 | Long.MIN_VALUE));
      return at + 8;
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      long bits = in.readLong();
      out.appendDouble(Double.longBitsToDouble(bits ^ (~bits >> 63 | Long.MIN_VALUE)));
    }
  }

  /**
   * The unscaled value in as few bytes n as two's complement needs, big end first, behind a byte
   * 0x80 + n, or 0x80 - n where it is negative.
   */
  static final class LongDecimal extends FieldCodec {
    @Override
    int width() {
      return 0;
    }

    @Override
    int length(Column column, int row) {
      FixedColumn fixed = (FixedColumn) column;
      return 1 + bytes(fixed.longAt(row), fixed.highAt(row));
    }

    /** 1 to 16. */
    private static int bytes(long low, long high) {
      if (high == low >> 63) {
        return 8 - (Long.numberOfLeadingZeros(low ^ low >> 63) - 1 >>> 3);
      }
      return 16 - (Long.numberOfLeadingZeros(high ^ high >> 63) - 1 >>> 3);
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      FixedColumn fixed = (FixedColumn) column;
      long low = fixed.longAt(row);
      long high = fixed.highAt(row);
      int bytes = bytes(low, high);
      out[at] = (byte) (high < 0 ? 0x80 - bytes : 0x80 + bytes);
      int to = at + 1;
      for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out[to++] = (byte) (shift >= 64 ? high >> (shift - 64) : low >> shift);
      }
      return to;
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      int head = in.readByte() - 0x80;
      long sign = head < 0 ? -1 : 0;
      long high = sign;
      long low = sign;
      for (int left = Math.abs(head); left > 0; left--) {
        high = high << 8 | low >>> 56;
        low = low << 8 | in.readByte();
      }
      out.appendDecimal(low, high);
    }
  }

  /** The bytes, 0 as 0 and 0xff, ended by two 0. */
  static final class Bytes extends FieldCodec {
    @Override
    int width() {
      return 0;
    }

    @Override
    int length(Column column, int row) {
      BytesColumn bytes = (BytesColumn) column;
      int length = bytes.lengthAt(row);
      long address = bytes.addressAt(row);
      return length + 2 + zeros(address, length);
    }

    private static boolean hasZero(long address, int length) {
      int at = 0;
      for (; at + 8 <= length; at += 8) {
        long word = Memory.getLong(address + at);
        if (((word - 0x0101010101010101L) & ~word & 0x8080808080808080L) != 0) {
          return true;
        }
      }
      for (; at < length; at++) {
        if (Memory.getByte(address + at) == 0) {
          return true;
        }
      }
      return false;
    }

    private static int zeros(long address, int length) {
      if (!hasZero(address, length)) {
        return 0;
      }
      int zeros = 0;
      for (int at = 0; at < length; at++) {
        zeros += Memory.getByte(address + at) == 0 ? 1 : 0;
      }
      return zeros;
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      BytesColumn bytes = (BytesColumn) column;
      int length = bytes.lengthAt(row);
      long address = bytes.addressAt(row);
      int to = at;
      if (!hasZero(address, length)) {
        Memory.copyToArray(address, out, to, length);
        to += length;
      } else {
        for (int i = 0; i < length; i++) {
          byte b = Memory.getByte(address + i);
          out[to++] = b;
          if (b == 0) {
            out[to++] = (byte) 0xff;
          }
        }
      }
      out[to] = 0;
      out[to + 1] = 0;
      return to + 2;
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      int length = in.readBytes();
      out.appendBytes(in.scratch(), 0, length);
    }
  }

  /** The unscaled value, its lower half first. */
  static final class WideDecimal extends FieldCodec {
    @Override
    int width() {
      return 16;
    }

    @Override
    int length(Column column, int row) {
      return 16;
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      FixedColumn fixed = (FixedColumn) column;
      LONG.set(out, at, fixed.longAt(row));
      LONG.set(out, at + 8, fixed.highAt(row));
      return at + 16;
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      long low = in.readLong();
      out.appendDecimal(low, in.readLong());
    }
  }

  /** How many bytes, in four, then the bytes. */
  static final class CountedBytes extends FieldCodec {
    @Override
    int width() {
      return 0;
    }

    @Override
    int length(Column column, int row) {
      return 4 + ((BytesColumn) column).lengthAt(row);
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      BytesColumn bytes = (BytesColumn) column;
      int length = bytes.lengthAt(row);
      INT.set(out, at, length);
      Memory.copyToArray(bytes.addressAt(row), out, at + 4, length);
      return at + 4 + length;
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      int length = in.readInt();
      out.appendBytes(in.bytes(), in.skip(length), length);
    }
  }

  /** Every element behind a mark, then an end mark. */
  static final class ListOf extends FieldCodec {
    private final FieldCodec element;

    ListOf(FieldCodec element) {
      this.element = element;
    }

    @Override
    int width() {
      return 0;
    }

    @Override
    int length(Column column, int row) {
      ListColumn list = (ListColumn) column;
      int length = 1;
      for (int i = list.startAt(row); i < list.endAt(row); i++) {
        length += nestedLength(element, list.elements(), i);
      }
      return length;
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      ListColumn list = (ListColumn) column;
      int to = at;
      for (int i = list.startAt(row); i < list.endAt(row); i++) {
        to = writeNested(element, list.elements(), i, out, to);
      }
      out[to] = END;
      return to + 1;
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      for (int mark = in.readByte(); mark != END; mark = in.readByte()) {
        readNested(element, mark, in, out.child(0));
      }
      out.endNested();
    }
  }

  /**
   * Every entry, in the order of the keys' bytes, as marked key and marked value, then an end mark.
   */
  static final class MapOf extends FieldCodec {
    private final FieldCodec key;
    private final FieldCodec value;

    MapOf(FieldCodec key, FieldCodec value) {
      this.key = key;
      this.value = value;
    }

    @Override
    int width() {
      return 0;
    }

    @Override
    int length(Column column, int row) {
      ListColumn map = (ListColumn) column;
      RowColumn entries = (RowColumn) map.elements();
      int length = 1;
      for (int i = map.startAt(row); i < map.endAt(row); i++) {
        length += nestedLength(key, entries.field(0), i) + nestedLength(value, entries.field(1), i);
      }
      return length;
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      ListColumn map = (ListColumn) column;
      RowColumn entries = (RowColumn) map.elements();
      int start = map.startAt(row);
      byte[][] encoded = new byte[map.endAt(row) - start][];
      for (int i = 0; i < encoded.length; i++) {
        int length =
            nestedLength(key, entries.field(0), start + i)
                + nestedLength(value, entries.field(1), start + i);
        encoded[i] = new byte[length];
        int middle = writeNested(key, entries.field(0), start + i, encoded[i], 0);
        writeNested(value, entries.field(1), start + i, encoded[i], middle);
      }
      Arrays.sort(encoded, Arrays::compareUnsigned);
      int to = at;
      for (byte[] entry : encoded) {
        System.arraycopy(entry, 0, out, to, entry.length);
        to += entry.length;
      }
      out[to] = END;
      return to + 1;
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      for (int mark = in.readByte(); mark != END; mark = in.readByte()) {
        readNested(key, mark, in, out.child(0));
        readNested(value, in.readByte(), in, out.child(1));
      }
      out.endNested();
    }
  }

  /** Every field behind a mark. */
  static final class RowOf extends FieldCodec {
    private final FieldCodec[] fields;

    RowOf(FieldCodec[] fields) {
      this.fields = fields;
    }

    @Override
    int width() {
      return 0;
    }

    @Override
    int length(Column column, int row) {
      RowColumn values = (RowColumn) column;
      int length = 0;
      for (int i = 0; i < fields.length; i++) {
        length += nestedLength(fields[i], values.field(i), row);
      }
      return length;
    }

    @Override
    int write(Column column, int row, byte[] out, int at) {
      RowColumn values = (RowColumn) column;
      int to = at;
      for (int i = 0; i < fields.length; i++) {
        to = writeNested(fields[i], values.field(i), row, out, to);
      }
      return to;
    }

    @Override
    void read(KeyReader in, ColumnBuilder out) {
      for (int i = 0; i < fields.length; i++) {
        readNested(fields[i], in.readByte(), in, out.child(i));
      }
      out.endNested();
    }
  }
}
