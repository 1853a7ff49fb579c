package dev.tidemill.storage.files;

import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.SinkMode;
import java.time.InstantSource;
import java.util.Set;

/**
 * What a table of files was declared as.
 *
 * @param isFile whether the path is that of one file
 * @param growing whether files themselves grow
 * @param changes whether the format gives changes with weights
 * @param existing what a new writer does with what others have written
 * @param sinkModes how it can be written
 * @param layout how files are written
 */
record FilesTableOptions(
    FileSystem fileSystem,
    FilePattern pattern,
    FileFormat format,
    InputKind kind,
    boolean isFile,
    boolean growing,
    boolean changes,
    Existing existing,
    Set<SinkMode> sinkModes,
    FileLayout layout,
    InstantSource clock) {
  FilesTableOptions {
    sinkModes = Set.copyOf(sinkModes);
  }

  /** What a new writer does with what others have written. */
  enum Existing {
    /** It adds its rows, unless the others have ended. */
    APPEND,
    /** It replaces theirs. */
    REPLACE
  }
}
