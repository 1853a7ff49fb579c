package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/**
 * Sums of 64-bit and 128-bit numbers by group that never overflow on the way. Whether a sum fits
 * its type is asked at the end, so the order of the values does not matter. Also counts the values.
 *
 * <p>As long as no sum can have left 64 bits, which is asked once a batch, a sum is one word beside
 * its count. From then on it has 128 bits, and for 128-bit numbers a count of how often these
 * wrapped around.
 */
final class WideSums implements AutoCloseable {
  /** Of what {@link #writeState} writes. */
  static final List<Type> STATE_TYPES = List.of(Type.BIGINT, Type.BIGINT, Type.BIGINT, Type.BIGINT);

  /** By group: the lower half of the sum, and the count. */
  private final Longs pairs;

  /** By group: the upper half of the sum; empty while no sum needs it. */
  private final Longs high;

  /** By group: wraps of the 128 bits upwards, less those downwards; empty until the first. */
  private final Longs wraps;

  /** No sum is further from 0 than this, while {@link #high} is empty. */
  private long bound;

  private int groups;
  private final long[] runSums = new long[GroupRuns.MAX_GROUPS];

  WideSums(MemoryScope memory) {
    this.pairs = new Longs(memory);
    this.high = new Longs(memory);
    this.wraps = new Longs(memory);
  }

  void ensure(int groupCount) {
    groups = Math.max(groups, groupCount);
    pairs.ensure(Math.multiplyExact(groups, 2));
    if (high.length() > 0) {
      high.ensure(groups);
    }
    if (wraps.length() > 0) {
      wraps.ensure(groups);
    }
  }

  void add(FixedColumn values, int[] rows, int[] groupIds, int count) {
    if (values.width() == 16) {
      addWide(values, rows, groupIds, count);
    } else if (high.length() == 0 && staysNarrow(magnitude(values, rows, count), count)) {
      switch (values.width()) {
        case 8 -> add8(values.address(), rows, groupIds, count);
        case 4 -> add4(values.address(), rows, groupIds, count);
        default -> {
          for (int i = 0; i < count; i++) {
            pairs.add(groupIds[i] << 1, values.longAt(rows[i]));
            pairs.add((groupIds[i] << 1) + 1, 1);
          }
        }
      }
    } else {
      widen();
      for (int i = 0; i < count; i++) {
        addNarrow(groupIds[i], values.longAt(rows[i]));
        pairs.add((groupIds[i] << 1) + 1, 1);
      }
    }
  }

  /** As {@link #add}, each value {@code weights[i]} times. */
  void addWeighted(FixedColumn values, int[] rows, int[] groupIds, long[] weights, int count) {
    long copies = 0;
    for (int i = 0; i < count; i++) {
      long weight = weights[i];
      copies += Math.min(weight < 0 ? -weight & Long.MAX_VALUE : weight, 1L << 40);
    }
    if (values.width() < 16
        && high.length() == 0
        && staysNarrow(magnitude(values, rows, count), copies)) {
      for (int i = 0; i < count; i++) {
        int at = groupIds[i] << 1;
        pairs.add(at, values.longAt(rows[i]) * weights[i]);
        pairs.add(at + 1, weights[i]);
      }
      return;
    }
    widen();
    for (int i = 0; i < count; i++) {
      addProduct(groupIds[i], values, rows[i], weights[i]);
      pairs.add((groupIds[i] << 1) + 1, weights[i]);
    }
  }

  private void addProduct(int group, FixedColumn values, int row, long weight) {
    if (values.width() < 16) {
      long value = values.longAt(row);
      addWide(group, value * weight, Math.multiplyHigh(value, weight));
    } else if (weight == 1) {
      addWide(group, values.longAt(row), values.highAt(row));
    } else {
      BigInteger product = values.unscaledAt(row).multiply(BigInteger.valueOf(weight));
      long upper = product.shiftRight(64).longValue();
      addWide(group, product.longValue(), upper);
      long beyond = product.shiftRight(127).add(BigInteger.ONE).shiftRight(1).longValue();
      if (beyond != 0) {
        wraps.ensure(groups);
        wraps.add(group, beyond);
      }
    }
  }

  void clear(int[] groupIds, int count) {
    for (int i = 0; i < count; i++) {
      int group = groupIds[i];
      pairs.set(group << 1, 0);
      pairs.set((group << 1) + 1, 0);
      if (high.length() > 0) {
        high.set(group, 0);
      }
      if (wraps.length() > 0) {
        wraps.set(group, 0);
      }
    }
  }

