package dev.tidemill.storage.catalog;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.FileSystem;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What connectors get from the engine.
 *
 * @param files what files are on: those of the database directory and those that tables read and
 *     write
 * @param workingDirectory what relative paths in options are relative to
 * @param databaseDirectory where the database keeps its tables, or null for a memory database
 * @param clock the time
 * @param out where {@code print} prints
 * @param memory what tables that live in memory are charged to
 */
public record ConnectorContext(
    FileSystem files,
    Path workingDirectory,
    @Nullable Path databaseDirectory,
    InstantSource clock,
    PrintStream out,
    MemoryScope memory) {}
