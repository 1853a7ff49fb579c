package dev.tidemill.shell.progress;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.streaming.StepProgress;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Steps for somebody who watches: their lines scroll, and below them an area shows how each query
 * stands. Where steps come faster than anybody reads, their lines are left out but for the last.
 */
public final class LiveProgress implements Progress.View {
  private static final long PAINT_MILLIS = 100;
  private static final long LINES_NANOS = 400_000_000;

  /** Lines of steps within that time: more cannot be read. */
  private static final int MOST_LINES = 8;

  private final Terminal terminal;
  private final Attributes attributes;
  private final LongSupplier nanos;
  private final LiveScreen screen;
  private final PrintStream lines;
  private final StepText text = new StepText();
  private final Map<String, QueryLine> queries = new LinkedHashMap<>();
  private final List<AttributedString> steps = new ArrayList<>();
  private int leftOut;
  private long flushedNanos;
  private volatile int columns;
  private boolean closed;
  private @Nullable Thread painter;

  /**
   * @param terminal closed with this
   * @param err what ends at the terminal
   * @param nanos the time, for rates
   */
  LiveProgress(Terminal terminal, boolean colour, PrintStream err, LongSupplier nanos) {
    this.terminal = terminal;
    this.nanos = nanos;
    this.screen = new LiveScreen(terminal, colour, this::area);
    this.lines = screen.above(err, () -> {});
    this.columns = screen.columns();
    this.flushedNanos = nanos.getAsLong() - LINES_NANOS;
    // A ^C that is echoed would stand in the area.
    attributes = terminal.getAttributes();
    Attributes quiet = new Attributes(attributes);
    quiet.setLocalFlag(Attributes.LocalFlag.ECHOCTL, false);
    terminal.setAttributes(quiet);
  }

  /** On the terminal of the process, or null where it cannot be painted on. */
  public static @Nullable LiveProgress onTerminal(PrintStream err, boolean colour) {
    Terminal terminal;
    try {
      terminal =
          TerminalBuilder.builder()
              .system(true)
              .systemOutput(TerminalBuilder.SystemOutput.SysErr)
              .nativeSignals(false)
              .dumb(true)
              .build();
    } catch (IOException e) {
      return null;
    }
    if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
      close(terminal);
      return null;
    }
    LiveProgress progress = new LiveProgress(terminal, colour, err, System::nanoTime);
    Thread painter = new Thread(progress::paintOnAndOn, "tidemill-progress");
    painter.setDaemon(true);
    progress.painter = painter;
    painter.start();
    return progress;
  }

  /**
   * A stream that may be written to while this is open, where {@code target} ends at the same
   * terminal.
   */
  public PrintStream above(PrintStream target) {
    return screen.above(target, this::flushSteps);
  }

  /** How wide the terminal is now. */
  public int columns() {
    return screen.columns();
  }

  private void paintOnAndOn() {
    try {
      while (true) {
        paint();
        synchronized (this) {
          if (closed) {
            return;
          }
          wait(PAINT_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Shows how things stand. */
  void paint() {
    boolean isTime;
    synchronized (this) {
      isTime = nanos.getAsLong() - flushedNanos >= LINES_NANOS;
    }
    if (isTime) {
      flushSteps();
    }
    screen.paint();
  }

  private void flushSteps() {
    columns = screen.columns();
    StringBuilder out = new StringBuilder();
    synchronized (this) {
      if (leftOut > 0) {
        String left = "… " + leftOut + " more steps";
        out.append(screen.styled(new AttributedString(left, StepText.DIM))).append('\n');
        leftOut = 0;
      }
      for (AttributedString step : steps) {
        out.append(screen.styled(step.columnSubSequence(0, columns))).append('\n');
      }
      flushedNanos = steps.isEmpty() ? flushedNanos : nanos.getAsLong();
      steps.clear();
    }
    // Not under the lock: who paints holds the screen and asks for the area.
    lines.append(out);
  }

  private synchronized List<AttributedString> area(int columns, int rows) {
    return StatusTable.lines(List.copyOf(queries.values()), columns, rows, nanos.getAsLong());
  }

  private QueryLine line(String query) {
    return queries.computeIfAbsent(query, QueryLine::new);
  }

  @Override
  public synchronized void stepped(StepProgress step) {
    line(step.query()).stepped(step, nanos.getAsLong());
    addLine(text.step(step, columns));
  }

  @Override
  public synchronized void statusChanged(String query, QueryStatus status) {
    line(query).statusChanged(status);
    if (!status.isAtWork()) {
      addLine(text.status(query, status));
    }
  }

  private void addLine(AttributedString line) {
    if (steps.size() == MOST_LINES) {
      steps.removeFirst();
      leftOut++;
    }
    steps.add(line);
  }

  @Override
  public void retrying(String query, TidemillException error, long attempt, long delayMillis) {
    AttributedStringBuilder line =
        new AttributedStringBuilder()
            .append(StepText.retry(query, error, attempt, delayMillis), StepText.WARNING);
    flushSteps();
    lines.append(screen.styled(line.toAttributedString()) + '\n');
  }

  @Override
  public void failed(String query, TidemillException error) {
    AttributedStringBuilder line =
        new AttributedStringBuilder().append(StepText.failure(query, error), StepText.ERROR);
    flushSteps();
    lines.append(screen.styled(line.toAttributedString()) + '\n');
  }

  /** The area is gone; what has scrolled stays. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      notifyAll();
    }
    join();
    flushSteps();
    screen.close();
    terminal.setAttributes(attributes);
    close(terminal);
  }

  private void join() {
    Thread running = painter;
    if (running != null) {
      try {
        running.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void close(Terminal terminal) {
    try {
      terminal.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
