package dev.tidemill.storage.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks through JSON (RFC 8259) in a byte array without making objects of it: each method that
 * moves over something also checks that it is well-formed. One thread.
 */
final class JsonText {
  private static final int MAX_DEPTH = 200;

  private byte[] bytes = new byte[0];
  private int end;
  private String problem = "";
  private int problemAt;

  private byte[] decoded = new byte[256];
  private int decodedLength;

  /** Looks at {@code bytes} up to {@code end} from now on. */
  void of(byte[] text, int limit) {
    bytes = text;
    end = limit;
    problem = "";
  }

  /** What is wrong, or empty. */
  String problem() {
    return problem;
  }

  /** Where it is wrong. */
  int problemAt() {
    return problemAt;
  }

  private int fail(int at, String what) {
    if (problem.isEmpty()) {
      problem = what;
      problemAt = Math.min(at, end);
    }
    return -1;
  }

  int skipSpace(int at) {
    int i = at;
    while (i < end && isSpace(bytes[i])) {
      i++;
    }
    return i;
  }

  static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }

  boolean atEnd(int at) {
    return at >= end;
  }

  byte byteAt(int at) {
    return at < end ? bytes[at] : 0;
  }

  /**
   * Moves over a character that must stand here, and space before it; -1 with a problem where it
   * does not.
   */
  int expect(int at, char expected) {
    int i = skipSpace(at);
    if (i >= end) {
      return fail(i, "the line ends where '" + expected + "' is expected");
    }
    return bytes[i] == expected
        ? i + 1
        : fail(i, "expected '" + expected + "' but found " + shown(i));
  }

  /** Whether only space follows from {@code at} on, or false with a problem. */
  boolean isLast(int at) {
    return expectEnd(skipSpace(at));
  }

  /** Whether the text ends at {@code at}, or false with a problem. */
  boolean expectEnd(int at) {
    if (at < end) {
      fail(at, "expected the end of the line but found " + shown(at));
    }
    return at >= end;
  }

  private String shown(int at) {
    int stop = Math.min(end, at + 20);
    return "'"
        + new String(bytes, at, stop - at, StandardCharsets.UTF_8)
        + (stop < end ? "…'" : "'");
  }

  /** Behind the value that starts at {@code at} (no space before it), or -1 with a problem. */
  int skipValue(int at) {
    return skipValue(at, 0);
  }

  private int skipValue(int at, int depth) {
    if (at >= end) {
      return fail(at, "the line ends where a value is expected");
    }
    if (depth > MAX_DEPTH) {
      return fail(at, "nested more than " + MAX_DEPTH + " deep");
    }
    return switch (bytes[at]) {
      case '"' -> skipString(at);
      case '{' -> skipObject(at, depth);
      case '[' -> skipArray(at, depth);
      case 't' -> skipWord(at, "true");
      case 'f' -> skipWord(at, "false");
      case 'n' -> skipWord(at, "null");
      default -> skipNumber(at);
    };
  }

  private int skipWord(int at, String word) {
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= end || bytes[at + i] != word.charAt(i)) {
        return fail(at, "expected a value but found " + shown(at));
      }
    }
    return at + word.length();
  }

  private int skipNumber(int at) {
    int i = at;
    if (i < end && bytes[i] == '-') {
      i++;
    }
    int digits = i;
    i = skipDigits(i);
    if (i == digits || (bytes[digits] == '0' && i > digits + 1)) {
      return fail(at, "expected a value but found " + shown(at));
    }
    if (i < end && bytes[i] == '.') {
      int fraction = i + 1;
      i = skipDigits(fraction);
      if (i == fraction) {
        return fail(at, "not a number: " + shown(at));
      }
    }
    if (i < end && (bytes[i] | 0x20) == 'e') {
      i++;
      if (i < end && (bytes[i] == '+' || bytes[i] == '-')) {
        i++;
      }
      int exponent = i;
      i = skipDigits(exponent);
      if (i == exponent) {
        return fail(at, "not a number: " + shown(at));
      }
    }
    return i;
  }

  private int skipDigits(int at) {
    int i = at;
    while (i < end && bytes[i] >= '0' && bytes[i] <= '9') {
      i++;
    }
    return i;
  }

  /** Behind the string whose quote is at {@code at}. */
  int skipString(int at) {
    int i = at + 1;
    while (i < end) {
      byte b = bytes[i];
      if (b == '"') {
        return i + 1;
      }
      if (b == '\\') {
        i = skipEscape(i);
        if (i < 0) {
          return -1;
        }
      } else if (b >= 0 && b < 0x20) {
        return fail(i, "a control character in a string; it must be written \\u%04x".formatted(b));
      } else {
        i++;
      }
    }
    return fail(at, "a string is not closed");
  }

  private int skipEscape(int at) {
    byte b = at + 1 < end ? bytes[at + 1] : 0;
    if (b == 'u') {
      return at + 6 <= end && hex(at + 2) >= 0 ? at + 6 : fail(at, "not an escape: " + shown(at));
    }
    return "\"\\/bfnrt".indexOf(b) >= 0 ? at + 2 : fail(at, "not an escape: " + shown(at));
  }

  private int hex(int at) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(bytes[at + i], 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private int skipObject(int at, int depth) {
    int i = skipSpace(at + 1);
    if (byteAt(i) == '}') {
      return i + 1;
    }
    while (true) {
      i = skipSpace(i);
      if (byteAt(i) != '"') {
        return expect(i, '"');
      }
      i = skipString(i);
      i = i < 0 ? i : expect(i, ':');
      i = i < 0 ? i : skipValue(skipSpace(i), depth + 1);
      if (i < 0) {
        return i;
      }
      i = skipSpace(i);
      if (byteAt(i) == '}') {
        return i + 1;
      }
      i =
          byteAt(i) == ','
              ? i + 1
              : fail(
                  i,
                  i >= end
                      ? "the object is not closed"
                      : "expected ',' or '}' but found " + shown(i));
      if (i < 0) {
        return i;
      }
    }
  }

  private int skipArray(int at, int depth) {
    int i = skipSpace(at + 1);
    if (byteAt(i) == ']') {
      return i + 1;
    }
    while (true) {
      i = skipValue(skipSpace(i), depth + 1);
      if (i < 0) {
        return i;
      }
      i = skipSpace(i);
      if (byteAt(i) == ']') {
        return i + 1;
      }
      i =
          byteAt(i) == ','
              ? i + 1
              : fail(
                  i,
                  i >= end
                      ? "the array is not closed"
                      : "expected ',' or ']' but found " + shown(i));
      if (i < 0) {
        return i;
      }
    }
  }

  /** Whether the well-formed string from its quote at {@code from} up to {@code to} has escapes. */
  boolean hasEscapes(int from, int to) {
    for (int i = from + 1; i < to - 1; i++) {
      if (bytes[i] == '\\') {
        return true;
      }
    }
    return false;
  }

  /**
   * Decodes the well-formed string from its quote at {@code from} up to behind the other at {@code
   * to} into {@link #decoded}; false where an escape is half of a character.
   */
  boolean decode(int from, int to) {
    if (decoded.length < to - from) {
      decoded = Arrays.copyOf(decoded, (to - from) * 2);
    }
    int length = 0;
    int i = from + 1;
    while (i < to - 1) {
      byte b = bytes[i];
      if (b != '\\') {
        decoded[length++] = b;
        i++;
        continue;
      }
      byte escape = bytes[i + 1];
      if (escape != 'u') {
        decoded[length++] =
            switch (escape) {
              case 'b' -> '\b';
              case 'f' -> '\f';
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              default -> escape;
            };
        i += 2;
        continue;
      }
      int unit = hex(i + 2);
      i += 6;
      if (Character.isLowSurrogate((char) unit)) {
        return false;
      }
      int point = unit;
      if (Character.isHighSurrogate((char) unit)) {
        boolean pair = i + 6 < to && bytes[i] == '\\' && bytes[i + 1] == 'u';
        int low = pair ? hex(i + 2) : 0;
        if (!pair || !Character.isLowSurrogate((char) low)) {
          return false;
        }
        point = Character.toCodePoint((char) unit, (char) low);
        i += 6;
      }
      length = putUtf8(point, length);
    }
    decodedLength = length;
    return true;
  }

  private int putUtf8(int point, int at) {
    int to = at;
    if (point < 0x80) {
      decoded[to++] = (byte) point;
    } else if (point < 0x800) {
      decoded[to++] = (byte) (0xC0 | point >> 6);
      decoded[to++] = (byte) (0x80 | point & 0x3F);
    } else if (point < 0x10000) {
      decoded[to++] = (byte) (0xE0 | point >> 12);
      decoded[to++] = (byte) (0x80 | point >> 6 & 0x3F);
      decoded[to++] = (byte) (0x80 | point & 0x3F);
    } else {
      decoded[to++] = (byte) (0xF0 | point >> 18);
      decoded[to++] = (byte) (0x80 | point >> 12 & 0x3F);
      decoded[to++] = (byte) (0x80 | point >> 6 & 0x3F);
      decoded[to++] = (byte) (0x80 | point & 0x3F);
    }
    return to;
  }

  byte[] decoded() {
    return decoded;
  }

  int decodedLength() {
    return decodedLength;
  }

  byte[] bytes() {
    return bytes;
  }

  /** A well-formed string's text; escapes that are half of a character are kept as they stand. */
  String string(int from, int to) {
    if (!hasEscapes(from, to) || !decode(from, to)) {
      return new String(bytes, from + 1, to - from - 2, StandardCharsets.UTF_8);
    }
    return new String(decoded, 0, decodedLength, StandardCharsets.UTF_8);
  }
}
