package dev.tidemill.planner;

import dev.tidemill.storage.catalog.CatalogEntry;

/**
 * UPDATE, DELETE or MERGE, planned.
 *
 * @param target the table to change
 * @param query its columns: the number of the row that goes, NULL where none does; the stored
 *     columns of that row; where {@code updates}, those of the row that takes its place; where
 *     {@code inserts}, those of the row that comes where none goes. Whoever writes checks NOT NULL
 */
public record PlannedChange(
    CatalogEntry.TableEntry target, PlannedQuery query, boolean updates, boolean inserts) {}
