package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a part of a nested column on their way down to its leaves: the levels as far as
 * they are known, and the row of the part's column that an entry is, or -1 where something above is
 * NULL or empty, so that nothing can be below.
 *
 * <p>Example: the rows {@code [7, NULL], NULL, []} of an ARRAY of INTEGER as (repetition,
 * definition, slot).
 *
 * <pre>
 *   rows              (0,0,0)         (0,0,1)  (0,0,2)
 *   lists not NULL    (0,1,0)         (0,0,-)  (0,1,2)
 *   elements          (0,2,0) (1,2,1) (0,0,-)  (0,1,-)
 *   values not NULL   (0,3,0) (1,2,-) (0,0,-)  (0,1,-)
 * </pre>
 */
final class LevelEntries implements AutoCloseable {
  private static final int ENTRY_BYTES = 3 * Integer.BYTES;

  /** More than this in one batch fits no column. */
  private static final int MOST = 1 << 29;

  private final MemoryScope scope;
  private int[] repetitions = {};
  private int[] definitions = {};
  private int[] slots = {};
  private int count;

  LevelEntries(MemoryScope scope) {
    this.scope = scope;
  }

  int count() {
    return count;
  }

  int repetition(int entry) {
    return repetitions[entry];
  }

  int definition(int entry) {
    return definitions[entry];
  }

  int slot(int entry) {
    return slots[entry];
  }

  /** An entry for each of some rows. */
  void takeRows(@Nullable Selection selection, int from, int rows) {
    clear(rows);
    for (int i = from; i < from + rows; i++) {
      add(0, 0, selection == null ? i : selection.row(i));
    }
  }

  /**
   * The entries of {@code above}, with what {@code values} has there.
   *
   * @param optional whether it may be NULL, which takes a definition level
   * @return whether there was no NULL where none may be
   */
  boolean takePresent(LevelEntries above, Column values, boolean optional) {
    clear(above.count);
    boolean nulls = values.mayHaveNulls();
    int level = optional ? 1 : 0;
    for (int i = 0; i < above.count; i++) {
      int slot = above.slots[i];
      boolean present = slot >= 0 && !(nulls && values.isNull(slot));
      if (!present && slot >= 0 && !optional) {
        return false;
      }
      add(above.repetitions[i], above.definitions[i] + (present ? level : 0), present ? slot : -1);
    }
    return true;
  }

  /**
   * An entry for each element of the lists of {@code above}, and one for each that has none.
   *
   * @param repetition the level of elements but the first
   */
  void takeElements(LevelEntries above, ListColumn lists, int repetition) {
    clear(above.count);
    for (int i = 0; i < above.count; i++) {
      int list = above.slots[i];
      int start = list < 0 ? 0 : lists.startAt(list);
      int end = list < 0 ? 0 : lists.endAt(list);
      if (start == end) {
        add(above.repetitions[i], above.definitions[i], -1);
      } else {
        reserve(end - start);
        add(above.repetitions[i], above.definitions[i] + 1, start);
        for (int element = start + 1; element < end; element++) {
          add(repetition, above.definitions[i] + 1, element);
        }
      }
    }
  }

  /**
   * Behind the last entry of the whole rows that begin at {@code from} and are at most {@code most}
   * entries; behind the first row if that one has more.
   */
  int endOfRows(int from, int most) {
    int end = endOfRow(from);
    while (end < count) {
      int next = endOfRow(end);
      if (next - from > most) {
        return end;
      }
      end = next;
    }
    return end;
  }

  private int endOfRow(int from) {
    int end = from + 1;
    while (end < count && repetitions[end] != 0) {
      end++;
    }
    return end;
  }

  private void clear(int expected) {
    count = 0;
    reserve(expected);
  }

  private void add(int repetition, int definition, int slot) {
    if (count == slots.length) {
      reserve(1);
    }
    repetitions[count] = repetition;
    definitions[count] = definition;
    slots[count++] = slot;
  }

  /** Makes room for {@code more} entries. */
  private void reserve(int more) {
    long needed = (long) count + more;
    if (needed <= slots.length) {
      return;
    }
    if (needed > MOST) {
      throw ParquetErrors.tooLarge("a column has more than %,d elements in one batch", MOST);
    }
    int size = (int) Math.min(MOST, Math.max(needed, 2L * slots.length));
    scope.reserveHeap((long) ENTRY_BYTES * (size - slots.length));
    repetitions = Arrays.copyOf(repetitions, size);
    definitions = Arrays.copyOf(definitions, size);
    slots = Arrays.copyOf(slots, size);
  }

  @Override
  public void close() {
    scope.releaseHeap((long) ENTRY_BYTES * slots.length);
    repetitions = new int[0];
    definitions = new int[0];
    slots = new int[0];
    count = 0;
  }
}
