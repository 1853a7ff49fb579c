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
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Groups by any columns: keys as byte strings, the columns made of them only when they are asked
 * for. So the groups of another table are merged by the hashes and bytes that it has.
 */
final class BytesGroupTable extends GroupTable {
  private static final int MAX_DIRECTORY = 1 << 30;

  private final RowCodec codec;
  private final EncodedRows encoded = new EncodedRows();
  private final KeyBytes stored;
  private final MemoryScope memory;
  private long[] hashes;
  private int groupCount;

  /**
   * By slot, 0 where it is free: the upper half of the hash, and group id + 1; at most half full.
   * Only where the hashes agree are bytes compared.
   */
  private long[] directory;

  /** The table whose keys were merged last, and where its pages are among those here. */
  private @Nullable KeyBytes shared;

  private int sharedPages;

  BytesGroupTable(List<Type> types, MemoryScope memory) {
    super(memory);
    this.memory = memory;
    this.codec = RowCodec.unordered(types);
    this.stored = new KeyBytes(heap);
    this.hashes = new long[FIRST_CAPACITY];
    this.directory = new long[FIRST_CAPACITY];
  }

  @Override
  public boolean isOfBytes() {
    return true;
  }

  @Override
  BytesGroupTable bytes() {
    return this;
  }

  /** By group id. */
  long[] keyHashes() {
    return hashes;
  }

  @Override
  public int groupCount() {
    return groupCount;
  }

  @Override
  public void groups(List<Column> columns, int[] rows, int count, int[] groups) {
    codec.encode(columns, new Selection(rows, count), 0, encoded);
    for (int i = 0; i < count; i++) {
      groups[i] = group(i);
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

  private int group(int index) {
    long hash = encoded.hash(index);
    int slot = slot(hash, encoded, index);
    int group = (int) directory[slot] - 1;
    if (group < 0) {
      stored.add(encoded, index);
      group = add(hash, slot);
    }
    return group;
  }

  /** As {@link GroupTable#merge}. */
  void mergeBytes(BytesGroupTable other, int[] others, int count, int[] groups) {
    if (shared != other.stored) {
      sharedPages = stored.share(other.stored);
      shared = other.stored;
    }
    for (int i = 0; i < count; i++) {
      groups[i] = group(other, others[i]);
    }
  }

  private int group(BytesGroupTable other, int otherGroup) {
    long hash = other.hashes[otherGroup];
    int mask = directory.length - 1;
    int slot = (int) hash & mask;
    while (true) {
      long entry = directory[slot];
      if (entry == 0) {
        stored.addShared(other.stored, otherGroup, sharedPages);
        return add(hash, slot);
      }
      int group = (int) entry - 1;
      if ((entry ^ hash) >>> 32 == 0 && stored.equal(group, other.stored, otherGroup)) {
        return group;
      }
      slot = slot + 1 & mask;
    }
  }

  /** Makes the group of a key that was stored last. */
  private int add(long hash, int slot) {
    int group = groupCount;
    hashes = heap.grow(hashes, group + 1);
    hashes[group] = hash;
    directory[slot] = entry(hash, group);
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
    resize(directory.length * 4);
  }

  private void resize(int slots) {
    heap.reserve(slots * 8L);
    long[] larger = new long[slots];
    int mask = larger.length - 1;
    for (int group = 0; group < groupCount; group++) {
      int slot = (int) hashes[group] & mask;
      while (larger[slot] != 0) {
        slot = slot + 1 & mask;
      }
      larger[slot] = entry(hashes[group], group);
    }
    dropDirectory();
    directory = larger;
  }

  private void dropDirectory() {
    if (directory.length > FIRST_CAPACITY) {
      heap.release(directory.length * 8L);
    }
    directory = new long[0];
  }

  @Override
  public void expect(int groups) {
    int slots = Integer.highestOneBit(Math.clamp(groups * 4L, 1, MAX_DIRECTORY));
    if (groupCount == 0 && slots > directory.length) {
      resize(slots);
    }
  }

  @Override
  public void freeze() {
    dropDirectory();
  }

  @Override
  public List<Column> keys() {
    int[] all = new int[groupCount];
    Arrays.setAll(all, group -> group);
    return keys(all, groupCount);
  }

  @Override
  public List<Column> keys(int[] groups, int count) {
    List<ColumnBuilder> builders = new ArrayList<>(codec.types().size());
    List<Column> columns = new ArrayList<>(codec.types().size());
    try {
      for (Type type : codec.types()) {
        builders.add(ColumnBuilder.of(type, memory, Math.max(1, count)));
      }
      for (int i = 0; i < count; i++) {
        stored.decode(groups[i], codec, builders);
      }
      for (ColumnBuilder builder : builders) {
        columns.add(builder.build());
      }
      return columns;
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    } finally {
      builders.forEach(ColumnBuilder::close);
    }
  }

  @Override
  public void close() {
    stored.close();
    super.close();
  }
}
