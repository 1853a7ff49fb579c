package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.streaming.state.ChangedNumbers;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A multiset of rows by key: those of a key are a chain, from the last that came to the first. Keys
 * are the numbers of a table that stands elsewhere. Equal rows may have a number each.
 *
 * <pre>
 *   key   0   1          row   0   1   2
 *   last  2   1          next  -1  -1  0       rows 2 and 0 are of key 0
 * </pre>
 */
public final class KeyedRows implements MatchedRows {
  /** A chain in which so few rows are compared for one that is sought is short. */
  private static final int SHORT = 6;

  private static final int PATIENCE = 10_000;

  /** Of so many rows what will be read is read at once: it fits the cache. */
  private static final int TOGETHER = 512;

  private final RowStore store;
  private final MemoryScope memory;
  private final boolean finds;
  private final Ints keys;

  /** By row the next of its chain, and before it a part of the hash of its values. */
  private final Longs links;

  /** By key the last row + 1. */
  private final Ints lasts;

  /** How many rows are in chains. */
  private int chained;

  private int committedLength;

  /** Rows by value, once chains have turned out to be long; made anew when rows are. */
  private @Nullable RowDirectory directory;

  private long timesSummed;
  private long sought;
  private long compared;

  /** Means nothing: it is there so that reading ahead is not left out. */
  private long touched;

  /**
   * @param finds whether rows may go
   */
  KeyedRows(List<Type> types, boolean finds, MemoryScope memory) {
    this.store = new RowStore(types, memory);
    this.finds = finds;
    this.memory = memory;
    this.keys = new Ints(memory);
    this.links = new Longs(memory);
    this.lasts = new Ints(memory);
  }

  /** Makes room for keys below {@code count}. */
  void ensureKeys(int count) {
    lasts.ensure(count);
  }

  /**
   * Adds weights to rows, {@code rows[i]} of key {@code rowKeys[i]}. A row that comes gets a number
   * of its own; one that goes is sought among those of its key.
   *
   * @param delta whose first columns are the rows
   * @param numbers becomes each row's number
   */
  void add(Batch delta, int[] rows, int[] rowKeys, long[] rowWeights, int count, int[] numbers) {
    if (directory == null && isLong()) {
      directory = new RowDirectory(store, links, memory);
      timesSummed++;
    }
    List<Column> plain = store.plain(delta);
    try {
      long[] hashes = new long[delta.length()];
      if (finds) {
        RowStore.hash(plain, delta.length(), hashes);
      }
      RowDirectory known = directory;
      if (known == null) {
        addToChains(plain, hashes, rows, rowKeys, rowWeights, count, numbers);
      } else {
        addFound(known, plain, hashes, rows, rowKeys, rowWeights, count, numbers);
      }
    } finally {
      plain.forEach(Column::close);
    }
  }

  /** Another number once equal rows have become one: weights of others than told have changed. */
  public long timesSummed() {
    return timesSummed;
  }

  /** The rows that were there before the step whose weights it has changed, some of them twice. */
  public void forEachChanged(IntConsumer told) {
    store.forEachChanged(told);
  }

  /** Whether chains have turned out to be long. */
  private boolean isLong() {
    return compared > SHORT * sought + PATIENCE;
  }

  /**
   * Rows that come are new, unless they were removed before; those that go are sought among all of
   * their keys, with those that come now.
   */
  private void addToChains(
      List<Column> plain,
      long[] hashes,
      int[] rows,
      int[] rowKeys,
      long[] rowWeights,
      int count,
      int[] numbers) {
    int[] places = new int[count];
    long[] left = rowWeights;
    int fresh = 0;
    int going = 0;
    if (store.hasNegative()) {
      left = rowWeights.clone();
      for (int i = 0; i < count; i++) {
        if (left[i] > 0) {
          left[i] = addInChain(plain, hashes, rows[i], rowKeys[i], left[i], numbers, i);
        }
      }
    }
    for (int i = 0; i < count; i++) {
      if (left[i] > 0) {
        places[fresh++] = i;
      }
      going += rowWeights[i] < 0 ? 1 : 0;
    }
    append(plain, hashes, rows, rowKeys, left, places, fresh, numbers);
    if (going == 0) {
      return;
    }
    left = left.clone();
    int missing = 0;
    int[] scratch = new int[TOGETHER];
    for (int i = 0; i < count; i++) {
      if (i % TOGETHER == 0) {
        touchChains(rowKeys, rowWeights, i, Math.min(count, i + TOGETHER), scratch);
      }
      if (rowWeights[i] < 0) {
        left[i] = addInChain(plain, hashes, rows[i], rowKeys[i], left[i], numbers, i);
        if (left[i] != 0) {
          places[missing++] = i;
        }
      }
    }
    append(plain, hashes, rows, rowKeys, left, places, missing, numbers);
  }

