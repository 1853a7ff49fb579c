package dev.tidemill.foundation.row;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Reads an encoded row from its start; {@link #mask} is -1 while it is in a descending column. */
final class KeyReader {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private int at;
  private byte[] scratch = new byte[0];
  int mask;

  KeyReader(byte[] bytes, int start) {
    this.bytes = bytes;
    this.at = start;
  }

  int position() {
    return at;
  }

  /** What is read from. */
  byte[] bytes() {
    return bytes;
  }

  /** Passes over bytes and says where they begin. */
  int skip(int length) {
    at += length;
    return at - length;
  }

  int readByte() {
    return (bytes[at++] ^ mask) & 0xff;
  }

  int readInt() {
    int value = (int) INT.get(bytes, at) ^ mask;
    at += 4;
    return value;
  }

  long readLong() {
    long value = (long) LONG.get(bytes, at) ^ mask;
    at += 8;
    return value;
  }

  /** Reads a terminated byte string into {@link #scratch()} and says its length. */
  int readBytes() {
    int length = 0;
    while (true) {
      int b = readByte();
      if (b == 0) {
        if (readByte() == 0) {
          return length;
        }
      }
      if (length == scratch.length) {
        scratch = Arrays.copyOf(scratch, Math.max(64, length * 2));
      }
      scratch[length++] = (byte) b;
    }
  }

  byte[] scratch() {
    return scratch;
  }
}
