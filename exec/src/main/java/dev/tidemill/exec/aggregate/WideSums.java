package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Memory;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * Sums of 64-bit and 128-bit numbers by group that never overflow on the way: 128 bits, and for
 * 128-bit numbers a count of how often these wrapped around. Whether a sum fits its type is asked
 * at the end, so the order of the values does not matter. Also counts the values.
 */
final class WideSums {
  private final HeapMemory heap;
  private long[] low = new long[0];
  private long[] high = new long[0];
  private long[] counts = new long[0];

  /** By group: wraps of the 128 bits upwards, less those downwards; empty until the first. */
  private long[] wraps = new long[0];

  WideSums(HeapMemory heap) {
    this.heap = heap;
  }

  void ensure(int groups) {
    low = heap.grow(low, groups);
    high = heap.grow(high, groups);
    counts = heap.grow(counts, groups);
    if (wraps.length > 0) {
      wraps = heap.grow(wraps, groups);
    }
  }

  void add(FixedColumn values, int[] rows, int[] groups, int count) {
    switch (values.width()) {
      case 8 -> add8(values.address(), rows, groups, count);
      case 16 -> {
        for (int i = 0; i < count; i++) {
          addWide(groups[i], values.longAt(rows[i]), values.highAt(rows[i]));
          counts[groups[i]]++;
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          addNarrow(groups[i], values.longAt(rows[i]));
          counts[groups[i]]++;
        }
      }
    }
  }

  private void add8(long address, int[] rows, int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      int group = groups[i];
      addNarrow(group, Memory.getLong(address + ((long) rows[i] << 3)));
      counts[group]++;
    }
  }

  private void addNarrow(int group, long value) {
    long before = low[group];
    long sum = before + value;
    low[group] = sum;
    high[group] += (value >> 63) + carry(before, value, sum);
  }

  private void addWide(int group, long valueLow, long valueHigh) {
    long before = low[group];
    long sum = before + valueLow;
    low[group] = sum;
    long added = valueHigh + carry(before, valueLow, sum);
    long highBefore = high[group];
    long highSum = highBefore + added;
    high[group] = highSum;
    if (((highBefore ^ highSum) & (added ^ highSum)) < 0) {
      wraps = heap.grow(wraps, low.length);
      wraps[group] += added < 0 ? -1 : 1;
    }
  }

  private static long carry(long a, long b, long sum) {
    return ((a & b) | ((a | b) & ~sum)) >>> 63;
  }

  void merge(WideSums other, int[] from, int[] to, int count) {
    for (int i = 0; i < count; i++) {
      addWide(to[i], other.low[from[i]], other.high[from[i]]);
      counts[to[i]] += other.counts[from[i]];
      if (other.wraps.length > 0 && other.wraps[from[i]] != 0) {
        wraps = heap.grow(wraps, low.length);
        wraps[to[i]] += other.wraps[from[i]];
      }
    }
  }

  void reset(int groups) {
    Arrays.fill(low, 0, groups, 0);
    Arrays.fill(high, 0, groups, 0);
    Arrays.fill(counts, 0, groups, 0);
    if (wraps.length > 0) {
      Arrays.fill(wraps, 0, groups, 0);
    }
  }

  long count(int group) {
    return counts[group];
  }

  long low(int group) {
    return low[group];
  }

  long high(int group) {
    return high[group];
  }

  /** Whether the sum is that of {@link #low} and {@link #high}. */
  boolean fits128(int group) {
    return wraps.length == 0 || wraps[group] == 0;
  }

  boolean fits64(int group) {
    return fits128(group) && high[group] == low[group] >> 63;
  }

  BigInteger sum(int group) {
    BigInteger sum = BigInteger.valueOf(high[group]).shiftLeft(64).add(unsigned(low[group]));
    return fits128(group) ? sum : sum.add(BigInteger.valueOf(wraps[group]).shiftLeft(128));
  }

  private static BigInteger unsigned(long value) {
    BigInteger signed = BigInteger.valueOf(value);
    return value < 0 ? signed.add(BigInteger.ONE.shiftLeft(64)) : signed;
  }
}
