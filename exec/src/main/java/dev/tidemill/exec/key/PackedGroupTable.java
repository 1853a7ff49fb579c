package dev.tidemill.exec.key;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Groups by columns of numbers, times, truth and text with a dictionary, whose values are packed
 * into one word, or two, as long as all fit:
 *
 * <pre>
 *   flag  day          codes     word
 *   'A'   1998-09-01   1   40    1 &lt;&lt; 7 | 40
 *   NULL  1998-09-02   0   41    0 &lt;&lt; 7 | 41
 * </pre>
 *
 * <p>The bits of each column follow its values: where one needs more, the words are packed anew.
 * Where they no longer fit a word, columns move to a second one. Once a key does not fit, because
 * there is no dictionary or the bits do not suffice, all keys become byte strings; group ids stay.
 */
final class PackedGroupTable extends GroupTable {
  /** The words of several columns stay positive; one alone may have all bits. */
  private static final int MAX_BITS = 63;

  private final List<Type> types;
  private final MemoryScope memory;
  private final HeapMemory heap;
  private final KeyField[] fields;
  private WordDirectory directory;
  private long[] words = new long[Batch.MAX_ROWS];

  /** By field, whether its code is in the second word of a key. */
  private boolean[] isSecond;

  /** In place of {@link #directory}, once there are two words. */
  private @Nullable PairDirectory pairs;

  private long[] secondWords = new long[0];
  private int expected;

  /** By field, codes of another table's groups. */
  private long[][] mergedCodes = new long[0][];

  /** All keys, once they do not fit a word. */
  private @Nullable BytesGroupTable bytes;

  PackedGroupTable(List<Type> types, MemoryScope memory) {
    this.heap = new HeapMemory(memory);
    this.types = types;
    this.memory = memory;
    this.directory = new WordDirectory(memory);
    this.fields = new KeyField[types.size()];
    for (int i = 0; i < fields.length; i++) {
      fields[i] =
          KeyWords.fits(types.get(i))
              ? new NumberField(types.get(i), memory)
              : new TextField(types.get(i), memory, heap);
    }
    this.isSecond = new boolean[fields.length];
  }

  /** Whether such columns may fit. */
  static boolean fits(List<Type> types) {
    return types.stream()
        .allMatch(
            type ->
                KeyWords.fits(type)
                    || type instanceof Type.Varchar
                    || type instanceof Type.Varbinary);
  }

  int fieldCount() {
    return fields.length;
  }

  KeyField field(int index) {
    return fields[index];
  }

  @Override
  public int groupCount() {
    return bytes == null ? packedCount() : bytes.groupCount();
  }

  private int packedCount() {
    return pairs == null ? directory.count() : pairs.count();
  }

  @Override
  public void expect(int groups) {
    expected = groups;
    if (bytes == null) {
      directory.expect(groups);
      if (pairs != null) {
        pairs.expect(groups);
      }
    } else {
      bytes.expect(groups);
    }
  }

  @Override
  public Form form() {
    return bytes == null ? Form.PACKED : Form.BYTES;
  }

  @Override
  public void freeze() {
    if (bytes != null) {
      bytes.freeze();
    }
    for (KeyField field : fields) {
      field.freeze();
    }
  }

  @Override
  public void hashes(long[] hashes) {
    int all = packedCount();
    int[] groups = new int[Math.min(all, Batch.MAX_ROWS)];
    long[] own = new long[groups.length];
    long[][] codes = new long[fields.length][groups.length];
    for (int from = 0; from < all; from += Batch.MAX_ROWS) {
      int count = Math.min(Batch.MAX_ROWS, all - from);
      for (int i = 0; i < count; i++) {
        groups[i] = from + i;
      }
      readCodes(groups, count, codes);
      fields[0].hash(codes[0], count, own);
      System.arraycopy(own, 0, hashes, from, count);
      for (int f = 1; f < fields.length; f++) {
        fields[f].hash(codes[f], count, own);
        for (int i = 0; i < count; i++) {
          hashes[from + i] = Hash.combine(hashes[from + i], own[i]);
        }
      }
    }
  }

  @Override
  public void merge(GroupTable other, int[] others, int count, int[] groups) {
    if (other instanceof PackedGroupTable packed && packed.bytes == null) {
      if (bytes == null && pack(packed, others, count)) {
        number(count, groups);
      } else {
        bytes().mergeColumns(other, others, count, groups);
      }
    } else {
      bytes().merge(other, others, count, groups);
    }
  }

  @Override
  public void groups(List<Column> columns, int[] rows, int count, int[] groups) {
    if (bytes != null || !pack(columns, rows, count)) {
      bytes().groups(columns, rows, count, groups);
    } else {
      number(count, groups);
    }
  }

  /** The groups of the words. */
  private void number(int count, int[] groups) {
    if (pairs == null) {
      directory.numbers(words, count, groups);
    } else {
      pairs.numbers(words, secondWords, count, groups);
    }
  }

