package dev.tidemill.storage.files;

import dev.tidemill.foundation.format.Utf8;
import dev.tidemill.foundation.format.ValueParser;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * The narrowest type that holds all texts seen so far, as one looks through samples of files. One
 * thread.
 *
 * <pre>
 *   nothing &lt; BOOLEAN                         &lt; VARCHAR
 *   nothing &lt; BIGINT &lt; DECIMAL(38,0) &lt; DOUBLE &lt; VARCHAR
 *   nothing &lt; DATE &lt; TIMESTAMP(6) &lt; (9)       &lt; VARCHAR
 *   nothing &lt; TIME(6)                         &lt; VARCHAR
 * </pre>
 *
 * Integers with leading zeros are VARCHAR, since a number would lose them.
 */
public final class InferredType {
  private static final Type WIDE_INTEGER = new Type.Decimal(Type.MAX_DECIMAL_PRECISION, 0);
  private static final Type TIME = new Type.Time(6);
  private static final Type NANOS = new Type.Timestamp(9);

  private final ValueParser parser = new ValueParser();
  private @Nullable Type type;

  /** Looks at a value of text. */
  public void add(byte[] bytes, int offset, int length) {
    if (!Type.VARCHAR.equals(type)) {
      type = join(type, of(bytes, offset, length));
    }
  }

  /** Takes a value of a known type. */
  public void add(Type other) {
    type = join(type, other);
  }

  /** The type, VARCHAR where nothing was seen. */
  public Type type() {
    return type == null ? Type.VARCHAR : type;
  }

  /** Whether a value was seen. */
  public boolean isKnown() {
    return type != null;
  }

  /** The narrowest type of one text. */
  public Type of(byte[] bytes, int offset, int length) {
    if (length == 0 || length > 64 || Utf8.firstMalformed(bytes, offset, length) >= 0) {
      return Type.VARCHAR;
    }
    byte first = bytes[offset];
    boolean number = first >= '0' && first <= '9' || first == '-' || first == '+' || first == '.';
    if (!number) {
      // Shorter words for them, as t and 1, are as likely something else.
      return length >= 4
              && parser.parse(Type.BOOLEAN, bytes, offset, length)
              && noSpaces(bytes, offset, length)
          ? Type.BOOLEAN
          : Type.VARCHAR;
    }
    if (leadingZero(bytes, offset, length)) {
      return ofDateOrTime(bytes, offset, length);
    }
    if (parser.parse(Type.BIGINT, bytes, offset, length)) {
      return Type.BIGINT;
    }
    if (onlyDigits(bytes, offset, length) && parser.parse(WIDE_INTEGER, bytes, offset, length)) {
      return WIDE_INTEGER;
    }
    if (parser.parse(Type.DOUBLE, bytes, offset, length)) {
      return Type.DOUBLE;
    }
    return ofDateOrTime(bytes, offset, length);
  }

  /** The type of text that may be a date or time and nothing else. */
  public Type ofDateOrTime(byte[] bytes, int offset, int length) {
    if (length == 10 && parser.parse(Type.DATE, bytes, offset, length)) {
      return Type.DATE;
    }
    if (length >= 16 && length <= 30 && parser.parse(Type.TIMESTAMP, bytes, offset, length)) {
      return fractionDigits(bytes, offset, length) > 6 ? NANOS : Type.TIMESTAMP;
    }
    return length >= 8 && bytes[offset + 2] == ':' && parser.parse(TIME, bytes, offset, length)
        ? TIME
        : Type.VARCHAR;
  }

  private static boolean noSpaces(byte[] bytes, int offset, int length) {
    return bytes[offset] > ' ' && bytes[offset + length - 1] > ' ';
  }

  /** Digits behind a zero: {@code 007}, but not {@code 0.5}. */
  private static boolean leadingZero(byte[] bytes, int offset, int length) {
    int at = bytes[offset] == '-' || bytes[offset] == '+' ? offset + 1 : offset;
    return at + 1 < offset + length
        && bytes[at] == '0'
        && bytes[at + 1] >= '0'
        && bytes[at + 1] <= '9';
  }

  private static boolean onlyDigits(byte[] bytes, int offset, int length) {
    for (int i = offset + 1; i < offset + length; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        return false;
      }
    }
    return true;
  }

  private static int fractionDigits(byte[] bytes, int offset, int length) {
    int digits = -1;
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == '.') {
        digits = 0;
      } else if (digits >= 0 && bytes[i] >= '0' && bytes[i] <= '9') {
        digits++;
      }
    }
    return digits;
  }

  /** The narrowest type that holds all values of both. */
  public static Type join(@Nullable Type one, Type other) {
    if (one == null || one.equals(other)) {
      return other;
    }
    int oneRank = rank(one);
    int otherRank = rank(other);
    if (oneRank == 0 || otherRank == 0 || oneRank / 10 != otherRank / 10) {
      return Type.VARCHAR;
    }
    return oneRank > otherRank ? one : other;
  }

  /**
   * Types of the same ten widen into each other in this order; 0 widens into nothing but VARCHAR.
   */
  private static int rank(Type type) {
    if (type.equals(Type.BIGINT)) {
      return 10;
    } else if (type.equals(WIDE_INTEGER)) {
      return 11;
    } else if (type.equals(Type.DOUBLE)) {
      return 12;
    } else if (type.equals(Type.DATE)) {
      return 20;
    } else if (type.equals(Type.TIMESTAMP)) {
      return 21;
    } else if (type.equals(NANOS)) {
      return 22;
    }
    return 0;
  }
}
