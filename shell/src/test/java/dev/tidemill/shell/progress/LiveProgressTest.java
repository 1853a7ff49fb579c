package dev.tidemill.shell.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.storage.table.Backlog;
import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.streaming.StepProgress;
import dev.tidemill.streaming.pipeline.UnusualRows;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jline.terminal.Size;
import org.jline.terminal.Sized;
import org.jline.terminal.Terminal;
import org.jline.utils.ScreenTerminal;
import org.junit.jupiter.api.Test;

/** What somebody sees on an emulated screen. */
final class LiveProgressTest {
  private static final int SECOND = 1_000_000_000;

  private final AtomicLong nanos = new AtomicLong();
  private final ScreenTerminal screen;
  private final Terminal terminal;
  private final PrintStream out;
  private final LiveProgress progress;

  LiveProgressTest() throws IOException {
    ScreenTerminal.VirtualTerminal emulated =
        ScreenTerminal.withTerminal("test", "xterm-256color", 100, 10);
    screen = emulated.screen();
    terminal = emulated.terminal();
    out = new PrintStream(terminal.output(), false, StandardCharsets.UTF_8);
    progress = new LiveProgress(terminal, true, out, nanos::get);
  }

  private void step(String query, long number, long rows) {
    progress.stepped(
        new StepProgress(
            query,
            number,
            Instant.EPOCH,
            rows,
            2,
            1,
            0,
            UnusualRows.NONE,
            10_000_000,
            4.1,
            80_000,
            Backlog.NONE,
            0,
            Map.of()));
  }

  private String painted() {
    nanos.addAndGet(SECOND);
    progress.paint();
    return screen
        .toString()
        .lines()
        .map(String::stripTrailing)
        .collect(Collectors.joining("\n"))
        .strip();
  }

  @Test
  void linesScrollAboveTheAreaAndTheAreaGoesAtTheEnd() {
    step("turnover", 1, 2500);
    PrintStream results = progress.above(out);
    results.print("a\n1");
    assertEquals(
        """
        turnover        step    1  in     2,500  out         2  late      1       4.1 ms
        a
          query     step  rows in  rows/s  rows out  late  watermark                 ms  state
        ● turnover     1    2,500   2,490         2     1  1970-01-01 00:00:10.000  4.1  79 kB""",
        painted());
    results.print("\n");
    step("turnover", 2, 1000);
    progress.statusChanged("turnover", QueryStatus.ENDED);
    assertEquals(
        """
        turnover        step    1  in     2,500  out         2  late      1       4.1 ms
        a
        1
        turnover        step    2  in     1,000  out         2  late      1       4.1 ms
        turnover        ended
          query     step  rows in  rows/s  rows out  late  watermark                 ms  state
        ✓ turnover     2    3,500                 4     2  1970-01-01 00:00:10.000  4.1  79 kB""",
        painted());
    progress.close();
    String left = screen.toString();
    assertTrue(left.contains("ended"), left);
    assertFalse(left.contains("✓"), left);
  }

  @Test
  void aNarrowScreenLosesColumnsAndALowOneQueries() {
    for (int i = 0; i < 6; i++) {
      step("query_" + i, 7, 10);
    }
    progress.statusChanged("query_0", QueryStatus.PAUSED);
    screen.setSize(Size.of(40, 8));
    terminal.setSize((Sized) Size.of(40, 8));
    String text = painted();
    assertTrue(text.contains("query     step  rows in  rows out"), text);
    assertTrue(text.contains("● query_1      7       10         2"), text);
    assertTrue(text.contains("… and 5 more"), text);
    text.lines().forEach(line -> assertTrue(line.length() <= 40, line));
  }

  @Test
  void stepsFasterThanAnybodyReadsAreCounted() {
    for (int i = 0; i < 100; i++) {
      step("fast", i, 1);
    }
    String text = painted();
    assertTrue(text.contains("fast            step   99"), text);
    progress.close();
    assertFalse(screen.toString().contains("step   91"), screen.toString());
  }
}
