package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives each distinct key a dense number, its group id: 0 for the first key that comes, then 1, 2,
 * … NULLs are equal. Whatever belongs to a group stands beside, in columns and arrays by group id.
 *
 * <pre>
 *   keys    a  b  a  NULL  b
 *   groups  0  1  0  2     1        keys by group id: a, b, NULL
 * </pre>
 *
 * <p>One thread at a time, {@code groups* keys? close}; once no more keys come, any number of
 * threads may {@link #find}.
 */
public abstract sealed class GroupTable implements AutoCloseable
    permits WordGroupTable, PackedGroupTable, BytesGroupTable, OneGroupTable {
  /** What a table begins with, at its first key, so that making one cannot fail. */
  static final int FIRST_CAPACITY = 64;

  /** A table for keys of columns of these types; without columns, all rows are one group. */
  public static GroupTable of(List<Type> types, MemoryScope memory) {
    if (types.isEmpty()) {
      return new OneGroupTable();
    }
    if (types.size() == 1 && KeyWords.fits(types.get(0))) {
      return new WordGroupTable(types.get(0), memory);
    }
    return types.size() > 1 && PackedGroupTable.fits(types)
        ? new PackedGroupTable(types, memory)
        : new BytesGroupTable(types, memory);
  }

  /** As {@link #of}, whose keys can be {@link #compare}d. */
  public static GroupTable ordered(List<Type> types, MemoryScope memory) {
    return new BytesGroupTable(RowCodec.of(types), memory);
  }

  /** Which of two keys of an {@link #ordered} table comes first, column by column, ascending. */
  public final int compare(int group, int other) {
    return bytes().compareKeys(group, other);
  }

  /** As {@link #of}, for keys that are only sought again. At least one type. */
  public static GroupTable forLookup(List<Type> types, MemoryScope memory) {
    if (types.size() == 1 && KeyWords.fits(types.get(0))) {
      return new WordGroupTable(types.get(0), memory);
    }
    return types.stream().allMatch(KeyWords::fits)
        ? new PackedGroupTable(types, memory)
        : new BytesGroupTable(types, memory);
  }

  /** What one thread needs to {@link #find}. */
  public static final class Lookup {
    final EncodedRows encoded = new EncodedRows();

    /** What was read only to have been read. */
    long read;

    private @Nullable TextKeys texts;
    private long[] words = new long[Batch.MAX_ROWS];
    private long[] secondWords = new long[0];
    private long[] values = new long[0];

    /** Room for so many texts, as many at each call. */
    TextKeys texts(int count) {
      if (texts == null) {
        texts = new TextKeys(count);
      }
      return texts;
    }

    /** Room for so many words; content undefined. */
    long[] words(int count) {
      if (words.length < count) {
        words = new long[count];
      }
      return words;
    }

    /** The second words of keys of two. */
    long[] secondWords(int count) {
      if (secondWords.length < count) {
        secondWords = new long[Math.max(count, Batch.MAX_ROWS)];
      }
      return secondWords;
    }

    /** More room, beside {@link #words}. */
    long[] values(int count) {
      if (values.length < count) {
        values = new long[Math.max(count, Batch.MAX_ROWS)];
      }
      return values;
    }
  }

  /** As what the keys of a table lie in it: which is how they are hashed and merged. */
  public enum Form {
    /** Only columns are made of them, for {@link #groups} of another table. */
    COLUMNS,

    /** Words with dictionaries beside them. */
    PACKED,

    /** Byte strings. */
    BYTES
  }

  /** The form of the keys, which may change with the next that come. */
  public Form form() {
    return Form.COLUMNS;
  }

  /** The table of byte strings that this is, or becomes. */
  BytesGroupTable bytes() {
    throw new IllegalStateException("keys that are no byte strings");
  }

  /** By group id the hash of each key; borrowed. The form is {@link Form#BYTES}. */
  public final Longs hashes() {
    return bytes().keyHashes();
  }

  /**
   * Sets by group id the hash of each key, the same for the same keys of all tables of the form.
   * That is {@link Form#PACKED}.
   */
  public void hashes(long[] hashes) {
    throw new IllegalStateException("keys that are not packed");
  }

  /**
   * Finds or makes the groups of keys of another table for the same types: {@code groups[i]}
   * becomes that of key {@code others[i]}. The form of neither is {@link Form#COLUMNS}. Bytes are
   * not copied, so that the other table takes no more keys and is closed after this one.
   */
  public void merge(GroupTable other, int[] others, int count, int[] groups) {
    throw new IllegalStateException("keys that are not merged");
  }

  /** As {@link #merge}, by columns made of the keys. */
  final void mergeColumns(GroupTable other, int[] others, int count, int[] groups) {
    int[] rows = new int[count];
    Arrays.setAll(rows, row -> row);
    List<Column> columns = other.keys(others, count);
    try {
      groups(columns, rows, count, groups);
    } finally {
      columns.forEach(Column::close);
    }
  }

  /** No key comes or is sought any more. */
  public void freeze() {}

  /** Group ids go from 0 up to, without, this. */
  public abstract int groupCount();

  /** Says that about so many groups will come, before the first: no more than a hint. */
  public void expect(int groups) {}

  /**
   * Finds or makes the groups of some rows: {@code groups[i]} becomes that of row {@code rows[i]}.
   *
   * @param columns the key columns, borrowed
   */
  public abstract void groups(List<Column> columns, int[] rows, int count, int[] groups);

  /** As {@link #groups}, but makes no group: the group of an unknown key is -1. */
  public abstract void find(
      List<Column> columns, int[] rows, int count, int[] groups, Lookup lookup);

  /**
   * The keys by group id, a column each, the caller's to close. The table takes no more rows then.
   */
  public abstract List<Column> keys();

  /** The first column of {@link #keys}, the caller's to close: of numbers that are not NULL. */
  public Column firstKeys() {
    throw new IllegalStateException("a table whose first column is not asked for");
  }

  /** The keys of the first {@code count} of {@code groups}, each at most once, as {@link #keys}. */
  public abstract List<Column> keys(int[] groups, int count);

  @Override
  public abstract void close();
}
