package dev.tidemill.shell.format;

import dev.tidemill.foundation.format.ValueFormat;
import org.jspecify.annotations.Nullable;

/** A line per value, a heading per row: for rows wider than the screen. */
final class VerticalWriter extends ResultWriter {
  private int widest;
  private long rows;

  VerticalWriter(Appearance appearance) {
    super(appearance);
  }

  @Override
  void writeHeader() {
    for (String name : names) {
      widest = Math.max(widest, Cells.width(name));
    }
  }

  @Override
  void writeRow(@Nullable Object[] row) {
    rows++;
    if (rows <= appearance.mostRows()) {
      StringBuilder text = new StringBuilder("-[ row ").append(rows).append(" ]\n");
      for (int i = 0; i < row.length; i++) {
        text.repeat(' ', widest - Cells.width(names.get(i))).append(names.get(i)).append(": ");
        text.append(
                Cells.onOneLine(ValueFormat.format(types.get(i), row[i], appearance.timeZone())))
            .append('\n');
      }
      out.append(text);
    }
  }

  @Override
  void writeEnd() {
    if (rows == 0) {
      out.append("(no rows)\n");
    } else if (rows > appearance.mostRows()) {
      out.append(Cells.count(rows))
          .append(" rows, ")
          .append(Cells.count(appearance.mostRows()))
          .append(" shown\n");
    }
  }
}
