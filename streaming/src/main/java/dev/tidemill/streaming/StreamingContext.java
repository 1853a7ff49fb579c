package dev.tidemill.streaming;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.streaming.pipeline.PipelineFactory;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What standing queries need of the engine.
 *
 * @param files the file system that {@code directory} is on
 * @param directory path of the database's directory for checkpoints, or null where nothing is kept
 * @param memory what state is charged to
 * @param clock the time of steps
 */
public record StreamingContext(
    Catalog catalog,
    PipelineFactory pipelines,
    FileSystem files,
    @Nullable String directory,
    MemoryScope memory,
    InstantSource clock,
    QueryListener listener) {}