  /** Reads the beginnings of the chains in which rows that go are sought, all at once. */
  private void touchChains(int[] rowKeys, long[] rowWeights, int from, int to, int[] scratch) {
    int there = 0;
    for (int i = from; i < to; i++) {
      if (rowWeights[i] < 0) {
        scratch[there] = lasts.get(rowKeys[i]) - 1;
        there += scratch[there] >= 0 ? 1 : 0;
      }
    }
    for (int i = 0; i < there; i++) {
      touched += links.get(scratch[i]);
    }
    touched += store.touch(scratch, there);
  }

  /** Adds a weight to rows of a key that are the same and of the other sign; what is left of it. */
  private long addInChain(
      List<Column> plain, long[] hashes, int row, int key, long weight, int[] numbers, int place) {
    long left = weight;
    while (left != 0) {
      int there = inChain(plain, (int) hashes[row], row, key, left);
      if (there < 0) {
        return left;
      }
      long taken = Math.min(Math.abs(left), Math.abs(store.weight(there))) * Long.signum(left);
      store.setWeight(there, store.weight(there) + taken);
      left -= taken;
      numbers[place] = there;
    }
    return 0;
  }

  /** Equal rows have one number. */
  private void addFound(
      RowDirectory known,
      List<Column> plain,
      long[] hashes,
      int[] rows,
      int[] rowKeys,
      long[] rowWeights,
      int count,
      int[] numbers) {
    int[] places = new int[count];
    int[] scratch = new int[Math.min(count, TOGETHER)];
    int fresh = 0;
    for (int i = 0; i < count; i++) {
      if (i % TOGETHER == 0) {
        touched += known.touch(hashes, rows, i, Math.min(count, i + TOGETHER), scratch);
      }
      numbers[i] = known.find(plain, rows[i], (int) hashes[rows[i]]);
      if (numbers[i] < 0) {
        places[fresh++] = i;
      } else {
        store.setWeight(numbers[i], Math.addExact(store.weight(numbers[i]), rowWeights[i]));
      }
    }
    append(plain, hashes, rows, rowKeys, rowWeights, places, fresh, numbers);
    for (int i = 0; i < fresh; i++) {
      int place = places[i];
      int number = numbers[place];
      int same = known.find(plain, rows[place], (int) hashes[rows[place]]);
      if (same < 0) {
        known.add(number);
      } else {
        store.setWeight(same, Math.addExact(store.weight(same), rowWeights[place]));
        store.setWeight(number, 0);
        numbers[place] = same;
      }
    }
  }

  /** The row of a key that is the same and of the other sign, or -1. */
  private int inChain(List<Column> plain, int print, int wanted, int key, long weight) {
    sought++;
    int row = first(key);
    while (row >= 0) {
      compared++;
      long link = links.get(row);
      if ((int) (link >>> 32) == print) {
        long there = store.weight(row);
        if (there != 0 && weight < 0 == there > 0 && store.equal(row, plain, wanted)) {
          return row;
        }
      }
      row = (int) link;
    }
    return -1;
  }

  /** New rows, those of some places, behind the others. */
  private void append(
      List<Column> plain,
      long[] hashes,
      int[] rows,
      int[] rowKeys,
      long[] rowWeights,
      int[] places,
      int count,
      int[] numbers) {
    if (count == 0) {
      return;
    }
    int[] appended = new int[count];
    for (int i = 0; i < count; i++) {
      appended[i] = rows[places[i]];
    }
    int number = store.length();
    store.append(plain, appended, count);
    keys.ensure(store.length());
    links.ensure(store.length());
    for (int i = 0; i < count; i++) {
      int key = rowKeys[places[i]];
      keys.set(number, key);
      links.set(number, link((int) hashes[appended[i]], lasts.get(key) - 1));
      lasts.set(key, number + 1);
      chained = number + 1;
      store.setWeight(number, rowWeights[places[i]]);
      numbers[places[i]] = number++;
    }
  }

