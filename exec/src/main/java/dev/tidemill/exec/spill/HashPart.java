package dev.tidemill.exec.spill;

/**
 * A part of all hashes: those that leave {@code index} when divided by {@code count}. What is too
 * much for memory is taken in two halves.
 *
 * <pre>
 *   0 of 1 ─▶ 0 of 2 ─▶ 0 of 4, 2 of 4
 *             1 of 2 ─▶ 1 of 4, 3 of 4
 * </pre>
 */
public record HashPart(int index, int count) {
  public static final HashPart ALL = new HashPart(0, 1);
  private static final int MOST = 1 << 14;

  /** Whether the hash is in the part; its upper bits, which partitions go by, do not matter. */
  public boolean has(long hash) {
    return ((int) hash & (count - 1)) == index;
  }

  public boolean isAll() {
    return count == 1;
  }

  /** Whether it is worth while to take halves. */
  public boolean canSplit() {
    return count < MOST;
  }

  public HashPart lower() {
    return new HashPart(index, count * 2);
  }

  public HashPart upper() {
    return new HashPart(index + count, count * 2);
  }
}
