package dev.tidemill.benchmarks.killtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A short kill test; the command of the same name does longer ones. */
class KillTestTest {
  private static final int KILLS = Integer.getInteger("tidemill.test.kills", 20);

  private final long seed = Long.getLong("tidemill.test.seed", System.nanoTime() & 0xffffff);

  @Test
  void nothingIsLostAndNothingIsThereTwice() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
    KillTest.Outcome outcome =
        new KillTest(new KillOptions(KILLS, seed, null, null, null), out, out).run();
    String told = "seed " + seed + "\n" + text.toString(StandardCharsets.UTF_8);
    assertTrue(outcome.isGood(), told);
    assertEquals(KILLS, outcome.kills().values().stream().mapToInt(Integer::intValue).sum(), told);
    assertTrue(outcome.rows() > 0 && outcome.statements() > 0 && outcome.steps() > 0, told);
  }
}
