package dev.tidemill.planner;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.sql.parser.statement.SqlFragment;
import dev.tidemill.storage.catalog.CatalogEntry;
import org.apache.calcite.sql.SqlInsert;

/** {@link Planner} for callers that know a statement's parts but no Calcite. */
public final class StatementPlanner {
  private StatementPlanner() {}

  public static PlannedQuery plan(SqlFragment query, PlannerSession session) {
    return Planner.plan(query.node(), session);
  }

  public static QueryDescription describe(SqlFragment query, PlannerSession session) {
    return Planner.describe(query.node(), session);
  }

  /**
   * @param insert of {@code Statement.Insert}
   */
  public static PlannedInsert planInsert(SqlFragment insert, PlannerSession session) {
    return Planner.planInsert((SqlInsert) insert.node(), session);
  }

  /**
   * @param change of {@code Statement.Update}, {@code Statement.Delete} or {@code Statement.Merge}
   */
  public static PlannedChange planChange(SqlFragment change, PlannerSession session) {
    return Planner.planChange(change.node(), session);
  }

  /** Plans a query whose columns go into a table, by position. */
  public static PlannedInsert planInto(
      CatalogEntry.TableEntry target, SqlFragment query, PlannerSession session) {
    return Planner.planInto(target, query.node(), session);
  }

  public static Type compileType(SqlFragment type) {
    return Planner.compileType(type.node());
  }
}