  /** As {@link #add}, for rows in the order of their groups. */
  void addRuns(FixedColumn values, GroupRuns runs) {
    int[] rows = runs.rows();
    int count = runs.start(runs.count());
    if (values.width() == 8
        && high.length() == 0
        && staysNarrow(sumRuns8(values.address(), runs), count)) {
      for (int run = 0; run < runs.count(); run++) {
        int at = runs.group(run) << 1;
        pairs.add(at, runSums[run]);
        pairs.add(at + 1, runs.start(run + 1) - runs.start(run));
      }
      return;
    }
    int[] ids = new int[count];
    for (int run = 0; run < runs.count(); run++) {
      Arrays.fill(ids, runs.start(run), runs.start(run + 1), runs.group(run));
    }
    add(values, rows, ids, count);
  }

  /** Sets the sum of each run; says what {@link #magnitude} says. */
  private long sumRuns8(long address, GroupRuns runs) {
    int[] rows = runs.rows();
    long bits = 0;
    for (int run = 0; run < runs.count(); run++) {
      long sum = 0;
      for (int i = runs.start(run), end = runs.start(run + 1); i < end; i++) {
        long value = Memory.getLong(address + ((long) rows[i] << 3));
        bits |= value ^ value >> 63;
        sum += value;
      }
      runSums[run] = sum;
    }
    return bits;
  }

  private void add8(long address, int[] rows, int[] groupIds, int count) {
    long own = pairs.address();
    for (int i = 0; i < count; i++) {
      long at = own + ((long) groupIds[i] << 4);
      Memory.putLong(at, Memory.getLong(at) + Memory.getLong(address + ((long) rows[i] << 3)));
      Memory.putLong(at + 8, Memory.getLong(at + 8) + 1);
    }
  }

  private void add4(long address, int[] rows, int[] groupIds, int count) {
    long own = pairs.address();
    for (int i = 0; i < count; i++) {
      long at = own + ((long) groupIds[i] << 4);
      Memory.putLong(at, Memory.getLong(at) + Memory.getInt(address + ((long) rows[i] << 2)));
      Memory.putLong(at + 8, Memory.getLong(at + 8) + 1);
    }
  }

  /** All bits of which a value's distance from 0 may consist. */
  private static long magnitude(FixedColumn values, int[] rows, int count) {
    if (values.width() < 8) {
      return 0xffff_ffffL;
    }
    long address = values.address();
    long bits = 0;
    for (int i = 0; i < count; i++) {
      long value = Memory.getLong(address + ((long) rows[i] << 3));
      bits |= value ^ value >> 63;
    }
    return bits;
  }

  /** Whether {@code count} values of the given bits cannot bring a sum out of 64 bits. */
  private boolean staysNarrow(long bits, long count) {
    int digits = 64 - Long.numberOfLeadingZeros(bits);
    if (digits + (64 - Long.numberOfLeadingZeros(count)) > 61) {
      return false;
    }
    long added = count << digits;
    if (bound > Long.MAX_VALUE - added) {
      bound = furthest();
      if (bound > Long.MAX_VALUE / 2 - added) {
        return false;
      }
    }
    bound += added;
    return true;
  }

  private long furthest() {
    long furthest = 0;
    for (int group = 0; group < groups; group++) {
      furthest = Math.max(furthest, Math.abs(pairs.get(group << 1)));
    }
    return furthest;
  }

  /** Gives all sums 128 bits. */
  private void widen() {
    if (high.length() == 0) {
      high.ensure(Math.max(1, groups));
      for (int group = 0; group < groups; group++) {
        high.set(group, pairs.get(group << 1) >> 63);
      }
    }
  }

  private void addWide(FixedColumn values, int[] rows, int[] groupIds, int count) {
    widen();
    for (int i = 0; i < count; i++) {
      addWide(groupIds[i], values.longAt(rows[i]), values.highAt(rows[i]));
      pairs.add((groupIds[i] << 1) + 1, 1);
    }
  }

  private void addNarrow(int group, long value) {
    long before = pairs.get(group << 1);
    long sum = before + value;
    pairs.set(group << 1, sum);
    high.add(group, (value >> 63) + carry(before, value, sum));
  }

  private void addWide(int group, long valueLow, long valueHigh) {
    long before = pairs.get(group << 1);
    long sum = before + valueLow;
    pairs.set(group << 1, sum);
    long added = valueHigh + carry(before, valueLow, sum);
    long highBefore = high.get(group);
    long highSum = highBefore + added;
    high.set(group, highSum);
    if (((highBefore ^ highSum) & (added ^ highSum)) < 0) {
      wraps.ensure(groups);
      wraps.add(group, added < 0 ? -1 : 1);
    }
  }

