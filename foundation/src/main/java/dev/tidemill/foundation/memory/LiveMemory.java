package dev.tidemill.foundation.memory;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** The checked twin's knowledge of which memory is live. Used only where {@link Memory#CHECKED}. */
final class LiveMemory {
  static final byte POISON = (byte) 0xDB;

  private static final ConcurrentSkipListMap<Long, Long> LIVE = new ConcurrentSkipListMap<>();

  /** Grows with every free, so that what a thread remembers of live memory expires. */
  private static final AtomicLong FREES = new AtomicLong();

  private static final ThreadLocal<Recent> RECENT = ThreadLocal.withInitial(Recent::new);

  private LiveMemory() {}

  static void add(long address, long length) {
    LIVE.put(address, address + length);
  }

  static void remove(long address) {
    if (LIVE.remove(address) == null) {
      throw new IllegalStateException("memory freed twice: " + Long.toHexString(address));
    }
    FREES.incrementAndGet();
  }

  static void check(long address, long length) {
    if (length == 0) {
      return;
    }
    Recent recent = RECENT.get();
    long frees = FREES.get();
    if (recent.frees != frees) {
      recent.forget(frees);
    }
    if (length < 0 || !(recent.covers(address, length) || find(recent, address, length))) {
      throw new IndexOutOfBoundsException(
          "no live buffer holds " + length + " bytes at " + Long.toHexString(address));
    }
  }

  private static boolean find(Recent recent, long address, long length) {
    Map.Entry<Long, Long> entry = LIVE.floorEntry(address);
    if (entry == null || address > entry.getValue() - length) {
      return false;
    }
    recent.remember(entry.getKey(), entry.getValue());
    return true;
  }

  /** The last few ranges a thread touched. */
  private static final class Recent {
    private static final int SIZE = 8;
    private final long[] start = new long[SIZE];
    private final long[] end = new long[SIZE];
    private int next;
    private long frees = -1;

    boolean covers(long address, long length) {
      for (int i = 0; i < SIZE; i++) {
        if (address >= start[i] && address <= end[i] - length) {
          return true;
        }
      }
      return false;
    }

    void remember(long from, long to) {
      start[next] = from;
      end[next] = to;
      next = (next + 1) % SIZE;
    }

    void forget(long seen) {
      Arrays.fill(end, 0);
      frees = seen;
    }
  }
}
