package dev.tidemill.foundation.row;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of some columns as byte strings and back. Compared as unsigned bytes they are in the order
 * of the rows (NaN above all numbers, strings by their UTF-8 bytes); they are equal exactly where
 * SQL calls the rows not distinct (-0.0 is 0.0, all NaN are one); and none is a prefix of another
 * of the same codec.
 *
 * <p>Format, version {@value #FORMAT_VERSION}: of each column a mark, 1 for a value, 0 for NULL
 * where NULLs come first, 2 where they come last; then, unless NULL, the value, all its bytes
 * inverted where the column is descending:
 *
 * <ul>
 *   <li>BOOLEAN 0 or 1; integers, DATE, TIME, TIMESTAMP, intervals: as many bytes as in a column,
 *       big end first, the sign bit turned. REAL, DOUBLE: IEEE bits, big end first, the sign bit
 *       turned, of negative numbers all bits.
 *   <li>DECIMAL: the unscaled value in as few bytes n (1 to 16) as it needs in two's complement,
 *       big end first, behind a byte 0x80 + n, or 0x80 - n where it is negative. So the width in
 *       the column does not matter.
 *   <li>VARCHAR, VARBINARY: the bytes, 0 written as 0 and 0xff, then two 0.
 *   <li>ROW: each field behind a mark, 1 for a value, 2 for NULL. ARRAY: the same with the
 *       elements, then a mark 0. MAP: the same with the keys and values of its entries, ordered by
 *       key, then a mark 0.
 * </ul>
 *
 * <p>{@linkplain #unordered Unordered}, which is for tables in memory only, text is behind its
 * length in four bytes and a DECIMAL has 16 bytes.
 *
 * <p>Immutable, for any number of threads. Arguments are borrowed.
 */
public final class RowCodec {
  /** Rows that stay (state, spill) are stored with this number; an unknown one is refused. */
  public static final int FORMAT_VERSION = 1;

  private static final byte VALUE = 1;

  /** The mark of a value and its length in four bytes. */
  private static final int TEXT_HEAD = 5;

  private final List<Type> types;
  private final FieldCodec[] fields;
  private final boolean[] descending;
  private final byte[] nullMarks;

  private RowCodec(List<Type> types, List<SortOrder> orders, boolean ordered) {
    if (types.size() != orders.size()) {
      throw new IllegalArgumentException(types.size() + " types, " + orders.size() + " orders");
    }
    this.types = List.copyOf(types);
    this.fields =
        types.stream()
            .map(type -> ordered ? FieldCodec.of(type) : FieldCodec.unordered(type))
            .toArray(FieldCodec[]::new);
    this.descending = new boolean[fields.length];
    this.nullMarks = new byte[fields.length];
    for (int i = 0; i < fields.length; i++) {
      descending[i] = orders.get(i).isDescending();
      nullMarks[i] = (byte) (orders.get(i).isNullsFirst() ? 0 : 2);
    }
  }

  /** Keys of columns of these types, all ascending with NULLs first: for state and hash tables. */
  public static RowCodec of(List<Type> types) {
    return of(types, Collections.nCopies(types.size(), SortOrder.ASCENDING_NULLS_FIRST));
  }

  /**
   * Byte strings that are equal where the rows are, in no order, and made with less work: for hash
   * tables in memory. Never to be stored.
   */
  public static RowCodec unordered(List<Type> types) {
    return new RowCodec(
        types, Collections.nCopies(types.size(), SortOrder.ASCENDING_NULLS_FIRST), false);
  }

  /** Keys in the given order of each column: for sorting. */
  public static RowCodec of(List<Type> types, List<SortOrder> orders) {
    return new RowCodec(types, orders, true);
  }

  public List<Type> types() {
    return types;
  }

  /**
   * Encodes {@code columns} of the rows of {@code batch} that count; row i of {@code out} is {@code
   * batch.row(i)}.
   */
  public void encode(Batch batch, int[] columns, EncodedRows out) {
    List<Column> chosen = new ArrayList<>(columns.length);
    for (int column : columns) {
      chosen.add(batch.column(column));
    }
    encode(chosen, batch.selection(), batch.length(), out);
  }

  /**
   * Encodes the selected rows of {@code columns}, or the first {@code length} without a selection.
   */
  public void encode(
      List<? extends Column> columns, @Nullable Selection selection, int length, EncodedRows out) {
    if (selection == null) {
      encode(columns, null, 0, length, out);
    } else {
      encode(columns, selection.rows(), 0, selection.count(), out);
    }
  }

  /** One row as an array of its own. For few rows; whole batches go through {@link #encode}. */
  public byte[] encodeRow(List<? extends Column> columns, int row) {
    EncodedRows out = new EncodedRows();
    encode(columns, new int[] {row}, 0, 1, out);
    return out.key(0);
  }

  /**
   * Column by column: first all lengths, then all bytes. Each column is seen as a plain one (of a
   * dictionary the dictionary) and the rows in it, -1 for NULL.
   */
  private void encode(
      List<? extends Column> columns,
      int @Nullable [] rows,
      int offset,
      int count,
      EncodedRows out) {
    if (columns.size() != fields.length) {
      throw new IllegalArgumentException(
          columns.size() + " columns for a codec of " + fields.length);
    }
    int[] places = new int[count];
    int[] lengths = new int[count];
    Arrays.fill(lengths, fields.length);
    for (int f = 0; f < fields.length; f++) {
      Column column = columns.get(f);
      int width = fields[f].width();
      if (width > 0 && !column.mayHaveNulls()) {
        for (int i = 0; i < count; i++) {
          lengths[i] += width;
        }
        continue;
      }
      Column plain = locate(column, rows, offset, count, places);
      for (int i = 0; i < count; i++) {
        if (places[i] >= 0) {
          lengths[i] += width > 0 ? width : fields[f].length(plain, places[i]);
        }
      }
    }
    out.reset(count, lengths);
    int[] at = lengths;
    for (int i = 0; i < count; i++) {
      at[i] = out.start(i);
    }
    byte[] bytes = out.bytes();
    int[] starts = new int[count];
    for (int f = 0; f < fields.length; f++) {
      Column plain = locate(columns.get(f), rows, offset, count, places);
      for (int i = 0; i < count; i++) {
        bytes[at[i]++] = places[i] < 0 ? nullMarks[f] : VALUE;
      }
      if (descending[f]) {
        System.arraycopy(at, 0, starts, 0, count);
      }
      fields[f].writeAll(plain, places, count, bytes, at);
      if (descending[f]) {
        for (int i = 0; i < count; i++) {
          for (int b = starts[i]; b < at[i]; b++) {
            bytes[b] = (byte) ~bytes[b];
          }
        }
      }
    }
  }

  /** Where each row's value is in the returned plain column, -1 for NULL. */
  private static Column locate(
      Column column, int @Nullable [] rows, int offset, int count, int[] places) {
    for (int i = 0; i < count; i++) {
      places[i] = rows == null ? i : rows[offset + i];
    }
    if (column.mayHaveNulls()) {
      for (int i = 0; i < count; i++) {
        places[i] = column.isNull(places[i]) ? -1 : places[i];
      }
    }
    if (!(column instanceof DictionaryColumn codes)) {
      return column;
    }
    for (int i = 0; i < count; i++) {
      places[i] = places[i] < 0 ? -1 : codes.codeAt(places[i]);
    }
    return codes.dictionary();
  }

  /** Appends the values of a key to {@code out}, a builder per column. */
  public void decode(byte[] key, List<ColumnBuilder> out) {
    decode(key, 0, out);
  }

  /**
   * As {@link #decode(byte[], List)}, for a key that starts at {@code start}; says where it ends.
   */
  public int decode(byte[] bytes, int start, List<ColumnBuilder> out) {
    KeyReader in = new KeyReader(bytes, start);
    for (int f = 0; f < fields.length; f++) {
      in.mask = 0;
      if (in.readByte() == VALUE) {
        in.mask = descending[f] ? -1 : 0;
        fields[f].read(in, out.get(f));
      } else {
        out.get(f).appendNull();
      }
    }
    return in.position();
  }

  /**
   * Bytes of an {@linkplain #unordered unordered} key of one text of so many bytes, NULL where that
   * is negative.
   */
  public static int textLength(int length) {
    return length < 0 ? 1 : TEXT_HEAD + length;
  }

  /** Bytes of the one text of an unordered key of so many, -1 of NULL. */
  public static int lengthOfText(int keyLength) {
    return keyLength == 1 ? -1 : keyLength - TEXT_HEAD;
  }

  /** Where the one text of an unordered key begins that is not NULL. */
  public static long textAddress(long key) {
    return key + TEXT_HEAD;
  }

  /** Writes an unordered key of one text, of {@link #textLength} bytes. */
  public static void putText(long text, int length, long key) {
    if (length < 0) {
      Memory.putByte(key, (byte) 0);
    } else {
      Memory.putByte(key, VALUE);
      Memory.putInt(key + 1, Integer.reverseBytes(length));
      if (length > 0) {
        Memory.copy(text, key + TEXT_HEAD, length);
      }
    }
  }

  /** The first value of a key in memory: a BIGINT, ascending, that is not NULL. */
  public static long firstNumber(long address) {
    return Long.reverseBytes(Memory.getLong(address + 1)) ^ Long.MIN_VALUE;
  }

  /** As {@link #decode(byte[], List)}, for a key in memory. */
  public void decode(long address, int length, List<ColumnBuilder> out) {
    byte[] key = new byte[length];
    Memory.copyToArray(address, key, 0, length);
    decode(key, out);
  }
}
