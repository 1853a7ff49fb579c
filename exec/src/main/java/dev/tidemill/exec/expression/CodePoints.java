package dev.tidemill.exec.expression;

import dev.tidemill.foundation.memory.Memory;

/** Code points of UTF-8 bytes in memory, eight bytes at a time where they are ASCII. */
final class CodePoints {
  private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

  /** A byte of one in each byte of a word, and the highest bit of each. */
  private static final long ONES = 0x0101_0101_0101_0101L;

  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  /** Places that a text is looked for at once. */
  private static final int PLACES = 8;

  private CodePoints() {}

  static boolean isAscii(long address, int bytes) {
    if (bytes >= 8) {
      long any = Memory.getLong(address + bytes - 8);
      for (int at = 0; at < bytes - 8; at += 8) {
        any |= Memory.getLong(address + at);
      }
      return (any & NOT_ASCII) == 0;
    }
    int any = 0;
    for (int at = 0; at < bytes; at++) {
      any |= Memory.getByte(address + at);
    }
    return any >= 0;
  }

  /** Whether the byte is the first of a code point. */
  private static boolean isStart(long address) {
    return (Memory.getByte(address) & 0xc0) != 0x80;
  }

  /** Code points in {@code bytes} bytes. */
  static int codePoints(long address, int bytes) {
    int continued = 0;
    int at = 0;
    for (; at + 8 <= bytes; at += 8) {
      long word = Memory.getLong(address + at);
      // A byte continues a code point if its highest bit is 1 and the next is 0.
      continued += Long.bitCount(word & ~(word << 1) & NOT_ASCII);
    }
    for (; at < bytes; at++) {
      continued += isStart(address + at) ? 0 : 1;
    }
    return bytes - continued;
  }

  /** Bytes of the first {@code count} code points; {@code bytes} where there are no more. */
  static int offset(long address, int bytes, long count) {
    int at = 0;
    long left = count;
    while (left >= 8 && at + 8 <= bytes && (Memory.getLong(address + at) & NOT_ASCII) == 0) {
      at += 8;
      left -= 8;
    }
    while (left > 0 && at < bytes) {
      at++;
      while (at < bytes && !isStart(address + at)) {
        at++;
      }
      left--;
    }
    return at;
  }

  /** Bytes before the last {@code count} code points; 0 where there are no more. */
  static int offsetFromEnd(long address, int bytes, long count) {
    int at = bytes;
    long left = count;
    while (left > 0 && at > 0) {
      at--;
      while (at > 0 && !isStart(address + at)) {
        at--;
      }
      left--;
    }
    return at;
  }

  /** Bytes of the code point that starts with {@code first}. */
  static int size(byte first) {
    return first >= 0 ? 1 : (first & 0xe0) == 0xc0 ? 2 : (first & 0xf0) == 0xe0 ? 3 : 4;
  }

  /** Where {@code needle} first stands in {@code [from, bytes)}, as an offset; -1 where nowhere. */
  static int find(long address, int from, int bytes, byte[] needle) {
    int last = bytes - needle.length;
    if (last - from < PLACES - 1 || needle.length == 0) {
      return findEach(address, from, last, needle);
    }
    // Eight places at once: where the first byte and the last one both stand. The last eight may be
    // some of the eight before again, so that nothing behind the text is read.
    long first = (needle[0] & 0xffL) * ONES;
    long other = (needle[needle.length - 1] & 0xffL) * ONES;
    int toOther = needle.length - 1;
    for (int at = from; ; at = Math.min(at + PLACES, last - PLACES + 1)) {
      long place = address + at;
      long differ = (Memory.getLong(place) ^ first) | (Memory.getLong(place + toOther) ^ other);
      if (((differ - ONES) & ~differ & HIGH_BITS) != 0) {
        int found = findEach(address, at, at + PLACES - 1, needle);
        if (found >= 0) {
          return found;
        }
      }
      if (at > last - PLACES) {
        return -1;
      }
    }
  }

  private static int findEach(long address, int from, int last, byte[] needle) {
    for (int at = from; at <= last; at++) {
      if (standsAt(address + at, needle, 0)) {
        return at;
      }
    }
    return -1;
  }

  /** Whether {@code needle} stands at an address, its first {@code known} bytes being known to. */
  static boolean standsAt(long address, byte[] needle, int known) {
    for (int i = known; i < needle.length; i++) {
      if (Memory.getByte(address + i) != needle[i]) {
        return false;
      }
    }
    return true;
  }
}
