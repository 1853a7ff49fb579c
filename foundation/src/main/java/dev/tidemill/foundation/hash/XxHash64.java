package dev.tidemill.foundation.hash;

import dev.tidemill.foundation.memory.Memory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * XXH64 as its specification (Collet, xxHash fast digest algorithm, version 0.1.1) has it, with
 * seed 0.
 */
final class XxHash64 {
  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;

  /** With the overflow that the specification means. */
  private static final long P1_PLUS_P2 = 0x60EA27EEADC0B5D6L;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private XxHash64() {}

  static long hash(long address, int length) {
    long at = address;
    long end = address + length;
    long hash;
    if (length >= 32) {
      long a = P1_PLUS_P2;
      long b = P2;
      long c = 0;
      long d = -P1;
      for (; at <= end - 32; at += 32) {
        a = round(a, Memory.getLong(at));
        b = round(b, Memory.getLong(at + 8));
        c = round(c, Memory.getLong(at + 16));
        d = round(d, Memory.getLong(at + 24));
      }
      hash = merge(a, b, c, d);
    } else {
      hash = P5;
    }
    hash += length;
    for (; at <= end - 8; at += 8) {
      hash = step8(hash, Memory.getLong(at));
    }
    if (at <= end - 4) {
      hash = step4(hash, Memory.getInt(at));
      at += 4;
    }
    for (; at < end; at++) {
      hash = step1(hash, Memory.getByte(at));
    }
    return avalanche(hash);
  }

  static long hash(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    long hash;
    if (length >= 32) {
      long a = P1_PLUS_P2;
      long b = P2;
      long c = 0;
      long d = -P1;
      for (; at <= end - 32; at += 32) {
        a = round(a, (long) LONG.get(bytes, at));
        b = round(b, (long) LONG.get(bytes, at + 8));
        c = round(c, (long) LONG.get(bytes, at + 16));
        d = round(d, (long) LONG.get(bytes, at + 24));
      }
      hash = merge(a, b, c, d);
    } else {
      hash = P5;
    }
    hash += length;
    for (; at <= end - 8; at += 8) {
      hash = step8(hash, (long) LONG.get(bytes, at));
    }
    if (at <= end - 4) {
      hash = step4(hash, (int) INT.get(bytes, at));
      at += 4;
    }
    for (; at < end; at++) {
      hash = step1(hash, bytes[at]);
    }
    return avalanche(hash);
  }

  private static long round(long accumulator, long input) {
    return Long.rotateLeft(accumulator + input * P2, 31) * P1;
  }

  private static long merge(long a, long b, long c, long d) {
    long hash =
        Long.rotateLeft(a, 1)
            + Long.rotateLeft(b, 7)
            + Long.rotateLeft(c, 12)
            + Long.rotateLeft(d, 18);
    hash = (hash ^ round(0, a)) * P1 + P4;
    hash = (hash ^ round(0, b)) * P1 + P4;
    hash = (hash ^ round(0, c)) * P1 + P4;
    return (hash ^ round(0, d)) * P1 + P4;
  }

  private static long step8(long hash, long input) {
    return Long.rotateLeft(hash ^ round(0, input), 27) * P1 + P4;
  }

  private static long step4(long hash, int input) {
    return Long.rotateLeft(hash ^ (input & 0xffff_ffffL) * P1, 23) * P2 + P3;
  }

  private static long step1(long hash, byte input) {
    return Long.rotateLeft(hash ^ (input & 0xff) * P5, 11) * P1;
  }

  private static long avalanche(long hash) {
    long h = hash;
    h = (h ^ (h >>> 33)) * P2;
    h = (h ^ (h >>> 29)) * P3;
    return h ^ (h >>> 32);
  }
}
