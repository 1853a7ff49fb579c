package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;

/** Groups by one column whose values fit a word. NULL has a group without a word. */
final class WordGroupTable extends GroupTable {
  private final Type type;
  private final MemoryScope memory;
  private final WordDirectory directory;
  private long[] batchWords = new long[Batch.MAX_ROWS];
  private int[] valid = new int[0];
  private int[] validGroups = new int[0];

  WordGroupTable(Type type, MemoryScope memory) {
    this.type = type;
    this.memory = memory;
    this.directory = new WordDirectory(memory);
  }

  @Override
  public int groupCount() {
    return directory.count();
  }

  @Override
  public void expect(int groups) {
    directory.expect(groups);
  }

  @Override
  public void groups(List<Column> columns, int[] rows, int count, int[] groups) {
    if (batchWords.length < count) {
      batchWords = new long[count];
    }
    Column column = columns.get(0);
    if (column.mayHaveNulls()) {
      groupsWithNulls(column, rows, count, groups);
    } else {
      KeyWords.read(column, rows, count, batchWords);
      directory.numbers(batchWords, count, groups);
    }
  }

  private void groupsWithNulls(Column column, int[] rows, int count, int[] groups) {
    if (valid.length < count) {
      valid = new int[count];
      validGroups = new int[count];
    }
    long validity = column.validityAddress();
    int kept = 0;
    int beforeNull = -1;
    for (int i = 0; i < count; i++) {
      if (Bits.get(validity, rows[i])) {
        valid[kept++] = rows[i];
      } else if (beforeNull < 0) {
        beforeNull = kept;
      }
    }
    KeyWords.read(column, valid, kept, batchWords);
    if (beforeNull >= 0 && directory.nothing() < 0) {
      directory.numbers(batchWords, beforeNull, validGroups);
      directory.addNothing();
    }
    directory.numbers(batchWords, kept, validGroups);
    int next = 0;
    for (int i = 0; i < count; i++) {
      groups[i] = Bits.get(validity, rows[i]) ? validGroups[next++] : directory.nothing();
    }
  }

  @Override
  public void find(List<Column> columns, int[] rows, int count, int[] groups, Lookup lookup) {
    long[] sought = lookup.words(count);
    Column column = columns.get(0);
    KeyWords.read(column, rows, count, sought);
    directory.find(sought, count, groups);
    if (column.mayHaveNulls()) {
      for (int i = 0; i < count; i++) {
        if (column.isNull(rows[i])) {
          groups[i] = directory.nothing();
        }
      }
    }
  }

  @Override
  public List<Column> keys() {
    return List.of(
        KeyWords.column(type, directory.words(), directory.count(), directory.nothing(), memory));
  }

  @Override
  public List<Column> keys(int[] groups, int count) {
    long[] words = new long[count];
    int nullAt = -1;
    for (int i = 0; i < count; i++) {
      words[i] = directory.word(groups[i]);
      nullAt = groups[i] == directory.nothing() ? i : nullAt;
    }
    return List.of(KeyWords.column(type, words, count, nullAt, memory));
  }

  @Override
  public void close() {
    directory.clear();
  }
}
