package dev.tidemill.planner;

import dev.tidemill.sql.parser.statement.MergeNode;
import dev.tidemill.storage.catalog.CatalogEntry;
import java.util.List;

/**
 * UPDATE, DELETE or MERGE, planned.
 *
 * @param target the table to change
 * @param query its columns: the number of the row that goes, NULL where none does; the stored
 *     columns of that row; an INTEGER, which of the actions is the row's, counted from 1, NULL
 *     where none is; for each UPDATE and INSERT the stored columns of the row that comes. Whoever
 *     writes checks NOT NULL
 */
public record PlannedChange(
    CatalogEntry.TableEntry target, PlannedQuery query, List<MergeNode.Action> actions) {
  public PlannedChange {
    actions = List.copyOf(actions);
  }
}
