package dev.tidemill.planner;

import dev.tidemill.storage.catalog.CatalogEntry;

/**
 * INSERT, planned.
 *
 * @param target the table to write
 * @param query its columns are the target's stored columns, in their order and of their types;
 *     columns that the statement does not name are NULL. Whoever writes checks NOT NULL: a plan's
 *     column says whether it may be NULL
 */
public record PlannedInsert(CatalogEntry.TableEntry target, PlannedQuery query) {}
