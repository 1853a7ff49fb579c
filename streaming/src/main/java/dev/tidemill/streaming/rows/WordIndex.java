package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.Arrays;

/**
 * Row numbers in the order of a word each, of equal words in that of the numbers, off the heap: a
 * list of blocks, of which one that is full becomes two.
 *
 * <pre>
 *   sequence   2        0        1
 *   words      1 4 4 ·  5 7 · ·  8 9 9 9
 *   rows       7 2 5 ·  1 3 · ·  0 4 6 8
 * </pre>
 *
 * <p>One thread.
 */
public final class WordIndex implements AutoCloseable {
  /** How many rows a block has room for. */
  private static final int BLOCK = 256;

  // Of block b from b * BLOCK on.
  private final Longs words;
  private final Ints rows;

  /** By block how many rows it has. */
  private final Ints counts;

  /** The blocks in their order, then those that are free. */
  private final Ints sequence;

  private int blocks;

  /** With those that are free. */
  private int made;

  /**
   * @param memory is charged with it
   */
  public WordIndex(MemoryScope memory) {
    this.words = new Longs(memory);
    this.rows = new Ints(memory);
    this.counts = new Ints(memory);
    this.sequence = new Ints(memory);
  }

  /**
   * Adds a row that is not there.
   *
   * @throws dev.tidemill.foundation.error.TidemillException MEMORY_LIMIT_EXCEEDED; nothing has
   *     changed then
   */
  public void add(long word, int row) {
    if (blocks == 0) {
      takeBlock(0);
    }
    int place = lastBefore(word, row);
    int block = sequence.get(place);
    if (counts.get(block) == BLOCK) {
      block = split(place, word, row);
    }
    int from = block * BLOCK;
    int count = counts.get(block);
    int at = from + firstFrom(block, word, row);
    words.copy(at, at + 1, from + count - at);
    rows.copy(at, at + 1, from + count - at);
    words.set(at, word);
    rows.set(at, row);
    counts.set(block, count + 1);
  }

  /** Makes room in a full block; the block that an entry belongs to then. */
  private int split(int place, long word, int row) {
    takeBlock(place + 1);
    int block = sequence.get(place);
    int next = sequence.get(place + 1);
    // What comes in order fills the blocks.
    int kept = isBefore(block, BLOCK - 1, word, row) ? BLOCK : BLOCK / 2;
    int moved = BLOCK - kept;
    words.copy(block * BLOCK + kept, next * BLOCK, moved);
    rows.copy(block * BLOCK + kept, next * BLOCK, moved);
    counts.set(block, kept);
    counts.set(next, moved);
    return isBefore(block, kept - 1, word, row) ? next : block;
  }

  /** Puts an empty block into a place of the sequence. */
  private void takeBlock(int place) {
    if (made == blocks) {
      int length = Math.multiplyExact(made + 1, BLOCK);
      words.ensure(length);
      rows.ensure(length);
      counts.ensure(made + 1);
      sequence.ensure(made + 1);
      sequence.set(made, made);
      made++;
    }
    int block = sequence.get(blocks);
    sequence.copy(place, place + 1, blocks - place);
    sequence.set(place, block);
    counts.set(block, 0);
    blocks++;
  }

  /** The place of the last block that begins before an entry, or 0. */
  private int lastBefore(long word, int row) {
    int low = 0;
    int high = blocks - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (isBefore(sequence.get(middle), 0, word, row)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The first place of a block whose entry is not before another. */
  private int firstFrom(int block, long word, int row) {
    int low = 0;
    int high = counts.get(block);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBefore(block, middle, word, row)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean isBefore(int block, int place, long word, int row) {
    int at = block * BLOCK + place;
    long there = words.get(at);
    return there < word || there == word && rows.get(at) < row;
  }

  /** The rows from one word to another, both inclusive; nothing is changed while they are read. */
  public Range range(long first, long last) {
    return new Range(first, last);
  }

  /** Gives rows in their order. */
  public final class Range {
    private final long first;
    private final long last;
    private int place;
    private int at;

    private Range(long first, long last) {
      this.first = first;
      this.last = last;
      rewind();
    }

    /** Begins anew. */
    public void rewind() {
      if (blocks > 0) {
        place = lastBefore(first, -1);
        at = firstFrom(sequence.get(place), first, -1);
      }
    }

    /** Fills an array as far as there are rows; how many came, 0 at the end. */
    public int next(int[] to) {
      int count = 0;
      while (place < blocks && count < to.length) {
        int block = sequence.get(place);
        int end = counts.get(block);
        while (at < end && count < to.length && words.get(block * BLOCK + at) <= last) {
          to[count++] = rows.get(block * BLOCK + at++);
        }
        if (at == end) {
          place++;
          at = 0;
        } else if (count < to.length) {
          place = blocks;
        }
      }
      return count;
    }
  }

  /** Row {@code live[i]}, ascending, becomes i; the others are gone. */
  public void renumber(int[] live, int count) {
    for (int place = 0; place < blocks; place++) {
      int from = sequence.get(place) * BLOCK;
      int kept = 0;
      for (int i = 0; i < counts.get(sequence.get(place)); i++) {
        int number = Arrays.binarySearch(live, 0, count, rows.get(from + i));
        if (number >= 0) {
          words.set(from + kept, words.get(from + i));
          rows.set(from + kept++, number);
        }
      }
      counts.set(sequence.get(place), kept);
    }
    freeEmpty();
  }

  /** Leaves out the rows from a number on. */
  public void truncate(int rowCount) {
    for (int place = 0; place < blocks; place++) {
      int from = sequence.get(place) * BLOCK;
      int kept = 0;
      for (int i = 0; i < counts.get(sequence.get(place)); i++) {
        if (rows.get(from + i) < rowCount) {
          words.set(from + kept, words.get(from + i));
          rows.set(from + kept++, rows.get(from + i));
        }
      }
      counts.set(sequence.get(place), kept);
    }
    freeEmpty();
  }

  /** Forgets all rows. */
  public void clear() {
    blocks = 0;
  }

  private void freeEmpty() {
    int kept = 0;
    for (int place = 0; place < blocks; place++) {
      int block = sequence.get(place);
      if (counts.get(block) > 0) {
        sequence.set(place, sequence.get(kept));
        sequence.set(kept++, block);
      }
    }
    blocks = kept;
  }

  @Override
  public void close() {
    words.close();
    rows.close();
    counts.close();
    sequence.close();
    blocks = 0;
    made = 0;
  }
}
