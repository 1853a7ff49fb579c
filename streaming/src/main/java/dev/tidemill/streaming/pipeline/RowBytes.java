package dev.tidemill.streaming.pipeline;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An encoded row or key as a key of hash maps. */
final class RowBytes {
  static final byte[] NONE = {};

  final byte[] value;
  private final int hash;

  RowBytes(byte[] value) {
    this.value = value;
    this.hash = Arrays.hashCode(value);
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
