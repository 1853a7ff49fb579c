package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Groups by columns of numbers, times, truth and text with a dictionary, whose values are packed
 * into one word, as long as all fit:
 *
 * <pre>
 *   flag  day          codes     word
 *   'A'   1998-09-01   1   40    1 &lt;&lt; 7 | 40
 *   NULL  1998-09-02   0   41    0 &lt;&lt; 7 | 41
 * </pre>
 *
 * <p>The bits of each column follow its values: where one needs more, the words are packed anew.
 * Once a key does not fit, because there is no dictionary or the bits do not suffice, all keys
 * become byte strings; group ids stay.
 */
final class PackedGroupTable extends GroupTable {
  /** Words stay positive. */
  private static final int MAX_BITS = 63;

  private final List<Type> types;
  private final MemoryScope memory;
  private final KeyField[] fields;
  private final WordDirectory directory;
  private long[] words = new long[Batch.MAX_ROWS];

  private int expected;

  /** All keys, once they do not fit a word. */
  private @Nullable BytesGroupTable bytes;

  PackedGroupTable(List<Type> types, MemoryScope memory) {
    super(memory);
    this.types = types;
    this.memory = memory;
    this.directory = new WordDirectory(heap);
    this.fields = new KeyField[types.size()];
    for (int i = 0; i < fields.length; i++) {
      fields[i] =
          NumberField.fits(types.get(i))
              ? new NumberField(types.get(i), memory)
              : new TextField(types.get(i), memory, heap);
    }
  }

  /** Whether such columns may fit. */
  static boolean fits(List<Type> types) {
    return types.stream()
        .allMatch(
            type ->
                NumberField.fits(type)
                    || type instanceof Type.Varchar
                    || type instanceof Type.Varbinary);
  }

  @Override
  public int groupCount() {
    return bytes == null ? directory.count() : bytes.groupCount();
  }

  @Override
  public void expect(int groups) {
    expected = groups;
    if (bytes == null) {
      directory.expect(groups);
    } else {
      bytes.expect(groups);
    }
  }

  @Override
  public boolean isOfBytes() {
    return bytes != null;
  }

  @Override
  public void freeze() {
    if (bytes != null) {
      bytes.freeze();
    }
  }

  @Override
  public void groups(List<Column> columns, int[] rows, int count, int[] groups) {
    if (bytes == null && pack(columns, rows, count)) {
      directory.numbers(words, count, groups);
    } else {
      bytes().groups(columns, rows, count, groups);
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
    if (words.length < count) {
      words = new long[count];
    }
    Arrays.fill(words, 0, count, 0);
    for (int i = 0; i < fields.length; i++) {
      fields[i].append(columns.get(i), rows, count, words);
    }
    return true;
  }

  /** Gives all columns the bits they need and packs the groups anew; false if they do not fit. */
  private boolean repack() {
    int needed = 0;
    int roomy = 0;
    for (KeyField field : fields) {
      needed += field.neededBits();
      roomy += field.isOutgrown() ? field.neededBits() + 1 : field.bits();
    }
    if (needed > MAX_BITS) {
      return false;
    }
    int count = directory.count();
    long temporary = count * 8L * (fields.length + 1);
    heap.reserve(temporary);
    long[][] codes = codes();
    for (int i = 0; i < fields.length; i++) {
      KeyField field = fields[i];
      if (roomy > MAX_BITS) {
        add(field.resize(field.neededBits()), codes[i]);
      } else if (field.isOutgrown()) {
        add(field.resize(field.neededBits() + 1), codes[i]);
      }
    }
    long[] packed = new long[count];
    for (int i = 0; i < fields.length; i++) {
      int shift = fields[i].bits();
      for (int group = 0; group < count; group++) {
        packed[group] = packed[group] << shift | codes[i][group];
      }
    }
    directory.clear();
    directory.numbers(packed, count, new int[count]);
    heap.release(temporary);
    return true;
  }

  private static void add(long added, long[] codes) {
    for (int i = 0; i < codes.length; i++) {
      codes[i] += codes[i] == 0 ? 0 : added;
    }
  }

  /** By column, the codes of all groups. */
  private long[][] codes() {
    int count = directory.count();
    long[][] codes = new long[fields.length][count];
    int shift = 0;
    for (int i = fields.length - 1; i >= 0; i--) {
      long mask = (1L << fields[i].bits()) - 1;
      for (int group = 0; group < count; group++) {
        codes[i][group] = directory.word(group) >>> shift & mask;
      }
      shift += fields[i].bits();
    }
    return codes;
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
        for (int from = 0; from < directory.count(); from += Batch.MAX_ROWS) {
          int count = Math.min(Batch.MAX_ROWS, directory.count() - from);
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
    for (int i = 0; i < fields.length; i++) {
      fields[i].find(columns.get(i), rows, count, sought, lookup);
    }
    directory.find(sought, count, groups);
  }

  @Override
  public List<Column> keys() {
    if (bytes != null) {
      return bytes.keys();
    }
    long[][] codes = codes();
    List<Column> columns = new ArrayList<>(fields.length);
    try {
      for (int i = 0; i < fields.length; i++) {
        columns.add(fields[i].column(codes[i], directory.count()));
      }
      return columns;
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  private void closeWords() {
    directory.clear();
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
    super.close();
  }
}
