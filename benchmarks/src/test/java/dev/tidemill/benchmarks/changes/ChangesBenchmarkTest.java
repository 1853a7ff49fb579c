package dev.tidemill.benchmarks.changes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.benchmarks.changes.ChangesBenchmark.ChangesOptions;
import dev.tidemill.benchmarks.changes.ChangesBenchmark.Figures;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plans over rows that only come keep no more than those over rows that change. */
class ChangesBenchmarkTest {
  @Test
  void addedRowsNeedNoMoreState() throws IOException {
    List<Figures> all =
        new ChangesBenchmark(
                new ChangesOptions(500, 2_000, 3, 2, null),
                new PrintStream(OutputStream.nullOutputStream()))
            .run();
    assertEquals(5, all.size());
    for (Figures figures : all) {
      assertTrue(figures.addedBytes() <= figures.changingBytes(), figures.toString());
    }
    // MIN and MAX are a number each where no row goes; else all values are kept.
    assertTrue(all.get(1).addedBytes() * 4 < all.get(1).changingBytes(), all.toString());
  }
}
