/**
 * Comma-separated values (RFC 4180 with options). Start with {@link
 * dev.tidemill.storage.csv.CsvFormat}; {@code CsvScanner} finds records and fields.
 */
@NullMarked
package dev.tidemill.storage.csv;

import org.jspecify.annotations.NullMarked;
