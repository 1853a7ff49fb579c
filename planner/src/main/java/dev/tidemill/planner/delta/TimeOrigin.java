package dev.tidemill.planner.delta;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SharedPlan;
import dev.tidemill.plan.batch.SortPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.UnionPlan;
import dev.tidemill.plan.batch.UnnestPlan;
import dev.tidemill.plan.batch.WindowTablePlan;
import dev.tidemill.plan.delta.EventTime.TimeWindows;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Of a plan whose rows come one by one from the rows of one growing table: its columns as
 * expressions over the table's stored columns, null where they are something else.
 */
record TimeOrigin(TableReference table, List<@Nullable Expression> columns) {

  /** The origin of a plan, or null where its rows are not those of one growing table. */
  static @Nullable TimeOrigin of(BatchPlan plan, Map<TableReference, TableTraits> tables) {
    return switch (plan) {
      case ScanPlan scan -> {
        TableTraits traits = tables.get(scan.table());
        if (traits == null || traits.isStatic()) {
          yield null;
        }
        List<@Nullable Expression> columns = new ArrayList<>();
        for (OutputColumn column : scan.columns()) {
          columns.add(new ColumnReference(traits.storedIndex(column.name()), column.type()));
        }
        yield new TimeOrigin(scan.table(), columns);
      }
      case FilterPlan filter -> of(filter.input(), tables);
      case SortPlan sort -> of(sort.input(), tables);
      case ExchangePlan exchange -> of(exchange.input(), tables);
      case SharedPlan shared -> of(shared.input(), tables);
      case ProjectPlan project -> {
        TimeOrigin input = of(project.input(), tables);
        if (input == null) {
          yield null;
        }
        yield input.projected(project);
      }
      case UnnestPlan unnest -> {
        TimeOrigin input = of(unnest.input(), tables);
        if (input == null) {
          yield null;
        }
        List<@Nullable Expression> columns = new ArrayList<>();
        unnest.kept().forEach(k -> columns.add(input.columns().get(k)));
        unnest.produced().forEach(p -> columns.add(null));
        yield new TimeOrigin(input.table(), columns);
      }
      case WindowTablePlan windows -> {
        TimeOrigin input = of(windows.input(), tables);
        if (input == null) {
          yield null;
        }
        List<@Nullable Expression> columns = new ArrayList<>(input.columns());
        columns.add(null);
        columns.add(null);
        yield new TimeOrigin(input.table(), columns);
      }
      default -> null;
    };
  }

  private TimeOrigin projected(ProjectPlan project) {
    List<@Nullable Expression> projected = new ArrayList<>();
    for (Expression expression : project.expressions()) {
      projected.add(ExpressionColumns.replace(expression, column -> columns.get(column.index())));
    }
    return new TimeOrigin(table, projected);
  }

  /**
   * The origins of a plan whose rows are those of one growing table, or of UNION ALL of several;
   * none where they are something else.
   */
  static List<TimeOrigin> all(BatchPlan plan, Map<TableReference, TableTraits> tables) {
    return switch (plan) {
      case UnionPlan union -> {
        List<TimeOrigin> origins = new ArrayList<>();
        for (BatchPlan input : union.inputs()) {
          List<TimeOrigin> found = all(input, tables);
          if (found.isEmpty() && grows(input, tables)) {
            yield List.of();
          }
          origins.addAll(found);
        }
        yield origins;
      }
      case FilterPlan filter -> all(filter.input(), tables);
      case ExchangePlan exchange -> all(exchange.input(), tables);
      case SharedPlan shared -> all(shared.input(), tables);
      case ProjectPlan project ->
          all(project.input(), tables).stream().map(o -> o.projected(project)).toList();
      default -> {
        TimeOrigin only = of(plan, tables);
        yield only == null ? List.of() : List.of(only);
      }
    };
  }

  private static boolean grows(BatchPlan plan, Map<TableReference, TableTraits> tables) {
    return plan instanceof ScanPlan scan
            && (!(tables.get(scan.table()) instanceof TableTraits traits) || !traits.isStatic())
        || plan.inputs().stream().anyMatch(input -> grows(input, tables));
  }

  /** Whether a column is the time of the table that each row of a plan is of. */
  static boolean isTime(
      List<TimeOrigin> origins, int column, Map<TableReference, TableTraits> tables) {
    return !origins.isEmpty() && origins.stream().allMatch(o -> o.isTime(column, tables));
  }

  /**
   * Whether column {@code column} is the time column that the table's watermark is declared for.
   */
  boolean isTime(int column, Map<TableReference, TableTraits> tables) {
    TableTraits traits = tables.get(table);
    TableTraits.Watermark watermark = traits == null ? null : traits.watermark();
    return watermark != null && watermark.time().equals(columns.get(column));
  }

  /**
   * Whether it is that column or so much later, to whose bound the watermark leads as well, see
   * {@link MovedTime}.
   */
  boolean isMovedTime(int column, Map<TableReference, TableTraits> tables) {
    TableTraits traits = tables.get(table);
    TableTraits.Watermark watermark = traits == null ? null : traits.watermark();
    Expression time = columns.get(column);
    while (watermark != null && time != null && !watermark.time().equals(time)) {
      time = MovedTime.within(time);
    }
    return watermark != null && time != null;
  }

  /** Per table all the ways in which {@code plan} cuts its time column into windows. */
  static Map<TableReference, List<TimeWindows>> windows(
      BatchPlan plan, Map<TableReference, TableTraits> tables) {
    Map<TableReference, List<TimeWindows>> found = new LinkedHashMap<>();
    collect(plan, tables, found);
    return found;
  }

  private static void collect(
      BatchPlan plan,
      Map<TableReference, TableTraits> tables,
      Map<TableReference, List<TimeWindows>> found) {
    if (plan instanceof WindowTablePlan windows) {
      List<TimeOrigin> origins = all(windows.input(), tables);
      if (isTime(origins, windows.timeColumn(), tables)) {
        TimeWindows own =
            windows.cumulative()
                ? new TimeWindows(
                    windows.slideMillis(), windows.slideMillis(), windows.offsetMillis())
                : new TimeWindows(
                    windows.sizeMillis(), windows.slideMillis(), windows.offsetMillis());
        for (TimeOrigin origin : origins) {
          List<TimeWindows> known = found.computeIfAbsent(origin.table(), t -> new ArrayList<>());
          if (!known.contains(own)) {
            known.add(own);
          }
        }
      }
    }
    plan.inputs().forEach(input -> collect(input, tables, found));
  }
}
