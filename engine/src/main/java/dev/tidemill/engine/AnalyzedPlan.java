package dev.tidemill.engine;

import dev.tidemill.exec.pipeline.OperatorStatistics;
import dev.tidemill.foundation.setting.Quantities;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.SharedPlan;
import dev.tidemill.plan.explain.PlanText;
import dev.tidemill.plan.json.PlanJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A plan with what its operators did, as EXPLAIN ANALYZE shows it.
 *
 * <pre>
 * 4 rows in 180.4 ms, planned in 6.0 ms
 * Aggregate by l_returnflag: SUM(l_quantity) AS q (~3 rows)
 *   : 3 rows, 22.5 ms of work, 1.1 MiB of memory
 *   Scan lineitem [l_returnflag, l_quantity] where … (~5900000 rows)
 *     : 5916591 rows, 310.0 ms of work, 9.1 MiB read, 0 of 6 parts and 12 of 80 pages skipped
 * </pre>
 *
 * @param operators the root first, then its inputs, depth first
 * @param rows of the result
 */
record AnalyzedPlan(
    List<OperatorStatistics> operators, long rows, long planningNanos, long runNanos) {

  /** The lines, each ended by a line feed. */
  String text() {
    StringBuilder text =
        new StringBuilder()
            .append(rows)
            .append(rows == 1 ? " row in " : " rows in ")
            .append(millis(runNanos))
            .append(", planned in ")
            .append(millis(planningNanos))
            .append('\n');
    write(operators.get(0).plan(), operators.iterator(), 0, new HashSet<>(), text);
    return text.toString();
  }

  private static void write(
      BatchPlan plan,
      Iterator<OperatorStatistics> rest,
      int depth,
      Set<Integer> shown,
      StringBuilder text) {
    String indent = "  ".repeat(depth);
    text.append(indent).append(PlanText.line(plan));
    if (plan instanceof SharedPlan shared && !shown.add(shared.number())) {
      text.append(" (as above)\n");
      return;
    }
    text.append('\n');
    text.append(indent).append("  : ").append(String.join(", ", facts(rest.next()))).append('\n');
    for (BatchPlan input : plan.inputs()) {
      write(input, rest, depth + 1, shown, text);
    }
  }

  private static List<String> facts(OperatorStatistics operator) {
    List<String> facts = new ArrayList<>();
    facts.add(operator.rowsOut() + (operator.rowsOut() == 1 ? " row" : " rows"));
    facts.add(millis(operator.workNanos()) + " of work");
    OperatorStatistics.Reading reading = operator.reading();
    if (reading.bytes() > 0) {
      facts.add(Quantities.roughBytes(reading.bytes()) + " read");
    }
    if (reading.parts() >= 0) {
      facts.add(reading.skippedParts() + " of " + reading.parts() + " parts skipped");
    }
    long pages = reading.pages() + reading.skippedPages();
    if (pages > 0) {
      facts.add(reading.skippedPages() + " of " + pages + " pages skipped");
    }
    if (reading.skippedRows() > 0) {
      facts.add(reading.skippedRows() + " rows ruled out by indexes");
    }
    if (reading.filteredRows() > 0) {
      facts.add(reading.filteredRows() + " rows dropped by runtime filters");
    }
    if (operator.dependentKeys() > 0) {
      facts.add(
          operator.dependentKeys()
              + (operator.dependentKeys() == 1 ? " key depends" : " keys depend")
              + " on the others");
    }
    if (operator.skippedPairs() > 0) {
      facts.add(operator.skippedPairs() + " pairs ruled out by order");
    }
    if (operator.peakBytes() > 0) {
      facts.add(Quantities.roughBytes(operator.peakBytes()) + " of memory");
    }
    if (operator.spilling().files() > 0) {
      facts.add(
          Quantities.roughBytes(operator.spilling().bytes())
              + " spilled to "
              + operator.spilling().files()
              + (operator.spilling().files() == 1 ? " file" : " files"));
    }
    return facts;
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
  }

  /** One object; times are in milliseconds, unknown estimates are null. */
  String json() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("rows", rows);
    all.put("planning_millis", planningNanos / 1e6);
    all.put("run_millis", runNanos / 1e6);
    all.put("plan", node(operators.get(0).plan(), operators.iterator(), new HashSet<>()));
    return PlanJson.write(all);
  }

  private static Map<String, @Nullable Object> node(
      BatchPlan plan, Iterator<OperatorStatistics> rest, Set<Integer> shown) {
    double estimate = PlanText.estimatedRows(plan);
    Map<String, @Nullable Object> node = new LinkedHashMap<>();
    if (plan instanceof SharedPlan shared && !shown.add(shared.number())) {
      node.put("shared", shared.number());
      return node;
    }
    OperatorStatistics operator = rest.next();
    OperatorStatistics.Reading reading = operator.reading();
    node.put("operator", operator.name());
    node.put("text", PlanText.line(plan));
    node.put("estimated_rows", estimate < 0 ? null : estimate);
    node.put("rows", operator.rowsOut());
    node.put("batches", operator.batchesOut());
    node.put("work_millis", operator.workNanos() / 1e6);
    node.put("peak_bytes", operator.peakBytes());
    node.put("bytes_read", reading.bytes());
    node.put("parts", reading.parts() < 0 ? null : reading.parts());
    node.put("skipped_parts", reading.parts() < 0 ? null : reading.skippedParts());
    node.put("pages", reading.pages() + reading.skippedPages());
    node.put("skipped_pages", reading.skippedPages());
    node.put("skipped_rows", reading.skippedRows());
    node.put("filtered_rows", reading.filteredRows());
    node.put("dependent_keys", operator.dependentKeys());
    node.put("skipped_pairs", operator.skippedPairs());
    node.put("spilled_bytes", operator.spilling().bytes());
    node.put("spilled_files", operator.spilling().files());
    List<Object> inputs = new ArrayList<>();
    for (BatchPlan input : plan.inputs()) {
      inputs.add(node(input, rest, shown));
    }
    node.put("inputs", inputs);
    return node;
  }
}
