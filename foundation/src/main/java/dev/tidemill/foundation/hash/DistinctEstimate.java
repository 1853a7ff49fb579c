package dev.tidemill.foundation.hash;

import java.util.Arrays;

/**
 * An estimate of how many different values there are, from their hashes, within some percent: a
 * HyperLogLog (Flajolet, Fusy, Gandouet, Meunier, AofA 2007) of {@value #REGISTERS} registers,
 * which counts few values linearly.
 */
public final class DistinctEstimate {
  /** Bytes that it takes. */
  public static final int REGISTERS = 1 << 12;

  private static final int INDEX_BITS = 12;
  private static final double BIAS = 0.7213 / (1 + 1.079 / REGISTERS);

  private final byte[] ranks = new byte[REGISTERS];

  /** Adds a value by its hash, whose bits are all of use. */
  public void add(long hash) {
    int register = (int) (hash >>> (64 - INDEX_BITS));
    int rank = Long.numberOfLeadingZeros(hash << INDEX_BITS | 1L << (INDEX_BITS - 1)) + 1;
    if (rank > ranks[register]) {
      ranks[register] = (byte) rank;
    }
  }

  /** The number of different values among {@code values}; all of them where nearly all differ. */
  public long estimate(long values) {
    double sum = 0;
    int empty = 0;
    for (byte rank : ranks) {
      sum += 1.0 / (1L << rank);
      empty += rank == 0 ? 1 : 0;
    }
    double estimate = BIAS * REGISTERS * REGISTERS / sum;
    if (estimate <= 2.5 * REGISTERS && empty > 0) {
      estimate = REGISTERS * Math.log((double) REGISTERS / empty);
    }
    return estimate > 0.96 * values ? values : Math.round(estimate);
  }

  /** Forgets all values. */
  public void clear() {
    Arrays.fill(ranks, (byte) 0);
  }
}
