package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import java.util.List;

/** Groups by any columns: keys as byte strings. */
final class BytesGroupTable extends GroupTable {
  private final RowCodec codec;
  private final EncodedRows encoded = new EncodedRows();
  private final KeyBytes stored;
  private long[] hashes;

  BytesGroupTable(List<Type> types, List<Type> keyTypes, MemoryScope memory) {
    super(keyTypes, memory);
    this.codec = RowCodec.of(types);
    this.stored = new KeyBytes(heap);
    this.hashes = new long[FIRST_CAPACITY];
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
    int mask = directory.length - 1;
    for (int i = 0; i < count; i++) {
      long hash = sought.hash(i);
      int slot = (int) hash & mask;
      int group = directory[slot] - 1;
      while (group >= 0 && !(hashes[group] == hash && stored.equal(group, sought, i))) {
        slot = (slot + 1) & mask;
        group = directory[slot] - 1;
      }
      groups[i] = group;
    }
  }

  private int group(int index, List<Column> columns, int row) {
    long hash = encoded.hash(index);
    int mask = directory.length - 1;
    int slot = (int) hash & mask;
    while (true) {
      int group = directory[slot] - 1;
      if (group < 0) {
        return add(index, hash, slot, columns, row);
      }
      if (hashes[group] == hash && stored.equal(group, encoded, index)) {
        return group;
      }
      slot = (slot + 1) & mask;
    }
  }

  private int add(int index, long hash, int slot, List<Column> columns, int row) {
    int group = groupCount;
    hashes = heap.grow(hashes, group + 1);
    hashes[group] = hash;
    stored.add(encoded, index);
    directory[slot] = group + 1;
    addKey(columns, row);
    if (isHalfFull()) {
      enlarge();
    }
    return group;
  }

  private void enlarge() {
    int[] larger = largerDirectory();
    int mask = larger.length - 1;
    for (int group = 0; group < groupCount; group++) {
      int slot = (int) hashes[group] & mask;
      while (larger[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      larger[slot] = group + 1;
    }
    directory = larger;
  }

  @Override
  public void close() {
    stored.close();
    super.close();
  }
}
