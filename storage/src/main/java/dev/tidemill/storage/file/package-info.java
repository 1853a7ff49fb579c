/**
 * Where bytes lie: the small file system interface behind all files and everything durable, and the
 * local one. Start with {@link dev.tidemill.storage.file.FileSystem}. Knows no tables.
 */
@NullMarked
package dev.tidemill.storage.file;

import org.jspecify.annotations.NullMarked;
