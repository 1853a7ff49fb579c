package dev.tidemill.streaming.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;

/**
 * A sum of doubles, of their squares or of products, without any rounding: {@code mantissa *
 * 2^exponent}. So values can be taken away again, and the order in which they come does not matter.
 * What is no finite number is counted apart.
 */
final class ExactDouble {
  /** Bits of the mantissa that are enough to round from. */
  private static final int ENOUGH_BITS = 120;

  private final boolean squares;
  private BigInteger mantissa = BigInteger.ZERO;
  private int exponent;
  private long nans;
  private long positiveInfinities;
  private long negativeInfinities;

  ExactDouble(boolean squares) {
    this.squares = squares;
  }

  void add(double value, long weight) {
    if (Double.isNaN(value)) {
      nans += weight;
    } else if (Double.isInfinite(value)) {
      if (value > 0 || squares) {
        positiveInfinities += weight;
      } else {
        negativeInfinities += weight;
      }
    } else if (value != 0) {
      if (squares) {
        addProduct(value, value, weight);
      } else {
        long digits = digits(value);
        int zeros = Long.numberOfTrailingZeros(digits);
        addScaled(
            BigInteger.valueOf(digits >> zeros).multiply(BigInteger.valueOf(weight)),
            power(value) + zeros);
      }
    }
  }

  /** Adds {@code a * b}, if both are finite: else the sums of their own say so. */
  void addProduct(double a, double b, long weight) {
    if (Double.isFinite(a) && Double.isFinite(b) && a != 0 && b != 0) {
      long left = digits(a);
      long right = digits(b);
      int leftZeros = Long.numberOfTrailingZeros(left);
      int rightZeros = Long.numberOfTrailingZeros(right);
      addScaled(
          BigInteger.valueOf(left >> leftZeros)
              .multiply(BigInteger.valueOf(right >> rightZeros))
              .multiply(BigInteger.valueOf(weight)),
          power(a) + leftZeros + power(b) + rightZeros);
    }
  }

  /** A finite value is {@code digits * 2^power}. */
  private static long digits(double value) {
    long digits = Double.doubleToLongBits(value) & 0xfffffffffffffL;
    if (Math.getExponent(value) >= Double.MIN_EXPONENT) {
      digits |= 0x10000000000000L;
    }
    return value < 0 ? -digits : digits;
  }

  private static int power(double value) {
    return Math.max(Math.getExponent(value), Double.MIN_EXPONENT) - 52;
  }

  private void addScaled(BigInteger part, int power) {
    if (mantissa.signum() == 0) {
      mantissa = part;
      exponent = power;
    } else if (power >= exponent) {
      mantissa = mantissa.add(part.shiftLeft(power - exponent));
    } else {
      mantissa = mantissa.shiftLeft(exponent - power).add(part);
      exponent = power;
    }
  }

  boolean isFinite() {
    return nans == 0 && positiveInfinities == 0 && negativeInfinities == 0;
  }

  /** The sum, rounded once. */
  double value() {
    if (nans != 0 || (positiveInfinities != 0 && negativeInfinities != 0)) {
      return Double.NaN;
    }
    if (positiveInfinities != 0) {
      return Double.POSITIVE_INFINITY;
    }
    return negativeInfinities != 0 ? Double.NEGATIVE_INFINITY : rounded(mantissa, exponent);
  }

  private static double rounded(BigInteger digits, int power) {
    int dropped = Math.max(0, digits.abs().bitLength() - ENOUGH_BITS);
    BigInteger leading = digits.shiftRight(dropped);
    if (dropped > 0 && digits.getLowestSetBit() < dropped) {
      leading = leading.or(BigInteger.ONE);
    }
    return Math.scalb(leading.doubleValue(), power + dropped);
  }

  /** {@code (squares - sum * sum / count) / divisor}: a variance. Both are finite. */
  static double variance(ExactDouble sum, ExactDouble squares, long count, long divisor) {
    return covariance(sum, sum, squares, count, divisor);
  }

  /** {@code (products - a * b / count) / divisor}: a covariance. All are finite. */
  static double covariance(
      ExactDouble a, ExactDouble b, ExactDouble products, long count, long divisor) {
    BigInteger left = products.mantissa.multiply(BigInteger.valueOf(count));
    BigInteger right = a.mantissa.multiply(b.mantissa);
    int sums = a.exponent + b.exponent;
    int power = Math.min(products.exponent, sums);
    BigInteger difference =
        left.shiftLeft(products.exponent - power).subtract(right.shiftLeft(sums - power));
    int dropped = Math.max(0, difference.bitLength() - ENOUGH_BITS);
    double ratio = difference.shiftRight(dropped).doubleValue() / ((double) count * divisor);
    return Math.scalb(ratio, power + dropped);
  }

  void write(DataOutput out) throws IOException {
    byte[] bytes = mantissa.toByteArray();
    out.writeShort(bytes.length);
    out.write(bytes);
    out.writeInt(exponent);
    out.writeLong(nans);
    out.writeLong(positiveInfinities);
    out.writeLong(negativeInfinities);
  }

  void read(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedShort()];
    in.readFully(bytes);
    mantissa = new BigInteger(bytes);
    exponent = in.readInt();
    nans = in.readLong();
    positiveInfinities = in.readLong();
    negativeInfinities = in.readLong();
  }
}
