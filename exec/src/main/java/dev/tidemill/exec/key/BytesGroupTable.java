package dev.tidemill.exec.key;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilders;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Groups by any columns: keys as byte strings, the columns made of them only when they are asked
 * for. So the groups of another table are merged by the hashes and bytes that it has.
 */
final class BytesGroupTable extends GroupTable {
  private static final int MAX_DIRECTORY = 1 << 30;

  /** Keys that are sought together: what a processor reads of them fits its cache. */
  private static final int TOGETHER = 256;

  /** A directory of so many slots does not fit it. */
  private static final int LARGE = 1 << 15;

  private final RowCodec codec;

  /** Whether keys are one column of text, which is sought where it lies, without a copy. */
  private final boolean isText;

  private final TextKeys texts = new TextKeys(TOGETHER);

  /** The dictionary that came last, only to be recognised; it may be closed. */
  private @Nullable Column dictionary;

  /** By its codes, group id + 1, 0 where none is known yet. */
  private Ints translation;

  private final int[] unknown = new int[TOGETHER];
  private final int[] unknownAt = new int[TOGETHER];
  private final EncodedRows encoded = new EncodedRows();
  private final StoredKeys stored;
  private final MemoryScope memory;
  private final Longs hashes;
  private int groupCount;

  /**
   * By slot, 0 where it is free: the upper half of the hash, and group id + 1; at most half full.
   * Only where the hashes agree are bytes compared.
   */
  private Longs directory;

  private int slots;

  /** Hashes of the keys that are sought together. */
  private final long[] sought = new long[TOGETHER];

  /** Of {@link #readAhead}. */
  private long read;

  /** The table whose keys were merged last, and where its pages are among those here. */
  private @Nullable StoredKeys shared;

  private int sharedPages;

  BytesGroupTable(List<Type> types, MemoryScope memory) {
    this(
        RowCodec.unordered(types),
        types.size() == 1
            && (types.getFirst() instanceof Type.Varchar
                || types.getFirst() instanceof Type.Varbinary),
        memory);
  }

  /** Of keys in order. */
  BytesGroupTable(RowCodec codec, MemoryScope memory) {
    this(codec, false, memory);
  }

  private BytesGroupTable(RowCodec codec, boolean isText, MemoryScope memory) {
    this.memory = memory;
    this.codec = codec;
    this.isText = isText;
    this.stored = new StoredKeys(memory);
    this.hashes = new Longs(memory);
    this.directory = new Longs(memory);
    this.translation = new Ints(memory);
  }

  @Override
  public Form form() {
    return Form.BYTES;
  }

  @Override
  BytesGroupTable bytes() {
    return this;
  }

  /** As {@link GroupTable#compare}. */
  int compareKeys(int group, int other) {
    return stored.compare(group, other);
  }

  /** By group id. */
  Longs keyHashes() {
    return hashes;
  }

  @Override
  public int groupCount() {
    return groupCount;
  }

  @Override
  public void groups(List<Column> columns, int[] rows, int count, int[] groups) {
    begin();
    if (isText) {
      if (columns.getFirst() instanceof DictionaryColumn codes) {
        codedGroups(codes, rows, count, groups);
      } else {
        textGroups(columns.getFirst(), rows, count, groups);
      }
      return;
    }
    codec.encode(columns, new Selection(rows, count), 0, encoded);
    for (int from = 0; from < count; from += TOGETHER) {
      int length = Math.min(TOGETHER, count - from);
      for (int i = 0; i < length; i++) {
        sought[i] = encoded.hash(from + i);
      }
      read += readAhead(sought, 0, length);
      for (int i = 0; i < length; i++) {
        groups[from + i] = group(sought[i], from + i);
      }
    }
  }

  private void textGroups(Column column, int[] rows, int count, int[] groups) {
    for (int from = 0; from < count; from += TOGETHER) {
      int length = Math.min(TOGETHER, count - from);
      texts.take(column, rows, from, length, sought);
      read += readAhead(sought, 0, length);
      for (int i = 0; i < length; i++) {
        groups[from + i] = textGroup(sought[i], i);
      }
    }
  }

