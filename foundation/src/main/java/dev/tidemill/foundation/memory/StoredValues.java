package dev.tidemill.foundation.memory;

import dev.tidemill.foundation.error.TidemillException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A byte string, or none, for each number. One that is not longer than the one before takes its
 * place, another goes behind all; what is left behind is given back when it is half of all.
 *
 * <pre>
 *   number   0  1  2        page   'ab' 'xyz' · 'c'
 *   place    0  5  2        room of number 1: 3
 * </pre>
 *
 * <p>One thread at a time.
 */
public final class StoredValues implements AutoCloseable {
  private static final long FIRST_PAGE_BYTES = 1 << 12;
  private static final long MOST_PAGE_BYTES = 1 << 24;

  /** A page is this part of all there are, so that the last one wastes little. */
  private static final int PART = 4;

  /** Less that is left behind is not worth moving the others. */
  private static final long FEW_BYTES = 1 << 20;

  private final MemoryScope memory;
  private Pages pages;

  /** By number the page and the offset there, of 32 bits each. */
  private Longs places;

  /** By number the length + 1, or 0. */
  private final Ints lengths;

  /** By number how many bytes its place has. */
  private final Ints rooms;

  /** Bytes of places that numbers have. */
  private long held;

  public StoredValues(MemoryScope memory) {
    this.memory = memory;
    this.pages = new Pages(memory);
    this.places = new Longs(memory);
    this.lengths = new Ints(memory);
    this.rooms = new Ints(memory);
  }

  /** Makes room for numbers below {@code count}, without values. */
  public void ensure(int count) {
    places.ensure(count);
    lengths.ensure(count);
    rooms.ensure(count);
  }

  /** A copy, or null. */
  public byte @Nullable [] get(int number) {
    int length = lengths.get(number) - 1;
    if (length < 0) {
      return null;
    }
    byte[] value = new byte[length];
    if (length > 0) {
      Memory.copyToArray(pages.address(places.get(number)), value, 0, length);
    }
    return value;
  }

  public void set(int number, byte @Nullable [] value) {
    if (value == null) {
      lengths.set(number, 0);
    } else {
      set(number, value, 0, value.length);
    }
  }

  /** Copies bytes from {@code from} up to, without, {@code to}. */
  public void set(int number, byte[] bytes, int from, int to) {
    int length = to - from;
    if (length > rooms.get(number)) {
      long place = pages.add(length);
      held += length - rooms.get(number);
      places.set(number, place);
      rooms.set(number, length);
    }
    if (length > 0) {
      Memory.copyFromArray(bytes, from, pages.address(places.get(number)), length);
    }
    lengths.set(number, length + 1);
  }

  public boolean has(int number) {
    return lengths.get(number) > 0;
  }

  /**
   * Which comes first as unsigned bytes: the value of a number, which has one, or bytes from {@code
   * from} up to, without, {@code to}.
   */
  public int compare(int number, byte[] bytes, int from, int to) {
    int length = lengths.get(number) - 1;
    int common = Math.min(length, to - from);
    long at = common == 0 ? 0 : pages.address(places.get(number));
    for (int i = 0; i < common; i++) {
      int compared = Byte.compareUnsigned(Memory.getByte(at + i), bytes[from + i]);
      if (compared != 0) {
        return compared;
      }
    }
    return Integer.compare(length, to - from);
  }

  /** The value of {@code live[i]}, ascending, becomes that of i; the others have none. */
  public void renumber(int[] live, int count) {
    held = 0;
    for (int i = 0; i < count; i++) {
      places.set(i, places.get(live[i]));
      lengths.set(i, lengths.get(live[i]));
      rooms.set(i, rooms.get(live[i]));
      held += rooms.get(i);
    }
    lengths.clear(count, lengths.length());
    rooms.clear(count, rooms.length());
  }

  /**
   * Between steps: gives back what is left behind, if that is much, of the numbers below one. Where
   * there is no room to move the others, nothing happens.
   */
  public void tidy(int count) {
    if (pages.used - held < Math.max(FEW_BYTES, held)) {
      return;
    }
    Pages fewer = new Pages(memory);
    Longs moved = new Longs(memory);
    try {
      moved.ensure(count);
      for (int number = 0; number < count; number++) {
        int room = rooms.get(number);
        if (room > 0) {
          long place = fewer.add(room);
          Memory.copy(pages.address(places.get(number)), fewer.address(place), room);
          moved.set(number, place);
        }
      }
    } catch (TidemillException e) {
      fewer.close();
      moved.close();
      return;
    }
    pages.close();
    pages = fewer;
    places.close();
    places = moved;
  }

  @Override
  public void close() {
    pages.close();
    places.close();
    lengths.close();
    rooms.close();
    held = 0;
  }

  /** Where the bytes are. */
  private static final class Pages implements AutoCloseable {
    private final MemoryScope memory;
    private final List<Buffer> all = new ArrayList<>();
    private long bytes;
    private int room;
    private int filled;

    /** Bytes of all places. */
    private long used;

    Pages(MemoryScope memory) {
      this.memory = memory;
    }

    /** A place of so many bytes. */
    long add(int length) {
      if (all.isEmpty() || filled + length > room) {
        long usual = Math.clamp(bytes / PART, FIRST_PAGE_BYTES, MOST_PAGE_BYTES);
        Buffer next = memory.allocate(Math.max(length, usual));
        all.add(next);
        bytes += next.capacity();
        room = (int) Math.min(next.capacity(), Integer.MAX_VALUE);
        filled = 0;
      }
      long place = (long) (all.size() - 1) << 32 | filled;
      filled += length;
      used += length;
      return place;
    }

    long address(long place) {
      return all.get((int) (place >>> 32)).address() + (int) place;
    }

    @Override
    public void close() {
      all.forEach(Buffer::close);
      all.clear();
      bytes = 0;
      room = 0;
      used = 0;
    }
  }
}
