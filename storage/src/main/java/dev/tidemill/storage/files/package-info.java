/**
 * Tables over files: formats, the {@code files} connector, its offsets and its sink. Start with
 * {@link dev.tidemill.storage.files.FileFormat} (what a format is) and {@code FilesTable} (which
 * files are a table's rows). Knows formats only through {@link
 * dev.tidemill.storage.files.FileFormatProvider}.
 */
@NullMarked
package dev.tidemill.storage.files;

import org.jspecify.annotations.NullMarked;
