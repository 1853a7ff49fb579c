package dev.tidemill.storage.table;

/**
 * Integers that lie close together: {@code value} is one of them where {@code value - least} is
 * from 0 to {@code span} and that bit of {@code words} is set. Immutable.
 *
 * <pre>
 *   {7, 9, 10}     least 7, span 3, words {0b1101}
 * </pre>
 *
 * @param words bit n in word n / 64, at n % 64; bits for all from 0 to {@code span}
 */
public record ValueBits(long least, long span, long[] words) {
  public boolean contains(long value) {
    long bit = value - least;
    return bit >= 0 && bit <= span && (words[(int) (bit >>> 6)] >>> bit & 1) != 0;
  }
}