  /**
   * Marks a row for each of a batch that is equal to it, {@code rows[i]} of key {@code rowKeys[i]}.
   *
   * @param batch whose first columns are the rows
   * @param there by number
   */
  public void markThere(Batch batch, int[] rows, int[] rowKeys, int count, boolean[] there) {
    List<Column> plain = store.plain(batch);
    try {
      for (int i = 0; i < count; i++) {
        for (int row = first(rowKeys[i]); row >= 0; row = next(row)) {
          if (!there[row] && store.weight(row) > 0 && store.equal(row, plain, rows[i])) {
            there[row] = true;
            break;
          }
        }
      }
    } finally {
      plain.forEach(Column::close);
    }
  }

  /** The first row of a key's chain, or -1. A row of the chain may have gone: its weight is 0. */
  public int first(int key) {
    return key < lasts.length() ? lasts.get(key) - 1 : -1;
  }

  /** The row behind one in its chain, or -1. */
  public int next(int row) {
    return (int) links.get(row);
  }

  private static long link(int print, int next) {
    return (long) print << 32 | next & 0xffff_ffffL;
  }

  /** The key of a row. */
  public int key(int row) {
    return keys.get(row);
  }

  /** Row numbers go from 0 up to, without, this. */
  public int length() {
    return store.length();
  }

  @Override
  public long weight(int row) {
    return store.weight(row);
  }

  /** Which of two rows comes first by sort keys, 0 where none decides. */
  public int compare(List<SortKey> keys, int row, int other) {
    for (int i = 0; i < keys.size(); i++) {
      int byKey = store.compare(keys.get(i), row, other);
      if (byKey != 0) {
        return byKey;
      }
    }
    return 0;
  }

  /** Sets the weight of a row, 0 to remove it. */
  public void setWeight(int row, long weight) {
    store.setWeight(row, weight);
  }

  /** {@code before[i]} becomes the weight of row {@code rows[i]} before the step. */
  public void weightsBefore(int[] rows, int count, long[] before) {
    store.weightsBefore(rows, count, before);
  }

  public List<Type> types() {
    return store.types();
  }

  /** A column of rows by number, -1 for NULL; the caller's to close. */
  @Override
  public Column take(int column, int[] rows, int count, MemoryScope scope) {
    return store.take(column, rows, count, scope);
  }

  /** All columns of rows by number; the caller's to close. */
  @Override
  public List<Column> take(int[] rows, int count, MemoryScope scope) {
    return store.take(rows, count, scope);
  }

  int live() {
    return store.live();
  }

  int[] liveRows() {
    return store.liveRows();
  }

  void commit(ChangedNumbers changed) {
    store.commit(changed);
    committedLength = store.length();
  }

  void rollback() {
    for (int row = chained - 1; row >= committedLength; row--) {
      lasts.set(keys.get(row), next(row) + 1);
    }
    chained = committedLength;
    store.rollback();
    closeDirectory();
  }

  private void closeDirectory() {
    if (directory != null) {
      directory.close();
      directory = null;
    }
  }

  /** As {@link RowStore#fewer}. */
  List<ColumnStore> fewer(int[] live) {
    return store.fewer(live);
  }

  /**
   * Numbers the rows anew.
   *
   * @param live those that are there
   * @param fewer their columns
   * @param keyNumbers by key its new number
   */
  void renumber(int[] live, List<ColumnStore> fewer, int[] keyNumbers) {
    closeDirectory();
    lasts.clear(0, lasts.length());
    for (int i = 0; i < live.length; i++) {
      int key = keyNumbers[keys.get(live[i])];
      keys.set(i, key);
      links.set(i, link((int) (links.get(live[i]) >>> 32), lasts.get(key) - 1));
      lasts.set(key, i + 1);
    }
    store.renumber(live, fewer);
    chained = live.length;
    committedLength = live.length;
  }

  void close() {
    closeDirectory();
    store.close();
    keys.close();
    links.close();
    lasts.close();
  }
}
