package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.memory.Memory;

/** Whether bytes are UTF-8 (RFC 3629: shortest forms, no surrogates, at most U+10FFFF). */
final class Utf8 {
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private Utf8() {}

  /** Whether no byte has its high bit set. */
  static boolean isAscii(long address, long length) {
    long all = 0;
    long i = 0;
    for (; i + 8 <= length; i += 8) {
      all |= Memory.getLong(address + i);
    }
    for (; i < length; i++) {
      all |= Memory.getByte(address + i);
    }
    return (all & HIGH_BITS) == 0;
  }

  static boolean isValid(long address, int length) {
    int i = 0;
    while (i < length) {
      while (i + 8 <= length && (Memory.getLong(address + i) & HIGH_BITS) == 0) {
        i += 8;
      }
      if (i == length) {
        return true;
      }
      int b = Memory.getByte(address + i);
      if (b >= 0) {
        i++;
        continue;
      }
      int size = sequence(b & 0xff);
      if (size == 0 || i + size > length || !continues(address + i, b & 0xff, size)) {
        return false;
      }
      i += size;
    }
    return true;
  }

  private static int sequence(int first) {
    if (first >= 0xc2 && first <= 0xdf) {
      return 2;
    }
    if (first >= 0xe0 && first <= 0xef) {
      return 3;
    }
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  }

  private static boolean continues(long at, int first, int size) {
    int second = Memory.getByte(at + 1) & 0xff;
    int least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    int most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most) {
      return false;
    }
    for (int k = 2; k < size; k++) {
      if ((Memory.getByte(at + k) & 0xc0) != 0x80) {
        return false;
      }
    }
    return true;
  }
}
