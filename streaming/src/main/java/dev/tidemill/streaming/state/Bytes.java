package dev.tidemill.streaming.state;

import dev.tidemill.foundation.hash.Hash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A byte string as a key of hash maps and, by unsigned bytes, of sorted ones. */
final class Bytes implements Comparable<Bytes> {
  final byte[] value;
  private final int hash;

  Bytes(byte[] value) {
    this.value = value;
    this.hash = (int) Hash.ofBytes(value, 0, value.length);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(value, other.value);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bytes that && hash == that.hash && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
