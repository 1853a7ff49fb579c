package dev.tidemill.shell.format;

import dev.tidemill.foundation.format.ValueFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table with lines around it. Columns are as wide as the widest of the first rows; a wider value
 * further down pushes its line. Where that is wider than the terminal, texts are cut, then columns
 * at the right left out, and the last line says so.
 */
final class BoxWriter extends ResultWriter {
  private static final int SAMPLE = 1000;

  /** Texts are not cut to less. */
  private static final int NARROWEST = 12;

  private static final String DIM = "\u001b[2m";
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";

  private final List<@Nullable String[]> held = new ArrayList<>();
  private int[] widths = {};

  /** Columns from the left that there is room for. */
  private int shown;

  private boolean cut;
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
      cells[i] =
          value == null
              ? null
              : Cells.onOneLine(ValueFormat.format(types.get(i), value, appearance.timeZone()));
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
    shown = widths.length;
    if (total() > appearance.columns()) {
      cut = true;
      narrowTexts();
      while (shown > 1 && total() > appearance.columns()) {
        shown--;
      }
    }
  }

  /** Places that a line takes. */
  private int total() {
    int total = shown < widths.length ? 5 : 1;
    for (int i = 0; i < shown; i++) {
      total += widths[i] + 3;
    }
    return total;
  }

  /** Makes the widest texts narrower, place by place, as far as they stay readable. */
  private void narrowTexts() {
    int widest = Arrays.stream(widths).max().orElse(0);
    for (int most = widest - 1; most >= NARROWEST && total() > appearance.columns(); most--) {
      for (int i = 0; i < widths.length; i++) {
        if (Cells.mayBeCut(types.get(i))) {
          widths[i] = Math.min(widths[i], most);
        }
      }
    }
  }

  /** The text as it stands in a column: whole, unless columns had to become narrower. */
  private String fitted(String text, int column) {
    return cut && Cells.mayBeCut(types.get(column)) ? Cells.cut(text, widths[column]) : text;
  }

  private void rule(char left, char middle, char right) {
    StringBuilder text = new StringBuilder().append(left);
    for (int i = 0; i < shown; i++) {
      text.repeat('─', widths[i] + 2).append(i == widths.length - 1 ? right : middle);
    }
    out.append(text).append(shown < widths.length ? "───" + right : "").append('\n');
  }

  private void header() {
    StringBuilder text = new StringBuilder("│");
    for (int i = 0; i < shown; i++) {
      String name = cut ? Cells.cut(names.get(i), widths[i]) : names.get(i);
      int blanks = Math.max(0, widths[i] - Cells.width(name));
      boolean right = Cells.isRightAligned(types.get(i));
      text.append(' ').repeat(' ', right ? blanks : 0);
      text.append(appearance.colour() ? BOLD : "")
          .append(name)
          .append(appearance.colour() ? PLAIN : "");
      text.repeat(' ', right ? 0 : blanks).append(" │");
    }
    out.append(text).append(shown < widths.length ? " … │" : "").append('\n');
  }

  private void line(@Nullable String[] cells) {
    StringBuilder text = new StringBuilder("│");
    for (int i = 0; i < shown; i++) {
      String cell = cells[i] == null ? "NULL" : fitted(cells[i], i);
      int blanks = Math.max(0, widths[i] - Cells.width(cell));
      boolean right = Cells.isRightAligned(types.get(i));
      boolean dim = cells[i] == null && appearance.colour();
      text.append(' ').repeat(' ', right ? blanks : 0);
      text.append(dim ? DIM : "").append(cell).append(dim ? PLAIN : "");
      text.repeat(' ', right ? 0 : blanks).append(" │");
    }
    out.append(text).append(shown < widths.length ? " … │" : "").append('\n');
  }

  @Override
  void writeEnd() {
    flushRows();
    rule('└', '┴', '┘');
    out.append(Cells.count(rows)).append(rows == 1 ? " row" : " rows");
    if (rows > appearance.mostRows()) {
      out.append(", the first ").append(Cells.count(appearance.mostRows()));
      out.append(" shown; format csv gives all");
    }
    if (shown < widths.length) {
      out.append("; ").append(Cells.count(shown)).append(" of ");
      out.append(Cells.count(widths.length)).append(" columns fit, format vertical shows all");
    } else if (cut) {
      out.append("; texts are cut to fit, format vertical shows all");
    }
    out.append('\n');
  }
}