  private static long carry(long a, long b, long sum) {
    return ((a & b) | ((a | b) & ~sum)) >>> 63;
  }

  void merge(WideSums other, int[] from, int[] to, int count) {
    if (high.length() == 0 && other.high.length() == 0) {
      long bits = 0;
      for (int i = 0; i < count; i++) {
        long value = other.pairs.get(from[i] << 1);
        bits |= value ^ value >> 63;
      }
      if (staysNarrow(bits, count)) {
        for (int i = 0; i < count; i++) {
          pairs.add(to[i] << 1, other.pairs.get(from[i] << 1));
          pairs.add((to[i] << 1) + 1, other.pairs.get((from[i] << 1) + 1));
        }
        return;
      }
    }
    widen();
    for (int i = 0; i < count; i++) {
      addWide(to[i], other.low(from[i]), other.high(from[i]));
      pairs.add((to[i] << 1) + 1, other.count(from[i]));
      if (other.wraps.length() > 0 && other.wraps.get(from[i]) != 0) {
        wraps.ensure(groups);
        wraps.add(to[i], other.wraps.get(from[i]));
      }
    }
  }

  /** Appends count, lower and upper half and wraps of a group's sum. */
  void writeState(int group, List<ColumnBuilder> state) {
    state.get(0).appendLong(count(group));
    state.get(1).appendLong(low(group));
    state.get(2).appendLong(high(group));
    state.get(3).appendLong(wraps.length() == 0 ? 0 : wraps.get(group));
  }

  /** Adds what {@link #writeState} wrote: row {@code rows[i]} to {@code to[i]}. */
  void mergeState(List<Column> state, int[] rows, int[] to, int count) {
    FixedColumn counts = (FixedColumn) state.get(0);
    FixedColumn lows = (FixedColumn) state.get(1);
    FixedColumn highs = (FixedColumn) state.get(2);
    FixedColumn theirWraps = (FixedColumn) state.get(3);
    if (high.length() == 0) {
      long bits = 0;
      boolean narrow = true;
      for (int i = 0; i < count; i++) {
        long value = lows.longAt(rows[i]);
        bits |= value ^ value >> 63;
        narrow &= highs.longAt(rows[i]) == value >> 63 && theirWraps.longAt(rows[i]) == 0;
      }
      if (narrow && staysNarrow(bits, count)) {
        for (int i = 0; i < count; i++) {
          pairs.add(to[i] << 1, lows.longAt(rows[i]));
          pairs.add((to[i] << 1) + 1, counts.longAt(rows[i]));
        }
        return;
      }
    }
    widen();
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      addWide(to[i], lows.longAt(row), highs.longAt(row));
      pairs.add((to[i] << 1) + 1, counts.longAt(row));
      if (theirWraps.longAt(row) != 0) {
        wraps.ensure(groups);
        wraps.add(to[i], theirWraps.longAt(row));
      }
    }
  }

  /** Empties groups; the bound of the others stays right. */
  void reset(int groupCount) {
    pairs.clear(0, groupCount * 2);
    if (high.length() > 0) {
      high.clear(0, groupCount);
    }
    if (wraps.length() > 0) {
      wraps.clear(0, groupCount);
    }
  }

  long count(int group) {
    return pairs.get((group << 1) + 1);
  }

  long low(int group) {
    return pairs.get(group << 1);
  }

  long high(int group) {
    return high.length() == 0 ? low(group) >> 63 : high.get(group);
  }

  /** Whether the sum is that of {@link #low} and {@link #high}. */
  boolean fits128(int group) {
    return wraps.length() == 0 || wraps.get(group) == 0;
  }

  boolean fits64(int group) {
    return fits128(group) && high(group) == low(group) >> 63;
  }

  BigInteger sum(int group) {
    BigInteger sum = BigInteger.valueOf(high(group)).shiftLeft(64).add(unsigned(low(group)));
    return fits128(group) ? sum : sum.add(BigInteger.valueOf(wraps.get(group)).shiftLeft(128));
  }

  private static BigInteger unsigned(long value) {
    BigInteger signed = BigInteger.valueOf(value);
    return value < 0 ? signed.add(BigInteger.ONE.shiftLeft(64)) : signed;
  }

  @Override
  public void close() {
    pairs.close();
    high.close();
    wraps.close();
  }
}
