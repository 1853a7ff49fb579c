package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One leaf of a nested field, forwards: the levels of the rows asked for, and their values, a slot
 * wherever the innermost list around the leaf has an element. One thread.
 */
final class LeafLevels implements AutoCloseable {
  /** Levels decoded at once. */
  private static final int WINDOW = 1 << 13;

  /** More levels than this in one batch are a bomb, or nothing that fits a column. */
  private static final int MOST_LEVELS = 1 << 29;

  private final ParquetNode.Leaf leaf;
  private final int maxRepetition;
  private final int slotDefinition;
  private final ColumnAdapter adapter;
  private final PageReader pages;
  private final ValueReader values;
  private final RunReader repetitionRuns;
  private final RunReader definitionRuns;
  private final ParquetPlace place;
  private final MemoryScope scope;

  /** The levels of the rows asked for. */
  private int[] repetitions = new int[WINDOW];

  private int[] definitions = new int[WINDOW];
  private int count;

  /** Which slots have a value. */
  private long[] words = new long[HeapBits.words(WINDOW)];

  private int slots;
  private int nulls;

  /** Decoded levels of the current page that have not been passed yet. */
  private final int[] nextRepetitions = new int[WINDOW];

  private final int[] nextDefinitions = new int[WINDOW];
  private int at;
  private int decoded;

  /** Levels of the current page that have not been decoded. */
  private int left;

  private boolean dictionarySeen;

  /** The next row, counted in the row group. */
  private long position;

  /** Bytes of the arrays that grow. */
  private long charged;

  /**
   * Takes ownership of {@code pages}.
   *
   * @param leaf its column as it is to be decoded
   * @param slotDefinition from this definition level on there is a slot
   */
  LeafLevels(
      ParquetNode.Leaf leaf,
      int maxRepetition,
      int slotDefinition,
      ColumnAdapter adapter,
      PageReader pages,
      ParquetPlace place,
      MemoryScope scope) {
    this.leaf = leaf;
    this.maxRepetition = maxRepetition;
    this.slotDefinition = slotDefinition;
    this.adapter = adapter;
    this.pages = pages;
    this.place = place;
    this.scope = scope;
    this.values = ValueReader.of(leaf.column(), place, scope);
    this.repetitionRuns = new RunReader(place);
    this.definitionRuns = new RunReader(place);
  }

  /** Reads the levels and values of {@code rows} rows from {@code start} on. */
  void read(long start, int rows) {
    pass(start - position, false);
    count = 0;
    slots = 0;
    nulls = 0;
    Arrays.fill(words, 0);
    pass(rows, true);
    position = start + rows;
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

  /** The values read, a row per slot, without a dictionary; once per {@link #read}. */
  Column column() {
    Buffer validity = nulls == 0 ? null : validity(words, slots, scope);
    try (Column read = values.finish(slots, validity)) {
      return adapter.adapt(Columns.decode(read, scope), scope);
    }
  }

  static Buffer validity(long[] words, int slots, MemoryScope scope) {
    Buffer validity = scope.allocate(Math.max(8, Bits.bytes(slots)));
    for (int w = 0; w < HeapBits.words(slots); w++) {
      Memory.putLong(validity.address() + 8L * w, words[w]);
    }
    return validity;
  }

  /** Goes on by {@code rows} rows; a row ends where the next begins. */
  private void pass(long rows, boolean keep) {
    long seen = 0;
    while (rows > 0) {
      if (at == decoded && !decode()) {
        if (seen < rows) {
          throw ParquetErrors.malformed(place, "its pages end before its last row");
        }
        return;
      }
      int from = at;
      int to = from;
      for (; to < decoded; to++) {
        if (nextRepetitions[to] == 0) {
          if (seen == rows) {
            break;
          }
          seen++;
        } else if (seen == 0) {
          throw ParquetErrors.malformed(place, "a list that goes on before the first row");
        }
      }
      at = to;
      take(from, to, keep);
      if (to < decoded || seen == rows && maxRepetition == 0) {
        return;
      }
    }
  }

  private void take(int from, int to, boolean keep) {
    int entries = to - from;
    if (keep) {
      if (count > MOST_LEVELS - entries) {
        throw ParquetErrors.malformed(place, "more elements than a column can hold");
      }
      if (count + entries > repetitions.length) {
        grow(count + entries);
      }
      System.arraycopy(nextRepetitions, from, repetitions, count, entries);
      System.arraycopy(nextDefinitions, from, definitions, count, entries);
      count += entries;
    }
    int added = 0;
    int valid = 0;
    for (int i = from; i < to; i++) {
      int definition = nextDefinitions[i];
      if (definition >= slotDefinition) {
        if (definition == leaf.definition()) {
          valid++;
          if (keep) {
            HeapBits.set(words, slots + added);
          }
        }
        added++;
      }
    }
    if (!keep) {
      values.skip(valid);
    } else if (added > 0) {
      values.append(words, slots, added, valid);
      slots += added;
      nulls += added - valid;
    }
  }

  /** Makes room for {@code needed} levels, and as many slots. */
  private void grow(int needed) {
    int size = Math.max(needed, (int) Math.min(MOST_LEVELS, 2L * repetitions.length));
    long bytes = size * (2L * Integer.BYTES) + HeapBits.words(size) * (long) Long.BYTES;
    scope.reserveHeap(bytes - charged);
    charged = bytes;
    repetitions = Arrays.copyOf(repetitions, size);
    definitions = Arrays.copyOf(definitions, size);
    words = Arrays.copyOf(words, HeapBits.words(size));
  }

  /** Decodes more levels; whether there were any. */
  private boolean decode() {
    while (left == 0) {
      if (!pages.nextData()) {
        return false;
      }
      startPage();
    }
    int n = Math.min(left, WINDOW);
    left -= n;
    read(repetitionRuns, maxRepetition, nextRepetitions, n);
    read(definitionRuns, leaf.definition(), nextDefinitions, n);
    at = 0;
    decoded = n;
    return true;
  }

  private void read(RunReader runs, int most, int[] levels, int n) {
    if (most == 0) {
      return;
    }
    runs.read(levels, 0, n);
    int greatest = 0;
    for (int i = 0; i < n; i++) {
      greatest = Math.max(greatest, levels[i]);
    }
    if (greatest > most) {
      throw ParquetErrors.malformed(
          place, "a level of " + greatest + " where " + most + " is most");
    }
  }

  private void startPage() {
    left = pages.values();
    @Nullable Page dictionary = pages.dictionary();
    if (!dictionarySeen && dictionary != null) {
      dictionarySeen = true;
      values.startDictionary(dictionary);
    }
    Page page = pages.page();
    if (maxRepetition > 0) {
      repetitionRuns.start(page.repetitions(), page.repetitionsEnd(), width(maxRepetition));
    }
    if (leaf.definition() > 0) {
      definitionRuns.start(page.levels(), page.levelsEnd(), width(leaf.definition()));
    }
    values.startPage(page);
  }

  private static int width(int most) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(most);
  }

  long bytesRead() {
    return pages.bytesRead();
  }

  long decodedPages() {
    return pages.decodedPages();
  }

  @Override
  public void close() {
    scope.releaseHeap(charged);
    charged = 0;
    values.close();
    pages.close();
  }
}