  /** Each value of a dictionary is sought once. */
  private void codedGroups(DictionaryColumn codes, int[] rows, int count, int[] groups) {
    if (codes.dictionary() != dictionary) {
      dictionary = null;
      translation.close();
      translation = new Ints(memory, codes.dictionary().length());
      dictionary = codes.dictionary();
    }
    boolean mayHaveNulls = codes.mayHaveNulls();
    for (int from = 0; from < count; from += TOGETHER) {
      int end = Math.min(count, from + TOGETHER);
      int pending = 0;
      for (int i = from; i < end; i++) {
        int row = rows[i];
        groups[i] = mayHaveNulls && codes.isNull(row) ? -1 : translation.get(codes.codeAt(row)) - 1;
        if (groups[i] < 0) {
          unknown[pending] = row;
          unknownAt[pending++] = i;
        }
      }
      if (pending > 0) {
        translate(codes, pending, groups);
      }
    }
  }

  private void translate(DictionaryColumn codes, int pending, int[] groups) {
    texts.take(codes, unknown, 0, pending, sought);
    read += readAhead(sought, 0, pending);
    for (int i = 0; i < pending; i++) {
      int group = textGroup(sought[i], i);
      groups[unknownAt[i]] = group;
      if (texts.length(i) >= 0) {
        translation.set(codes.codeAt(unknown[i]), group + 1);
      }
    }
  }

  private int textGroup(long hash, int index) {
    int slot = textSlot(hash, texts, index);
    int group = (int) directory.get(slot) - 1;
    if (group < 0) {
      hashes.ensure(groupCount + 1);
      stored.addText(texts.address(index), texts.length(index));
      group = add(hash, slot);
    }
    return group;
  }

  /** As {@link #slot}. */
  private int textSlot(long hash, TextKeys keys, int index) {
    long address = keys.address(index);
    int length = keys.length(index);
    int mask = slots - 1;
    int slot = (int) hash & mask;
    while (true) {
      long entry = directory.get(slot);
      if (entry == 0
          || ((entry ^ hash) >>> 32 == 0 && stored.equalText((int) entry - 1, address, length))) {
        return slot;
      }
      slot = slot + 1 & mask;
    }
  }

  /**
   * Reads what hashes lead to in a large table: one after the other in loops that do nothing else,
   * so that a processor waits for many of them at once.
   *
   * @return what was read, without which the reads would be left out
   */
  private long readAhead(long[] wanted, int from, int end) {
    if (slots < LARGE) {
      return 0;
    }
    long sum = 0;
    int mask = slots - 1;
    for (int i = from; i < end; i++) {
      sum += directory.get((int) wanted[i] & mask);
    }
    for (int i = from; i < end; i++) {
      long entry = directory.get((int) wanted[i] & mask);
      if (entry != 0 && (entry ^ wanted[i]) >>> 32 == 0) {
        sum += stored.readPlace((int) entry - 1);
      }
    }
    for (int i = from; i < end; i++) {
      long entry = directory.get((int) wanted[i] & mask);
      if (entry != 0 && (entry ^ wanted[i]) >>> 32 == 0) {
        sum += stored.readBytes((int) entry - 1);
      }
    }
    return sum;
  }

  private void begin() {
    if (slots == 0) {
      resize(FIRST_CAPACITY);
    }
  }

  @Override
  public void find(List<Column> columns, int[] rows, int count, int[] groups, Lookup lookup) {
    if (slots == 0) {
      Arrays.fill(groups, 0, count, -1);
      return;
    }
    long[] wanted = lookup.words(count);
    if (isText) {
      findTexts(columns.getFirst(), rows, count, groups, wanted, lookup);
      return;
    }
    EncodedRows encodedKeys = lookup.encoded;
    codec.encode(columns, new Selection(rows, count), 0, encodedKeys);
    for (int from = 0; from < count; from += TOGETHER) {
      int end = Math.min(count, from + TOGETHER);
      for (int i = from; i < end; i++) {
        wanted[i] = encodedKeys.hash(i);
      }
      lookup.read += readAhead(wanted, from, end);
      for (int i = from; i < end; i++) {
        long entry = directory.get(slot(wanted[i], encodedKeys, i));
        groups[i] = (int) entry - 1;
      }
    }
  }

  private void findTexts(
      Column column, int[] rows, int count, int[] groups, long[] wanted, Lookup lookup) {
    TextKeys keys = lookup.texts(TOGETHER);
    for (int from = 0; from < count; from += TOGETHER) {
      int length = Math.min(TOGETHER, count - from);
      keys.take(column, rows, from, length, wanted);
      lookup.read += readAhead(wanted, 0, length);
      for (int i = 0; i < length; i++) {
        groups[from + i] = (int) directory.get(textSlot(wanted[i], keys, i)) - 1;
      }
    }
  }

