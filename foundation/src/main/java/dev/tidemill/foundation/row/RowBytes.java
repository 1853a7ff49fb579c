package dev.tidemill.foundation.row;

import dev.tidemill.foundation.hash.Hash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An encoded row or key, or other bytes, as a key of hash maps and, by unsigned bytes, of sorted
 * ones.
 */
public final class RowBytes implements Comparable<RowBytes> {
  /** Without bytes. */
  public static final byte[] NONE = {};

  private final byte[] value;
  private final int hash;

  /**
   * @param value which is taken over
   */
  public RowBytes(byte[] value) {
    this.value = value;
    this.hash = (int) Hash.ofBytes(value, 0, value.length);
  }

  /** Not to be changed. */
  public byte[] value() {
    return value;
  }

  @Override
  public int compareTo(RowBytes other) {
    return Arrays.compareUnsigned(value, other.value);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RowBytes that && hash == that.hash && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
