package dev.tidemill.exec.expression;

import dev.tidemill.foundation.memory.Memory;
import java.math.BigInteger;

/**
 * An accumulator of 128 bits, two's complement. Operations change it and say whether the result is
 * right; after a {@code false} its content is undefined. Not thread-safe; one is used for all rows
 * of a loop.
 */
final class Int128 {
  private static final int MAX_POWER = 38;
  private static final long[] POWER_LOW = new long[MAX_POWER + 1];
  private static final long[] POWER_HIGH = new long[MAX_POWER + 1];
  private static final long LOW_WORD = 0xffff_ffffL;

  static {
    BigInteger power = BigInteger.ONE;
    for (int i = 0; i <= MAX_POWER; i++) {
      POWER_LOW[i] = power.longValue();
      POWER_HIGH[i] = power.shiftRight(64).longValue();
      power = power.multiply(BigInteger.TEN);
    }
  }

  long low;
  long high;

  /** 10 to the power of {@code digits}, 0 to 18. */
  static long power(int digits) {
    if (digits > 18) {
      throw new IllegalArgumentException("digits: " + digits);
    }
    return POWER_LOW[digits];
  }

  static BigInteger toBigInteger(long low, long high) {
    BigInteger unsignedLow = BigInteger.valueOf(low & Long.MAX_VALUE);
    return BigInteger.valueOf(high)
        .shiftLeft(64)
        .or(low < 0 ? unsignedLow.setBit(63) : unsignedLow);
  }

  BigInteger toBigInteger() {
    return toBigInteger(low, high);
  }

  void set(long newLow, long newHigh) {
    low = newLow;
    high = newHigh;
  }

  void set(BigInteger value) {
    low = value.longValue();
    high = value.shiftRight(64).longValue();
  }

  void store(long address) {
    Memory.putLong(address, low);
    Memory.putLong(address + 8, high);
  }

  void load(long address) {
    low = Memory.getLong(address);
    high = Memory.getLong(address + 8);
  }

  boolean isNarrow() {
    return high == low >> 63;
  }

  /** Whether the value has at most {@code digits} digits, 1 to 38. */
  boolean fits(int digits) {
    long magnitudeLow = low;
    long magnitudeHigh = high;
    if (high < 0) {
      magnitudeLow = -low;
      magnitudeHigh = ~high + (low == 0 ? 1 : 0);
    }
    int order = Long.compareUnsigned(magnitudeHigh, POWER_HIGH[digits]);
    return order < 0 || (order == 0 && Long.compareUnsigned(magnitudeLow, POWER_LOW[digits]) < 0);
  }

  boolean add(long otherLow, long otherHigh) {
    long sum = low + otherLow;
    long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
    long sumHigh = high + otherHigh + carry;
    boolean overflow = ((high ^ sumHigh) & (otherHigh ^ sumHigh)) < 0;
    low = sum;
    high = sumHigh;
    return !overflow;
  }

  boolean subtract(long otherLow, long otherHigh) {
    long difference = low - otherLow;
    long borrow = Long.compareUnsigned(low, otherLow) < 0 ? 1 : 0;
    long differenceHigh = high - otherHigh - borrow;
    boolean overflow = ((high ^ otherHigh) & (high ^ differenceHigh)) < 0;
    low = difference;
    high = differenceHigh;
    return !overflow;
  }

  private void negate() {
    high = ~high + (low == 0 ? 1 : 0);
    low = -low;
  }

  boolean multiply(long otherLow, long otherHigh) {
    if (isNarrow() && otherHigh == otherLow >> 63) {
      high = Math.multiplyHigh(low, otherLow);
      low *= otherLow;
      return true;
    }
    boolean negative = (high ^ otherHigh) < 0;
    if (high < 0) {
      negate();
    }
    long bLow = otherLow;
    long bHigh = otherHigh;
    if (otherHigh < 0) {
      bHigh = ~otherHigh + (otherLow == 0 ? 1 : 0);
      bLow = -otherLow;
    }
    if (high < 0 || bHigh < 0 || (high != 0 && bHigh != 0)) {
      return false;
    }
    long cross = high == 0 ? low : bLow;
    long crossHigh = high == 0 ? bHigh : high;
    if (Math.unsignedMultiplyHigh(cross, crossHigh) != 0) {
      return false;
    }
    long middle = cross * crossHigh;
    long top = Math.unsignedMultiplyHigh(low, bLow);
    long resultHigh = top + middle;
    if (middle < 0 || top < 0 || resultHigh < 0) {
      return false;
    }
    low *= bLow;
    high = resultHigh;
    if (negative) {
      negate();
    }
    return true;
  }

  /** Times 10 to the power of {@code digits}; more than 38 are never right. */
  boolean scaleUp(int digits) {
    return digits <= MAX_POWER && multiply(POWER_LOW[digits], POWER_HIGH[digits]);
  }

  /** Divided by 10 to the power of {@code digits}, half away from zero. */
  void scaleDown(int digits) {
    int left = digits;
    // Only the digit behind the last one kept decides, so what is behind that may be cut first.
    while (left > 18) {
      int cut = Math.min(18, left - 18);
      divide(POWER_LOW[cut], false);
      left -= cut;
    }
    if (left > 0) {
      divide(POWER_LOW[left], true);
    }
  }

  /**
   * Divided by a divisor that is not zero, half away from zero or towards zero; the divisor {@code
   * Long.MIN_VALUE} is not taken.
   */
  void divide(long divisor, boolean halfUp) {
    boolean negative = (high ^ divisor) < 0;
    if (high < 0) {
      negate();
    }
    long d = Math.abs(divisor);
    long quotientHigh = Long.divideUnsigned(high, d);
    long rest = Long.remainderUnsigned(high, d);
    long quotientLow = divideWords(rest, low, d);
    long remainder = low - quotientLow * d;
    low = quotientLow;
    high = quotientHigh;
    if (halfUp && Long.compareUnsigned(remainder, d - remainder) >= 0) {
      low++;
      if (low == 0) {
        high++;
      }
    }
    if (negative) {
      negate();
    }
  }

  /**
   * The quotient of (high, low) by d, unsigned, where high is below d. Knuth's algorithm D with
   * 32-bit digits.
   */
  private static long divideWords(long high, long low, long d) {
    if (high == 0) {
      return Long.divideUnsigned(low, d);
    }
    int shift = Long.numberOfLeadingZeros(d);
    long divisor = d << shift;
    long divisorHigh = divisor >>> 32;
    long divisorLow = divisor & LOW_WORD;
    long top = shift == 0 ? high : (high << shift) | (low >>> (64 - shift));
    long bottom = low << shift;
    long first = digit(top, bottom >>> 32, divisorHigh, divisorLow);
    long middle = (top << 32) + (bottom >>> 32) - first * divisor;
    long second = digit(middle, bottom & LOW_WORD, divisorHigh, divisorLow);
    return (first << 32) + second;
  }

  private static long digit(long top, long next, long divisorHigh, long divisorLow) {
    long digit = Long.divideUnsigned(top, divisorHigh);
    long rest = top - digit * divisorHigh;
    while (digit >>> 32 != 0 || Long.compareUnsigned(digit * divisorLow, (rest << 32) + next) > 0) {
      digit--;
      rest += divisorHigh;
      if (rest >>> 32 != 0) {
        break;
      }
    }
    return digit;
  }
}