  /** Sets the words of a batch; false if they do not fit. */
  private boolean pack(List<Column> columns, int[] rows, int count) {
    boolean isOutgrown = false;
    for (int i = 0; i < fields.length; i++) {
      if (!fields[i].take(columns.get(i), rows, count)) {
        return false;
      }
      isOutgrown |= fields[i].isOutgrown();
    }
    if (isOutgrown && !repack()) {
      return false;
    }
    clearWords(count);
    for (int i = 0; i < fields.length; i++) {
      fields[i].append(columns.get(i), rows, count, isSecond[i] ? secondWords : words);
    }
    return true;
  }

  /** As {@link #pack(List, int[], int)}, the keys of some groups of another table. */
  private boolean pack(PackedGroupTable other, int[] others, int count) {
    if (mergedCodes.length == 0 || mergedCodes[0].length < count) {
      mergedCodes = new long[fields.length][count];
    }
    other.readCodes(others, count, mergedCodes);
    boolean isOutgrown = false;
    for (int i = 0; i < fields.length; i++) {
      if (!fields[i].take(other.fields[i], mergedCodes[i], count, expected)) {
        return false;
      }
      isOutgrown |= fields[i].isOutgrown();
    }
    if (isOutgrown && !repack()) {
      return false;
    }
    clearWords(count);
    for (int i = 0; i < fields.length; i++) {
      boolean hasNulls = other.fields[i].knowsNull();
      fields[i].append(mergedCodes[i], hasNulls, count, isSecond[i] ? secondWords : words);
    }
    return true;
  }

  /** Makes room for the words of so many keys. */
  private void clearWords(int count) {
    if (words.length < count) {
      words = new long[count];
    }
    Arrays.fill(words, 0, count, 0);
    if (pairs != null) {
      if (secondWords.length < count) {
        secondWords = new long[Math.max(count, Batch.MAX_ROWS)];
      }
      Arrays.fill(secondWords, 0, count, 0);
    }
  }

  /** Gives all columns the bits they need and packs the groups anew; false if they do not fit. */
  private boolean repack() {
    int[] needed = new int[fields.length];
    int[] roomy = new int[fields.length];
    for (int i = 0; i < fields.length; i++) {
      KeyField field = fields[i];
      needed[i] = field.neededBits();
      roomy[i] = field.isOutgrown() ? Math.min(needed[i] + 1, Long.SIZE) : field.bits();
    }
    boolean isWide = pairs != null || !fits(needed);
    boolean[] places = isSecond;
    boolean isRoomy = true;
    if (isWide) {
      places = places(roomy);
      if (places == null) {
        places = places(needed);
        isRoomy = false;
      }
      if (places == null) {
        return false;
      }
    } else {
      isRoomy = fits(roomy);
    }
    repack(isRoomy ? roomy : needed, places, isWide);
    return true;
  }

  /** Packs the groups anew, all or, where that fails, none. */
  private void repack(int[] bits, boolean[] places, boolean isWide) {
    int count = packedCount();
    long temporary = count * 8L * (fields.length + 4);
    heap.reserve(temporary);
    List<Runnable> undo = Arrays.stream(fields).map(KeyField::undo).toList();
    WordDirectory ofWords = new WordDirectory(memory);
    PairDirectory ofPairs = new PairDirectory(memory);
    try {
      long[][] codes = codes();
      for (int i = 0; i < fields.length; i++) {
        if (bits[i] != fields[i].bits() || fields[i].isOutgrown()) {
          add(fields[i].resize(bits[i]), codes[i]);
        }
      }
      long[] packed = packed(codes, count, places, false);
      if (isWide) {
        ofPairs.expect(expected);
        ofPairs.numbers(packed, packed(codes, count, places, true), count, new int[count]);
      } else {
        ofWords.expect(expected);
        ofWords.numbers(packed, count, new int[count]);
      }
    } catch (Throwable t) {
      undo.forEach(Runnable::run);
      ofWords.clear();
      ofPairs.clear();
      throw t;
    } finally {
      heap.release(temporary);
    }
    isSecond = places;
    directory.clear();
    directory = ofWords;
    if (pairs != null) {
      pairs.clear();
    }
    pairs = isWide ? ofPairs : null;
  }

  private static boolean fits(int[] bits) {
    return Arrays.stream(bits).sum() <= MAX_BITS;
  }

