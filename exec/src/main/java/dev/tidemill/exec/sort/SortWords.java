package dev.tidemill.exec.sort;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.SortKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Some of the keys of rows in one word each, which are in the order of the rows as far as these
 * keys go: a field of bits per key, the first key's the highest, each as wide as the values of the
 * rows at hand need.
 *
 * <pre>
 *   ORDER BY day, price DESC, name     days 8035 … 10591, prices 901.00 … 104949.50, names "Ann" …
 *   word   0 … 0 | 12 bits: day - 8035 | 24 bits: 10494950 - price | 24 bits: 3 bytes of the name
 * </pre>
 *
 * <p>The last field may be a part of its key; then equal words say nothing of that key.
 */
final class SortWords implements AutoCloseable {
  private final List<SortField> fields;
  private final int decided;

  /** By field, how many bits are behind it. */
  private final int[] shifts;

  private SortWords(List<SortField> fields, int decided) {
    this.fields = fields;
    this.decided = decided;
    this.shifts = new int[fields.size()];
    int behind = 0;
    for (int i = fields.size() - 1; i >= 0; i--) {
      shifts[i] = behind;
      behind += fields.get(i).bits();
    }
  }

  /**
   * As many of the keys from {@code first} on as find room.
   *
   * @param columns by key number; asked once for each key
   * @param skip bytes of the first key, if that is text, which are equal wherever the rows before
   *     were
   * @param count rows
   */
  static SortWords of(
      List<SortKey> keys,
      int first,
      int skip,
      IntFunction<Column> columns,
      int count,
      Team team,
      HeapMemory heap,
      MemoryScope memory) {
    List<SortField> fields = new ArrayList<>();
    int room = Long.SIZE;
    int decided = 0;
    try {
      for (int key = first; key < keys.size() && room > 0; key++) {
        int begin = key == first ? skip : 0;
        SortField field;
        try (Column column = columns.apply(key)) {
          field = SortField.of(column, keys.get(key), begin, count, room, team, heap, memory);
        }
        fields.add(field);
        room -= field.bits();
        if (!field.decides()) {
          break;
        }
        decided++;
      }
      return new SortWords(fields, decided);
    } catch (Throwable t) {
      fields.forEach(SortField::close);
      throw t;
    }
  }

  /** How many keys the words decide. */
  int decided() {
    return decided;
  }

  /** Bits that words have in all. */
  int bits() {
    return fields.isEmpty() ? 0 : shifts[0] + fields.getFirst().bits();
  }

  /** The bits of the {@code count} first keys. */
  long mask(int count) {
    int behind = shifts[count - 1];
    return behind == Long.SIZE ? 0 : -1L << behind;
  }

  /** Bytes of the key behind the decided ones that are in the words, with those skipped. */
  int bytesInside() {
    return decided < fields.size() ? fields.getLast().bytesInside() : 0;
  }

  /** Writes the words of rows. */
  void write(long[] words, int from, int to) {
    for (int i = from; i < to; i++) {
      words[i] = 0;
    }
    for (SortField field : fields) {
      field.add(words, from, to);
    }
  }

  @Override
  public void close() {
    fields.forEach(SortField::close);
  }
}
