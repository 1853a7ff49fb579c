package dev.tidemill.exec.expression;

import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.plan.function.ScalarFunction;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A compiled LIKE pattern: the pieces between its percent signs, matched on UTF-8 bytes. The first
 * piece stands at the start (unless a percent sign does), the last at the end, each other at the
 * first place behind the one before: that is enough, since a later place leaves less for what
 * follows.
 */
final class LikePattern {
  /** In a piece, the place of any one character. No byte of UTF-8. */
  private static final byte ANY = (byte) 0xff;

  private final List<byte[]> pieces;
  private final boolean[] hasAny;

  private LikePattern(List<byte[]> pieces) {
    this.pieces = pieces;
    this.hasAny = new boolean[pieces.size()];
    for (int i = 0; i < hasAny.length; i++) {
      for (byte b : pieces.get(i)) {
        hasAny[i] |= b == ANY;
      }
    }
  }

  /**
   * Compiles a pattern.
   *
   * @param escape the escape character, or null for none
   * @throws dev.tidemill.foundation.error.TidemillException INVALID_PATTERN if {@code escape} is
   *     not one character, or stands before another than %, _ or itself
   */
  static LikePattern compile(ScalarFunction function, String pattern, @Nullable String escape) {
    if (escape != null && escape.codePointCount(0, escape.length()) != 1) {
      throw ExpressionErrors.invalidPattern(
          function,
          pattern,
          "ESCAPE must be one character, not " + ExpressionErrors.quoted(escape));
    }
    int escapePoint = escape == null ? -1 : escape.codePointAt(0);
    List<byte[]> pieces = new ArrayList<>();
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    for (int at = 0; at < pattern.length(); at += Character.charCount(pattern.codePointAt(at))) {
      int point = pattern.codePointAt(at);
      if (point == escapePoint) {
        at += Character.charCount(point);
        int escaped = at < pattern.length() ? pattern.codePointAt(at) : -1;
        if (escaped != '%' && escaped != '_' && escaped != escapePoint) {
          throw ExpressionErrors.invalidPattern(
              function, pattern, "the escape character must stand before %, _ or itself");
        }
        piece.writeBytes(Character.toString(escaped).getBytes(StandardCharsets.UTF_8));
      } else if (point == '%') {
        pieces.add(piece.toByteArray());
        piece.reset();
      } else if (point == '_') {
        piece.write(ANY);
      } else {
        piece.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
      }
    }
    pieces.add(piece.toByteArray());
    return new LikePattern(pieces);
  }

  boolean matches(long address, int bytes) {
    int last = pieces.size() - 1;
    int start = pieces.get(0).length == 0 ? 0 : prefix(address, bytes, 0);
    if (start < 0) {
      return false;
    }
    if (last == 0) {
      return start == bytes;
    }
    for (int i = 1; i < last; i++) {
      start = findEnd(i, address, start, bytes);
      if (start < 0) {
        return false;
      }
    }
    return endsWith(last, address, start, bytes);
  }

  /** The bytes that the first piece takes at the start, or -1. */
  private int prefix(long address, int bytes, int piece) {
    byte[] wanted = pieces.get(piece);
    if (hasAny[piece]) {
      return matchAt(wanted, address, 0, bytes);
    }
    return wanted.length <= bytes && CodePoints.standsAt(address, wanted, 0) ? wanted.length : -1;
  }

  /** Behind the first place of a piece from {@code from} on, or -1. */
  private int findEnd(int piece, long address, int from, int bytes) {
    byte[] wanted = pieces.get(piece);
    if (wanted.length == 0) {
      return from;
    }
    if (!hasAny[piece]) {
      int found = CodePoints.find(address, from, bytes, wanted);
      return found < 0 ? -1 : found + wanted.length;
    }
    for (int at = from; at < bytes; at += CodePoints.size(Memory.getByte(address + at))) {
      int end = matchAt(wanted, address, at, bytes);
      if (end >= 0) {
        return end;
      }
    }
    return -1;
  }

  private boolean endsWith(int piece, long address, int from, int bytes) {
    byte[] wanted = pieces.get(piece);
    if (!hasAny[piece]) {
      return bytes - wanted.length >= from
          && CodePoints.standsAt(address + bytes - wanted.length, wanted, 0);
    }
    int points = 0;
    for (byte b : wanted) {
      points += b == ANY || (b & 0xc0) != 0x80 ? 1 : 0;
    }
    int start = CodePoints.offsetFromEnd(address, bytes, points);
    return start >= from && matchAt(wanted, address, start, bytes) == bytes;
  }

  /** Behind the piece if it stands at {@code at}, or -1. */
  private static int matchAt(byte[] piece, long address, int at, int bytes) {
    int end = at;
    for (byte wanted : piece) {
      if (end >= bytes) {
        return -1;
      }
      byte found = Memory.getByte(address + end);
      if (wanted == ANY) {
        end += CodePoints.size(found);
      } else if (wanted == found) {
        end++;
      } else {
        return -1;
      }
    }
    return end > bytes ? -1 : end;
  }
}
