package dev.tidemill.planner.logical;

import dev.tidemill.foundation.type.Type;

/**
 * Types of decimal arithmetic: Spark's rules, capped at 38 digits. Where the exact result would
 * need more, the integer digits are kept and the scale shrinks, to 6 at the least.
 */
public final class DecimalRules {
  private static final int MAX = Type.MAX_DECIMAL_PRECISION;
  private static final int LEAST_SCALE_KEPT = 6;

  private DecimalRules() {}

  public static Type.Decimal sum(Type.Decimal a, Type.Decimal b) {
    int scale = Math.max(a.scale(), b.scale());
    return capped(integerDigits(a, b) + scale + 1, scale);
  }

  public static Type.Decimal product(Type.Decimal a, Type.Decimal b) {
    return capped(a.precision() + b.precision() + 1, a.scale() + b.scale());
  }

  public static Type.Decimal quotient(Type.Decimal a, Type.Decimal b) {
    int scale = Math.max(LEAST_SCALE_KEPT, a.scale() + b.precision() + 1);
    return capped(a.precision() - a.scale() + b.scale() + scale, scale);
  }

  public static Type.Decimal remainder(Type.Decimal a, Type.Decimal b) {
    int scale = Math.max(a.scale(), b.scale());
    return capped(Math.min(a.precision() - a.scale(), b.precision() - b.scale()) + scale, scale);
  }

  public static Type.Decimal total(Type.Decimal a) {
    return new Type.Decimal(Math.min(MAX, a.precision() + 10), a.scale());
  }

  public static Type.Decimal average(Type.Decimal a) {
    return capped(a.precision() + 4, a.scale() + 4);
  }

  /** The least type that holds both exactly; where that is too wide, integer digits first. */
  public static Type.Decimal common(Type.Decimal a, Type.Decimal b) {
    int scale = Math.max(a.scale(), b.scale());
    return capped(integerDigits(a, b) + scale, scale);
  }

  /** DECIMAL that holds every value of an integer type. */
  public static Type.Decimal ofInteger(Type.Int type) {
    return new Type.Decimal(
        switch (type.bits()) {
          case 8 -> 3;
          case 16 -> 5;
          case 32 -> 10;
          default -> 19;
        },
        0);
  }

  private static int integerDigits(Type.Decimal a, Type.Decimal b) {
    return Math.max(a.precision() - a.scale(), b.precision() - b.scale());
  }

  private static Type.Decimal capped(int precision, int scale) {
    if (precision <= MAX) {
      return new Type.Decimal(Math.max(1, precision), Math.min(scale, Math.max(1, precision)));
    }
    int integerDigits = precision - scale;
    int kept = Math.max(MAX - integerDigits, Math.min(scale, LEAST_SCALE_KEPT));
    return new Type.Decimal(MAX, Math.min(kept, MAX));
  }
}
