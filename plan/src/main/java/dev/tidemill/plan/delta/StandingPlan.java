package dev.tidemill.plan.delta;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is needed to run a standing query, or to resume it without the planner. Kept as JSON in
 * the checkpoint.
 *
 * @param version of this form; an unknown one is refused
 * @param root what computes the change of the result
 * @param key columns of the result that identify a row, or none
 * @param timeColumn the column of the result that the watermark bounds (rows with a time not after
 *     it are final), or -1
 * @param bounds what the watermark promises of columns of the result, as who reads it may rely on
 * @param order a top-level ORDER BY: holds when the result is read or COMPLETE is written
 * @param hidden how many of the root's last columns are not the result's and only serve its order
 * @param modes the legal output modes; of an illegal one the reason and the way out
 * @param definitions canonical SQL text of the query (under the empty name) and of each table, view
 *     and function that it reaches (under its name), and the session's time zone where that
 *     mattered and was not UTC (under {@link #TIME_ZONE}): two plans are of the same query iff
 *     these are equal
 * @param sizes of tables (as in the definitions) when it was made: a plan that is to replace it is
 *     made as if they were still so big, so that it has the same shape where it can
 * @param appendsOtherwise whether APPEND, which is legal, needs another plan of the query than this
 *     one, under which rows are late that are not here
 */
public record StandingPlan(
    int version,
    DeltaPlan root,
    List<Integer> key,
    int timeColumn,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable List<TimeBound> bounds,
    List<SortKey> order,
    int hidden,
    List<OutputMode> modes,
    Map<OutputMode, String> illegal,
    Map<String, String> definitions,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable Map<String, TableSize> sizes,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean appendsOtherwise) {
  public static final int VERSION = 1;

  /** What the time zone stands under in the definitions. */
  public static final String TIME_ZONE = "the time zone";

  public StandingPlan {
    key = List.copyOf(key);
    bounds = bounds == null ? List.of() : List.copyOf(bounds);
    order = List.copyOf(order);
    modes = List.copyOf(modes);
    illegal = Map.copyOf(illegal);
    definitions = Map.copyOf(definitions);
    sizes = sizes == null ? Map.of() : Map.copyOf(sizes);
  }

  /** One of tables whose sizes are not noted. */
  public StandingPlan(
      int version,
      DeltaPlan root,
      List<Integer> key,
      int timeColumn,
      @Nullable List<TimeBound> bounds,
      List<SortKey> order,
      int hidden,
      List<OutputMode> modes,
      Map<OutputMode, String> illegal,
      Map<String, String> definitions) {
    this(
        version,
        root,
        key,
        timeColumn,
        bounds,
        order,
        hidden,
        modes,
        illegal,
        definitions,
        Map.of(),
        false);
  }

  @Override
  public List<TimeBound> bounds() {
    return bounds == null ? List.of() : bounds;
  }

  @Override
  public Map<String, TableSize> sizes() {
    return sizes == null ? Map.of() : sizes;
  }

  /** The columns of the result. */
  public List<OutputColumn> columns() {
    return root.columns().subList(0, root.columns().size() - hidden);
  }

  /** The columns that are kept of it: the hidden ones behind those of the result. */
  public List<OutputColumn> keptColumns() {
    return root.columns();
  }

  /** The same plan, of which the last {@code count} columns only serve the order. */
  public StandingPlan withHidden(int count) {
    return new StandingPlan(
        version,
        root,
        key,
        timeColumn,
        bounds,
        order,
        count,
        modes,
        illegal,
        definitions,
        sizes,
        appendsOtherwise);
  }

  /** The same plan, of tables of these sizes. */
  public StandingPlan withSizes(Map<String, TableSize> noted) {
    return new StandingPlan(
        version,
        root,
        key,
        timeColumn,
        bounds,
        order,
        hidden,
        modes,
        illegal,
        definitions,
        noted,
        appendsOtherwise);
  }

  /** The same plan, of tables, views and functions of these texts. */
  public StandingPlan withDefinitions(Map<String, String> texts) {
    return new StandingPlan(
        version,
        root,
        key,
        timeColumn,
        bounds,
        order,
        hidden,
        modes,
        illegal,
        texts,
        sizes,
        appendsOtherwise);
  }
}
