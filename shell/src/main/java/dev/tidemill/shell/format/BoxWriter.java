package dev.tidemill.shell.format;

import dev.tidemill.foundation.format.ValueFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table with lines around it. Columns are as wide as the widest of the first rows; a wider value
 * further down pushes its line.
 */
final class BoxWriter extends ResultWriter {
  private static final int SAMPLE = 1000;
  private static final String DIM = "\u001b[2m";
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";

  private final List<@Nullable String[]> held = new ArrayList<>();
  private int[] widths = {};
  private boolean open;
  private long rows;

  BoxWriter(Appearance appearance) {
    super(appearance);
  }

  @Override
  void writeHeader() {}

  @Override
  void writeRow(@Nullable Object[] row) {
    rows++;
    if (rows > appearance.mostRows()) {
      return;
    }
    @Nullable String[] cells = new @Nullable String[row.length];
    for (int i = 0; i < row.length; i++) {
      Object value = row[i];
      cells[i] = value == null ? null : Cells.onOneLine(ValueFormat.format(types.get(i), value));
    }
    if (open) {
      line(cells);
      return;
    }
    held.add(cells);
    if (held.size() >= SAMPLE) {
      flushRows();
    }
  }

  @Override
  void flushRows() {
    if (!open) {
      open = true;
      measure();
      rule('┌', '┬', '┐');
      header();
      rule('├', '┼', '┤');
      held.forEach(this::line);
      held.clear();
    }
    out.flush();
  }

  private void measure() {
    widths = names.stream().mapToInt(Cells::width).toArray();
    for (@Nullable String[] row : held) {
      for (int i = 0; i < row.length; i++) {
        String cell = row[i];
        widths[i] = Math.max(widths[i], cell == null ? 4 : Cells.width(cell));
      }
    }
  }

  private void rule(char left, char middle, char right) {
    StringBuilder text = new StringBuilder().append(left);
    for (int i = 0; i < widths.length; i++) {
      text.repeat('─', widths[i] + 2).append(i == widths.length - 1 ? right : middle);
    }
    out.append(text).append('\n');
  }

  private void header() {
    StringBuilder text = new StringBuilder("│");
    for (int i = 0; i < widths.length; i++) {
      int blanks = Math.max(0, widths[i] - Cells.width(names.get(i)));
      boolean right = Cells.isRightAligned(types.get(i));
      text.append(' ').repeat(' ', right ? blanks : 0);
      text.append(appearance.colour() ? BOLD : "")
          .append(names.get(i))
          .append(appearance.colour() ? PLAIN : "");
      text.repeat(' ', right ? 0 : blanks).append(" │");
    }
    out.append(text).append('\n');
  }

  private void line(@Nullable String[] cells) {
    StringBuilder text = new StringBuilder("│");
    for (int i = 0; i < cells.length; i++) {
      String cell = cells[i] == null ? "NULL" : cells[i];
      int blanks = Math.max(0, widths[i] - Cells.width(cell));
      boolean right = Cells.isRightAligned(types.get(i));
      boolean dim = cells[i] == null && appearance.colour();
      text.append(' ').repeat(' ', right ? blanks : 0);
      text.append(dim ? DIM : "").append(cell).append(dim ? PLAIN : "");
      text.repeat(' ', right ? 0 : blanks).append(" │");
    }
    out.append(text).append('\n');
  }

  @Override
  void writeEnd() {
    flushRows();
    rule('└', '┴', '┘');
    if (rows > appearance.mostRows()) {
      out.append(Cells.count(rows)).append(" rows, the first ");
      out.append(Cells.count(appearance.mostRows())).append(" shown; --format csv gives all\n");
    } else {
      out.append(Cells.count(rows)).append(rows == 1 ? " row\n" : " rows\n");
    }
  }
}
