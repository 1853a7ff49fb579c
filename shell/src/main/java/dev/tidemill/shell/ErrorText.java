package dev.tidemill.shell;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import org.jspecify.annotations.Nullable;

/**
 * An error and the place in the script that is to blame:
 *
 * <pre>
 *   error: there is no column amout in bid; did you mean amount? (orders.sql, line 3, column 12)
 *     WHERE amout &gt; 10
 *           ^
 * </pre>
 */
final class ErrorText {
  private static final int WIDEST = 160;

  private ErrorText() {}

  static String of(TidemillException error, Script script) {
    SourcePosition position = error.position();
    if (position == null) {
      return "error: " + error.text() + "\n";
    }
    String place = script.file() == null ? position.toString() : script.file() + ", " + position;
    String first = "error: " + error.text() + " (" + place + ")\n";
    String line = line(script.text(), position.line());
    int caret = position.column() - 1;
    if (line == null || caret > line.length()) {
      return first;
    }
    if (line.length() > WIDEST) {
      int from = Math.max(0, caret - WIDEST / 2);
      line = line.substring(from, Math.min(line.length(), from + WIDEST));
      caret -= from;
    }
    StringBuilder text =
        new StringBuilder(first).append("  ").append(line.replace('\t', ' ')).append("\n  ");
    return text.repeat(' ', caret).append("^\n").toString();
  }

  private static @Nullable String line(String text, int number) {
    return text.lines().skip(number - 1L).findFirst().orElse(null);
  }
}
