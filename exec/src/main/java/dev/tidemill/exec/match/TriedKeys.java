package dev.tidemill.exec.match;

import dev.tidemill.exec.memory.HeapMemory;
import java.util.Arrays;

/**
 * States where conditions depend on rows that were taken before: a state is the step, the row, the
 * flags and those rows. They hold for matches that begin with the same row. Nothing is written down
 * as long as few ways have failed.
 */
final class TriedKeys implements TriedStates {
  /** The rows that all that is still to come may ask for. */
  interface Asked {
    int count();

    /** Writes the rows, -1 for none, as they are before {@code row} is taken. */
    void write(int row, int[] into, int at);
  }

  private final HeapMemory heap;
  private final Asked asked;
  private final int free;
  private final int width;
  private final int[] key;

  /** The keys, one after the other. */
  private int[] keys = new int[0];

  private int count;

  /** A power of two: numbers of keys from 1 on, 0 where there is none. */
  private int[] places;

  private int failed;

  /**
   * @param free as many ways may fail before states are written down
   */
  TriedKeys(Asked asked, int free, HeapMemory heap) {
    this.heap = heap;
    this.free = free;
    this.asked = asked;
    this.width = 3 + asked.count();
    this.key = new int[width];
    this.places = heap.ints(64);
  }

  @Override
  public void begin(int partition) {
    failed = 0;
    if (count > 0) {
      Arrays.fill(places, 0);
      count = 0;
    }
  }

  @Override
  public boolean enter(int step, int row, int flags) {
    if (failed < free) {
      return true;
    }
    key[0] = step;
    key[1] = row;
    key[2] = flags;
    asked.write(row, key, 3);
    int place = place();
    if (places[place] != 0) {
      return false;
    }
    keys = heap.grow(keys, Math.multiplyExact(count + 1, width));
    System.arraycopy(key, 0, keys, count * width, width);
    places[place] = ++count;
    if (count * 2 > places.length) {
      grow();
    }
    return true;
  }

  private int place() {
    int place = hash(key, 0) & places.length - 1;
    while (places[place] != 0 && !isAt((places[place] - 1) * width)) {
      place = place + 1 & places.length - 1;
    }
    return place;
  }

  private boolean isAt(int at) {
    return Arrays.equals(keys, at, at + width, key, 0, width);
  }

  private int hash(int[] of, int at) {
    int hash = 0;
    for (int i = 0; i < width; i++) {
      hash = (hash ^ of[at + i]) * 0x9E3779B1;
      hash ^= hash >>> 15;
    }
    return hash;
  }

  private void grow() {
    int length = Math.multiplyExact(places.length, 2);
    int[] more = heap.ints(length);
    for (int i = 0; i < count; i++) {
      int place = hash(keys, i * width) & length - 1;
      while (more[place] != 0) {
        place = place + 1 & length - 1;
      }
      more[place] = i + 1;
    }
    heap.release(places.length * 4L);
    places = more;
  }

  @Override
  public int mark() {
    return 0;
  }

  @Override
  public void back(int mark) {
    failed++;
  }

  @Override
  public void matched() {}
}
