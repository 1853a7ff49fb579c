package dev.tidemill.storage.nexmark;

/**
 * Random numbers by event: the number of an event depends on the seed, the purpose and the event
 * only.
 */
final class Randomness {
  private final long salt;

  Randomness(long seed, String purpose) {
    this.salt = mix(mix(seed) + purpose.hashCode());
  }

  /** 64 random bits. */
  long bits(long event) {
    return mix(salt + (event + 1) * 0x9E3779B97F4A7C15L);
  }

  /** A number of at least 0 and below {@code bound}. */
  long below(long event, long bound) {
    return scale(bits(event), bound);
  }

  /** {@code bits}, random ones, as a number of at least 0 and below {@code bound}. */
  static long scale(long bits, long bound) {
    return Math.multiplyHigh(bits, bound) + (bits >> 63 & bound);
  }

  /**
   * Other bits from random bits, as if drawn anew: the finaliser of SplitMix64 (Steele, Lea, Flood:
   * Fast Splittable Pseudorandom Number Generators, 2014).
   */
  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
