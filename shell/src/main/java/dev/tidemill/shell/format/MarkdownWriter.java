package dev.tidemill.shell.format;

import dev.tidemill.foundation.format.ValueFormat;
import org.jspecify.annotations.Nullable;

/** A table in Markdown; numbers to the right. */
final class MarkdownWriter extends ResultWriter {
  MarkdownWriter(Appearance appearance) {
    super(appearance);
  }

  @Override
  void writeHeader() {
    StringBuilder header = new StringBuilder("|");
    StringBuilder rule = new StringBuilder("|");
    for (int i = 0; i < names.size(); i++) {
      header.append(' ').append(escaped(names.get(i))).append(" |");
      rule.append(Cells.isRightAligned(types.get(i)) ? "---:|" : "---|");
    }
    out.append(header).append('\n').append(rule).append('\n');
  }

  @Override
  void writeRow(@Nullable Object[] row) {
    StringBuilder line = new StringBuilder("|");
    for (int i = 0; i < row.length; i++) {
      line.append(' ')
          .append(escaped(ValueFormat.format(types.get(i), row[i], appearance.timeZone())))
          .append(" |");
    }
    out.append(line).append('\n');
  }

  private static String escaped(String text) {
    return Cells.onOneLine(text).replace("|", "\\|");
  }

  @Override
  void writeEnd() {}
}
