package dev.tidemill.shell.progress;

import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.streaming.StepProgress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/**
 * The status area: a heading and a line per query. Where the terminal is too narrow columns are
 * left out, the least telling first; where it is too low, queries, those that have ended first.
 *
 * <pre>
 *     query           step   rows in   rows/s   rows out  late  watermark                  ms   state
 *   ● turnover           3     7,500    2,500         12     0  2024-01-01 00:00:10.000   4.1   80 kB
 *   ✓ landing           12    20,000               20,000    0  end                       2.0    0 kB
 *   … and 3 more
 * </pre>
 */
final class StatusTable {
  private static final int WIDEST_NAME = 32;
  private static final int NARROWEST_NAME = 8;
  private static final String GAP = "  ";
  private static final AttributedStyle RUNNING =
      AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN);

  private StatusTable() {}

  /** A column; of those that are not needed the lowest rank is left out first. */
  private enum Field {
    STEP("step", 9),
    ROWS_IN("rows in", 8),
    RATE("rows/s", 6),
    ROWS_OUT("rows out", 7),
    LATE("late", 5),
    WATERMARK("watermark", 4),
    MILLIS("ms", 3),
    STATE("state", 2);

    private final String title;
    private final int rank;

    Field(String title, int rank) {
      this.title = title;
      this.rank = rank;
    }

    String text(QueryLine query, long nowNanos) {
      StepProgress last = query.last();
      if (last == null) {
        return "";
      }
      return switch (this) {
        case STEP -> Long.toString(last.step());
        case ROWS_IN -> count(query.rowsIn());
        case RATE ->
            query.status() == QueryStatus.RUNNING
                ? count(Math.round(query.rowsPerSecond(nowNanos)))
                : "";
        case ROWS_OUT -> count(query.rowsOut());
        case LATE -> count(query.lateRows());
        case WATERMARK -> {
          String watermark = StepText.watermark(last.watermarkMicros());
          yield watermark == null ? "-" : watermark;
        }
        case MILLIS -> String.format(Locale.ROOT, "%,.1f", last.millis());
        case STATE -> bytes(last.stateBytes());
      };
    }
  }

  static List<AttributedString> lines(
      List<QueryLine> queries, int columns, int rows, long nowNanos) {
    if (queries.isEmpty() || rows < 2) {
      return List.of();
    }
    List<QueryLine> shown = shown(queries, rows);
    List<Field> fields = new ArrayList<>(List.of(Field.values()));
    int name =
        2 + shown.stream().mapToInt(query -> name(query, WIDEST_NAME).length()).max().orElse(0);
    name = Math.max(name, 2 + NARROWEST_NAME);
    while (!fields.isEmpty() && name + width(fields, shown, nowNanos) > columns) {
      fields.remove(
          fields.stream().min(Comparator.comparingInt(field -> field.rank)).orElseThrow());
    }
    List<AttributedString> lines = new ArrayList<>();
    AttributedStringBuilder heading = new AttributedStringBuilder();
    heading.append(padded("  query", name, true), StepText.DIM);
    for (Field field : fields) {
      heading.append(
          GAP + padded(field.title, width(field, shown, nowNanos), isLeft(field)), StepText.DIM);
    }
    lines.add(cut(heading, columns));
    for (QueryLine query : shown) {
      AttributedStringBuilder line = new AttributedStringBuilder();
      mark(query.status(), line);
      line.append(padded(name(query, WIDEST_NAME), name - 2, true), StepText.BOLD);
      for (Field field : fields) {
        String text =
            padded(field.text(query, nowNanos), width(field, shown, nowNanos), isLeft(field));
        line.append(GAP).append(text, style(field, query));
      }
      lines.add(cut(line, columns));
    }
    if (shown.size() < queries.size()) {
      String more = "… and " + (queries.size() - shown.size()) + " more";
      lines.add(cut(new AttributedStringBuilder().append(more, StepText.DIM), columns));
    }
    return lines;
  }

  /** As many as there is room for beside the heading; half of the screen is left to the text. */
  private static List<QueryLine> shown(List<QueryLine> queries, int rows) {
    int room = Math.max(1, rows / 2 - 1);
    if (queries.size() <= room) {
      return queries;
    }
    List<QueryLine> byNeed = new ArrayList<>(queries);
    byNeed.sort(Comparator.comparing(query -> query.status() != QueryStatus.RUNNING));
    return byNeed.subList(0, Math.max(1, room - 1));
  }

  private static void mark(QueryStatus status, AttributedStringBuilder line) {
    switch (status) {
      case RUNNING -> line.append("●", RUNNING);
      case ENDED -> line.append("✓", StepText.DIM);
      case FAILED -> line.append("✗", StepText.ERROR);
      case PAUSED, STOPPED, SUSPENDED, RETRYING -> line.append("‖", StepText.WARNING);
    }
    line.append(" ");
  }

  private static AttributedStyle style(Field field, QueryLine query) {
    if (field == Field.LATE && query.lateRows() > 0) {
      return StepText.WARNING;
    }
    return query.status() == QueryStatus.ENDED ? StepText.DIM : AttributedStyle.DEFAULT;
  }

  private static boolean isLeft(Field field) {
    return field == Field.WATERMARK;
  }

  private static int width(List<Field> fields, List<QueryLine> queries, long nowNanos) {
    return fields.stream().mapToInt(field -> GAP.length() + width(field, queries, nowNanos)).sum();
  }

  private static int width(Field field, List<QueryLine> queries, long nowNanos) {
    int width = field.title.length();
    for (QueryLine query : queries) {
      width = Math.max(width, field.text(query, nowNanos).length());
    }
    return width;
  }

  private static String name(QueryLine query, int widest) {
    String name = query.query();
    return name.length() <= widest ? name : name.substring(0, widest - 1) + "…";
  }

  private static String padded(String text, int width, boolean left) {
    String blanks = " ".repeat(Math.max(0, width - text.length()));
    return left ? text + blanks : blanks + text;
  }

  private static AttributedString cut(AttributedStringBuilder line, int columns) {
    return line.columnSubSequence(0, columns);
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String bytes(long bytes) {
    if (bytes < 1 << 20) {
      return Math.ceilDiv(bytes, 1 << 10) + " kB";
    }
    return String.format(
        Locale.ROOT,
        bytes < 1 << 30 ? "%.1f MB" : "%.1f GB",
        bytes / (bytes < 1 << 30 ? 0x1p20 : 0x1p30));
  }
}