  /**
   * Which fields of so many bits go into the second word, the largest first; null if not all fit.
   */
  private static boolean @Nullable [] places(int[] bits) {
    boolean[] isSecond = new boolean[bits.length];
    int[] bySize =
        IntStream.range(0, bits.length)
            .boxed()
            .sorted(Comparator.comparingInt((Integer i) -> -bits[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] used = new int[2];
    for (int field : bySize) {
      int word = isRoom(used[0], bits[field]) ? 0 : 1;
      if (!isRoom(used[word], bits[field])) {
        return null;
      }
      used[word] += bits[field];
      isSecond[field] = word == 1;
    }
    return isSecond;
  }

  private static boolean isRoom(int used, int bits) {
    return used == 0 || used + bits <= MAX_BITS;
  }

  /** One word of each group. */
  private long[] packed(long[][] codes, int count, boolean[] places, boolean second) {
    long[] packed = new long[count];
    for (int i = 0; i < fields.length; i++) {
      if (places[i] == second) {
        int shift = fields[i].bits();
        for (int group = 0; group < count; group++) {
          packed[group] = packed[group] << shift | codes[i][group];
        }
      }
    }
    return packed;
  }

  private static void add(long added, long[] codes) {
    for (int i = 0; i < codes.length; i++) {
      codes[i] += codes[i] == 0 ? 0 : added;
    }
  }

  /** By column, the codes of all groups. */
  private long[][] codes() {
    int[] all = new int[packedCount()];
    Arrays.setAll(all, group -> group);
    return codes(all, all.length);
  }

  /** By column, the codes of some groups. */
  private long[][] codes(int[] groups, int count) {
    long[][] codes = new long[fields.length][count];
    readCodes(groups, count, codes);
    return codes;
  }

  private void readCodes(int[] groups, int count, long[][] codes) {
    int shift = 0;
    int secondShift = 0;
    for (int i = fields.length - 1; i >= 0; i--) {
      int bits = fields[i].bits();
      long mask = bits == Long.SIZE ? -1 : (1L << bits) - 1;
      if (isSecond[i]) {
        PairDirectory wide = Objects.requireNonNull(pairs);
        for (int at = 0; at < count; at++) {
          codes[i][at] = wide.second(groups[at]) >>> secondShift & mask;
        }
        secondShift += bits;
      } else {
        for (int at = 0; at < count; at++) {
          long word = pairs == null ? directory.word(groups[at]) : pairs.first(groups[at]);
          codes[i][at] = word >>> shift & mask;
        }
        shift += bits;
      }
    }
  }

  /** The table of byte strings, made of all groups at the first call. */
  @Override
  BytesGroupTable bytes() {
    if (bytes == null) {
      BytesGroupTable made = new BytesGroupTable(types, memory);
      List<Column> keys = List.of();
      try {
        made.expect(expected);
        keys = keys();
        int[] rows = new int[Batch.MAX_ROWS];
        int[] groups = new int[Batch.MAX_ROWS];
        int all = packedCount();
        for (int from = 0; from < all; from += Batch.MAX_ROWS) {
          int count = Math.min(Batch.MAX_ROWS, all - from);
          for (int i = 0; i < count; i++) {
            rows[i] = from + i;
          }
          made.groups(keys, rows, count, groups);
        }
      } catch (Throwable t) {
        made.close();
        throw t;
      } finally {
        keys.forEach(Column::close);
      }
      bytes = made;
      closeWords();
    }
    return bytes;
  }

  @Override
  public void find(List<Column> columns, int[] rows, int count, int[] groups, Lookup lookup) {
    if (bytes != null) {
      bytes.find(columns, rows, count, groups, lookup);
      return;
    }
    long[] sought = lookup.words(count);
    Arrays.fill(sought, 0, count, 0);
    long[] second = pairs == null ? sought : lookup.secondWords(count);
    if (pairs != null) {
      Arrays.fill(second, 0, count, 0);
    }
    for (int i = 0; i < fields.length; i++) {
      fields[i].find(columns.get(i), rows, count, isSecond[i] ? second : sought, lookup);
    }
    if (pairs == null) {
      directory.find(sought, count, groups);
    } else {
      pairs.find(sought, second, count, groups);
    }
    for (int f = 0; f < fields.length; f++) {
      Column column = columns.get(f);
      if (column.mayHaveNulls() && !fields[f].knowsNull()) {
        for (int i = 0; i < count; i++) {
          if (column.isNull(rows[i])) {
            groups[i] = -1;
          }
        }
      }
    }
  }

  @Override
  public List<Column> keys() {
    return bytes == null ? columns(codes(), packedCount()) : bytes.keys();
  }

  @Override
  public List<Column> keys(int[] groups, int count) {
    return bytes == null ? columns(codes(groups, count), count) : bytes.keys(groups, count);
  }

  @Override
  public Column firstKeys() {
    return bytes == null ? fields[0].column(codes()[0], packedCount()) : bytes.firstKeys();
  }

  private List<Column> columns(long[][] codes, int count) {
    List<Column> columns = new ArrayList<>(fields.length);
    try {
      for (int i = 0; i < fields.length; i++) {
        columns.add(fields[i].column(codes[i], count));
      }
      return columns;
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  private void closeWords() {
    directory.clear();
    if (pairs != null) {
      pairs.clear();
    }
    for (KeyField field : fields) {
      field.close();
    }
  }

  @Override
  public void close() {
    closeWords();
    if (bytes != null) {
      bytes.close();
    }
    heap.close();
  }
}
