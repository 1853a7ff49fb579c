package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;

/** Groups by one column whose values fit a word. NULL has a group beside the directory. */
final class WordGroupTable extends GroupTable {
  private long[] words;
  private int nullGroup = -1;
  private long[] batchWords = new long[Batch.MAX_ROWS];

  WordGroupTable(List<Type> keyTypes, MemoryScope memory) {
    super(keyTypes, memory);
    this.words = new long[FIRST_CAPACITY];
  }

  @Override
  public void groups(List<Column> columns, int[] rows, int count, int[] groups) {
    if (batchWords.length < count) {
      batchWords = new long[count];
    }
    Column column = columns.get(0);
    KeyWords.read(column, rows, count, batchWords);
    if (column.mayHaveNulls()) {
      for (int i = 0; i < count; i++) {
        groups[i] =
            column.isNull(rows[i])
                ? nullGroup(columns, rows[i])
                : group(batchWords[i], columns, rows[i]);
      }
    } else {
      for (int i = 0; i < count; i++) {
        groups[i] = group(batchWords[i], columns, rows[i]);
      }
    }
  }

  @Override
  public void find(List<Column> columns, int[] rows, int count, int[] groups, Lookup lookup) {
    if (lookup.words.length < count) {
      lookup.words = new long[count];
    }
    long[] sought = lookup.words;
    Column column = columns.get(0);
    KeyWords.read(column, rows, count, sought);
    int mask = directory.length - 1;
    for (int i = 0; i < count; i++) {
      long word = sought[i];
      int slot = (int) Hash.mix(word) & mask;
      int group = directory[slot] - 1;
      while (group >= 0 && words[group] != word) {
        slot = (slot + 1) & mask;
        group = directory[slot] - 1;
      }
      groups[i] = group;
    }
    if (column.mayHaveNulls()) {
      for (int i = 0; i < count; i++) {
        if (column.isNull(rows[i])) {
          groups[i] = nullGroup;
        }
      }
    }
  }

  private int group(long word, List<Column> columns, int row) {
    int mask = directory.length - 1;
    int slot = (int) Hash.mix(word) & mask;
    while (true) {
      int group = directory[slot] - 1;
      if (group < 0) {
        return add(word, slot, columns, row);
      }
      if (words[group] == word) {
        return group;
      }
      slot = (slot + 1) & mask;
    }
  }

  private int add(long word, int slot, List<Column> columns, int row) {
    int group = groupCount;
    words = heap.grow(words, group + 1);
    words[group] = word;
    directory[slot] = group + 1;
    addKey(columns, row);
    if (isHalfFull()) {
      enlarge();
    }
    return group;
  }

  private int nullGroup(List<Column> columns, int row) {
    if (nullGroup < 0) {
      nullGroup = groupCount;
      words = heap.grow(words, nullGroup + 1);
      addKey(columns, row);
    }
    return nullGroup;
  }

  private void enlarge() {
    int[] larger = largerDirectory();
    int mask = larger.length - 1;
    for (int group = 0; group < groupCount; group++) {
      if (group != nullGroup) {
        int slot = (int) Hash.mix(words[group]) & mask;
        while (larger[slot] != 0) {
          slot = (slot + 1) & mask;
        }
        larger[slot] = group + 1;
      }
    }
    directory = larger;
  }
}
