package dev.tidemill.storage.tpch;

/** A scale factor, below {@value #LIMIT}, and the sizes that follow from it. No table is empty. */
record TpchScale(double factor) {
  /** From this scale on the specification has keys drawn from 64-bit random numbers. */
  static final double LIMIT = 30_000;

  TpchScale {
    if (!(factor > 0 && factor < LIMIT)) {
      throw new IllegalArgumentException("scale factor " + factor);
    }
  }

  long customers() {
    return of(150_000);
  }

  long orders() {
    return of(1_500_000);
  }

  long parts() {
    return of(200_000);
  }

  long suppliers() {
    return of(10_000);
  }

  long clerks() {
    return Math.max(1000, of(1000));
  }

  private long of(long base) {
    return Math.max(1, (long) (base * factor));
  }
}