  /** Where the key stands, or the free slot where it belongs. */
  private int slot(long hash, EncodedRows keyBytes, int index) {
    int mask = slots - 1;
    int slot = (int) hash & mask;
    while (true) {
      long entry = directory.get(slot);
      if (entry == 0
          || ((entry ^ hash) >>> 32 == 0 && stored.equal((int) entry - 1, keyBytes, index))) {
        return slot;
      }
      slot = slot + 1 & mask;
    }
  }

  private int group(long hash, int index) {
    int slot = slot(hash, encoded, index);
    int group = (int) directory.get(slot) - 1;
    if (group < 0) {
      hashes.ensure(groupCount + 1);
      stored.add(encoded, index);
      group = add(hash, slot);
    }
    return group;
  }

  @Override
  public void merge(GroupTable other, int[] others, int count, int[] groups) {
    if (other.form() == Form.BYTES) {
      mergeBytes(other.bytes(), others, count, groups);
    } else {
      mergeColumns(other, others, count, groups);
    }
  }

  private void mergeBytes(BytesGroupTable other, int[] others, int count, int[] groups) {
    if (shared != other.stored) {
      sharedPages = stored.share(other.stored);
      shared = other.stored;
    }
    begin();
    for (int from = 0; from < count; from += TOGETHER) {
      int length = Math.min(TOGETHER, count - from);
      for (int i = 0; i < length; i++) {
        sought[i] = other.hashes.get(others[from + i]);
      }
      read += readAhead(sought, 0, length);
      read += other.stored.readAhead(others, from, from + length);
      for (int i = 0; i < length; i++) {
        groups[from + i] = group(sought[i], other, others[from + i]);
      }
    }
  }

  private int group(long hash, BytesGroupTable other, int otherGroup) {
    int mask = slots - 1;
    int slot = (int) hash & mask;
    while (true) {
      long entry = directory.get(slot);
      if (entry == 0) {
        hashes.ensure(groupCount + 1);
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

  /** Makes the group of a key that was stored last; its hash has room. */
  private int add(long hash, int slot) {
    int group = groupCount;
    hashes.set(group, hash);
    directory.set(slot, entry(hash, group));
    groupCount++;
    if (groupCount * 2L >= slots) {
      enlarge();
    }
    return group;
  }

  private static long entry(long hash, int group) {
    return hash >>> 32 << 32 | group + 1;
  }

  private void enlarge() {
    if (slots > MAX_DIRECTORY / 4) {
      throw ExecErrors.tooManyRows("a hash table", groupCount);
    }
    resize(slots * 4);
  }

  private void resize(int capacity) {
    Longs larger = new Longs(memory, capacity);
    int mask = capacity - 1;
    for (int group = 0; group < groupCount; group++) {
      long hash = hashes.get(group);
      int slot = (int) hash & mask;
      while (larger.get(slot) != 0) {
        slot = slot + 1 & mask;
      }
      larger.set(slot, entry(hash, group));
    }
    directory.close();
    directory = larger;
    slots = capacity;
  }

  @Override
  public void expect(int groups) {
    int wanted = Integer.highestOneBit(Math.clamp(groups * 4L, 1, MAX_DIRECTORY));
    if (groupCount == 0 && wanted > slots) {
      resize(wanted);
    }
  }

  @Override
  public void freeze() {
    dictionary = null;
    translation.close();
    directory.close();
    slots = 0;
  }

  @Override
  public List<Column> keys() {
    int[] all = new int[groupCount];
    Arrays.setAll(all, group -> group);
    return keys(all, groupCount);
  }

  @Override
  public Column firstKeys() {
    Buffer values = memory.allocate(Math.max(1, groupCount) * 8L);
    stored.firstNumbers(values.address());
    return new FixedColumn(Type.BIGINT, groupCount, 8, values, null);
  }

  @Override
  public List<Column> keys(int[] groups, int count) {
    if (isText && count > 0) {
      return List.of(stored.texts(groups, count, codec.types().getFirst()));
    }
    try (ColumnBuilders builders = new ColumnBuilders(codec.types(), memory, Math.max(1, count))) {
      stored.decode(groups, count, codec, builders.all());
      return builders.build();
    }
  }

  @Override
  public void close() {
    stored.close();
    hashes.close();
    dictionary = null;
    translation.close();
    directory.close();
    slots = 0;
  }
}
