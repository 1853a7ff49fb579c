package dev.tidemill.storage.files;

import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.table.InputKind;
import java.time.InstantSource;

/**
 * What a table of files was declared as.
 *
 * @param isFile whether the path is that of one file
 * @param growing whether files themselves grow
 * @param replaces whether a new writer replaces what another one has written
 * @param extension of the files that are written
 */
record FilesTableOptions(
    FileSystem fileSystem,
    FilePattern pattern,
    FileFormat format,
    InputKind kind,
    boolean isFile,
    boolean growing,
    boolean replaces,
    String extension,
    InstantSource clock) {}
