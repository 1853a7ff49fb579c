package dev.tidemill.storage.nexmark;

/**
 * Prices in cents whose logarithm is spread evenly: 100 · 10^x for an x from 0 to 6. The power is
 * made of three factors out of tables, of 10 bits of x each.
 */
final class Prices {
  private static final int BITS = 10;
  private static final int STEPS = 1 << BITS;
  private static final double SPAN = 6;

  private final double[] coarse = new double[STEPS];
  private final double[] middle = new double[STEPS];
  private final double[] fine = new double[STEPS];

  Prices() {
    for (int i = 0; i < STEPS; i++) {
      double x = SPAN * i / STEPS;
      coarse[i] = 100 * StrictMath.pow(10, x);
      middle[i] = StrictMath.pow(10, x / STEPS);
      fine[i] = StrictMath.pow(10, x / STEPS / STEPS);
    }
  }

  /** The price that random bits stand for. */
  long price(long bits) {
    int top = (int) (bits >>> (64 - BITS));
    int next = (int) (bits >>> (64 - 2 * BITS)) & (STEPS - 1);
    int last = (int) (bits >>> (64 - 3 * BITS)) & (STEPS - 1);
    return (long) (coarse[top] * middle[next] * fine[last] + 0.5);
  }
}
