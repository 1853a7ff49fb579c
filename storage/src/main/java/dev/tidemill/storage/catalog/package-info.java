/**
 * What tables there are: definitions, connectors that open them, and the catalog that keeps both.
 * Start with {@link dev.tidemill.storage.catalog.Catalog}.
 */
@NullMarked
package dev.tidemill.storage.catalog;

import org.jspecify.annotations.NullMarked;
