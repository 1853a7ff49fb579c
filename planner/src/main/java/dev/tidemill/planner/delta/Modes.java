package dev.tidemill.planner.delta;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SessionTablePlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.WindowTablePlan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Why APPEND is not legal, and the way out. */
final class Modes {
  private static final String OTHERS = "or use OUTPUT MODE UPDATE or COMPLETE";

  static final String GO_AS_TIME_PASSES =
      "APPEND is not possible: rows come and go as time passes; use OUTPUT MODE UPDATE or COMPLETE";

  private Modes() {}

  static String removesRows(TableReference table) {
    return "APPEND is not possible: table %s removes rows too; use OUTPUT MODE UPDATE or COMPLETE"
        .formatted(name(table));
  }

  static String takenBack(String what) {
    return "APPEND is not possible: rows of %s may be taken back when more come; use OUTPUT MODE UPDATE or COMPLETE"
        .formatted(what);
  }

  /** Of window functions whose rows are never final; {@code fix} would make them so. */
  static String overNeverEnds(String fix) {
    return "APPEND is not possible: rows of OVER may be taken back when more come; %s, or use OUTPUT MODE UPDATE or COMPLETE"
        .formatted(fix);
  }

  /** Of a join whose rows without a match may find one whenever one comes. */
  static String joinNeverEnds(JoinKind kind) {
    return ("APPEND is not possible: rows of a %s JOIN of two growing inputs may be taken back when more come; join on window_start"
            + " of both sides too, or bound the time of each by the other's (a.ts BETWEEN b.ts - INTERVAL '5' MINUTE AND b.ts, both"
            + " with a watermark), or use OUTPUT MODE UPDATE or COMPLETE")
        .formatted(kind);
  }

  /** Of a pattern with $, to which more rows of a partition may come. */
  static String patternAtTheEnd() {
    return "APPEND is not possible: $ is the end of a partition, and more rows of it may come; PARTITION BY window_start and"
        + " window_end of TUMBLE or HOP over a column with a watermark, too, or use OUTPUT MODE UPDATE or COMPLETE";
  }

  /** Of an ASOF join whose rows get another match whenever a nearer right row comes. */
  static String asofJoinNeverEnds() {
    return "APPEND is not possible: a row of an ASOF JOIN is taken back when a nearer right row comes; declare WATERMARK FOR the time of"
        + " both sides, or make the right side static ('static'='true'), "
        + OTHERS;
  }

  /** Of an aggregate without a group key that the watermark bounds. */
  static String groupsNeverEnd(AggregatePlan aggregate, Map<TableReference, TableTraits> tables) {
    Set<TableReference> growing = new LinkedHashSet<>();
    collectGrowing(aggregate, tables, growing);
    TableReference without = null;
    TableReference with = null;
    TableReference result = null;
    for (TableReference table : growing) {
      TableTraits traits = tables.get(table);
      if (traits != null && !traits.bounds().isEmpty()) {
        result = result == null ? table : result;
      } else if (watermark(table, tables) == null) {
        without = without == null ? table : without;
      } else {
        with = with == null ? table : with;
      }
    }
    if (without != null) {
      return "APPEND needs a watermark: table %s declares none; declare WATERMARK FOR %s AS …%s, %s"
          .formatted(
              name(without),
              timeColumn(without, tables),
              hasWindow(aggregate) ? "" : " and group by window_start of TUMBLE or HOP",
              OTHERS);
    }
    if (with == null && result != null && tables.get(result) instanceof TableTraits traits) {
      return "APPEND needs groups that end: add %s of %s to GROUP BY, %s"
          .formatted(
              String.join(" or ", new TreeSet<>(traits.bounds().keySet())), name(result), OTHERS);
    }
    if (with == null) {
      return "APPEND is not possible: a row over all rows changes as rows come; use OUTPUT MODE UPDATE or COMPLETE";
    }
    if (isByRows(aggregate)) {
      return "APPEND is not possible: windows of TUMBLE_ROWS end with no time; when one is full is told by ROW_NUMBER() OVER w AS n and SUM(x)"
          + " OVER (w ROWS 9 PRECEDING), WHERE MOD(n, 10) = 0, or use OUTPUT MODE UPDATE or COMPLETE";
    }
    TableTraits.Watermark watermark = watermark(with, tables);
    String column = watermark == null ? "" : watermark.column();
    WindowTablePlan other = otherWindow(aggregate, tables);
    if (other != null && TimeOrigin.of(other.input(), tables) == null) {
      return ("APPEND needs groups that end: no watermark bounds %s of what the windows are over; window a table by its"
              + " own time below that, %s")
          .formatted(other.input().columns().get(other.timeColumn()).name(), OTHERS);
    }
    if (other != null) {
      return ("APPEND needs groups that end: the windows are over %s but the watermark of %s is declared for %s;"
              + " window over %s, %s")
          .formatted(
              other.input().columns().get(other.timeColumn()).name(),
              name(with),
              column,
              column,
              OTHERS);
    }
    return "APPEND needs groups that end: add window_start or window_end of TUMBLE or HOP over %s of %s to GROUP BY, %s"
        .formatted(column, name(with), OTHERS);
  }

  /** Whether groups are by windows of rows, whose bounds are numbers. */
  private static boolean isByRows(AggregatePlan aggregate) {
    for (int key : aggregate.keys()) {
      OutputColumn column = aggregate.input().columns().get(key);
      if (column.type() instanceof Type.Int
          && (column.name().equals("window_start") || column.name().equals("window_end"))) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasWindow(BatchPlan plan) {
    return plan instanceof WindowTablePlan
        || plan instanceof SessionTablePlan
        || plan.inputs().stream().anyMatch(Modes::hasWindow);
  }

  private static String name(TableReference table) {
    return table.path().get(0).equals(TableReference.FILES)
        ? table.toString()
        : table.path().getLast();
  }

  private static TableTraits.@Nullable Watermark watermark(
      TableReference table, Map<TableReference, TableTraits> tables) {
    TableTraits traits = tables.get(table);
    return traits == null ? null : traits.watermark();
  }

  private static void collectGrowing(
      BatchPlan plan, Map<TableReference, TableTraits> tables, Set<TableReference> growing) {
    if (plan instanceof ScanPlan scan) {
      TableTraits traits = tables.get(scan.table());
      if (traits != null && !traits.isStatic()) {
        growing.add(scan.table());
      }
    }
    plan.inputs().forEach(input -> collectGrowing(input, tables, growing));
  }

  /** The name of the table's first TIMESTAMP column, or what one would be called. */
  private static String timeColumn(TableReference table, Map<TableReference, TableTraits> tables) {
    TableTraits traits = tables.get(table);
    if (traits != null) {
      for (OutputColumn column : traits.stored()) {
        if (column.type() instanceof Type.Timestamp
            || column.type() instanceof Type.ZonedTimestamp) {
          return column.name();
        }
      }
    }
    return "a TIMESTAMP column";
  }

  /** A window over something else than the time column of a watermark, or null. */
  private static @Nullable WindowTablePlan otherWindow(
      BatchPlan plan, Map<TableReference, TableTraits> tables) {
    if (plan instanceof WindowTablePlan windows) {
      List<TimeOrigin> origins = TimeOrigin.all(windows.input(), tables);
      if (!TimeOrigin.isTime(origins, windows.timeColumn(), tables)) {
        return windows;
      }
    }
    for (BatchPlan input : plan.inputs()) {
      WindowTablePlan found = otherWindow(input, tables);
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
