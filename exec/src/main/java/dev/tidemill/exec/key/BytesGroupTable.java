package dev.tidemill.exec.key;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/** Groups by any columns: keys as byte strings. */
final class BytesGroupTable extends GroupTable {
  private static final int MAX_DIRECTORY = 1 << 30;

  private final RowCodec codec;
  private final EncodedRows encoded = new EncodedRows();
  private final KeyBytes stored;
  private final List<ColumnBuilder> keys;
  private long[] hashes;
  private int groupCount;

  /**
   * By slot, 0 where it is free: the upper half of the hash, and group id + 1; at most half full.
   * Only where the hashes agree are bytes compared.
   */
  private long[] directory;

  BytesGroupTable(List<Type> types, List<Type> keyTypes, MemoryScope memory) {
    super(memory);
    this.codec = RowCodec.unordered(types);
    this.stored = new KeyBytes(heap);
    this.hashes = new long[FIRST_CAPACITY];
    this.directory = new long[FIRST_CAPACITY];
    this.keys = new ArrayList<>(keyTypes.size());
    for (Type type : keyTypes) {
      keys.add(ColumnBuilder.of(type, memory, FIRST_CAPACITY));
    }
  }

  @Override
  public int groupCount() {
    return groupCount;
  }

  @Override
  public void groups(List<Column> columns, int[] rows, int count, int[] groups) {
    codec.encode(columns, new Selection(rows, count), 0, encoded);
    for (int i = 0; i < count; i++) {
      groups[i] = group(i, columns, rows[i]);
    }
  }

  @Override
  public void find(List<Column> columns, int[] rows, int count, int[] groups, Lookup lookup) {
    EncodedRows sought = lookup.encoded;
    codec.encode(columns, new Selection(rows, count), 0, sought);
    for (int i = 0; i < count; i++) {
      long entry = directory[slot(sought.hash(i), sought, i)];
      groups[i] = (int) entry - 1;
    }
  }

  /** Where the key stands, or the free slot where it belongs. */
  private int slot(long hash, EncodedRows keyBytes, int index) {
    int mask = directory.length - 1;
    int slot = (int) hash & mask;
    while (true) {
      long entry = directory[slot];
      if (entry == 0
          || ((entry ^ hash) >>> 32 == 0 && stored.equal((int) entry - 1, keyBytes, index))) {
        return slot;
      }
      slot = slot + 1 & mask;
    }
  }

  private int group(int index, List<Column> columns, int row) {
    long hash = encoded.hash(index);
    int slot = slot(hash, encoded, index);
    int group = (int) directory[slot] - 1;
    return group < 0 ? add(index, hash, slot, columns, row) : group;
  }

  private int add(int index, long hash, int slot, List<Column> columns, int row) {
    int group = groupCount;
    hashes = heap.grow(hashes, group + 1);
    hashes[group] = hash;
    stored.add(encoded, index);
    directory[slot] = entry(hash, group);
    for (int i = 0; i < keys.size(); i++) {
      keys.get(i).appendFrom(columns.get(i), row);
    }
    groupCount++;
    if (groupCount * 2L >= directory.length) {
      enlarge();
    }
    return group;
  }

  private static long entry(long hash, int group) {
    return hash >>> 32 << 32 | group + 1;
  }

  private void enlarge() {
    if (directory.length > MAX_DIRECTORY / 4) {
      throw ExecErrors.tooManyRows("a hash table", groupCount);
    }
    heap.reserve(directory.length * 32L);
    long[] larger = new long[directory.length * 4];
    int mask = larger.length - 1;
    for (int group = 0; group < groupCount; group++) {
      int slot = (int) hashes[group] & mask;
      while (larger[slot] != 0) {
        slot = slot + 1 & mask;
      }
      larger[slot] = entry(hashes[group], group);
    }
    if (directory.length > FIRST_CAPACITY) {
      heap.release(directory.length * 8L);
    }
    directory = larger;
  }

  @Override
  public List<Column> keys() {
    List<Column> columns = new ArrayList<>(keys.size());
    try {
      for (ColumnBuilder builder : keys) {
        columns.add(builder.build());
      }
      return columns;
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  @Override
  public void close() {
    keys.forEach(ColumnBuilder::close);
    stored.close();
    super.close();
  }
}
