package dev.tidemill.shell.progress;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;

/**
 * A terminal whose last lines are an area that is painted again and again, under text that scrolls
 * as ever. Whoever writes to the terminal meanwhile does so through {@link #above}.
 *
 * <pre>
 *   … text above, which scrolls into the terminal's memory
 *   |first line of the area          the cursor rests at its beginning
 *    last line of the area
 * </pre>
 *
 * The cursor's place makes resizing harmless: wherever the terminal folds or unfolds lines, what is
 * to be erased begins at the cursor. Any thread may call.
 */
final class LiveScreen implements AutoCloseable {
  private static final String BEGIN = "\u001b[?2026h";
  private static final String END = "\u001b[?2026l";
  private static final String ERASE_LINE = "\u001b[K";
  private static final String ERASE_BELOW = "\u001b[J";

  /** So much text may wait before who writes it paints it. */
  private static final int MOST_WAITING = 1 << 16;

  private final Terminal terminal;
  private final boolean colour;
  private final Area area;
  private final Deque<Text> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private boolean isOpen = true;

  /** What is at the bottom. */
  @FunctionalInterface
  interface Area {
    /** At most {@code rows} lines of at most {@code columns}. */
    List<AttributedString> lines(int columns, int rows);
  }

  /** Whole lines on their way to a stream of the terminal. */
  private record Text(PrintStream target, byte[] lines) {}

  LiveScreen(Terminal terminal, boolean colour, Area area) {
    this.terminal = terminal;
    this.colour = colour;
    this.area = area;
  }

  /**
   * A stream whose lines go to {@code target}, which ends at this terminal, and come to stand above
   * the area with the next {@link #paint}. A line that is not yet whole waits.
   *
   * @param before is run before lines are taken
   */
  PrintStream above(PrintStream target, Runnable before) {
    return new PrintStream(new LineStream(target, before), false, StandardCharsets.UTF_8);
  }

  /** The line with the escape sequences of its style, where these are welcome. */
  String styled(AttributedString line) {
    return colour ? line.toAnsi(terminal) : line.toString();
  }

  /** How wide the terminal is now. */
  int columns() {
    return size().getColumns();
  }

  private Size size() {
    Size size = terminal.getSize();
    return size.getColumns() > 0 && size.getRows() > 0 ? size : Size.of(80, 24);
  }

  /** Shows what was written, and the area as it is now. */
  synchronized void paint() {
    if (isOpen) {
      paint(true);
    }
  }

  private void paint(boolean withArea) {
    StringBuilder text = new StringBuilder(BEGIN).append('\r');
    if (!waiting.isEmpty() || !withArea) {
      write(text.append(ERASE_BELOW));
      text.setLength(0);
      while (!waiting.isEmpty()) {
        Text next = waiting.remove();
        next.target().write(next.lines(), 0, next.lines().length);
        next.target().flush();
      }
      waitingBytes = 0;
    }
    if (withArea) {
      Size size = size();
      List<AttributedString> lines = area.lines(size.getColumns() - 1, size.getRows() - 1);
      for (int i = 0; i < lines.size(); i++) {
        text.append(i == 0 ? "" : "\n").append(styled(lines.get(i))).append(ERASE_LINE);
      }
      text.append(ERASE_BELOW).append('\r');
      if (lines.size() > 1) {
        text.append("\u001b[").append(lines.size() - 1).append('A');
      }
    }
    write(text.append(END));
  }

  private void write(StringBuilder text) {
    terminal.writer().append(text);
    terminal.writer().flush();
  }

  private synchronized void add(PrintStream target, byte[] lines) {
    if (!isOpen) {
      target.write(lines, 0, lines.length);
      target.flush();
      return;
    }
    waiting.add(new Text(target, lines));
    waitingBytes += lines.length;
    if (waitingBytes > MOST_WAITING) {
      paint(true);
    }
  }

  /** What waits is written, the area is gone, and text goes straight through from now on. */
  @Override
  public synchronized void close() {
    if (isOpen) {
      paint(false);
      isOpen = false;
    }
  }

  /** Hands on whole lines. */
  private final class LineStream extends OutputStream {
    private final PrintStream target;
    private final Runnable before;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    LineStream(PrintStream target, Runnable before) {
      this.target = target;
      this.before = before;
    }

    @Override
    public synchronized void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
      int end = from + length;
      int cut = end;
      while (cut > from && bytes[cut - 1] != '\n') {
        cut--;
      }
      line.write(bytes, from, cut - from);
      if (cut > from) {
        before.run();
        add(target, line.toByteArray());
        line.reset();
      }
      line.write(bytes, cut, end - cut);
    }
  }
}
